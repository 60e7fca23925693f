"""News from the engine: changed figures make key results due to be judged."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.urls import reverse

from crmkpi.accounts.access import Access
from crmkpi.accounts.signals import recalculated
from metrics.custom.uses import Use, use_in_team
from metrics.scopes import ScopeKey
from metrics.signals import metric_uses, snapshots_changed
from objectives import evaluation, tasks
from objectives.models import KeyResult


@receiver(snapshots_changed)
def mark_key_results(sender: Any, *, scopes: set[ScopeKey], **_: Any) -> None:
    """Mark in the transaction of the change, and wake a worker after it."""
    if evaluation.mark_due(scopes):
        transaction.on_commit(tasks.ring_the_bell)


@receiver(recalculated)
def judge_after_recalculation(sender: Any, **_: Any) -> None:
    """Judge the key results that had to wait until figures were whole again."""
    transaction.on_commit(tasks.ring_the_bell)


@receiver(metric_uses)
def tell_key_results(
    sender: Any, *, key: str, access: Access | None, **_: Any
) -> list[Use]:
    """Return the key results that follow a metric, cancelled and closed ones too."""
    found = KeyResult.objects.filter(metric=key).select_related("objective")
    open_to = None
    if access is not None:
        open_to = set(found.visible_to(access).values_list("pk", flat=True))
    uses = []
    for each in found.order_by("pk"):
        is_seen = open_to is None or each.pk in open_to
        title = f"{each.objective.title}: {each.title}" if is_seen else ""
        page = reverse("objectives:detail", kwargs={"pk": each.objective_id})
        uses.append(use_in_team(title, page if is_seen else "", each.objective.team_id))
    return uses
