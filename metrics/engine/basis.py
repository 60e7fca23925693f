"""What a number rests on, part by part, so that a release cannot change it unsaid.

Every part has a hash of its declaration: which rows count, by which day, what is summed
of them. Words are no part of it, and the hashes are the same on every database, in
every process and on every release of Python. What a rule written in Python does is
known by its name alone: another calculation takes another name.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models import QuerySet

from metrics.catalog import METRICS
from metrics.expressions import Cohort, Expression, FromRows, MeasureRef, Span, linears
from metrics.measures import AXES
from metrics.measures.base import Cells
from metrics.metric import Metric

# A dialect to write queries down in, whichever database holds the rows; no connection.
DIALECT = DatabaseWrapper({"ENGINE": "", "NAME": "", "TIME_ZONE": None}, "basis")
SPAN = Span(20_031, 20_062, 20_000, 20_031)  # some days for rules that take any
ROWS, DAY, MEASURE, COHORT, METRIC = "rows", "day", "measure", "cohort", "metric"


def basis(metric: Metric) -> dict[str, str]:
    """Return the hash of each part that decides a metric's number, by name.

    Example: win rate has "rows metrics.opportunitiesclosed", "day …" of the same, and
    "measure metrics.opportunitiesclosed.won" and "….rows".
    """
    parts = dict(_parts(metric))
    return {name: hash_of(parts[name]) for name in sorted(parts)}


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _parts(metric: Metric) -> Iterator[tuple[str, str]]:
    """Yield the parts as pairs of name and declaration."""
    for expression in (metric.expression, *(each for _name, each in metric.variants)):
        yield from _of_expression(expression)
    if told := metric.distribution:
        yield from _of_measure(MeasureRef(told.axis, told.where))
    for key in metric.inputs:
        needed = METRICS[key]
        yield f"{METRIC} {key}", f"{needed.fingerprint()} {basis(needed)}"


def _of_expression(expression: Expression) -> Iterator[tuple[str, str]]:
    for linear in linears(expression):
        for ref in linear.refs:
            yield from _of_measure(ref)
    if isinstance(expression, Cohort):
        yield from _of_cohort(expression)
    if isinstance(expression, FromRows):
        for part in expression.parts:
            yield from _of_cohort(part)
        for key in expression.axes:
            yield from _of_axis(AXES[key])


def _of_measure(ref: MeasureRef) -> Iterator[tuple[str, str]]:
    axis = AXES[ref.axis]
    measure = next(each for each in axis.measures() if each.name == ref.name)
    yield f"{MEASURE} {ref.axis}.{ref.name}", measure.describe()
    yield from _of_axis(axis)


def _of_axis(axis: type[Cells]) -> Iterator[tuple[str, str]]:
    yield f"{ROWS} {axis.key()}", f"{axis.fact._meta.label} {axis.base} {axis.agent}"
    yield f"{DAY} {axis.key()}", f"{axis.when} {axis.team()}"


def _of_cohort(cohort: Cohort) -> Iterator[tuple[str, str]]:
    """Yield the rows of a rule and what each adds, as the query that reads them."""
    axis = AXES[cohort.axis]
    found = axis.fact._default_manager.filter(axis.base, cohort.rows(SPAN)).order_by()
    sides = {
        f"one_{name}": side(SPAN)
        for name, side in (("above", cohort.above), ("below", cohort.below))
        if side is not None
    }
    on = cohort.on(SPAN) if cohort.on else axis.when
    adds = f"{cohort.is_sum} {cohort.lasts} {on}"
    query = _written(found.annotate(**sides).values_list("pk", *sides))
    yield f"{COHORT} {cohort.name}", f"{query} {adds}"
    yield from _of_axis(axis)


def _written(rows: QuerySet[Any, Any]) -> str:
    """Return a query as text, values included."""
    sql, values = rows.query.get_compiler(connection=DIALECT).as_sql()
    return f"{sql} {[str(value) for value in values]}"
