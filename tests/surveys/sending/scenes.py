"""A rule with an occasion, and what else the addresses about sending need."""

from typing import Any

from django.utils import timezone

from surveys.links import find_shared
from surveys.models import Occasion, SendingRule, Suppression
from surveys.services.answers import answer_shared
from surveys.tokens import address_hash
from tests.surveys.cast import english
from tests.surveys.scenes import live_survey, shared, shared_form
from tests.world import World


def sending_rule(world: World) -> dict[str, Any]:
    """Return a rule of a live survey, and an occasion of it about Alice's ticket."""
    survey = live_survey(world)
    now = timezone.now()
    rule = SendingRule.objects.create(
        survey=survey,
        event=SendingRule.Event.TICKET_RESOLVED,
        is_on=True,
        on_since=now,
        created_at=now,
    )
    Occasion.objects.create(
        rule=rule,
        subject="ticket:1:T-17",
        happened_at=now,
        event_day=0,
        agent=world.alice,
        team=world.berlin,
        due_at=now,
        created_at=now,
    )
    return {"slug": survey.slug, "pk": rule.pk}


def rule_of(world: World) -> dict[str, Any]:
    return {"slug": sending_rule(world)["slug"]}


def asked_by_systems(world: World) -> dict[str, Any]:
    kwargs = sending_rule(world)
    SendingRule.objects.filter(pk=kwargs["pk"]).update(event=SendingRule.Event.API)
    return {"slug": kwargs["slug"]}


def suppressed(world: World) -> dict[str, Any]:
    kept = Suppression.objects.create(
        address_hash=address_hash("grace@example.org"),
        reason=Suppression.Reason.MANUAL,
        created_at=timezone.now(),
    )
    return {"pk": kept.pk}


def framed_answer(world: World) -> dict[str, Any]:
    """Return where the frame leads to after an answer to the shared link."""
    address = shared(world)["address"]
    link = find_shared(address)
    assert link is not None
    answered = answer_shared(
        link, **shared_form(world), speak=english, now=timezone.now()
    )
    return {"address": address, "key": answered.edit_key}
