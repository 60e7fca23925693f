"""What rules for sending do when facts change."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.dispatch import receiver

from crmkpi.crm.signals import facts_changed
from surveys.sending.events import note_facts


@receiver(facts_changed, dispatch_uid="surveys.sending")
def follow_facts(
    sender: type[models.Model],
    columns: Sequence[str],
    after: Iterable[Sequence[Any]],
    now: datetime,
    **_: Any,
) -> None:
    note_facts(sender, columns=columns, after=after, now=now)
