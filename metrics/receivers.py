"""News from the rows below: changed facts and answers become dirty keys."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone

from crmkpi.accounts.signals import calendar_changed
from crmkpi.crm.signals import facts_changed
from metrics import services
from metrics.engine import marks, rebuild, versions
from metrics.measures import AXES
from surveys.signals import response_changed


@receiver([facts_changed, response_changed])
def mark_changed_rows(
    sender: type[Any],
    *,
    columns: Sequence[str],
    before: Sequence[Sequence[Any]],
    after: Sequence[Sequence[Any]],
    now: datetime,
    cause: str = "import",
    **_: Any,
) -> None:
    """Mark the cells of rows as they were and as they are."""
    marks.mark(sender, columns, [*before, *after], cause=cause)


@receiver(calendar_changed)
def count_periods_anew(sender: Any, *, fields: Collection[str], **_: Any) -> None:
    """Cut days into other weeks and years when the organisation does."""
    if {"week_start", "fiscal_month"} & set(fields):
        services.change_calendar()
        transaction.on_commit(marks.ring)


@receiver(post_migrate)
def prepare_engine(sender: Any, **_: Any) -> None:
    """Make the rows that the engine relies on: slots and metric versions.

    An axis whose measures are defined otherwise than its cells is read again.
    """
    if getattr(sender, "name", "") != "metrics":
        return
    now = timezone.now()
    rebuild.ensure_slots()
    versions.mirror_catalogue(now=now)
    for axis in rebuild.outdated_axes():
        if AXES[axis].fact._default_manager.exists():
            rebuild.request_rebuild(axis)
        else:
            rebuild.remember_built(AXES[axis], now=now)
