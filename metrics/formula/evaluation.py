"""The value of a checked tree, on Decimal, from the values of metrics by name."""

import ast
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import pairwise
from typing import NoReturn, cast

from django.utils.translation import gettext as _

from metrics.formula.grammar import LARGEST, WITHIN, FormulaError

Value = Decimal | None

_ARITHMETIC = Context(prec=40, rounding=ROUND_HALF_UP, Emax=999_999, Emin=-999_999)
_ARITHMETIC.clear_traps()
_COMPARISONS: dict[type[ast.cmpop], Callable[[Decimal, Decimal], bool]] = {
    ast.Lt: lambda one, other: one < other,
    ast.LtE: lambda one, other: one <= other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: one != other,
}


def evaluate(tree: ast.expr, values: Mapping[str, Value]) -> Value:
    """Return the result of a checked tree; None where a value is missing.

    Raises: FormulaError when a number on the way is too large.
    """
    found = _value(tree, values)
    if found is not None and abs(found) > LARGEST:
        _too_large(tree)
    return found


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
    if not found.is_finite() or abs(found) > WITHIN:
        _too_large(node)
    return found


def _too_large(node: ast.expr) -> NoReturn:
    raise FormulaError(
        _("The result is too large a number: divide by something, or multiply less."),
        node.col_offset,
    )
