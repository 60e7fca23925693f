"""The rows behind a number: which were counted, which were left out, and why."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any, cast

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from crmkpi.accounts.access import Access
from crmkpi.crm.querysets import FactQuerySet
from crmkpi.lib.periods import UNDATED, Grain, Period
from metrics.dimensions import Cut
from metrics.engine import rows as fact_rows
from metrics.expressions import (
    Amount,
    Balance,
    FromRows,
    Level,
    Linear,
    Mean,
    Ratio,
)
from metrics.measures import AXES
from metrics.measures.base import Cells, Measure, Total
from metrics.metric import Metric
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
    if isinstance(metric.expression, FromRows):
        return [AXES[metric.expression.axes[0]]]
    counted = _counted(metric)
    return [AXES[axis] for axis in sorted(counted.axes)] if counted else []


def behind(
    metric: Metric, scope: ScopeKey, period: Period | None, *, today: int
) -> list[Behind]:
    """Return the rows of a number, axis by axis.

    For a rate these are the rows of the denominator; for a count, sum or mean the rows
    that were counted; for a state at a date the spells that cover it; for customers
    followed from a date those that were active then. A period None takes all days.

    Empty: for a scope that the rows of the metric do not carry.

    Queries: none until rows are read, but 1 for a team and 2 for customers followed
    since the first day.
    """
    if not can_be_cut(metric, Cut(scope.cut)):
        return []
    return [_behind(axis, metric, scope, period, today) for axis in main_axes(metric)]


def adds(rows: Behind) -> Any | None:
    """Return an expression of what one row adds above the line.

    Summed over the counted rows it is the numerator: 1 or 0 for a rate, 1, 0 or −1 for
    a balance, the amount or the seconds for a sum or mean.

    Empty: None when every row simply counts, or what is above the line are other rows.
    """
    expression = rows.metric.expression
    match expression:
        case Ratio(numerator=upper) if rows.axis.key() in upper.axes:
            return _contribution(upper, rows.axis)
        case Balance(plus=plus, minus=minus):
            return _contribution(plus - minus, rows.axis)
        case Mean(total=total):
            return _contribution(total, rows.axis)
        case Amount(total=total, count=count) if count is not None:
            return _contribution(total, rows.axis)
        case FromRows(name=name):
            return _followed(rows, stayed=name == "retention")
    return None


def has_parts(metric: Metric) -> bool:
    """Whether the rows of a metric either count above the line or do not."""
    match metric.expression:
        case Ratio(numerator=upper, denominator=lower):
            return upper.axes == lower.axes
        case Balance() | FromRows():
            return True
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

    Each carries `adds`, what it adds above the line; None where it only counts.
    """
    chosen = {Part.OUT: rows.left_out, Part.YOUNG: rows.too_young}.get(part)
    held = cast(FactQuerySet, rows.counted if chosen is None else chosen)
    above = adds(rows)
    seen: Rows = held.visible_to(access).annotate(
        adds=Value(None, BIG) if above is None else above
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
) -> Behind:
    counted = _counted(metric)
    where = _where(axis, counted) if counted else Q()
    kind = axis.fact._default_manager.filter(fact_rows.scope_filter(axis, scope), where)
    end = today + 1 if period is None else min(period.end, today + 1)
    if isinstance(metric.expression, Level):
        return Behind(metric, axis, end, kind.filter(_on(axis, end)), kind.none())
    if isinstance(metric.expression, FromRows):
        start = _second_day(metric) if period is None else period.start
        return Behind(metric, axis, end, kind.filter(_on(axis, start)), kind.none())
    found, undated = kind.filter(**{f"{axis.when}__lt": end}), kind.none()
    if period is not None:
        found = found.filter(**{f"{axis.when}__gte": period.start})
        undated = kind.filter(axis.base, **{axis.when: UNDATED})
    mature = Q()
    if metric.matures_after:
        mature = Q(**{f"{axis.when}__lt": today + 1 - metric.matures_after})
    return Behind(metric, axis, end, found, undated, mature)


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


def _followed(rows: Behind, *, stayed: bool) -> Any:
    """Return 1 for customers who are still there at the end, or who are not; else 0."""
    later = rows.axis.fact._default_manager.filter(
        rows.axis.base, _on(rows.axis, rows.end), customer=OuterRef("customer")
    )
    counts = Exists(later) if stayed else ~Exists(later)
    return Case(When(counts, then=Value(1)), default=Value(0), output_field=BIG)


def _counted(metric: Metric) -> Linear | None:
    """Return the sum whose rows are those that the metric counts."""
    match metric.expression:
        case Amount(total=total, count=count):
            return count or total
        case Ratio(denominator=denominator):
            return denominator
        case Mean(count=count) | Balance(count=count):
            return count
        case Level(started=started):
            return started
    return None


def _where(axis: type[Cells], linear: Linear) -> Q:
    """Return the filter for rows of an axis that at least one term counts."""
    measures = _measures(axis)
    found = Q(pk__in=[])
    for ref, _count in linear.terms:
        if ref.axis != axis.key():
            continue
        where = measures[ref.name].where
        if where is None:
            return Q()
        found |= where
    return found


def _contribution(linear: Linear, axis: type[Cells]) -> Any:
    """Return the terms of a sum for a single row, added up."""
    measures = _measures(axis)
    return reduce(
        add,
        (
            _term(measures[ref.name]) * Value(count, BIG)
            for ref, count in linear.terms
            if ref.axis == axis.key()
        ),
    )


def _term(measure: Measure) -> Any:
    one: Any = Value(1, BIG)
    if isinstance(measure, Total):
        one = Coalesce(Cast(F(measure.summed), BIG), Value(0, BIG))
    if measure.where is None:
        return one
    return Case(When(measure.where, then=one), default=Value(0), output_field=BIG)


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
