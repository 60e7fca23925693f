"""Rules and rows for the tests of alerts: tickets of Support Berlin, week by week."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from metrics import services as engine
from metrics.alerts import services
from metrics.alerts.models import AlertRule, Notification
from metrics.alerts.services import Delivery, Terms
from metrics.scopes import parse_scope
from tests.metrics import rows
from tests.world import NOW, World, day

BERLIN = "team:support-berlin"
MONDAY = day("2026-02-09")  # of the week that is open at NOW, Friday 13 February


def terms(**fields: Any) -> Terms:
    """Return "tickets of Support Berlin above 5 in a week" unless told else."""
    known: dict[str, Any] = {
        "kind": "value",
        "metric": "ticket_volume",
        "side": "above",
        "threshold": Decimal(5),
    }
    scope = parse_scope(fields.pop("scope", BERLIN))
    return Terms(scope=scope, **known | fields)


def rule(
    world: World,
    owner: Any = None,
    *,
    now: datetime = NOW,
    delivery: dict[str, Any] | None = None,
    **fields: Any,
) -> AlertRule:
    """Return a rule of Lee, of whom Support Berlin is the own team."""
    return services.create_rule(
        terms=terms(**fields),
        delivery=Delivery(**delivery or {}),
        actor=owner or world.lee,
        now=now,
    )


def tickets(world: World, count: int, *, on: int, team: Any = None) -> list[Any]:
    """Write tickets opened on a day and let the engine compute."""
    made = [
        rows.ticket(world.alice, team or world.berlin, opened=on)
        for _number in range(count)
    ]
    if made:
        rows.put(*made)
    engine.drain(now=NOW)
    return made


def told(person: Any) -> list[tuple[bool, str]]:
    """Return what a person was told, oldest first: is it an alert, and its title."""
    found = Notification.objects.filter(person=person).order_by("pk")
    return list(found.values_list("is_firing", "title"))


def notice(person: Any, **fields: Any) -> Notification:
    """Return a stored notice on tickets of Support Berlin."""
    scope = parse_scope(BERLIN).key
    known = {
        "turn": 1,
        "kind": "value",
        "metric": "ticket_volume",
        "cut": scope.cut,
        "member": scope.member,
        "other": scope.other,
        "is_firing": True,
        "title": "Ticket volume, Support Berlin: above 5",
        "text": "Week 7 2026: 6.",
        "link": "/metrics/ticket_volume/",
        "at": NOW,
        "is_shown": True,
    }
    made = Notification.objects.create(person=person, **known | fields)
    type(person).objects.filter(pk=person.pk).update(has_notices=True)
    return made


# For the table of permissions; views read the clock, so these do too.


def rule_of_lee(world: World) -> dict[str, Any]:
    return {"pk": rule(world, now=timezone.now()).pk}


def follow_up_rule_of_lee(world: World) -> dict[str, Any]:
    now = timezone.now()
    made = AlertRule.objects.create(
        owner=world.lee, kind="follow_up", by_mail=True, since=now, created_at=now
    )
    return {"pk": made.pk}


def notice_of_lee(world: World) -> dict[str, Any]:
    return {"pk": notice(world.lee).pk}


def note_on_berlin(world: World) -> dict[str, Any]:
    from metrics.alerts.notes import add_note

    now = timezone.now()
    made = add_note(
        metric="win_rate",
        scope=parse_scope(BERLIN),
        day=now.date().replace(day=1),
        text="A strike",
        actor=world.ana,
        now=now,
    )
    return {"key": "win_rate", "pk": made.pk}


def new_rule(world: World) -> dict[str, Any]:
    return {
        "metric": "ticket_volume",
        "kind": "value",
        "scope": BERLIN,
        "side": "above",
        "threshold": "5",
        "grain": "2",
        "audience": "self",
        "channels": ["app"],
    }
