"""Sums of cells over windows of days, a few statements for any number of them."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import NamedTuple

from crmkpi.lib.periods import UNDATED, Calendar, Grain
from metrics.dimensions import Cut
from metrics.expressions import MeasureRef
from metrics.measures import AXES
from metrics.scopes import ScopeKey

BEGINNING = UNDATED  # the start of a window that takes everything before its end


class Window(NamedTuple):
    """Days [start, end) of one scope on one axis."""

    axis: str
    scope: ScopeKey
    start: int
    end: int


Sums = dict[MeasureRef, int]


class _Group(NamedTuple):
    """Windows that one statement can read."""

    axis: str
    cut: int
    other: int
    grain: Grain


def read_windows(
    windows: Iterable[Window], measures: Mapping[str, set[str]], calendar: Calendar
) -> dict[Window, Sums]:
    """Return the sums of the named measures of each axis in each window.

    A window is read in the coarsest grain that fits both of its ends, else by day.

    Empty: a window without cells has the sum 0 for every measure.

    Queries: 1 for each axis, kind of scope and grain.
    """
    groups: dict[_Group, list[Window]] = defaultdict(list)
    for window in set(windows):
        if window.end > window.start:
            groups[_group(window, calendar)].append(window)
    found: dict[Window, Sums] = {}
    for group, some in groups.items():
        found |= _read_group(group, some, sorted(measures[group.axis]))
    return found


def _group(window: Window, calendar: Calendar) -> _Group:
    cut, _member, other = window.scope
    return _Group(window.axis, cut, other, fitting_grain(window, calendar))


def fitting_grain(window: Window, calendar: Calendar) -> Grain:
    """Return the coarsest grain whose cells the window is made of.

    Example: 1 January to 1 April gives QUARTER, to 2 April gives DAY.
    """
    for grain in (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK):
        ends_on = calendar.start_of(window.end, grain) == window.end
        if ends_on and calendar.start_of(window.start, grain) == window.start:
            return grain
    return Grain.DAY


def _read_group(
    group: _Group, windows: list[Window], names: list[str]
) -> dict[Window, Sums]:
    axis = AXES[group.axis]
    rows = axis._default_manager.filter(
        cut=group.cut,
        member__in={window.scope.member for window in windows},
        start__gte=min(window.start for window in windows),
        start__lt=max(window.end for window in windows),
    )
    if group.cut == Cut.AGENT and group.grain is Grain.DAY:
        rows = rows.filter(grain=Grain.LEAF)  # an agent's days are its leaves
    else:
        rows = rows.filter(grain=group.grain, other=group.other)
    by_member: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for member, *rest in rows.order_by("start").values_list("member", "start", *names):
        by_member[member].append(tuple(rest))
    running = {member: _Running(some) for member, some in by_member.items()}
    refs = [MeasureRef(group.axis, name) for name in names]
    nothing = dict.fromkeys(refs, 0)
    return {
        window: dict(
            zip(refs, running[window.scope.member].between(window), strict=True)
        )
        if window.scope.member in running
        else dict(nothing)
        for window in windows
    }


class _Running:
    """Running totals of one member's cells, so that any window is two look-ups."""

    def __init__(self, rows: list[tuple[int, ...]]) -> None:
        self.starts = [row[0] for row in rows]
        columns = zip(*(row[1:] for row in rows), strict=True)
        self.totals = [list(accumulate(column, initial=0)) for column in columns]

    def between(self, window: Window) -> list[int]:
        low = bisect_left(self.starts, window.start)
        high = bisect_left(self.starts, window.end)
        return [total[high] - total[low] for total in self.totals]
