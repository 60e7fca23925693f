"""What a single row adds to a sum, worked out in Python from its columns.

The same conditions and expressions that the database sums are evaluated here over the
columns of one row, so that a row as it once was can be counted as it was counted then.
Conditions are two-valued, as filters are: what compares with nothing is not met, and
its negation is.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Case, ExpressionWrapper, F, Model, Q, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Abs, Cast, Coalesce, Greatest, Least

from crmkpi.lib.columns import column_of
from metrics.engine.rows import among
from metrics.expressions import Linear
from metrics.measures.base import Cells, Measure, Total

Row = Mapping[str, Any]  # columns by attname, further ones by path ("customer__region")


class CannotTell(NotImplementedError):
    """A condition or expression that only the database can evaluate."""


def adds(linear: Linear, axis: type[Cells], row: Row) -> int:
    """Return what a row adds to a sum on an axis, wherever and whenever it counts.

    Empty: 0 for a row that the axis leaves out.

    Raises: CannotTell for measures that need more than the row.

    Example: of a ticket resolved after 90 seconds `TicketsResolved.seconds` gives 90.
    """
    if not holds(axis.base, axis.fact, row):
        return 0
    measures = _measures(axis)
    return sum(
        count * _term(measures[ref.name], axis.fact, row)
        for ref, count in linear.terms
        if ref.axis == axis.key()
        and (ref.only is None or holds(among(axis, ref.only), axis.fact, row))
    )


def holds(condition: Q, model: type[Model], row: Row) -> bool:
    """Whether a row meets a condition.

    Raises: CannotTell.

    Example: a row without `ended_day` meets `~Q(ended_day__lt=5)`.
    """
    results = (_child(child, model, row) for child in condition.children)
    match condition.connector:
        case Q.OR:
            met = not condition.children or any(results)
        case Q.XOR:
            met = sum(results) % 2 == 1
        case _:
            met = all(results)
    return met != condition.negated


def paths_of(axis: type[Cells], linears: Iterable[Linear]) -> set[str]:
    """Return the columns of other tables that sums on an axis look at."""
    names = {ref.name for each in linears for ref in each.refs}
    conditions = [axis.base] + [
        each.where
        for each in axis.measures()
        if each.name in names and each.where is not None
    ]
    return {path for each in conditions for path in _paths(each, axis.fact)}


def columns_of(axis: type[Cells]) -> set[str]:
    """Return the columns of the fact itself that conditions of an axis look at."""
    conditions = [axis.base] + [each.where for each in axis.measures() if each.where]
    return {name for each in conditions for name in _names(each, axis.fact)}


def value_of(expression: Any, model: type[Model], row: Row) -> Any:
    """Return what an expression is for a row; None where a part of it is not known.

    Raises: CannotTell.
    """
    match expression:
        case F():
            name: str = getattr(expression, "name")  # noqa: B009  the stubs lack it
            return _column(name, model, row)
        case Value():
            return expression.value
        case ExpressionWrapper():
            return value_of(expression.expression, model, row)
        case CombinedExpression():
            return _combined(expression, model, row)
        case Coalesce():
            values = _arguments(expression, model, row)
            return next((each for each in values if each is not None), None)
        case Cast():
            return value_of(expression.source_expressions[0], model, row)
        case Abs() | Greatest() | Least():
            return _function(expression, model, row)
        case Case():
            return _case(expression, model, row)
    if isinstance(expression, int | str | bool | date | datetime | None):
        return expression
    raise CannotTell(repr(expression))


def _term(measure: Measure, model: type[Model], row: Row) -> int:
    if measure.where is not None and not holds(measure.where, model, row):
        return 0
    if isinstance(measure, Total):
        return int(value_of(measure.value(), model, row) or 0)
    return 1


@cache
def _measures(axis: type[Cells]) -> dict[str, Measure]:
    return {each.name: each for each in axis.measures()}


def _child(child: Any, model: type[Model], row: Row) -> bool:
    if isinstance(child, Q):
        return holds(child, model, row)
    if not isinstance(child, tuple):
        raise CannotTell(repr(child))
    path, wanted = child
    name, lookup = _split(path, model)
    value = _column(name, model, row)
    if lookup == "isnull":
        return (value is None) == bool(wanted)
    if lookup in ("in", "range"):
        options = [value_of(each, model, row) for each in _listed(wanted)]
        return value is not None and _MANY[lookup](value, options)
    other = value_of(_plain(wanted), model, row)
    if lookup == "exact" and other is None:
        return value is None
    if value is None or other is None:
        return False
    return bool(_LOOKUPS[lookup](value, other))


_LOOKUPS: dict[str, Callable[[Any, Any], Any]] = {
    "exact": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
_MANY: dict[str, Callable[[Any, list[Any]], bool]] = {
    "in": lambda value, options: value in options,
    "range": lambda value, ends: None not in ends and bool(ends[0] <= value <= ends[1]),
}


def _listed(wanted: Any) -> list[Any]:
    if not isinstance(wanted, list | tuple | set | frozenset | range):
        raise CannotTell(repr(wanted))
    return [_plain(each) for each in wanted]


def _plain(value: Any) -> Any:
    """Return the key of a row, anything else as it is."""
    return value.pk if isinstance(value, Model) else value


def _split(path: str, model: type[Model]) -> tuple[str, str]:
    """Return the column that a condition looks at, and how."""
    name, _dunder, last = path.rpartition("__")
    if name and (last in _LOOKUPS or last in _MANY or last == "isnull"):
        return name, last
    known = path.partition("__")[0]
    if "__" in path and not _is_relation(known, model):
        raise CannotTell(path)
    return path, "exact"


def _is_relation(name: str, model: type[Model]) -> bool:
    try:
        return bool(model._meta.get_field(name).is_relation)
    except FieldDoesNotExist:
        return False


def _column(name: str, model: type[Model], row: Row) -> Any:
    key = name
    if "__" not in name and name != "pk":
        key = column_of(model, name)
    if key not in row:
        raise CannotTell(name)
    return row[key]


def _paths(condition: Q, model: type[Model]) -> set[str]:
    return {name for name in _names(condition, model) if "__" in name}


def _names(condition: Q, model: type[Model]) -> set[str]:
    """Return what the conditions look at, by name or path."""
    found: set[str] = set()
    for child in condition.children:
        if isinstance(child, Q):
            found |= _names(child, model)
        elif isinstance(child, tuple):
            found.add(_split(child[0], model)[0])
    return found


def _arguments(expression: Any, model: type[Model], row: Row) -> list[Any]:
    return [value_of(each, model, row) for each in expression.source_expressions]


def _combined(expression: CombinedExpression, model: type[Model], row: Row) -> Any:
    left = value_of(expression.lhs, model, row)
    right = value_of(expression.rhs, model, row)
    if left is None or right is None:
        return None
    match expression.connector:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/" if right:  # both databases cut whole numbers off towards 0
            whole = abs(left) // abs(right)
            return whole if (left < 0) == (right < 0) else -whole
    raise CannotTell(repr(expression))


def _function(expression: Any, model: type[Model], row: Row) -> Any:
    values = _arguments(expression, model, row)
    if isinstance(expression, Abs):
        return None if values[0] is None else abs(values[0])
    if None in values:  # the databases differ here
        raise CannotTell(repr(expression))
    return max(values) if isinstance(expression, Greatest) else min(values)


def _case(expression: Case, model: type[Model], row: Row) -> Any:
    for when in expression.cases:
        if not isinstance(when, When) or not isinstance(when.condition, Q):
            raise CannotTell(repr(when))
        if holds(when.condition, model, row):
            return value_of(when.result, model, row)
    return value_of(expression.default, model, row)
