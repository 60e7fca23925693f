"""First stage: dirty keys become cells, cells' differences become roll-ups.

One transaction for each claim: the keys are deleted with the work, so a worker that
dies gives them back, and nobody else works in a locked slot.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Min, Q

from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.lib import bulk
from crmkpi.lib.periods import Calendar
from metrics.dimensions import Cut
from metrics.engine import months, rebuild, stale, versions
from metrics.engine.cells import (
    CELL_KEY,
    CellKey,
    Sums,
    cells_of,
    leaf_key,
    measure_names,
    parents,
    read_leaves,
    stored_leaves,
)
from metrics.engine.marks import Key
from metrics.measures import AXES
from metrics.measures.base import Cells
from metrics.models import Cause, DirtyKey, Slot

CLAIM = 2_000

# Of several causes of one change, the one a reader should hear first.
_WEIGHT = {
    Cause.NEW: 0,
    Cause.LATE: 1,
    Cause.EDIT: 2,
    Cause.REASSIGNMENT: 3,
    Cause.TREE: 4,
    Cause.DELETION: 5,
    Cause.REBUILD: 6,
}


@dataclass(frozen=True)
class Claimed:
    """The work taken from one slot."""

    axis: type[Cells]
    cut: Cut
    causes: dict[Key, str]  # of each leaf key


def work_off_one(*, now: datetime) -> bool:
    """Do one claim of the slot with the oldest work; return whether there was any.

    Queries: about 10, whatever the number of keys.
    """
    with transaction.atomic():
        slot = _lock_oldest()
        if slot is None:
            return False
        axis, cut = AXES[slot.axis], Cut(slot.cut)
        if slot.rebuild:
            rebuild.rebuild_slot(slot, now=now, cause=slot.rebuild_cause)
            return True
        claimed = Claimed(axis, cut, _claim(slot))
        refresh(claimed, now=now)
    return True


def refresh(claimed: Claimed, *, now: datetime) -> int:
    """Bring the cells of claimed keys up to date; return how many leaves changed."""
    axis, cut = claimed.axis, claimed.cut
    keys = sorted(claimed.causes)
    new, old = read_leaves(axis, cut, keys), stored_leaves(axis, cut, keys)
    changed = [key for key in keys if new.get(key) != old.get(key)]
    if not changed:
        return 0
    _write_leaves(axis, cut, changed, new)
    calendar = get_calendar(get_organisation())
    teams = TeamDirectory.load()
    differences, causes = _differences(claimed, changed, new, old, calendar, teams)
    _add(axis, differences)
    stale.note_stale(axis, causes)
    versions.bump(differences, now=now)
    return len(changed)


def _lock_oldest() -> Slot | None:
    """Lock the slot whose work has waited longest and that nobody works in.

    On SQLite the transaction itself, begun IMMEDIATE, is the lock.
    """
    waiting = DirtyKey.objects.values("slot_id").annotate(oldest=Min("id"))
    ids = [row["slot_id"] for row in waiting.order_by("oldest")]
    ids += Slot.objects.filter(rebuild=True).values_list("pk", flat=True)
    for slot_id in dict.fromkeys(ids):
        locked = Slot.objects.select_for_update(skip_locked=True).filter(pk=slot_id)
        if (slot := locked.first()) is not None:
            return slot
    return None


def _claim(slot: Slot) -> dict[Key, str]:
    """Take the oldest keys of a locked slot; they come back if the work fails."""
    oldest = DirtyKey.objects.filter(slot_id=slot.pk).order_by("id")
    rows = list(oldest.values_list("id", "member", "other", "day", "cause")[:CLAIM])
    DirtyKey.objects.filter(pk__in=[row[0] for row in rows]).delete()
    causes: dict[Key, str] = {}
    for _id, member, other, day, cause in rows:
        key = (member, other, day)
        causes[key] = _stronger(causes.get(key), cause)
    months.note(slot.axis, {day for _member, _other, day in causes})
    return causes


def _stronger(one: str | None, other: str) -> str:
    if one is None:
        return other
    return max(one, other, key=lambda cause: _WEIGHT.get(Cause(cause), 0))


def _write_leaves(
    axis: type[Cells], cut: Cut, changed: Iterable[Key], new: dict[Key, Sums]
) -> None:
    put = [(*leaf_key(cut, key), *new[key]) for key in changed if key in new]
    gone = [leaf_key(cut, key) for key in changed if key not in new]
    bulk.upsert(axis, CELL_KEY, measure_names(axis), sorted(put))
    if gone:
        cells_of(axis, gone).delete()


def _differences(
    claimed: Claimed,
    changed: Iterable[Key],
    new: dict[Key, Sums],
    old: dict[Key, Sums],
    calendar: Calendar,
    teams: TeamDirectory,
) -> tuple[dict[CellKey, list[int]], dict[CellKey, str]]:
    """Return what to add to each parent, and the weightiest cause of it."""
    width = len(measure_names(claimed.axis))
    nothing = (0,) * width
    differences: dict[CellKey, list[int]] = defaultdict(lambda: [0] * width)
    causes: dict[CellKey, str] = {}
    for key in changed:
        pairs = zip(new.get(key, nothing), old.get(key, nothing), strict=True)
        difference = [after - before for after, before in pairs]
        above = teams.ancestors(key[1], key[2]) if key[1] else ()
        for parent in parents(claimed.cut, key, calendar, above):
            sums = differences[parent]
            for index, amount in enumerate(difference):
                sums[index] += amount
            causes[parent] = _stronger(causes.get(parent), claimed.causes[key])
    return differences, causes


def _add(axis: type[Cells], differences: dict[CellKey, list[int]]) -> None:
    """Add to the parents and delete those that are left without rows."""
    names = measure_names(axis)
    rows = [(*key, *sums) for key, sums in sorted(differences.items()) if any(sums)]
    bulk.upsert(axis, CELL_KEY, names, rows, add=names)
    shrunk = [key for key, sums in differences.items() if sums[names.index("rows")] < 0]
    if shrunk:
        cells_of(axis, shrunk).filter(Q(rows=0)).delete()
