"""Coarser cells from leaves: along the calendar and up the tree of teams, in SQL."""

from functools import partial

from django.db import transaction
from django.db.models import Max, Min

from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.lib import bulk
from crmkpi.lib.periods import FIRST_DAY, UNDATED, Grain
from crmkpi.lib.rollup import Run, on_database, sum_cells
from metrics.dimensions import Cut
from metrics.engine.cells import calendar_rows, measure_names
from metrics.measures.base import Cells
from metrics.models import CalendarDay

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


def roll_up(axis: type[Cells], cut: Cut, run: Run | None = None) -> None:
    """Sum the leaves of a cut into all that they are part of.

    Where the cells are: on the database, or on the engine that `run` has statements
    run by. There must be the calendar and the edges of the tree under their names.

    Queries: 14 for agents, 6 for a dimension, whatever the number of cells.
    """
    run = run or on_database(axis)
    _roll_up_agents(axis, run) if cut is Cut.AGENT else _roll_up_dimension(
        axis, cut, run
    )


def _roll_up_agents(axis: type[Cells], run: Run) -> None:
    """Leaves become the company's and teams' days, and the agents' weeks and up."""
    names = measure_names(axis)
    sums = partial(sum_cells, axis, run, measures=names)
    leaves = partial(sums, cut=Cut.AGENT, grain=Grain.LEAF)
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
        _coarsen(axis, cut, run)
    for source, grain, start in _STEPS:
        sums(
            cut=Cut.AGENT,
            grain=Grain.LEAF if source is Grain.DAY else source,
            into_cut="c.cut",
            into_member="c.member",
            into_grain=grain,
            into_start=start,
            into_other="0",
            joins=_BY_DAY,
        )


def _roll_up_dimension(axis: type[Cells], cut: Cut, run: Run) -> None:
    """Leaves become a member's days in all teams and up the tree, and coarser."""
    leaves = partial(
        sum_cells,
        axis,
        run,
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
    _coarsen(axis, cut, run)


def _coarsen(axis: type[Cells], cut: Cut, run: Run) -> None:
    for source, grain, start in _STEPS:
        sum_cells(
            axis,
            run,
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


def cover_calendar(first: int | None, last: int | None) -> None:
    """Make sure that the calendar holds the days of leaves. Queries: 3 or 4.

    Empty: without leaves there must be some calendar, of any year.

    Whole years, because coarser cells are found by the day on which a month starts.
    """
    have = CalendarDay.objects.aggregate(first=Min("day"), last=Max("day"))
    calendar = get_calendar(get_organisation())
    days = [day for day in (first, last, have["last"]) if day]
    if not days and have["first"] is not None:
        return
    start = calendar.period(min(days, default=FIRST_DAY), Grain.YEAR).start
    end = calendar.period(max(days, default=FIRST_DAY), Grain.YEAR).end
    covered = CalendarDay.objects.filter(day__in=(UNDATED, start, end - 1)).count()
    if covered < 3:
        fill_calendar(start, end)


def fill_calendar(first: int, last: int) -> None:
    """Write the calendar of days [first, last) as the organisation counts them."""
    calendar = get_calendar(get_organisation())
    rows = calendar_rows(calendar, first, last)
    columns = ("week", "month", "quarter", "year")
    with transaction.atomic():
        bulk.upsert(CalendarDay, ("day",), columns, rows)
