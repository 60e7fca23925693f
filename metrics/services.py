"""Writes of the engine: working off what waits, rebuilding, pinning."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from crmkpi.lib.periods import Grain
from metrics.custom import loading
from metrics.engine import marks, months, refresh, snapshots
from metrics.engine import rebuild as rebuilding
from metrics.models import CalendarDay, DirtyKey, Slot, Snapshot, StalePair

Progress = Callable[[str, int, int], None]  # what, done, of how many


@dataclass(frozen=True)
class Drained:
    """What a drain did."""

    claims: int  # of the first stage
    pairs: int  # of the second stage
    is_empty: bool  # whether nothing was left


def drain(
    *, now: datetime, seconds: float | None = None, progress: Progress | None = None
) -> Drained:
    """Work off dirty keys and stale pairs until none is left or time is up.

    Safe to run twice, at once with others, and to die half-way: each claim is one
    transaction that takes its keys with it.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    claims = pairs = 0
    while deadline is None or time.monotonic() < deadline:
        loading.look_again()
        if refresh.work_off_one(now=now):
            claims += 1
            if progress:
                left = -(-DirtyKey.objects.count() // refresh.CLAIM)
                left += Slot.objects.filter(rebuild=True).count()
                progress("cells", claims, claims + left)
            continue
        done = snapshots.work_off_pairs(now=now)
        if not done:
            break
        pairs += done
        if progress:
            progress("snapshots", pairs, pairs + StalePair.objects.count())
    return Drained(claims, pairs, is_empty=not is_waiting())


def is_waiting() -> bool:
    """Whether any work waits. Queries: up to 3."""
    return (
        DirtyKey.objects.exists()
        or Slot.objects.filter(rebuild=True).exists()
        or StalePair.objects.exists()
    )


def rebuild(
    *, now: datetime, axis: str | None = None, progress: Progress | None = None
) -> Drained:
    """Read all cells again from the rows, or those of one axis, and their snapshots.

    Gives the same as the refresh does; readers see the old cells until the new ones
    are complete.
    """
    rebuilding.request_rebuild(axis)
    return drain(now=now, progress=progress)


@contextmanager
def filling() -> Iterator[None]:
    """Write rows into an empty database faster: nothing is marked as changed inside.

    Afterwards, and after an interruption, all cells are due to be read again; the
    caller sees to it that nobody works them off while rows still come.
    """
    rebuilding.request_rebuild()
    months.note_all()
    with marks.off():
        yield
    rebuilding.request_rebuild()
    months.note_all()


def change_calendar() -> None:
    """Take over another week start or fiscal year: all cells and snapshots anew.

    Snapshots of periods that no longer exist go; a worker does the rest.
    """
    with transaction.atomic():
        CalendarDay.objects.all().delete()
        moved = (Grain.WEEK, Grain.QUARTER, Grain.YEAR)
        Snapshot.objects.filter(grain__in=[int(grain) for grain in moved]).delete()
        rebuilding.request_rebuild()
