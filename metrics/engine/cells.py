"""Leaf cells: read from rows in one statement per axis and cut."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.columns import column_of
from crmkpi.lib.periods import UNDATED, Calendar, Grain
from metrics.dimensions import Cut
from metrics.engine.marks import Key
from metrics.measures.base import BIG, Cells

CellKey = tuple[int, int, int, int, int]  # cut, member, grain, start, other
CELL_KEY = ("cut", "member", "grain", "start", "other")
Sums = tuple[int, ...]  # one whole number for each measure of the axis, in order

_ROLLED = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)


def measure_names(axis: type[Cells]) -> list[str]:
    """Return the measures of an axis in the order of its columns."""
    return [measure.name for measure in axis.measures()]


def leaf_query(axis: type[Cells], cut: Cut, keys: Iterable[Key] | None = None) -> Any:
    """Return the query of leaf cells, all measures at once.

    Shape: rows of the cell's key columns, then the measures, as in the table.
    """
    rows = axis.fact._default_manager.filter(
        axis.base, **{f"{axis.when}__isnull": False}
    )
    member, team = axis.column(cut), axis.team()
    if keys is not None:
        rows = rows.filter(_with_keys([member, team, axis.when], keys, axis.fact))
    grouped = rows.order_by().values(
        c_cut=Value(int(cut), output_field=BIG),
        c_member=Coalesce(_column(axis, member), 0, output_field=BIG),
        c_grain=Value(int(Grain.LEAF), output_field=BIG),
        c_start=F(axis.when),
        c_other=Coalesce(_column(axis, team), 0, output_field=BIG),
    )
    summed = {f"m_{each.name}": each.aggregate() for each in axis.measures()}
    names = [f"c_{name}" for name in CELL_KEY] + list(summed)
    return grouped.annotate(**summed).values_list(*names)


def read_leaves(axis: type[Cells], cut: Cut, keys: Sequence[Key]) -> dict[Key, Sums]:
    """Return what the rows say about leaf cells. Queries: 1."""
    return {
        (row[1], row[4], row[3]): tuple(int(value) for value in row[5:])
        for row in leaf_query(axis, cut, keys)
    }


def stored_leaves(axis: type[Cells], cut: Cut, keys: Sequence[Key]) -> dict[Key, Sums]:
    """Return what the leaf cells said until now. Queries: 1."""
    found = stored(axis, [leaf_key(cut, key) for key in keys])
    return {(key[1], key[4], key[3]): sums for key, sums in found.items()}


def stored(axis: type[Cells], keys: Sequence[CellKey]) -> dict[CellKey, Sums]:
    """Return the stored cells of these keys. Queries: 1."""
    names = measure_names(axis)
    rows = cells_of(axis, keys).values_list(*CELL_KEY, *names)
    return {tuple(row[:5]): tuple(row[5:]) for row in rows}


def cells_of(axis: type[Cells], keys: Sequence[CellKey]) -> QuerySet[Cells]:
    """Return the cells of these keys, found through the primary key."""
    return axis._default_manager.filter(KeysIn([F(name) for name in CELL_KEY], keys))


def leaf_key(cut: Cut, key: Key) -> CellKey:
    member, other, day = key
    return (int(cut), member, int(Grain.LEAF), day, other)


def parents(
    cut: Cut, key: Key, calendar: Calendar, ancestors: Sequence[int]
) -> list[CellKey]:
    """Return every coarser cell that a leaf is part of.

    An agent's leaf adds to the agent's weeks and up, to the days and up of its team
    and all above, and to the company's. A dimension's leaf adds to the days and up of
    its member in all teams, and in the team and each team above.

    Example: a leaf of agent 7 in team 3 below team 1 has 4 + 3 × 5 = 19 parents.
    """
    member, _other, day = key
    starts = {grain: calendar.start_of(day, grain) for grain in _ROLLED}
    found: list[CellKey] = []
    for grain, start in starts.items():
        if cut is Cut.AGENT:
            if grain is not Grain.DAY:
                found.append((Cut.AGENT, member, grain, start, 0))
            found.append((Cut.COMPANY, 0, grain, start, 0))
            found += [(Cut.TEAM, team, grain, start, 0) for team in ancestors]
        else:
            found.append((cut, member, grain, start, 0))
            found += [(cut, member, grain, start, team) for team in ancestors]
    return found


def _column(axis: type[Cells], name: str) -> F:
    return F(column_of(axis.fact, name))


def _with_keys(columns: Sequence[str], keys: Iterable[Key], fact: type[Any]) -> Q:
    """Return the filter for keys in which 0 stands for a column without a value.

    NULL is in no list, so keys are sorted by which of their columns are 0; each sort
    is found through the index.
    """
    member, team, when = columns
    sorts: dict[tuple[bool, bool], list[tuple[int, ...]]] = {}
    nullable = [fact._meta.get_field(name).null for name in (member, team)]
    for one, other, day in keys:
        empty = (one == 0 and nullable[0], other == 0 and nullable[1])
        kept = [
            value for value, none in zip((one, other), empty, strict=True) if not none
        ]
        sorts.setdefault(empty, []).append((*kept, day))
    found = Q(pk__in=[])
    for (no_member, no_team), some in sorts.items():
        held = [
            F(name) for name, none in ((member, no_member), (team, no_team)) if not none
        ]
        part = Q(KeysIn([*held, F(when)], sorted(set(some))))
        if no_member:
            part &= Q(**{f"{member}__isnull": True})
        if no_team:
            part &= Q(**{f"{team}__isnull": True})
        found |= part
    return found


def calendar_rows(calendar: Calendar, first: int, last: int) -> list[tuple[int, ...]]:
    """Return the calendar of days [first, last), and of the day nobody knows."""
    return [(UNDATED,) * 5, *(calendar.row(day) for day in range(first, last))]
