"""Medians and 90th percentiles, from the rows themselves."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F
from django.db.models.functions import Cast, Coalesce

from crmkpi.lib.statistics import quantile
from metrics.dimensions import Cut
from metrics.engine.ancestry import Ancestry
from metrics.engine.rows import counted
from metrics.engine.windows import Window
from metrics.measures import AXES
from metrics.metric import Distribution

Quantiles = dict[str, Decimal | None]
BIG = BigIntegerField()
NONE: Quantiles = {"median": None, "p90": None}


def read_quantiles(
    wanted: Distribution, windows: Iterable[Window]
) -> dict[Window, Quantiles]:
    """Return the median and p90 of a column in each window.

    Empty: no rows gives None for both.

    Queries: 1 for each kind of scope, and 1 more for teams.
    """
    by_cut: dict[int, list[Window]] = defaultdict(list)
    for window in windows:
        by_cut[window.scope.cut].append(window)
    found: dict[Window, Quantiles] = {}
    for cut, some in by_cut.items():
        found |= _of_cut(wanted, Cut(cut), some)
    return found


def _of_cut(
    wanted: Distribution, cut: Cut, windows: list[Window]
) -> dict[Window, Quantiles]:
    values = _values(wanted, cut, windows)
    found = {}
    for window in windows:
        within = [
            value
            for day, value in values.get((window.scope.member, window.scope.other), ())
            if window.start <= day < window.end
        ]
        within.sort()
        found[window] = _quantiles(within)
    return found


def _values(
    wanted: Distribution, cut: Cut, windows: list[Window]
) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Return (day, value) of every row by the scopes (member, other) it counts for."""
    axis = AXES[wanted.axis]
    rows = axis.fact._default_manager.filter(
        **{
            f"{wanted.column}__isnull": False,
            f"{axis.when}__gte": min(window.start for window in windows),
            f"{axis.when}__lt": max(window.end for window in windows),
        }
    )
    rows = counted(axis, rows, wanted.where)
    member = axis.agent if cut in (Cut.TEAM, Cut.COMPANY) else axis.column(cut)
    members = {window.scope.member for window in windows}
    if cut not in (Cut.COMPANY, Cut.TEAM):
        rows = rows.filter(**{f"{member}__in": members})
    teams = Ancestry(window.scope for window in windows)
    found: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    columns = (member, axis.team(), axis.when)
    for one, team, day, value in rows.values_list(*columns, _amount(wanted)):
        entry = (day, value)
        if cut is Cut.COMPANY:
            found[0, 0].append(entry)
            continue
        above = teams.above(team, day)
        if cut is Cut.TEAM:
            for each in above:
                found[each, 0].append(entry)
            continue
        found[one or 0, 0].append(entry)
        for each in above:
            found[one or 0, each].append(entry)
    return found


def _amount(wanted: Distribution) -> Any:
    """Return what one row adds to the distribution; NULL where that is not known."""
    if not wanted.plus:
        return F(wanted.column)
    known = (Coalesce(F(column), 0, output_field=BIG) for column in wanted.plus)
    summed = reduce(add, known, Cast(F(wanted.column), BIG))
    return ExpressionWrapper(summed, output_field=BIG)


def _quantiles(ordered: list[int]) -> Quantiles:
    if not ordered:
        return dict(NONE)
    return {
        name: _six(quantile(ordered, share))
        for name, share in (("median", 0.5), ("p90", 0.9))
    }


def _six(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.000001"))
