"""Sums of cells over windows of days, a few statements for any number of them."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, F, Q, QuerySet, Value

from crmkpi.lib.periods import UNDATED, Calendar, Grain
from metrics.dimensions import Cut
from metrics.expressions import MeasureRef
from metrics.measures import AXES
from metrics.scopes import ScopeKey

ARMS = 100  # of one statement; SQLite takes 500 at most
BIG = BigIntegerField()


class Window(NamedTuple):
    """Days [start, end) of one scope on one axis."""

    axis: str
    scope: ScopeKey
    start: int
    end: int


Sums = dict[MeasureRef, int]


class _Group(NamedTuple):
    """Windows of one axis and kind of scope, which one part of a statement reads."""

    axis: str
    cut: int
    other: int


class _Read(NamedTuple):
    """A group with what is read for it: by grain the windows, of all the measures."""

    group: _Group
    windows: dict[Grain, list[Window]]
    names: list[str]


def read_windows(
    windows: Iterable[Window], measures: Mapping[str, set[str]], calendar: Calendar
) -> dict[Window, Sums]:
    """Return the sums of the named measures of each axis in each window.

    A window is read in the coarsest grain that fits both of its ends, else by day.

    Empty: a window without cells has the sum 0 for every measure.

    Queries: 1 for every ARMS axes and kinds of scope.
    """
    groups: dict[_Group, dict[Grain, list[Window]]] = {}
    for window in set(windows):
        if window.end > window.start:
            cut, _member, other = window.scope
            by_grain = groups.setdefault(_Group(window.axis, cut, other), {})
            by_grain.setdefault(fitting_grain(window, calendar), []).append(window)
    reads = [
        _Read(group, some, sorted(measures[group.axis]))
        for group, some in groups.items()
    ]
    found: dict[Window, Sums] = {}
    for start in range(0, len(reads), ARMS):
        found |= _read_together(reads[start : start + ARMS])
    return found


def read_days(asked: Iterable[tuple[Window, str]]) -> dict[tuple[Window, str], int]:
    """Return on how many days a measure counts anything in each window.

    Empty: a window without such days is left out or has 0.

    Queries: 1 for each axis, kind of scope and measure.
    """
    groups: dict[tuple[_Group, str], list[Window]] = defaultdict(list)
    for window, name in set(asked):
        cut, _member, other = window.scope
        groups[_Group(window.axis, cut, other), name].append(window)
    found: dict[tuple[Window, str], int] = {}
    for (group, name), windows in groups.items():
        cells = AXES[group.axis]._default_manager.filter(
            _cells_of(group, Grain.DAY, windows),
            start__gt=UNDATED,
            **{f"{name}__gt": 0},
        )
        days: dict[int, set[int]] = defaultdict(set)
        for member, start in cells.order_by().values_list("member", "start"):
            days[member].add(start)
        for window in windows:
            held = days[window.scope.member]
            found[window, name] = sum(window.start <= day < window.end for day in held)
    return found


def fitting_grain(window: Window, calendar: Calendar) -> Grain:
    """Return the coarsest grain whose cells the window is made of.

    Example: 1 January to 1 April gives QUARTER, to 2 April gives DAY.
    """
    for grain in (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK):
        ends_on = calendar.start_of(window.end, grain) == window.end
        if ends_on and calendar.start_of(window.start, grain) == window.start:
            return grain
    return Grain.DAY


def _read_together(reads: Sequence[_Read]) -> dict[Window, Sums]:
    """Return the sums of every window of the reads. Queries: 1."""
    width = max(len(read.names) for read in reads)
    first, *others = (_arm(at, read, width) for at, read in enumerate(reads))
    rows: dict[tuple[int, int, int], list[tuple[int, ...]]] = defaultdict(list)
    for at, grain, member, *rest in first.union(*others, all=True) if others else first:
        rows[at, grain, member].append(tuple(rest))
    found: dict[Window, Sums] = {}
    for at, read in enumerate(reads):
        refs = [MeasureRef(read.group.axis, name) for name in read.names]
        nothing = dict.fromkeys(refs, 0)
        for grain, windows in read.windows.items():
            stored = _stored_grain(read.group, grain)
            running = {
                member: _Running(rows[at, stored, member], len(refs))
                for member in {window.scope.member for window in windows}
                if (at, stored, member) in rows
            }
            for window in windows:
                held = running.get(window.scope.member)
                found[window] = (
                    dict(nothing)
                    if held is None
                    else dict(zip(refs, held.between(window), strict=True))
                )
    return found


def _arm(at: int, read: _Read, width: int) -> QuerySet[Any, tuple[int, ...]]:
    """Return the cells of one read: the number of the arm, grain, member, start, sums.

    Arms are as wide as the widest, so that one statement holds them all.
    """
    wanted = Q()
    for grain, windows in read.windows.items():
        wanted |= _cells_of(read.group, grain, windows)
    pads = {f"pad_{more}": F("start") for more in range(width - len(read.names))}
    cells = AXES[read.group.axis]._default_manager.filter(wanted).order_by()
    numbered = cells.annotate(arm=Value(at, BIG), **pads)
    return numbered.values_list("arm", "grain", "member", "start", *read.names, *pads)


def _cells_of(group: _Group, grain: Grain, windows: Sequence[Window]) -> Q:
    """Return the filter for the cells of one grain that windows are made of."""
    found = Q(
        cut=group.cut,
        grain=_stored_grain(group, grain),
        member__in={window.scope.member for window in windows},
        start__gte=min(window.start for window in windows),
        start__lt=max(window.end for window in windows),
    )
    is_leaf = _stored_grain(group, grain) == Grain.LEAF
    return found if is_leaf else found & Q(other=group.other)


def _stored_grain(group: _Group, grain: Grain) -> int:
    """Return the grain of the cells: an agent's days are its leaves."""
    if group.cut == Cut.AGENT and grain is Grain.DAY:
        return int(Grain.LEAF)
    return int(grain)


class _Running:
    """Running totals of one member's cells, so that any window is two look-ups."""

    def __init__(self, rows: list[tuple[int, ...]], width: int) -> None:
        rows.sort()  # by start, which stands first
        self.starts = [row[0] for row in rows]
        columns = zip(*(row[1 : width + 1] for row in rows), strict=True)
        self.totals = [list(accumulate(column, initial=0)) for column in columns]

    def between(self, window: Window) -> list[int]:
        low = bisect_left(self.starts, window.start)
        high = bisect_left(self.starts, window.end)
        return [total[high] - total[low] for total in self.totals]
