"""Whom Fjordlight asks by itself: its rules, and what came of them in their first week.

The rules plan once a morning, as if a worker had been there; what is due later waits
for one. No figure moves: a response rate counts what was sent two weeks ago.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from crmkpi.accounts.models import Team
from crmkpi.crm.changes import columns
from objectives.demo import organisation as org
from objectives.demo.story import at, day_of
from objectives.demo.surveys import (
    AFTER_INSTALLATION,
    AFTER_REQUEST,
    RELATION,
    SurveyPlan,
)
from objectives.demo.world import World
from surveys.models import Invitation, SendingRule, Suppression, Survey
from surveys.sending.conditions import Conditions
from surveys.sending.events import note_facts
from surveys.sending.happenings import BY_EVENT
from surveys.sending.periods import plan_periods
from surveys.sending.planning import due_rules, plan_rule
from surveys.sending.services import save_rule, switch_rule
from surveys.services.dispatch import send_invitation
from surveys.services.suppressions import suppress

Event = SendingRule.Event
State = Invitation.State
RULE_DAYS = 7  # since the rules were switched on
SWITCHED_ON, MORNING = 8 * 60, 10 * 60  # minutes of the day
BOUNCED = timedelta(days=120)  # how long ago addresses failed that are left alone


@dataclass(frozen=True)
class RulePlan:
    """A rule of a survey."""

    survey: SurveyPlan
    event: str
    values: Mapping[str, Any]
    team: str = ""  # whose customers are asked; blank: all that the survey is about


RULES = (
    RulePlan(
        AFTER_REQUEST,
        Event.TICKET_RESOLVED,
        {"delay_hours": 48, "sample_percent": 75, "reminder_days": 4},
    ),
    RulePlan(
        AFTER_INSTALLATION,
        Event.ORDER_DELIVERED,
        {"delay_hours": 72, "sample_percent": 60},
    ),
    RulePlan(
        RELATION,
        Event.PERIOD,
        {
            "delay_hours": 0,
            "every_days": 90,
            "send_from": 9,
            "send_until": 17,
            "reminder_days": 5,
        },
        team=org.RENEWALS,
    ),
)


def follow_rules(world: World) -> int:
    """Switch the rules on where they are missing, and let them ask up to now.

    Safe to repeat: a morning that was planned is not planned again.

    Returns how many mails went out.
    """
    _leave_alone(world)
    _switch_on(since=at(world.today - RULE_DAYS, SWITCHED_ON), now=world.as_of)
    return sum(_ask(morning) for morning in _mornings(world))


def _leave_alone(world: World) -> None:
    """Ask nothing more at addresses that turned out not to exist."""
    since = world.since or world.as_of - BOUNCED
    bounced = Invitation.objects.filter(is_bounced=True, sent_at__gt=since)
    rows = bounced.order_by("created_at", "pk").values_list(
        "address_hash", "created_at"
    )
    for hashed, asked_at in rows:
        suppress(hashed, reason=Suppression.Reason.HARD_BOUNCE, now=asked_at)


@transaction.atomic
def _switch_on(*, since: datetime, now: datetime) -> None:
    for plan in RULES:
        survey = Survey.objects.get(slug=plan.survey.slug)
        if survey.rules.filter(event=plan.event).exists():
            continue
        teams = Team.objects.filter(name=plan.team).values_list("pk", flat=True)
        rule = save_rule(
            SendingRule(survey=survey),
            actor=None,
            now=since,
            event=plan.event,
            conditions=Conditions(teams=tuple(teams)).to_json(),
            **plan.values,
        )
        switch_rule(rule, is_on=True, actor=None, now=since)
        _tell(plan.event, since=since, now=now)


def _tell(event: str, *, since: datetime, now: datetime) -> None:
    """Tell a rule of what was imported before there was a rule."""
    kind = BY_EVENT.get(event)
    if kind is None:
        return
    names = columns(kind.model)
    lately = kind.between(since, now, day_of(since), day_of(now))
    rows = kind.model._base_manager.filter(lately).order_by("pk")
    note_facts(kind.model, columns=names, after=rows.values_list(*names), now=now)


def _mornings(world: World) -> Iterator[datetime]:
    """Give the mornings of the last week on which nobody has planned yet."""
    planned = SendingRule.objects.aggregate(last=Max("planned_day"))["last"]
    first = max(world.today - RULE_DAYS, (planned or 0) + 1)
    for day in range(first, world.today + 1):
        morning = at(day, MORNING)
        if morning <= world.as_of:
            yield morning


def _ask(now: datetime) -> int:
    """Plan and send what is due by the rules; return how many mails went out."""
    plan_periods(now=now)
    for rule_id in due_rules(now=now):
        while plan_rule(rule_id, now=now):
            pass
    due = Invitation.objects.filter(
        rule__isnull=False, state=State.QUEUED, send_after__lte=now
    )
    keys = list(due.order_by("pk").values_list("pk", flat=True))
    return sum(send_invitation(pk, now=now) == State.SENT for pk in keys)
