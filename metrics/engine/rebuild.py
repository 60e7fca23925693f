"""Cells from nothing but rows: the check on the refresh, and the first filling."""

import hashlib
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Max, Min

from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.lib import bulk
from crmkpi.lib.periods import FIRST_DAY, UNDATED, Grain
from crmkpi.lib.rollup import insert_select, sum_cells
from metrics.dimensions import Cut
from metrics.engine import snapshots, stale, versions
from metrics.engine.cells import CELL_KEY, calendar_rows, leaf_query, measure_names
from metrics.measures import AXES
from metrics.measures.base import Cells
from metrics.models import CalendarDay, Cause, DirtyKey, MeasureState, Slot

# Which coarser grain is summed from which finer one, in this order.
_STEPS = (
    (Grain.DAY, Grain.WEEK, "k.week"),
    (Grain.DAY, Grain.MONTH, "k.month"),
    (Grain.MONTH, Grain.QUARTER, "k.quarter"),
    (Grain.MONTH, Grain.YEAR, "k.year"),
)
_BY_DAY = 'JOIN "metrics_calendarday" k ON k.day = c.start'
_UP_THE_TREE = (
    'JOIN "accounts_teamedge" e ON e.descendant_id = c.other '
    "AND e.since_day <= c.start AND e.until_day > c.start"
)


def rebuild_slot(slot: Slot, *, now: datetime, cause: str = Cause.REBUILD) -> int:
    """Read one axis and cut again from its rows; return the number of leaf cells.

    Runs in the caller's transaction with the slot locked. Rows committed meanwhile
    leave keys behind and are corrected by the next refresh.

    Queries: about 15, whatever the number of rows.
    """
    axis, cut = AXES[slot.axis], Cut(slot.cut)
    DirtyKey.objects.filter(slot_id=slot.pk).delete()
    owned = [Cut.COMPANY, Cut.TEAM, Cut.AGENT] if cut is Cut.AGENT else [cut]
    axis._default_manager.filter(cut__in=[int(each) for each in owned]).delete()
    columns = [*CELL_KEY, *measure_names(axis)]
    leaves = insert_select(axis, columns, leaf_query(axis, cut))
    cover_calendar(axis, cut)
    _roll_up_agents(axis) if cut is Cut.AGENT else _roll_up_dimension(axis, cut)
    slot.rebuild, slot.rebuild_cause = False, ""
    slot.save(update_fields=["rebuild", "rebuild_cause"])
    if cut is Cut.AGENT:
        remember_built(axis, now=now)
    stale.note_all_stale(axis, cut, cause=cause or Cause.REBUILD)
    versions.bump_all(now=now)
    return leaves


def request_rebuild(axis: str | None = None, *, cause: str = Cause.REBUILD) -> int:
    """Ask for all slots, or those of one axis, to be read again. Queries: 1."""
    ensure_slots()
    slots = Slot.objects.filter(axis__in=AXES)
    if axis is not None:
        slots = slots.filter(axis=axis)
    return slots.update(rebuild=True, rebuild_cause=cause)


def ensure_slots() -> None:
    """Create the rows that workers lock.

    A new way to cut rows that are there already is due to be read.
    Queries: 1, and 1 for each axis with new ones and 1 more when some are missing.
    """
    wanted = {(key, int(cut)) for key, axis in AXES.items() for cut in axis.leaf_cuts()}
    wanted.add((snapshots.LOCK, 0))
    missing = wanted - set(Slot.objects.values_list("axis", "cut"))
    filled = {
        key
        for key in {axis for axis, _cut in missing} & AXES.keys()
        if AXES[key].fact._default_manager.exists()
    }
    Slot.objects.bulk_create(
        [
            Slot(axis=axis, cut=cut, rebuild=axis in filled)
            for axis, cut in sorted(missing)
        ],
        ignore_conflicts=True,
    )


def cover_calendar(axis: type[Cells], cut: Cut) -> None:
    """Make sure that the calendar holds every day of a cut's leaves. Queries: 4 or 5.

    Whole years, because coarser cells are found by the day on which a month starts.
    """
    leaves = axis._default_manager.filter(cut=cut, grain=Grain.LEAF)
    dated = leaves.filter(start__gt=UNDATED)
    span = dated.aggregate(first=Min("start"), last=Max("start"))
    have = CalendarDay.objects.aggregate(first=Min("day"), last=Max("day"))
    calendar = get_calendar(get_organisation())
    days = [day for day in (span["first"], span["last"], have["last"]) if day]
    if not days and have["first"] is not None:
        return
    first = calendar.period(min(days, default=FIRST_DAY), Grain.YEAR).start
    last = calendar.period(max(days, default=FIRST_DAY), Grain.YEAR).end
    covered = CalendarDay.objects.filter(day__in=(UNDATED, first, last - 1)).count()
    if covered < 3:
        fill_calendar(first, last)


def fill_calendar(first: int, last: int) -> None:
    """Write the calendar of days [first, last) as the organisation counts them."""
    calendar = get_calendar(get_organisation())
    rows = calendar_rows(calendar, first, last)
    columns = ("week", "month", "quarter", "year")
    with transaction.atomic():
        bulk.upsert(CalendarDay, ("day",), columns, rows)


def _roll_up_agents(axis: type[Cells]) -> None:
    """Leaves become the company's and teams' days, and the agents' weeks and up."""
    names = measure_names(axis)
    leaves = partial(sum_cells, axis, measures=names, cut=Cut.AGENT, grain=Grain.LEAF)
    leaves(
        into_cut=str(int(Cut.COMPANY)),
        into_member="0",
        into_grain=Grain.DAY,
        into_start="c.start",
        into_other="0",
    )
    leaves(
        into_cut=str(int(Cut.TEAM)),
        into_member="e.ancestor_id",
        into_grain=Grain.DAY,
        into_start="c.start",
        into_other="0",
        joins=_UP_THE_TREE,
    )
    for cut in (Cut.COMPANY, Cut.TEAM):
        _coarsen(axis, cut)
    for source, grain, start in _STEPS:
        sum_cells(
            axis,
            measures=names,
            cut=Cut.AGENT,
            grain=Grain.LEAF if source is Grain.DAY else source,
            into_cut="c.cut",
            into_member="c.member",
            into_grain=grain,
            into_start=start,
            into_other="0",
            joins=_BY_DAY,
        )


def _roll_up_dimension(axis: type[Cells], cut: Cut) -> None:
    """Leaves become a member's days in all teams and up the tree, and coarser."""
    leaves = partial(
        sum_cells,
        axis,
        measures=measure_names(axis),
        cut=cut,
        grain=Grain.LEAF,
        into_cut="c.cut",
        into_member="c.member",
        into_grain=Grain.DAY,
        into_start="c.start",
    )
    leaves(into_other="0")
    leaves(into_other="e.ancestor_id", joins=_UP_THE_TREE)
    _coarsen(axis, cut)


def _coarsen(axis: type[Cells], cut: Cut) -> None:
    for source, grain, start in _STEPS:
        sum_cells(
            axis,
            measures=measure_names(axis),
            cut=cut,
            grain=source,
            into_cut="c.cut",
            into_member="c.member",
            into_grain=grain,
            into_start=start,
            into_other="c.other",
            joins=_BY_DAY,
        )


def fingerprint(axis: type[Cells], name: str) -> str:
    """Return a hash of what a measure sums, its axis's filter included."""
    measure = next(each for each in axis.measures() if each.name == name)
    text = f"{axis.fact._meta.label} {axis.when} {axis.base} {measure.describe()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def remember_built(axis: type[Cells], *, now: datetime) -> None:
    """Note how the measures of an axis are defined in its cells. Queries: 1."""
    rows = [
        (axis.key(), name, fingerprint(axis, name), now) for name in measure_names(axis)
    ]
    key, columns = ("axis", "measure"), ("fingerprint", "built_at")
    bulk.upsert(MeasureState, key, columns, rows)


def outdated_axes() -> list[str]:
    """Return the axes whose cells were built by other definitions. Queries: 1."""
    rows = MeasureState.objects.values_list("axis", "measure", "fingerprint")
    states = {(axis, name): built for axis, name, built in rows}
    return [
        key
        for key, axis in AXES.items()
        if any(
            states.get((key, name)) != fingerprint(axis, name)
            for name in measure_names(axis)
        )
    ]
