"""News from the rows below: changed facts and answers become dirty keys."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from celery.signals import task_prerun
from django.core.signals import request_started
from django.db import transaction
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone

from crmkpi.accounts.signals import (
    calendar_changed,
    recalculated,
    recalculation_asked,
    recalculation_stopped,
)
from crmkpi.crm.signals import facts_changed, rows_erased
from metrics import services
from metrics.alerts import bells, follow_ups, watching
from metrics.catalog import METRICS
from metrics.custom import loading
from metrics.custom import services as custom
from metrics.engine import images, marks, rebuild, stale, versions
from metrics.measures import AXES
from metrics.scopes import ScopeKey
from metrics.signals import snapshots_changed
from surveys.closing.calls import Call
from surveys.signals import Change, follow_ups_called, response_changed


@receiver(facts_changed)
def mark_changed_facts(
    sender: type[Any],
    *,
    columns: Sequence[str],
    before: Sequence[Sequence[Any]],
    after: Sequence[Sequence[Any]],
    now: datetime,
    cause: str = "import",
    keys: Sequence[int] | None = None,
    run_id: int | None = None,
    actor_id: int | None = None,
    **_: Any,
) -> None:
    """Mark the cells of rows as they were and as they are; keep what they were."""
    marks.mark(sender, columns, [*before, *after], cause=cause)
    images.keep(
        sender,
        columns,
        before,
        keys=keys,
        cause=cause,
        run_id=run_id,
        actor_id=actor_id,
        now=now,
    )


@receiver(response_changed)
def mark_changed_responses(
    sender: Any,
    *,
    changes: Sequence[Change],
    now: datetime,
    cause: str,
    run_id: int | None,
    actor_id: int | None,
    **_: Any,
) -> None:
    """Do the same for answers and invitations that changed together."""
    marks.mark_all(
        ((each.model, each.columns, [*each.before, *each.after]) for each in changes),
        cause=cause,
    )
    for each in changes:
        images.keep(
            each.model,
            each.columns,
            each.before,
            keys=None,
            cause=cause,
            run_id=run_id,
            actor_id=actor_id,
            now=now,
        )


@receiver(rows_erased)
def forget_names_of_rows(sender: type[Any], *, keys: Collection[int], **_: Any) -> None:
    images.forget_names(sender, keys)


@receiver(calendar_changed)
def count_periods_anew(sender: Any, *, fields: Collection[str], **_: Any) -> None:
    """Cut days into other weeks and years when the organisation does."""
    if {"week_start", "fiscal_month"} & set(fields):
        services.change_calendar()
        transaction.on_commit(marks.ring)


@receiver(recalculation_asked)
def begin_recalculation(sender: Any, **_: Any) -> None:
    transaction.on_commit(_ring_for_recalculation)


@receiver(recalculation_stopped)
def rebuild_no_more(sender: Any, **_: Any) -> None:
    rebuild.ask_no_more()


@receiver(recalculated)
def judge_after_recalculation(sender: Any, **_: Any) -> None:
    """Look at the rules that had to wait until figures were whole again."""
    transaction.on_commit(bells.ring_for_alerts)


@receiver(snapshots_changed)
def wake_alerts(sender: Any, *, scopes: set[ScopeKey], **_: Any) -> None:
    """Have the rules on changed figures looked at; a lost ring delays, beat rings."""
    if watching.rules_on(scopes):
        transaction.on_commit(bells.ring_for_alerts)


@receiver(follow_ups_called)
def tell_of_follow_ups(
    sender: Any, *, calls: Sequence[Call], now: datetime, **_: Any
) -> None:
    follow_ups.tell_of(calls, now=now)


def _ring_for_recalculation() -> None:
    from metrics.tasks import recalculate, ring_the_bell

    ring_the_bell(recalculate)


@receiver(request_started)
def look_at_own_metrics_again(sender: Any, **_: Any) -> None:
    """See what others have defined meanwhile, once for each request."""
    loading.look_again()


@task_prerun.connect
def look_again_for_a_job(*_: Any, **__: Any) -> None:
    loading.look_again()


@receiver(post_migrate)
def prepare_engine(sender: Any, **_: Any) -> None:
    """Make the rows that the engine relies on: slots and metric versions.

    An axis whose measures are defined otherwise than its cells is read again.
    """
    if getattr(sender, "name", "") != "metrics":
        return
    now = timezone.now()
    rebuild.ensure_slots()
    _follow_catalogue(now=now)
    custom.follow_release(now=now)
    for axis in rebuild.outdated_axes():
        if AXES[axis].fact._default_manager.exists():
            rebuild.request_rebuild(axis)
        else:
            rebuild.remember_built(AXES[axis], now=now)


def _follow_catalogue(*, now: datetime) -> None:
    """Write versions of the catalogue; what was stored by an earlier one is stale."""
    written = versions.mirror_catalogue(now=now)
    current = versions.current_versions() if written else {}
    for key in written:
        if current[key].number > 1:
            stale.note_redefined(METRICS.declared[key])
