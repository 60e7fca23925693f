"""Medians and 90th percentiles, from the rows themselves.

All rows of all windows are held at once, in eight bytes each: a worker that works off
the rebuild of 3 million orders has to stay small.
"""

from array import array
from bisect import bisect_left
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
ByDay = dict[int, "array[int]"]  # the values of the rows of each day
ROWS_AT_ONCE = 20_000  # that the database hands over
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
    by_scope = _values(wanted, cut, windows)
    days = {scope: sorted(by_day) for scope, by_day in by_scope.items()}
    found = {}
    for window in windows:
        scope = (window.scope.member, window.scope.other)
        known = days.get(scope, [])
        first, last = (bisect_left(known, day) for day in (window.start, window.end))
        within: list[int] = []
        for day in known[first:last]:
            within += by_scope[scope][day]
        within.sort()
        found[window] = _quantiles(within)
    return found


def _values(
    wanted: Distribution, cut: Cut, windows: list[Window]
) -> dict[tuple[int, int], ByDay]:
    """Return the values of all rows by the scopes (member, other) they count for."""
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
    found: dict[tuple[int, int], ByDay] = defaultdict(lambda: defaultdict(_no_values))
    columns = (member, axis.team(), axis.when)
    listed = rows.values_list(*columns, _amount(wanted))
    for one, team, day, value in listed.iterator(chunk_size=ROWS_AT_ONCE):
        for scope in _scopes(cut, one or 0, teams, team, day):
            found[scope][day].append(value)
    return found


def _no_values() -> "array[int]":
    return array("q")


def _scopes(
    cut: Cut, member: int, teams: Ancestry, team: int | None, day: int
) -> list[tuple[int, int]]:
    """Return the scopes (member, other) that a row counts for."""
    if cut is Cut.COMPANY:
        return [(0, 0)]
    above = teams.above(team, day)
    if cut is Cut.TEAM:
        return [(each, 0) for each in above]
    return [(member, 0), *((member, each) for each in above)]


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
