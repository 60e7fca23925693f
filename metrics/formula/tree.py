"""From text to a tree that Python parsed, checked node by node against a short list."""

import ast
from collections.abc import Collection, Mapping
from decimal import Decimal
from difflib import get_close_matches

from django.utils.translation import gettext as _

from metrics.formula.grammar import (
    FUNCTIONS,
    MOST_PLACES,
    MOST_TOKENS,
    FormulaError,
    short,
)


def parsed(text: str) -> ast.expr:
    """Return the tree of one line whose tokens are in order, not yet checked."""
    start = len(text) - len(text.lstrip())
    try:
        body = ast.parse(text[start:], mode="eval").body
    except SyntaxError as error:
        at = start + max((error.offset or 1) - 1, 0)
        raise FormulaError(
            _("This cannot be read here: check commas, “if … else …” and brackets."),
            min(at, len(text)),
        ) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise FormulaError(
            _("The formula is too tangled: make two metrics of it."), 0
        ) from error
    for node in ast.walk(body):
        if isinstance(node, ast.expr):
            node.col_offset += start
            node.end_col_offset = (node.end_col_offset or 0) + start
    return body


def check_value(node: ast.expr, text: str, names: dict[str, int]) -> None:
    """Check that a node gives a number, and remember the names it reads.

    Numbers are read again from the text, as the decimals that were written.
    """
    match node:
        case ast.Constant():
            written = text[node.col_offset : node.end_col_offset]
            # Python's own trees hold no decimals; only we evaluate this one.
            node.value = Decimal(written)  # type: ignore[assignment]
        case ast.Name():
            names.setdefault(node.id, node.col_offset)
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right):
            check_value(left, text, names)
            check_value(right, text, names)
        case ast.UnaryOp(ast.UAdd() | ast.USub(), operand):
            check_value(operand, text, names)
        case ast.IfExp(test, chosen, other):
            _check_condition(test, text, names)
            check_value(chosen, text, names)
            check_value(other, text, names)
        case ast.Call(ast.Name(name), args, []):
            _check_call(name, node, text)
            for each in args:
                check_value(each, text, names)
        case ast.Compare():
            raise FormulaError(
                _("A comparison stands between “if” and “else”: a if x > 0 else b."),
                node.col_offset,
            )
        case ast.Tuple():
            raise FormulaError(
                _("Commas stand only within functions; write decimals with a point."),
                _comma(node, text),
            )
        case _:
            raise FormulaError(
                _("This is not possible in a formula: use + - * / and functions."),
                getattr(node, "col_offset", 0),
            )


def _check_condition(node: ast.expr, text: str, names: dict[str, int]) -> None:
    if not isinstance(node, ast.Compare):
        raise FormulaError(
            _("After “if” comes a comparison, such as x > 0."), node.col_offset
        )
    for each in (node.left, *node.comparators):
        check_value(each, text, names)


def _check_call(name: str, node: ast.Call, text: str) -> None:
    least, most = FUNCTIONS[name]
    if not least <= len(node.args) <= most:
        wanted = str(least) if least == most else f"{least}–{most}"
        if most == MOST_TOKENS:
            wanted = _("at least %(n)s") % {"n": least}
        raise FormulaError(
            _("%(name)s takes %(wanted)s values, separated by commas; here are %(n)s.")
            % {"name": name, "wanted": wanted, "n": len(node.args)},
            node.col_offset,
        )
    if name == "round" and len(node.args) == 2:
        _check_places(node.args[1], text)


def _check_places(node: ast.expr, text: str) -> None:
    written = text[node.col_offset : node.end_col_offset]
    if not (written.isdecimal() and int(written) <= MOST_PLACES):
        raise FormulaError(
            _("round(x, places) takes a whole number from 0 to %(most)s as places.")
            % {"most": MOST_PLACES},
            node.col_offset,
        )


def _comma(node: ast.Tuple, text: str) -> int:
    first = node.elts[0].end_col_offset if node.elts else node.col_offset
    found = text.find(",", first or 0)
    return found if found >= 0 else node.col_offset


def check_names(names: Mapping[str, int], known: Collection[str]) -> None:
    """Check that all names are known. Raises: FormulaError for the first other."""
    for name, at in names.items():
        if name in known:
            continue
        message = _("There is no metric “%(name)s” that you may read.") % {
            "name": short(name)
        }
        if near := get_close_matches(name, known, n=1):
            message += " " + _("Did you mean %(name)s?") % {"name": near[0]}
        raise FormulaError(message, at)
