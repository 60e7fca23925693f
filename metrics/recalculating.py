"""All figures anew because somebody asked: other settings, or doubt about a number.

The first step is one transaction: other settings take hold and all rows are put on
their new days, or nothing is. From then on the engine's own to-do list is the work, and
the row of the recalculation only watches it grow shorter; until it is empty, every page
says that figures are being recalculated.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from crmkpi.accounts import services as accounts
from crmkpi.accounts import signals
from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import Organisation, Recalculation
from metrics import services
from metrics.engine import months, rebuild, versions
from metrics.models import DirtyKey, Slot, StalePair
from metrics.services import Drained, Progress

ATTEMPTS = 5  # at the first step, which may be what kills its workers
Kind, State = Recalculation.Kind, Recalculation.State
_BEFORE = (State.WAITING, State.ROWS)
_FIGURES = (State.CELLS, State.VALUES)


def begin(*, now: datetime) -> bool:
    """Take the first step of the recalculation that was asked for, if there is one.

    Safe to run twice, at once with others, and to die half-way: the step is one
    transaction, and who finds it undone takes it again, five times at most.

    Returns: whether a first step was taken.
    """
    try:
        pk = _note_attempt(now)
    except OperationalError:  # SQLite is locked: another worker is at it
        pk = None
    if pk is None:
        return False
    try:
        with transaction.atomic():
            job = _lock(pk=pk, state=State.ROWS)
            if job is None:  # another worker is at it
                return False
            _take_first_step(job, now)
    except accounts.Refused as error:  # what was asked for has become impossible
        _fail(pk, str(error), now)
        return False
    except Exception as error:
        _note_trouble(error, pk=pk)
        raise
    return True


def drain(
    *,
    clock: Callable[[], datetime],
    seconds: float | None = None,
    progress: Progress | None = None,
) -> Drained:
    """Work off what waits as services.drain does, noting how far a recalculation is.

    Queries: 2 where nothing is being recalculated, beside those of the work.
    """
    watched = _open().exists()

    def tell(what: str, done: int, of: int) -> None:
        if watched:
            _note_if_free(clock())
        if progress:
            progress(what, done, of)

    listener = tell if watched or progress else None
    try:
        drained = services.drain(now=clock(), seconds=seconds, progress=listener)
    except Exception as error:
        _note_trouble(error, state__in=_FIGURES)
        raise
    _note_if_free(clock())
    return drained


def note_progress(*, now: datetime) -> None:
    """Write down how much of the work is left; close the row when none is.

    Queries: 1 where nothing is being recalculated, else up to 4.
    """
    job = _open().filter(state__in=_FIGURES).first()
    if job is None:
        return
    if job.state == State.CELLS:
        left = _slots_left(job.last_key)
        if left:
            _note(job, left=left, now=now)
            return
        _go_on_to_values(job)
        job.refresh_from_db()
    left = StalePair.objects.filter(pk__lte=job.last_key).count()
    _note(job, left=left, now=now)
    if job.state == State.VALUES and not left:
        _finish(job.pk, now)


def _note_if_free(now: datetime) -> None:
    """Note progress unless others write for long: beat sees to it that it is noted."""
    with suppress(OperationalError):
        note_progress(now=now)


def _open() -> QuerySet[Recalculation]:
    return Recalculation.objects.filter(is_open=True)


def _lock(**which: Any) -> Recalculation | None:
    """Lock the open recalculation; None if there is no such one, or it is locked."""
    return (
        _open()
        .select_for_update(skip_locked=True, of=("self",))
        .filter(**which)
        .first()
    )


def _note_trouble(error: Exception, **which: Any) -> None:
    """Let the page say that an attempt failed; the next one is made all the same."""
    with suppress(OperationalError):  # it may be what the trouble is
        _open().filter(**which).update(error=type(error).__name__)


def _note_attempt(now: datetime) -> int | None:
    """Count an attempt before it is made; return what to attempt, if anything.

    In a transaction of its own, so that an attempt that dies is counted too.
    """
    if not _open().filter(state__in=_BEFORE).exists():
        return None
    with transaction.atomic():
        job = _lock(state__in=_BEFORE)
        if job is None:
            return None
        if job.attempts < ATTEMPTS:
            job.attempts += 1
            job.state = State.ROWS
            job.save(update_fields=["attempts", "state"])
            return job.pk
    _fail(job.pk, job.error or "WorkerLost", now)
    return None


def _take_first_step(job: Recalculation, now: datetime) -> None:
    if job.kind == Kind.SETTINGS:
        accounts.update_organisation(actor=job.asked_by, now=now, **job.wish)
        Organisation.objects.filter(pk=1).update(recalculating_since=now)
        months.note_all()  # rows are on other days now
        versions.bump_all(now=now)  # open pages learn that figures are in motion
    else:
        rebuild.ask_for_all()
    job.last_key = DirtyKey.objects.aggregate(last=Max("pk"))["last"] or 0
    job.total, job.done = _slots_left(job.last_key), 0
    job.state, job.error = State.CELLS, ""
    job.counted_from = job.counted_at = now
    job.save()


def _slots_left(last_key: int) -> int:
    """Return how many slots have work that belongs to the recalculation."""
    keys = DirtyKey.objects.filter(slot_id=OuterRef("pk"), pk__lte=last_key)
    return Slot.objects.filter(Q(rebuild=True) | Exists(keys)).count()


def _note(job: Recalculation, *, left: int, now: datetime) -> None:
    """Write progress, unless another worker has noted more meanwhile."""
    total = max(job.total, left)
    same = _open().filter(pk=job.pk, state=job.state, done__lte=total - left)
    same.update(total=total, done=total - left, error="", counted_at=now)


def _go_on_to_values(job: Recalculation) -> None:
    """All cells are there: what is left are the values whose pairs they left."""
    last = StalePair.objects.aggregate(last=Max("pk"))["last"] or 0
    _open().filter(pk=job.pk, state=State.CELLS).update(
        state=State.VALUES,
        last_key=last,
        total=StalePair.objects.filter(pk__lte=last).count(),
        done=0,
        error="",
    )


def _finish(pk: int, now: datetime) -> None:
    with transaction.atomic():
        job = _lock(pk=pk)
        if job is None:
            return
        _close(job, State.DONE, now)
        Organisation.objects.filter(pk=1).update(recalculating_since=None)
        versions.bump_all(now=now)
        write_event("recalculation.done", subject=job, actor=None, now=now)
        signals.recalculated.send(sender=Recalculation, now=now)


def _fail(pk: int, error: str, now: datetime) -> None:
    with transaction.atomic():
        job = _lock(pk=pk)
        if job is None:
            return
        job.error = error
        _close(job, State.FAILED, now)
        write_event(
            "recalculation.failed", subject=job, actor=None, now=now, error=error
        )


def _close(job: Recalculation, state: str, now: datetime) -> None:
    job.state, job.is_open, job.finished_at = state, False, now
    job.save()
