"""How many rows of a number fall into which part: one look at the rows for all."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import BigIntegerField, Case, Count, Field, Value, When

from crmkpi.accounts.access import Access
from crmkpi.crm.models import Exclusion
from crmkpi.crm.querysets import FactQuerySet
from crmkpi.lib.periods import Period
from metrics.behind import (
    Behind,
    ExclusionCount,
    Part,
    adds,
    behind,
    conditions_of,
    has_parts,
)
from metrics.measures.base import Cells
from metrics.metric import Metric
from metrics.scopes import ScopeKey

BIG = BigIntegerField()


@dataclass(frozen=True)
class Tally:
    """The rows of one axis, counted by part."""

    parts: dict[Part, int]
    left_out: list[ExclusionCount]  # by reason; the sum is that of Part.OUT

    @property
    def found(self) -> int:
        return sum(self.parts[part] for part in (Part.COUNTED, Part.OUT, Part.YOUNG))

    @property
    def counted(self) -> int:
        return self.parts[Part.COUNTED]


@dataclass(frozen=True)
class Tallied:
    """The rows of one axis with how many there are, and how many a reader may open."""

    rows: Behind
    whole: Tally
    seen: Tally


def tallied(
    metric: Metric,
    scope: ScopeKey,
    period: Period | None,
    *,
    access: Access,
    today: int,
) -> list[Tallied]:
    """Return the rows of a number with their tallies, axis by axis.

    Queries: those of behind, and for each axis 1, for readers who do not see the
    company 2.
    """
    found = []
    for rows in behind(metric, scope, period, today=today):
        whole = tally(rows)
        seen = whole if access.sees_company else tally(rows, access)
        found.append(Tallied(rows, whole, seen))
    return found


def tally(rows: Behind, access: Access | None = None) -> Tally:
    """Return how many rows are in which part, all or those a reader may see.

    Queries: 1.
    """
    excluded, conditions = conditions_of(rows.axis)
    held = cast(FactQuerySet, rows.found)
    if access is not None:
        held = held.visible_to(access)
    columns = [column for column, _wanted in conditions]
    groups = (
        held.order_by()
        .annotate(is_mature=_is_mature(rows), side=_side(rows))
        .values_list(excluded, *columns, "is_mature", "side")
        .annotate(count=Count("pk"))
        .order_by(excluded, *columns)
    )
    parts = dict.fromkeys(Part, 0)
    reasons: dict[str, int] = {}
    # Those with an exclusion first, then those that fail another condition.
    by_code = sorted(groups, key=lambda row: not row[0])
    for code, *others, is_mature, side, count in by_code:
        if reason := reason_of(rows.axis, code, others):
            reasons[reason] = reasons.get(reason, 0) + count
            parts[Part.OUT] += count
        elif not is_mature:
            parts[Part.YOUNG] += count
        else:
            parts[Part.COUNTED] += count
            parts[_BY_SIDE[side]] += count
    return Tally(parts, [ExclusionCount(*each) for each in reasons.items()])


_BY_SIDE = {1: Part.ABOVE, 0: Part.BELOW, -1: Part.AGAINST}


def reason_of(axis: type[Cells], code: int, others: list[Any]) -> str:
    """Return why a row was left out, nothing for one that was not.

    `code` is its exclusion, `others` the columns of the further conditions.
    """
    if code:
        return str(Exclusion(code).label)
    _excluded, conditions = conditions_of(axis)
    for (column, wanted), value in zip(conditions, others, strict=True):
        if value != wanted:
            field = cast("Field[Any, Any]", axis.fact._meta.get_field(column))
            return str(dict(field.flatchoices)[value])
    return ""


def _is_mature(rows: Behind) -> Any:
    if not rows.mature:
        return Value(1, BIG)
    return Case(When(rows.mature, then=Value(1)), default=Value(0), output_field=BIG)


def _side(rows: Behind) -> Any:
    above = adds(rows) if has_parts(rows.metric) else None
    return Value(0, BIG) if above is None else above
