"""The rows behind a number: which were counted, which were left out, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any, cast

from django.db.models import (
    BigIntegerField,
    Case,
    Min,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.text import slugify

from crmkpi.accounts.access import Access
from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.crm.querysets import FactQuerySet
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import UNDATED, Grain, Period
from metrics.dimensions import Cut
from metrics.engine import rows as fact_rows
from metrics.engine.spans import BEGINNING, span_of
from metrics.expressions import (
    Amount,
    Balance,
    Cohort,
    FromRows,
    Level,
    Linear,
    Mean,
    MeasureRef,
    PerDay,
    Ratio,
    Span,
    Standing,
)
from metrics.measures import AXES
from metrics.measures.base import Cells, Measure, Total
from metrics.measures.base import Rows as RowCount
from metrics.metric import Above, Metric
from metrics.scopes import ScopeKey
from metrics.splits import can_be_cut

Rows = QuerySet[Any]
BIG = BigIntegerField()


@dataclass(frozen=True)
class ExclusionCount:
    """How many rows of the scope and period one rule left out."""

    name: str
    count: int


@dataclass(frozen=True)
class Behind:
    """The rows of one axis in a scope and period, as one metric takes them."""

    metric: Metric
    axis: type[Cells]
    end: int  # the day after the last one that counts
    found: Rows  # of the right kind and day, also those left out or too young
    undated: Rows  # of the right kind and scope, but of no known day
    mature: Q = field(default_factory=Q)  # that can no longer change; empty: all
    cohort: Cohort | None = None  # whose rule picked them
    span: Span | None = None  # of the cohort
    is_above_only: bool = False  # they stand above the line; what is divided by, others

    @property
    def kind(self) -> str:
        """Return the name of these rows among those of the metric, for addresses."""
        if isinstance(self.metric.expression, FromRows) and self.cohort is not None:
            return slugify(self.cohort.name)
        name = str(self.axis._meta.model_name)
        return f"{name}-above" if self.is_above_only else name

    @property
    def counted(self) -> Rows:
        return self.found.filter(self.axis.base, self.mature)

    @property
    def too_young(self) -> Rows:
        if not self.mature:
            return self.found.none()
        return self.found.filter(self.axis.base).exclude(self.mature)

    @property
    def left_out(self) -> Rows:
        return self.found.exclude(self.axis.base)


def main_axes(metric: Metric) -> list[type[Cells]]:
    """Return the axes whose rows a reader would call the rows of the metric.

    For a rate those of its denominator, for a sum those of what is summed; none for
    what is calculated from other metrics.
    """
    if isinstance(metric.expression, Cohort):
        return [AXES[metric.expression.axis]]
    if isinstance(metric.expression, FromRows):
        return [AXES[part.axis] for part in metric.expression.parts[:1]]
    counted = _counted(metric)
    return [AXES[axis] for axis in sorted(counted.axes)] if counted else []


def axes_above(metric: Metric) -> list[type[Cells]]:
    """Return the axes that stand only above the line, such as the costs of a cost per
    lead."""
    match metric.expression:
        case Ratio(numerator=upper, denominator=lower):
            is_apart = metric.above is Above.APART
            others = upper.axes if is_apart else upper.axes - lower.axes
            return [AXES[axis] for axis in sorted(others)]
    return []


def behind(
    metric: Metric, scope: ScopeKey, period: Period | None, *, today: int
) -> list[Behind]:
    """Return the rows of a number, axis by axis.

    For a rate these are the rows of the denominator, then those that are only in the
    numerator; for a count, sum or mean the rows that were counted; for a state at a
    date the spells that cover it; for customers followed from a date those that were
    active then. A period None takes all days.

    Empty: for a scope that the rows of the metric do not carry.

    Queries: none until rows are read, but 1 for a team and 2 for customers followed
    since the first day.
    """
    if not can_be_cut(metric, Cut(scope.cut)):
        return []
    if isinstance(metric.expression, FromRows):
        first = metric.expression.parts[:1]
        return [
            _part(part, metric, scope, period, today, is_first=part in first)
            for part in metric.expression.parts
        ]
    below = [_behind(axis, metric, scope, period, today) for axis in main_axes(metric)]
    return below + [
        _behind(axis, metric, scope, period, today, is_above_only=True)
        for axis in axes_above(metric)
    ]


def above(rows: Behind) -> Any:
    """Return an expression of what one row adds to the numerator.

    Summed over the counted rows of all axes it is the numerator, exactly.
    """
    match rows.metric.expression:
        case Ratio() if not _has_above(rows):
            return Value(0, BIG)
        case Ratio(numerator=upper) | Level(started=upper):
            return contribution(upper, rows.axis)
    added = adds(rows)
    return Value(1, BIG) if added is None else added


def below(rows: Behind) -> Any:
    """Return an expression of what one row adds to the denominator.

    Summed over the counted rows of all axes it is the denominator, exactly; for what
    is not divided it counts the rows.
    """
    match rows.metric.expression:
        case Ratio() if rows.is_above_only:
            return Value(0, BIG)
        case Ratio(denominator=lower) | Mean(count=lower) | Balance(count=lower):
            return contribution(lower, rows.axis)
    counted = counts(rows)
    return Value(1, BIG) if counted is None else counted


def adds(rows: Behind) -> Any | None:
    """Return an expression of what one row adds above the line.

    Summed over the counted rows it is the numerator: 1 or 0 for a rate, 1, 0 or −1 for
    a balance, the amount or the seconds for a sum or mean.

    Empty: None when every row simply counts, or what is above the line are other rows.
    """
    expression = rows.metric.expression
    match expression:
        case Ratio(numerator=upper) if rows.axis.key() in upper.axes:
            if not _has_above(rows):
                return None
            return contribution(upper, rows.axis)
        case Balance(plus=plus, minus=minus):
            return contribution(plus - minus, rows.axis)
        case Mean(total=total):
            return contribution(total, rows.axis)
        case Amount(total=total, count=count) | PerDay(total=total, count=count) if (
            count is not None
        ):
            return contribution(total, rows.axis)
    if rows.cohort is not None and rows.cohort.above is not None:
        return rows.cohort.above(cast(Span, rows.span))
    return None


def counts(rows: Behind) -> Any | None:
    """Return an expression of what one row adds below the line, where that is not 1.

    Empty: None when every row counts as one, or stands only above the line.
    """
    match rows.metric.expression:
        case Ratio(denominator=lower) if not rows.is_above_only:
            plain = all(isinstance(each, RowCount) for each in _of(lower, rows.axis))
            return None if plain else contribution(lower, rows.axis)
    if rows.cohort is not None and rows.cohort.below is not None:
        return rows.cohort.below(cast(Span, rows.span))
    return None


def _has_above(rows: Behind) -> bool:
    """Whether rows of a ratio may stand above the line."""
    return rows.is_above_only or rows.metric.above is not Above.APART


def has_parts(metric: Metric) -> bool:
    """Whether the rows of a metric either count above the line or do not."""
    match metric.expression:
        case Ratio(numerator=upper, denominator=lower, count=count):
            is_plain = metric.above_unit is None and count is None
            is_count = metric.above is Above.PART and is_plain
            return upper.axes == lower.axes and is_count
        case Balance():
            return True
        case Cohort(above=above, below=below, is_sum=is_sum):
            is_share = metric.unit is Unit.PERCENT and not is_sum
            return above is not None and below is None and is_share
    return False


class Part(StrEnum):
    """Which of the rows: those counted, some of these, or those that were not."""

    COUNTED = "counted"
    ABOVE = "above"  # that count above the line
    BELOW = "below"  # that do not
    AGAINST = "against"  # that count against a balance
    OUT = "out"  # left out by a rule
    YOUNG = "young"  # too recent to tell


def visible(rows: Behind, access: Access, part: Part = Part.COUNTED) -> Rows:
    """Return the rows that the reader may see.

    Each carries `adds` and `counts`, what it adds above and below the line; None where
    it only counts.
    """
    chosen = {Part.OUT: rows.left_out, Part.YOUNG: rows.too_young}.get(part)
    held = cast(FactQuerySet, rows.counted if chosen is None else chosen)
    upper, lower = adds(rows), counts(rows)
    seen: Rows = held.visible_to(access).annotate(
        adds=Value(None, BIG) if upper is None else upper,
        counts=Value(None, BIG) if lower is None else lower,
    )
    match part:
        case Part.ABOVE:
            return seen.filter(adds__gt=0)
        case Part.BELOW:
            return seen.filter(adds=0)
        case Part.AGAINST:
            return seen.filter(adds__lt=0)
    return seen


def _behind(
    axis: type[Cells],
    metric: Metric,
    scope: ScopeKey,
    period: Period | None,
    today: int,
    *,
    is_above_only: bool = False,
) -> Behind:
    counted = _counted_above(metric) if is_above_only else _counted(metric)
    where = _where(axis, counted) if counted else Q()
    kind = axis.fact._default_manager.filter(fact_rows.scope_filter(axis, scope), where)
    end = today + 1 if period is None else min(period.end, today + 1)
    if isinstance(metric.expression, Level):
        return Behind(metric, axis, end, kind.filter(_on(axis, end)), kind.none())
    if isinstance(metric.expression, Cohort):
        return _picked(metric.expression, metric, kind, period, today)
    found, undated = kind.filter(**{f"{axis.when}__lt": end}), kind.none()
    if period is not None and not isinstance(metric.expression, Standing):
        found = found.filter(**{f"{axis.when}__gte": period.start})
        undated = kind.filter(axis.base, **{axis.when: UNDATED})
    mature = Q()
    if metric.matures_after:
        mature = Q(**{f"{axis.when}__lt": today + 1 - metric.matures_after})
    return Behind(
        metric, axis, end, found, undated, mature, is_above_only=is_above_only
    )


def _on(axis: type[Cells], day: int) -> Q:
    """Return the filter for spells that are on when a day begins."""
    still_on = Q(ended_day__isnull=True) | Q(ended_day__gte=day)
    return still_on & Q(**{f"{axis.when}__lt": day})


def _second_day(metric: Metric) -> int:
    """Return the first day before which somebody can have been there."""
    firsts = [
        AXES[axis]
        ._default_manager.filter(
            cut=Cut.COMPANY, grain=Grain.DAY, member=0, other=0, start__gt=UNDATED
        )
        .aggregate(first=Min("start"))["first"]
        for axis in metric.axes
    ]
    return min((first for first in firsts if first is not None), default=UNDATED) + 1


def _part(
    part: Cohort,
    metric: Metric,
    scope: ScopeKey,
    period: Period | None,
    today: int,
    *,
    is_first: bool,
) -> Behind:
    """Return the rows of one of the sums that a rule over several is made of."""
    axis = AXES[part.axis]
    kind = axis.fact._default_manager.filter(fact_rows.scope_filter(axis, scope))
    found = _picked(part, metric, kind, period, today)
    return found if is_first else replace(found, is_above_only=True)


def _picked(
    cohort: Cohort,
    metric: Metric,
    kind: Rows,
    period: Period | None,
    today: int,
) -> Behind:
    """Return the rows that a cohort's rule picks for the period."""
    start, end = (
        (BEGINNING, today + 1) if period is None else (period.start, period.end)
    )
    if period is None and cohort.on is not None:
        start = _second_day(metric)
    calendar = get_calendar(get_organisation())
    span = span_of(metric, start, end, as_of=today, calendar=calendar)
    mature = span
    if metric.matures_after:
        youngest = min(span.end, today + 1 - metric.matures_after)
        mature = span._replace(end=youngest)
    return Behind(
        metric,
        AXES[cohort.axis],
        span.end,
        kind.filter(cohort.rows(span)),
        kind.none(),
        cohort.rows(mature) if mature != span else Q(),
        cohort,
        mature,
    )


def _counted(metric: Metric) -> Linear | None:
    """Return the sum whose rows are those that the metric counts."""
    match metric.expression:
        case Amount(total=total, count=count):
            return count or total
        case Ratio(denominator=denominator, count=count):
            return count or denominator
        case PerDay(total=total, count=count):
            return count or total
        case Mean(count=count) | Balance(count=count):
            return count
        case Level(started=started):
            return started
    return None


def _counted_above(metric: Metric) -> Linear | None:
    match metric.expression:
        case Ratio(numerator=numerator):
            return numerator
    return None


def _where(axis: type[Cells], linear: Linear) -> Q:
    """Return the filter for rows of an axis that at least one term counts."""
    measures = _measures(axis)
    found = Q(pk__in=[])
    for ref, _count in linear.terms:
        if ref.axis != axis.key():
            continue
        where = _condition(measures[ref.name], ref)
        if not where:
            return Q()
        found |= where
    return found


def _condition(measure: Measure, ref: MeasureRef) -> Q:
    """Return the filter for rows that a term counts; empty: all of them."""
    where = Q() if measure.where is None else measure.where
    if ref.only is None:
        return where
    axis = cast("type[Cells]", measure.model)
    return where & fact_rows.among(axis, ref.only)


def contribution(linear: Linear, axis: type[Cells]) -> Any:
    """Return the terms of a sum for a single row, added up; 0 for another axis."""
    measures = _measures(axis)
    terms: Iterable[Any] = (
        _term(measures[ref.name], ref) * Value(count, BIG)
        for ref, count in linear.terms
        if ref.axis == axis.key()
    )
    return reduce(add, terms, Value(0, BIG))


def _term(measure: Measure, ref: MeasureRef) -> Any:
    one: Any = Value(1, BIG)
    if isinstance(measure, Total):
        one = Coalesce(measure.value(), Value(0, BIG))
    where = _condition(measure, ref)
    if not where:
        return one
    return Case(When(where, then=one), default=Value(0), output_field=BIG)


def _of(linear: Linear, axis: type[Cells]) -> list[Measure]:
    """Return the measures of an axis that a sum adds up."""
    measures = _measures(axis)
    return [measures[ref.name] for ref in linear.refs if ref.axis == axis.key()]


def _measures(axis: type[Cells]) -> dict[str, Measure]:
    return {measure.name: measure for measure in axis.measures()}


def conditions_of(axis: type[Cells]) -> tuple[str, list[tuple[str, Any]]]:
    """Return the column with the reason for leaving a row out, and all else required.

    Example: paid orders give ("exclusion", [("state", Order.State.PAID)]).
    """
    required: list[tuple[str, Any]] = [
        child for child in axis.base.children if isinstance(child, tuple)
    ]
    excluded = next(name for name, _value in required if name.endswith("exclusion"))
    return excluded, [(name, value) for name, value in required if name != excluded]
