"""Rules, and facts that they ask about, through the same doors as real ones."""

from datetime import UTC, datetime
from typing import Any

from crmkpi.crm.ingest.services import ingest
from surveys.models import Occasion, SendingRule, Survey
from surveys.scoring import Kind
from surveys.sending.planning import due_rules, plan_rule
from surveys.services.dispatch import due, send_invitation
from surveys.services.surveys import create_survey, publish
from tests.world import NOW, World


def at(text: str) -> datetime:
    """Return an instant of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


ON = at("2026-02-01 00:00")


def rule(survey: Survey, **fields: Any) -> SendingRule:
    """Return a rule that is on since 1 February and asks at any hour, at once."""
    values: dict[str, Any] = {
        "event": SendingRule.Event.TICKET_RESOLVED,
        "delay_hours": 0,
        "send_from": 0,
        "send_until": 24,
        "is_on": True,
        "on_since": ON,
        "created_at": ON,
    }
    return SendingRule.objects.create(survey=survey, **values | fields)


def solved(external_id: str = "T-17", *, now: datetime = NOW, **values: Any) -> None:
    """Import Alice's ticket of Grace, resolved at 12:00 on the day of NOW."""
    tell(
        "ticket",
        {
            "external_id": external_id,
            "agent": "Alice",
            "customer": "Globex",
            "contact": "Grace",
            "opened": at("2026-02-12 09:00"),
            "replied": at("2026-02-12 10:00"),
            "resolved": NOW,
            "status": "resolved",
        }
        | values,
        now=now,
    )


def tell(record: str, *rows: dict[str, Any], now: datetime = NOW) -> None:
    outcome = ingest(record, rows, source="crm", now=now)
    assert outcome.refused == []


def another_survey(world: World) -> Survey:
    made = create_survey(
        name="Another",
        kind=Kind.NPS,
        team=world.support,
        brand="Fjordlight",
        actor=world.ana,
        now=NOW,
    )
    publish(made, actor=world.ana, now=NOW)
    made.refresh_from_db()
    return made


def plan(now: datetime = NOW) -> None:
    """Turn what is due into invitations."""
    for rule_id in due_rules(now=now):
        while plan_rule(rule_id, now=now):
            pass


def run(now: datetime = NOW) -> None:
    """Do what the jobs do at an instant, until there is nothing left to do."""
    plan(now)
    for pk in due(now=now, limit=1000):
        send_invitation(pk, now=now)


def became() -> dict[str, str]:
    """Return what became of each occasion: its state, or the reason why not."""
    rows = Occasion.objects.order_by("pk").values_list("subject", "state", "reason")
    return {
        subject.partition(":")[2].partition(":")[2]: reason or state
        for subject, state, reason in rows
    }
