"""Rows written as a writer would: saved, and told to the engine in one transaction."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.db import transaction

from crmkpi.crm import models as crm
from crmkpi.crm.signals import facts_changed
from crmkpi.lib.periods import from_day
from tests.world import NOW

_numbers = count(1)


def columns(model: type[Any]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def values(row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in columns(type(row)))


def put(*rows: Any, cause: str = "import") -> None:
    """Save rows of one model, new or edited, and send what they were and are."""
    model = type(rows[0])
    with transaction.atomic():
        keys = [row.pk for row in rows if row.pk is not None]
        before = [values(row) for row in model.objects.filter(pk__in=keys)]
        for row in rows:
            row.save()
        _tell(model, before, [values(row) for row in rows], cause)


def remove(*rows: Any) -> None:
    """Delete rows of one model and send what they were."""
    model = type(rows[0])
    with transaction.atomic():
        before = [values(row) for row in rows]
        model.objects.filter(pk__in=[row.pk for row in rows]).delete()
        _tell(model, before, [], "deletion")


def _tell(model: type[Any], before: list[Any], after: list[Any], cause: str) -> None:
    facts_changed.send(
        sender=model,
        columns=columns(model),
        before=before,
        after=after,
        now=NOW,
        cause=cause,
    )


def source() -> crm.Source:
    return crm.Source.objects.get_or_create(slug="test", defaults={"name": "Test"})[0]


def member(dimension: str, name: str) -> crm.Member:
    return crm.Member.objects.get_or_create(dimension=dimension, name=name)[0]


def stage(name: str, state: int = 0, before_proposal: bool = True) -> crm.Stage:
    made = {"state": state, "before_proposal": before_proposal}
    return crm.Stage.objects.get_or_create(name=name, defaults=made)[0]


def _new(model: type[Any], **fields: Any) -> Any:
    known = {"source": source(), "external_id": f"t{next(_numbers)}", "written_at": NOW}
    return model(**known | fields)


def deal(
    owner: Any,
    team: Any,
    *,
    opened: int,
    closed: int | None = None,
    won: bool = False,
    amount: int = 100_00,
    **fields: Any,
) -> crm.Opportunity:
    """Return an unsaved deal, open unless `closed` names a day."""
    state = 0 if closed is None else 1 if won else 2
    name = {0: "Talks", 1: "Won", 2: "Lost"}[state]
    return _new(
        crm.Opportunity,
        agent=owner,
        stage=stage(name, state),
        state=state,
        opened_day=opened,
        opened_team=team,
        closed_day=closed,
        closed_team=team if closed is not None else None,
        cycle_days=None if closed is None else closed - opened,
        amount=amount if won else None,
        **fields,
    )


def order(owner: Any, team: Any, *, paid: int, amount: int, **fields: Any) -> crm.Order:
    return _new(
        crm.Order, agent=owner, paid_day=paid, paid_team=team, amount=amount, **fields
    )


def ticket(owner: Any, team: Any, *, opened: int, **fields: Any) -> crm.Ticket:
    return _new(
        crm.Ticket,
        agent=owner,
        opened_at=noon(opened),
        opened_day=opened,
        opened_team=team,
        **fields,
    )


def resolved(
    owner: Any, team: Any, *, opened: int, on: int, seconds: int, **fields: Any
) -> crm.Ticket:
    """Return an unsaved ticket that was resolved on a day."""
    return ticket(
        owner,
        team,
        opened=opened,
        status=crm.Ticket.Status.RESOLVED,
        resolved_at=noon(on),
        resolved_day=on,
        resolved_team=team,
        resolution_seconds=seconds,
        **fields,
    )


def call(owner: Any, team: Any, *, at: int, **fields: Any) -> crm.Interaction:
    """Return an unsaved incoming call."""
    known = {"channel": crm.Channel.PHONE, "is_answered": True}
    return _new(
        crm.Interaction,
        agent=owner,
        at_team=team,
        at_day=at,
        started_at=noon(at),
        **known | fields,
    )


def noon(day: int) -> datetime:
    found = from_day(day)
    return datetime(found.year, found.month, found.day, 12, tzinfo=UTC)
