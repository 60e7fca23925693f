"""How far a recalculation of all figures is, and who may ask for one."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation, Recalculation, User
from crmkpi.lib.progress import left_in_words, time_left

Kind, State = Recalculation.Kind, Recalculation.State

# Which part of a hundred the steps take, about as long as they last.
_SHARES: dict[str, dict[str, tuple[int, int]]] = {
    Kind.SETTINGS: {State.CELLS: (25, 85), State.VALUES: (85, 100)},
    Kind.REBUILD: {State.CELLS: (0, 80), State.VALUES: (80, 100)},
}
_MEANWHILE: dict[str, str | Promise] = {
    State.WAITING: gettext_lazy("Settings and figures are still the old ones."),
    State.ROWS: gettext_lazy(
        "Settings and figures are still the old ones. On a database that has one "
        "writer, others may have to wait."
    ),
    State.CELLS: gettext_lazy(
        "The new settings hold. Old and new figures stand side by side until all is "
        "done; every page says so."
    ),
}
_MEANWHILE[State.VALUES] = _MEANWHILE[State.CELLS]


@dataclass(frozen=True)
class Progress:
    """A recalculation in words and numbers."""

    kind: str
    asked_by: User | None
    asked_at: datetime
    finished_at: datetime | None
    state: str
    step: str  # what is being done, "31 of 70" included
    percent: int | None  # None while nothing can be counted
    left: str  # "about 3 minutes left" as of the last count; empty while unknown
    meanwhile: str  # what figures are until then
    trouble: str  # why the last attempt failed, or all of them
    is_open: bool
    may_be_stopped: bool
    etag: str

    @property
    def is_done(self) -> bool:
        return self.state == State.DONE

    @property
    def is_stopped(self) -> bool:
        return self.state == State.STOPPED

    @property
    def said(self) -> str:
        """What readers of the screen were told last: each step, and each quarter."""
        return f"{self.state}-{(self.percent or 0) // 25}"


def may_recalculate(access: Access, organisation: Organisation) -> bool:
    """Whether the reader may have all figures computed anew: it is for the company."""
    root = organisation.root_team_id
    return access.is_administrator or root in access.managed_team_ids


def last_recalculations(*, limit: int = 10) -> list[Progress]:
    """Return the latest recalculations, newest first. Queries: 1."""
    found = Recalculation.objects.select_related("asked_by")[:limit]
    return [_progress(each) for each in found]


def last_recalculation() -> Progress | None:
    """Return the latest recalculation, None if there never was one. Queries: 1."""
    return next(iter(last_recalculations(limit=1)), None)


def _progress(job: Recalculation) -> Progress:
    is_moving = job.is_open and job.kind == Kind.SETTINGS
    return Progress(
        kind=job.get_kind_display(),
        asked_by=job.asked_by,
        asked_at=job.asked_at,
        finished_at=job.finished_at,
        state=job.state,
        step=_step(job),
        percent=_percent(job),
        left=_left(job),
        meanwhile=str(_MEANWHILE[job.state]) if is_moving else "",
        trouble=_trouble(job),
        is_open=job.is_open,
        may_be_stopped=job.may_be_stopped,
        etag=f'"{job.pk}-{job.state}-{job.done}-{job.total}-{job.error[:40]}"',
    )


def _step(job: Recalculation) -> str:
    if job.state not in (State.CELLS, State.VALUES) or not job.total:
        return job.get_state_display()
    return _("%(step)s: %(done)s of %(total)s") % {
        "step": job.get_state_display(),
        "done": job.done,
        "total": job.total,
    }


def _percent(job: Recalculation) -> int | None:
    """Return how much is done of a hundred; the last is kept for when all is.

    Example: a rebuild that has done 35 of 70 slots is at 40.
    """
    if job.state == State.DONE:
        return 100
    if job.state not in _SHARES[job.kind]:
        return None
    return min(99, int(_reached(job)))


def _reached(job: Recalculation) -> float:
    low, high = _SHARES[job.kind][job.state]
    part = job.done / job.total if job.total else 0
    return low + (high - low) * part


def _left(job: Recalculation) -> str:
    """Return how long it still takes, from how long the counted part has taken."""
    if job.state not in _SHARES[job.kind] or not (job.counted_from and job.counted_at):
        return ""
    start = _SHARES[job.kind][State.CELLS][0]
    share = (_reached(job) - start) / (100 - start)
    left = time_left(job.counted_at - job.counted_from, share)
    return left_in_words(left) if left is not None else ""


def _trouble(job: Recalculation) -> str:
    if not job.error:
        return ""
    if job.is_open:
        return _(
            "The last attempt failed (%(error)s). It is made again every half minute; "
            "the log of the worker says more."
        ) % {"error": job.error}
    return _(
        "Nothing was changed: settings and figures are the old ones (%(error)s). The "
        "log of the worker says more; it can be asked for again."
    ) % {"error": job.error}
