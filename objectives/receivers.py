"""News from the engine: changed figures make key results due to be judged."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from metrics.scopes import ScopeKey
from metrics.signals import snapshots_changed
from objectives import evaluation, tasks


@receiver(snapshots_changed)
def mark_key_results(sender: Any, *, scopes: set[ScopeKey], **_: Any) -> None:
    """Mark in the transaction of the change, and wake a worker after it."""
    if evaluation.mark_due(scopes):
        transaction.on_commit(tasks.ring_the_bell)
