"""News from the rows below: changed facts and answers become dirty keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone

from crmkpi.crm.signals import facts_changed
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
