"""Writes to alert rules on the status of a key result."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from crmkpi.accounts.queries import access_of, get_organisation, today
from metrics.alerts import bells
from metrics.alerts.models import AlertRule
from metrics.alerts.services import (
    Delivery,
    audience_faults,
    delivery_faults,
    make_room,
    own_rule,
    refuse,
    write_change,
)
from metrics.custom.errors import Faults
from objectives.models import KeyResult, StatusRule


@transaction.atomic
def create_status_rule(
    *,
    key_result: KeyResult,
    worse_than: str,
    delivery: Delivery,
    actor: User,
    now: datetime,
) -> StatusRule:
    """Add a rule on a key result that the actor may open.

    Raises: BadInput with a sentence for each field; Refused for one too many.
    """
    refuse(_faults(key_result, worse_than, delivery, _access(actor, now)))
    make_room(actor)
    rule: StatusRule = StatusRule.objects.create(
        owner=actor,
        kind=AlertRule.Kind.STATUS,
        key_result=key_result,
        worse_than=worse_than,
        since=now,
        created_at=now,
        **asdict(delivery),
    )
    transaction.on_commit(bells.ring_for_alerts)
    return rule


@transaction.atomic
def change_status_rule(
    *,
    rule: StatusRule,
    worse_than: str,
    delivery: Delivery,
    actor: User,
    now: datetime,
) -> StatusRule:
    """Change a rule of the actor; another word starts anew.

    Raises: BadInput with a sentence for each field; Refused when it is another's.
    """
    own_rule(rule, actor)
    held = StatusRule.objects.select_related("key_result__objective").get(pk=rule.pk)
    access = _access(actor, now)
    refuse(_faults(held.key_result, worse_than, delivery, access))
    write_change(held, {"worse_than": worse_than}, delivery, now=now)
    return held


def _faults(
    key_result: KeyResult, worse_than: str, delivery: Delivery, access: Access
) -> Faults:
    faults: Faults = dict(delivery_faults(delivery))
    if not KeyResult.objects.visible_to(access).filter(pk=key_result.pk).exists():
        faults["key_result"] = _("There is no such key result that you may see.")
    if worse_than not in StatusRule.WorseThan:
        faults["worse_than"] = _("Choose a status.")
    if delivery.audience == AlertRule.Audience.READERS:
        faults |= audience_faults(access.may_manage_team(key_result.objective.team_id))
    return faults


def _access(actor: User, now: datetime) -> Access:
    return access_of(actor, day=today(now, get_organisation()))
