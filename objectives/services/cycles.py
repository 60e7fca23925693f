"""Writes to cycles: opening one, and closing it with everything in it."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation, today
from crmkpi.lib.periods import Period
from objectives.evaluation import evaluate_many
from objectives.models import Cycle, KeyResult, Objective
from objectives.services.errors import CycleNotOver
from objectives.services.rights import access_at


@transaction.atomic
def cycle_for(*, period: Period) -> Cycle:
    """Return the cycle of these days; the first objective in it brings it about."""
    found = Cycle.objects.filter(start_day=period.start, end_day=period.end).first()
    if found is not None:
        return found
    cycle, _made = Cycle.objects.get_or_create(
        name=period.label,
        defaults={"start_day": period.start, "end_day": period.end},
    )
    return cycle


@transaction.atomic
def close_cycle(*, cycle: Cycle, actor: User, now: datetime) -> Cycle:
    """Give every key result of a cycle its result and close all objectives in it.

    Closing it again changes nothing, and neither do figures that come later.

    Raises: PermissionDenied for those who do not manage the company; CycleNotOver
    before its last day is over.
    """
    organisation = get_organisation()
    managed = access_at(actor, now).managed_team_ids
    if organisation.root_team_id not in managed:
        raise PermissionDenied(_("Only managers of the company may close a cycle."))
    held = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if held.is_closed:
        return held
    if today(now, organisation) < held.end_day:
        raise CycleNotOver(_("The cycle closes after its last day."))
    objectives = Objective.objects.filter(cycle=held)
    open_ones = objectives.exclude(state=Objective.State.CLOSED)
    results = KeyResult.objects.filter(objective__in=open_ones)
    evaluate_many(results.values_list("pk", flat=True), now=now)
    open_ones.update(state=Objective.State.CLOSED, closed_at=now)
    held.state = Cycle.State.CLOSED
    held.closed_at, held.closed_by = now, actor
    held.save(update_fields=["state", "closed_at", "closed_by"])
    return held
