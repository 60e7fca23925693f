"""Cells from nothing but rows: the check on the refresh, and the first filling."""

import hashlib
from datetime import datetime
from math import ceil

from django.conf import settings
from django.db import connections, router
from django.db.models import Count, Max, Min, Q

from crmkpi.lib import bulk
from crmkpi.lib.periods import UNDATED
from crmkpi.lib.rollup import insert_select
from metrics.dimensions import Cut
from metrics.engine import marks, months, snapshots, stale, versions
from metrics.engine.cells import CELL_KEY, leaf_query, measure_names
from metrics.engine.coarser import cover_calendar, roll_up
from metrics.measures import AXES
from metrics.measures.base import Cells
from metrics.models import Cause, DirtyKey, MeasureState, Slot

ROWS_AT_ONCE = 1_000_000  # that SQLite groups in one statement


def rebuild_slot(slot: Slot, *, now: datetime, cause: str = Cause.REBUILD) -> int:
    """Read one axis and cut again from its rows; return the number of leaf cells.

    Runs in the caller's transaction with the slot locked. Rows committed meanwhile
    leave keys behind and are corrected by the next refresh.

    Queries: about 15, whatever the number of rows; from files, see engine.columnar.
    """
    axis, cut = AXES[slot.axis], Cut(slot.cut)
    _take_keys(slot)
    owned = [Cut.COMPANY, Cut.TEAM, Cut.AGENT] if cut is Cut.AGENT else [cut]
    axis._default_manager.filter(cut__in=[int(each) for each in owned]).delete()
    leaves = _fill(axis, cut)
    slot.rebuild, slot.rebuild_cause, slot.is_asked_for = False, "", False
    slot.save(update_fields=["rebuild", "rebuild_cause", "is_asked_for"])
    if cut is Cut.AGENT:
        remember_built(axis, now=now)
    stale.note_all_stale(axis, cut, cause=cause or Cause.REBUILD)
    versions.bump_all(now=now)
    return leaves


def _take_keys(slot: Slot) -> None:
    """Delete the keys of a locked slot, noting their months for who keeps files."""
    if days := set(bulk.delete_where(DirtyKey, "slot_id", slot.pk, tell="day")):
        months.note(slot.axis, days)


def _fill(axis: type[Cells], cut: Cut) -> int:
    """Write the cells of a cut of which none are there; return the number of leaves."""
    if settings.METRICS_PARQUET:
        from metrics.engine import columnar  # needs the extra `engines`

        if columnar.serves(axis):
            return columnar.fill(axis, cut)
    columns, query = [*CELL_KEY, *measure_names(axis)], leaf_query(axis, cut)
    parts = [query.filter(days) for days in _parts(axis)]
    leaves = sum(insert_select(axis, columns, part) for part in parts)
    found = axis._default_manager.filter(cut=cut, start__gt=UNDATED)
    span = found.aggregate(first=Min("start"), last=Max("start"))
    cover_calendar(span["first"], span["last"])
    roll_up(axis, cut)
    return leaves


def _parts(axis: type[Cells]) -> list[Q]:
    """Return the spans of days whose rows SQLite groups in one statement each.

    It sorts them in memory, so that three million together take 250 MB. PostgreSQL
    sorts in files what is too much. The days between the first and the last one are
    parted evenly; a cell is of one day, so none is in two parts. Queries: 1, 0.
    """
    if connections[router.db_for_write(axis)].vendor != "sqlite":
        return [Q()]
    dated = Q(**{f"{axis.when}__gt": UNDATED})
    known = axis.fact._default_manager.filter(axis.base, dated).aggregate(
        n=Count("pk"), first=Min(axis.when), last=Max(axis.when)
    )
    parts = ceil(known["n"] / ROWS_AT_ONCE)
    if parts < 2:
        return [Q()]
    first, days = known["first"], known["last"] - known["first"] + 1
    starts = [first + days * part // parts for part in range(1, parts)]
    since = [Q(), *(Q(**{f"{axis.when}__gte": day}) for day in starts)]
    until = [*(Q(**{f"{axis.when}__lt": day}) for day in starts), Q()]
    return [begin & end for begin, end in zip(since, until, strict=True)]


def request_rebuild(axis: str | None = None, *, cause: str = Cause.REBUILD) -> int:
    """Ask for all slots, or those of one axis, to be read again. Queries: 1."""
    ensure_slots()
    slots = Slot.objects.filter(axis__in=AXES)
    if axis is not None:
        slots = slots.filter(axis=axis)
    return marks.need_rebuild(slots, cause=cause)


def ask_for_all() -> int:
    """Have all slots read again because somebody wants it, not because they must be.

    Those that must be, because too many rows changed, keep their cause. Queries: 1.
    """
    ensure_slots()
    slots = Slot.objects.filter(axis__in=AXES, rebuild=False)
    return slots.update(rebuild=True, rebuild_cause=Cause.REBUILD, is_asked_for=True)


def ask_no_more() -> int:
    """Leave the slots alone that nobody has begun to read only because of a wish.

    Runs in the caller's transaction. Queries: 2.
    """
    asked = Slot.objects.select_for_update(skip_locked=True).filter(is_asked_for=True)
    return Slot.objects.filter(pk__in=[slot.pk for slot in asked]).update(
        rebuild=False, rebuild_cause="", is_asked_for=False
    )


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
