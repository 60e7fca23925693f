"""Which leaf cells a change of rows touches: the to-do list of the engine.

Runs in the writer's transaction, so that no change is ever without its keys.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from crmkpi.lib import bulk
from crmkpi.lib.columns import column_of
from crmkpi.lib.kept import kept
from metrics.dimensions import Cut
from metrics.engine import bell, months
from metrics.measures import AXES
from metrics.measures.base import Cells
from metrics.models import Cause, DirtyKey, Slot

# Above so many keys of one slot, reading the whole axis again is cheaper.
REBUILD_ABOVE = 20_000

Key = tuple[int, int, int]  # member, other, day
Touched = tuple[
    type[Any], Sequence[str], Sequence[Sequence[Any]]
]  # model, columns, rows
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

    Returns how many keys were written. Queries: 1, and 2 where slots have so many keys
    that they are read again whole.
    """
    return mark_all([(model, columns, list(rows))], cause=cause)


def mark_all(touched: Iterable[Touched], *, cause: str) -> int:
    """Write the dirty keys of rows of several facts. Returns and queries: as mark()."""
    if _off.get():
        return 0
    keys: dict[int, set[Key]] = defaultdict(set)
    for model, columns, rows in touched:
        axes = [axis for axis in AXES.values() if axis.fact is model]
        for axis in axes:
            for cut in axis.leaf_cuts():
                found = leaf_keys(axis, cut, columns, rows)
                keys[_slot(axis.key(), cut)] |= found
    written = sum(map(len, keys.values()))
    if written:
        _write(keys, cause_of(cause))
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


@kept
def _slot(axis: str, cut: int) -> int:
    """Return the primary key of the slot of an axis."""
    return Slot.objects.values_list("pk", flat=True).get(axis=axis, cut=cut)


def need_rebuild(slots: QuerySet[Slot], *, cause: str) -> int:
    """Have slots read again because they must be. Queries: 1."""
    return slots.update(rebuild=True, rebuild_cause=cause, is_asked_for=False)


def _write(keys: Mapping[int, set[Key]], cause: str) -> None:
    many = [slot for slot, some in keys.items() if len(some) > REBUILD_ABOVE]
    if many:
        need_rebuild(Slot.objects.filter(pk__in=many), cause=cause)
        axes = dict(Slot.objects.filter(pk__in=many).values_list("pk", "axis"))
        for slot in many:
            months.note(axes[slot], {day for _member, _other, day in keys[slot]})
    rows = [
        (slot, *key, cause)
        for slot, some in keys.items()
        if slot not in many
        for key in some
    ]
    bulk.insert_rows(DirtyKey, ("slot_id", "member", "other", "day", "cause"), rows)


def ring() -> None:
    """Wake a worker; a lost bell delays the work, beat rings too."""
    from metrics.tasks import refresh, ring_the_bell

    if (delay := bell.due_in()) is not None:
        ring_the_bell(refresh, delay=delay)
