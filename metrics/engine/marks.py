"""Which leaf cells a change of rows touches: the to-do list of the engine.

Runs in the writer's transaction, so that no change is ever without its keys.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from crmkpi.lib import bulk
from crmkpi.lib.columns import column_of
from metrics.dimensions import Cut
from metrics.measures import AXES
from metrics.measures.base import Cells
from metrics.models import Cause, DirtyKey, Slot

# Above so many keys of one slot, reading the whole axis again is cheaper.
REBUILD_ABOVE = 20_000

Key = tuple[int, int, int]  # member, other, day
_off: ContextVar[bool] = ContextVar("marking is off", default=False)
_CAUSES = {
    "import": Cause.NEW,
    "new rows": Cause.NEW,
    "late rows": Cause.LATE,
    "edit": Cause.EDIT,
    "reassignment": Cause.REASSIGNMENT,
    "deletion": Cause.DELETION,
    "tree": Cause.TREE,
}


def mark(
    model: type[Any],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    cause: str = Cause.NEW,
) -> int:
    """Write the dirty keys of rows, old and new, for every axis of their fact.

    Returns how many keys were written. Queries: 1 and 1 for each slot.
    """
    axes = [axis for axis in AXES.values() if axis.fact is model]
    if not axes or _off.get():
        return 0
    held = list(rows)
    slots = _slots(axes)
    written = 0
    for axis in axes:
        for cut in axis.leaf_cuts():
            keys = leaf_keys(axis, cut, columns, held)
            written += _write(slots[axis.key(), cut], keys, cause_of(cause))
    if written:
        transaction.on_commit(ring)
    return written


def cause_of(word: str) -> str:
    """Return the cause by which a writer calls it."""
    return _CAUSES.get(word, word)


@contextmanager
def off() -> Iterator[None]:
    """Write no keys inside: only for a first filling that a full rebuild follows."""
    token = _off.set(True)
    try:
        yield
    finally:
        _off.reset(token)


def is_off() -> bool:
    """Whether a first filling runs, of which nothing is written down."""
    return _off.get()


def leaf_keys(
    axis: type[Cells], cut: Cut, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> set[Key]:
    """Return the distinct keys of the leaf cells that rows belong to.

    Example: a ticket opened on day 20000 by agent 7 of team 3 without a type gives
    {(7, 3, 20000)} for the cut AGENT and {(0, 3, 20000)} for the cut TYPE.
    """
    at = {name: index for index, name in enumerate(columns)}
    when, team = at[axis.when], at[_column(axis, axis.team())]
    member = at[_column(axis, axis.column(cut))]
    return {
        (row[member] or 0, row[team] or 0, row[when])
        for row in rows
        if row[when] is not None
    }


def _column(axis: type[Cells], name: str) -> str:
    return column_of(axis.fact, name)


def _slots(axes: Iterable[type[Cells]]) -> dict[tuple[str, int], int]:
    """Return the primary keys of the slots of axes, by axis and cut."""
    slots = Slot.objects.filter(axis__in=[axis.key() for axis in axes])
    return {(axis, cut): pk for axis, cut, pk in slots.values_list("axis", "cut", "pk")}


def _write(slot_id: int, keys: set[Key], cause: str) -> int:
    if not keys:
        return 0
    if len(keys) > REBUILD_ABOVE:
        Slot.objects.filter(pk=slot_id).update(rebuild=True, rebuild_cause=cause)
        return len(keys)
    columns = ("slot_id", "member", "other", "day", "cause")
    bulk.insert_rows(
        DirtyKey, columns, [(slot_id, *key, cause) for key in sorted(keys)]
    )
    return len(keys)


def ring() -> None:
    """Wake a worker; a lost bell delays the work, beat rings too."""
    from metrics.tasks import ring_the_bell

    ring_the_bell()
