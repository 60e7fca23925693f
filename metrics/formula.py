"""Formulas that people write over the values of metrics: read, checked, evaluated.

A formula is tokenised by hand, then parsed by Python, then checked node by node against
a short list of what is allowed, and evaluated on Decimal. No text, powers, attributes
or subscripts. Whatever is wrong comes out as a FormulaError that says where and how to
mend it; nothing else comes out.
"""

import ast
import keyword
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from difflib import get_close_matches
from itertools import pairwise
from typing import NamedTuple, NoReturn, cast

from django.utils.translation import gettext as _

LONGEST = 500  # characters
MOST_TOKENS = 200
DEEPEST = 20  # brackets within brackets
LARGEST = Decimal(10) ** 15  # of numbers written and of results
_WITHIN = Decimal(10) ** 30  # of anything on the way to a result
MOST_PLACES = 6  # that round() keeps

Value = Decimal | None

_ARITHMETIC = Context(prec=40, rounding=ROUND_HALF_UP, Emax=999_999, Emin=-999_999)
_ARITHMETIC.clear_traps()

_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign><=|>=|==|!=|\*\*|//|[-+*/(),<>])"
)
_BLANKS = " \t\r\n\f"
_SIGNS = {  # what people write, and what formulas are written with
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "=": "==",
}
# How many values each function takes: at least, at most.
FUNCTIONS: dict[str, tuple[int, int]] = {
    "min": (1, MOST_TOKENS),
    "max": (1, MOST_TOKENS),
    "abs": (1, 1),
    "round": (1, 2),
    "coalesce": (1, MOST_TOKENS),
    "safe_div": (2, 3),
}
_WORDS = ("if", "else")


class FormulaError(ValueError):
    """What is wrong with a formula, where, and how to mend it."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position  # characters before the fault

    @property
    def message(self) -> str:
        return str(self.args[0])


class _Token(NamedTuple):
    kind: str  # number, name, sign or end
    text: str
    at: int


@dataclass(frozen=True)
class Formula:
    """A formula that has passed every check."""

    text: str  # as it was written
    names: tuple[str, ...]  # of the metrics it reads, in the order of appearance
    tree: ast.expr = field(compare=False, repr=False)

    @property
    def canonical(self) -> str:
        """Return the same formula whatever its blanks: for comparing definitions."""
        return ast.unparse(self.tree)

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return the result over the values of metrics by name.

        Empty: None where a value that is needed is missing, and where it would be
        divided by 0; only `coalesce` goes on without a value.

        Raises: FormulaError when a number on the way is too large.

        Example: `won / (won + lost)` over 3 and 1 is 0.75, over 0 and 0 None.
        """
        found = _value(self.tree, values)
        if found is not None and abs(found) > LARGEST:
            _too_large(self.tree)
        return found


def parse(text: str, known: Collection[str] | None = None) -> Formula:
    """Return the formula that a text is, all names among the known ones.

    Raises: FormulaError with the place of the first fault.

    Example: `parse("won_deals / new_leads").names` is ("won_deals", "new_leads").
    """
    tokens = _tokens(text)
    _check_brackets(tokens)
    _check_order(tokens)
    blank = re.sub(r"\s", " ", text)  # one line, so that columns are positions
    body = _parsed(blank)
    names: dict[str, int] = {}
    _check_value(body, blank, names)
    if known is not None:
        _check_names(names, known)
    return Formula(text, tuple(names), body)


# --- from characters to tokens ---


def _tokens(text: str) -> list[_Token]:
    if len(text) > LONGEST:
        message = _("A formula has at most %(most)s characters; this one has %(n)s.")
        raise FormulaError(message % {"most": LONGEST, "n": len(text)}, LONGEST)
    found: list[_Token] = []
    at = 0
    while at < len(text):
        if text[at] in _BLANKS:
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            _unknown_character(text, at)
        found.append(_token(match, text))
        if len(found) > MOST_TOKENS:
            message = _(
                "The formula is too long: at most %(most)s numbers, names and signs. "
                "Make two metrics of it."
            )
            raise FormulaError(message % {"most": MOST_TOKENS}, at)
        at = match.end()
    if not found:
        raise FormulaError(
            _("Write a formula, for example: %(example)s")
            % {"example": "won_deals / new_leads * 100"},
            0,
        )
    return [*found, _Token("end", "", len(text))]


def _token(match: re.Match[str], text: str) -> _Token:
    kind, found, at = str(match.lastgroup), match.group(), match.start()
    after = text[match.end() : match.end() + 1]
    if kind == "number":
        if after.isalpha() or after in ("_", "."):
            raise FormulaError(
                _("Put a blank or a sign between %(number)s and what follows.")
                % {"number": found},
                match.end(),
            )
        _check_number(found, at)
    elif kind == "name":
        _check_word(found, at)
    elif found == "**":
        raise FormulaError(
            _("There are no powers in formulas: multiply, as in x * x."), at
        )
    elif found == "//":
        raise FormulaError(
            _("Write one / to divide, and round(…) for whole numbers."), at
        )
    return _Token(kind, found, at)


def _check_number(found: str, at: int) -> None:
    if len(found) > 1 and found[0] == "0" and found[1].isdigit():
        raise FormulaError(
            _("Write the number %(number)s without zeros in front.")
            % {"number": _short(found)},
            at,
        )
    if Decimal(found) > LARGEST:
        raise FormulaError(
            _("The number %(number)s is too large: at most 1,000,000,000,000,000.")
            % {"number": _short(found)},
            at,
        )


def _check_word(found: str, at: int) -> None:
    if not keyword.iskeyword(found) or found in _WORDS:
        return
    if found in ("and", "or", "not"):
        message = _(
            "“%(word)s” is not possible: put one condition into the other, as in "
            "(a if x > 0 else b) if y > 0 else b."
        )
    else:
        message = _("“%(word)s” is no word of formulas: write the key of a metric.")
    raise FormulaError(message % {"word": found}, at)


def _unknown_character(text: str, at: int) -> NoReturn:
    one = text[at]
    if one in _SIGNS:
        message = _("Write %(right)s instead of %(wrong)s.")
        raise FormulaError(message % {"right": _SIGNS[one], "wrong": one}, at)
    if one in "'\"“”„‘’`":
        message = _("There is no text in formulas: write keys without quotation marks.")
    elif one == "%":
        message = _("Write / 100 instead of the sign for per cent.")
    elif one == "^":
        message = _("There are no powers in formulas: multiply, as in x * x.")
    elif one == ".":
        message = _("A point stands only within a number, as in 0.5.")
    elif one in "[]{}":
        message = _("Use round brackets: ( and ).")
    else:
        shown = one if one.isprintable() else f"U+{ord(one):04X}"
        message = _("“%(character)s” has no place in a formula: take it out.") % {
            "character": shown
        }
    raise FormulaError(message, at)


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:19]}…"


# --- the order of tokens ---


def _check_brackets(tokens: Iterable[_Token]) -> None:
    opened: list[int] = []
    for token in tokens:
        if token.text == "(":
            opened.append(token.at)
            if len(opened) > DEEPEST:
                raise FormulaError(
                    _("Brackets stand at most %(most)s deep: make two metrics of it.")
                    % {"most": DEEPEST},
                    token.at,
                )
        elif token.text == ")":
            if not opened:
                raise FormulaError(
                    _("This bracket closes nothing: take it out or open one before."),
                    token.at,
                )
            opened.pop()
    if opened:
        raise FormulaError(_("This bracket is never closed: add a )."), opened[-1])


def _check_order(tokens: list[_Token]) -> None:
    """Check that values and what joins them take turns, to say it in plain words."""
    first = tokens[0]
    if not (_begins_value(first) or first.text in ("+", "-")):
        _nothing_before(first)
    for one, other in pairwise(tokens):
        if _ends_value(one):
            if other.text == "(" and one.kind == "name":
                _check_function(one)
            elif _begins_value(other):
                raise FormulaError(
                    _("Something is missing before “%(what)s”: put + - * / between.")
                    % {"what": _short(other.text)},
                    other.at,
                )
            elif one.kind == "name" and one.text in FUNCTIONS:
                raise FormulaError(
                    _("Brackets are missing after “%(name)s”: %(name)s(…).")
                    % {"name": one.text},
                    other.at,
                )
        elif not (_begins_value(other) or other.text in ("+", "-")):
            _nothing_between(one, other)
    _check_branches(tokens)


def _check_branches(tokens: Iterable[_Token]) -> None:
    """Check that every “if” has its “else” within the same brackets."""
    waiting: list[list[_Token]] = [[]]
    for token in tokens:
        held = waiting[-1]
        if token.text == "(":
            waiting.append([])
        elif token.text == "if":
            held.append(token)
        elif token.text == "else":
            if not held:
                raise FormulaError(
                    _("“else” comes after “if”: a if x > 0 else b."), token.at
                )
            held.pop()
        elif token.text in (")", ",") or token.kind == "end":
            if held:
                raise FormulaError(
                    _("This “if” needs an “else”: a if x > 0 else b."), held[-1].at
                )
            if token.text == ")":
                waiting.pop()


def _begins_value(token: _Token) -> bool:
    if token.kind == "name":
        return token.text not in _WORDS
    return token.kind == "number" or token.text == "("


def _ends_value(token: _Token) -> bool:
    if token.kind == "name":
        return token.text not in _WORDS
    return token.kind == "number" or token.text == ")"


def _check_function(token: _Token) -> None:
    if token.text not in FUNCTIONS:
        raise FormulaError(
            _("There is no function “%(name)s”; there are: %(known)s.")
            % {"name": _short(token.text), "known": ", ".join(sorted(FUNCTIONS))},
            token.at,
        )


def _nothing_before(token: _Token) -> NoReturn:
    raise FormulaError(
        _("A value is missing before “%(sign)s”: write a number or a metric’s key.")
        % {"sign": token.text},
        token.at,
    )


def _nothing_between(one: _Token, other: _Token) -> NoReturn:
    raise FormulaError(
        _("A value is missing after “%(sign)s”: write a number or a metric’s key.")
        % {"sign": one.text},
        other.at,
    )


# --- from text to a checked tree ---


def _parsed(text: str) -> ast.expr:
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


_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_COMPARISONS: dict[type[ast.cmpop], Callable[[Decimal, Decimal], bool]] = {
    ast.Lt: lambda one, other: one < other,
    ast.LtE: lambda one, other: one <= other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: one != other,
}


def _check_value(node: ast.expr, text: str, names: dict[str, int]) -> None:
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
            _check_value(left, text, names)
            _check_value(right, text, names)
        case ast.UnaryOp(ast.UAdd() | ast.USub(), operand):
            _check_value(operand, text, names)
        case ast.IfExp(test, chosen, other):
            _check_condition(test, text, names)
            _check_value(chosen, text, names)
            _check_value(other, text, names)
        case ast.Call(ast.Name(name), args, []):
            _check_call(name, node, text)
            for each in args:
                _check_value(each, text, names)
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
        _check_value(each, text, names)


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


def _check_names(names: Mapping[str, int], known: Collection[str]) -> None:
    for name, at in names.items():
        if name in known:
            continue
        message = _("There is no metric “%(name)s” that you may read.") % {
            "name": _short(name)
        }
        if near := get_close_matches(name, known, n=1):
            message += " " + _("Did you mean %(name)s?") % {"name": near[0]}
        raise FormulaError(message, at)


# --- evaluation ---


def _value(node: ast.expr, values: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value):
            return cast(Value, value)  # a Decimal since it was checked
        case ast.Name(name):
            found = values.get(name)
            return None if found is None else _finite(found, node)
        case ast.BinOp(left, operator, right):
            return _joined(node, operator, _value(left, values), _value(right, values))
        case ast.UnaryOp(sign, operand):
            found = _value(operand, values)
            if found is None or isinstance(sign, ast.UAdd):
                return found
            return _ARITHMETIC.minus(found)
        case ast.IfExp(test, chosen, other):
            holds = _holds(test, values)
            if holds is None:
                return None
            return _value(chosen if holds else other, values)
        case ast.Call(ast.Name(name), args):
            return _called(node, name, [_value(each, values) for each in args])
    raise FormulaError(_("This is not possible in a formula."), node.col_offset)


def _joined(node: ast.expr, operator: ast.operator, one: Value, other: Value) -> Value:
    if one is None or other is None:
        return None
    match operator:
        case ast.Add():
            found = _ARITHMETIC.add(one, other)
        case ast.Sub():
            found = _ARITHMETIC.subtract(one, other)
        case ast.Mult():
            found = _ARITHMETIC.multiply(one, other)
        case _:
            return _divided(node, one, other)
    return _finite(found, node)


def _divided(node: ast.expr, one: Decimal, other: Decimal) -> Value:
    if not other:
        return None
    return _finite(_ARITHMETIC.divide(one, other), node)


def _holds(test: ast.expr, values: Mapping[str, Value]) -> bool | None:
    """Whether a comparison is so; None when something to compare is missing."""
    assert isinstance(test, ast.Compare)  # noqa: S101  (checked when it was parsed)
    found = [_value(each, values) for each in (test.left, *test.comparators)]
    numbers = [each for each in found if each is not None]
    if len(numbers) < len(found):
        return None
    return all(
        _COMPARISONS[type(operator)](one, other)
        for operator, (one, other) in zip(test.ops, pairwise(numbers), strict=True)
    )


def _called(node: ast.expr, name: str, found: list[Value]) -> Value:
    if name == "coalesce":
        return next((each for each in found if each is not None), None)
    if name == "safe_div" and None not in found[:2] and not found[1]:
        return found[2] if len(found) == 3 else None
    numbers = [each for each in found if each is not None]
    if name == "safe_div":
        one, other = found[:2]
        return None if one is None or other is None else _divided(node, one, other)
    if len(numbers) < len(found):
        return None
    match name:
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
        case "abs":
            return abs(numbers[0])
    places = int(numbers[1]) if len(numbers) == 2 else 0
    return _finite(
        numbers[0].quantize(Decimal(1).scaleb(-places), context=_ARITHMETIC), node
    )


def _finite(found: Decimal, node: ast.expr) -> Decimal:
    if not found.is_finite() or abs(found) > _WITHIN:
        _too_large(node)
    return found


def _too_large(node: ast.expr) -> NoReturn:
    raise FormulaError(
        _("The result is too large a number: divide by something, or multiply less."),
        node.col_offset,
    )
