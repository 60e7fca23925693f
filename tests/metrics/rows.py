"""Rows written as a writer would: saved, and told to the engine in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
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


def put(*rows: Any, cause: str = "import", now: datetime = NOW) -> None:
    """Save rows of one model, new or edited, and send what they were and are."""
    model = type(rows[0])
    with transaction.atomic():
        keys = [row.pk for row in rows if row.pk is not None]
        before = [values(row) for row in model.objects.filter(pk__in=keys)]
        new = [row for row in rows if row.pk is None]
        for row in new:
            row.added_at = now
        one_by_one = any(
            field.related_model is model for field in model._meta.concrete_fields
        )  # of these one may belong to another that is as new
        for row in rows:
            if row.pk is not None or one_by_one:
                row.save()
        if not one_by_one:
            model.objects.bulk_create(new)
        _tell(model, before, [values(row) for row in rows], cause, now)


def remove(*rows: Any, now: datetime = NOW) -> None:
    """Delete rows of one model and send what they were."""
    model = type(rows[0])
    with transaction.atomic():
        before = [values(row) for row in rows]
        _tell(model, before, [], "deletion", now)
        model.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _tell(
    model: type[Any],
    before: list[Any],
    after: list[Any],
    cause: str,
    now: datetime,
) -> None:
    facts_changed.send(
        sender=model,
        columns=columns(model),
        before=before,
        after=after,
        now=now,
        cause=cause,
    )


_remembered: dict[tuple[Any, ...], Any] | None = None


@contextmanager
def remembering() -> Iterator[None]:
    """Look sources, members and stages up once while many rows are written."""
    global _remembered
    _remembered = {}
    try:
        yield
    finally:
        _remembered = None


def _got(model: type[Any], defaults: dict[str, Any] | None = None, **key: Any) -> Any:
    known = {} if _remembered is None else _remembered
    asked = (model, *key.items())
    if asked not in known:
        known[asked] = model.objects.get_or_create(**key, defaults=defaults)[0]
    return known[asked]


def source() -> crm.Source:
    return _got(crm.Source, {"name": "Test"}, slug="test")


def member(dimension: str, name: str) -> crm.Member:
    return _got(crm.Member, dimension=dimension, name=name)


def stage(name: str, state: int = 0, before_proposal: bool = True) -> crm.Stage:
    return _got(
        crm.Stage, {"state": state, "before_proposal": before_proposal}, name=name
    )


def _new(model: type[Any], **fields: Any) -> Any:
    known = {"source": source(), "external_id": f"t{next(_numbers)}", "written_at": NOW}
    return model(**known | fields)


def new(model: type[Any], **fields: Any) -> Any:
    """Return an unsaved row of a fact."""
    return _new(model, **fields)


def saved(model: type[Any], **fields: Any) -> Any:
    """Return a row of a fact that others refer to, saved without telling anybody."""
    row = _new(model, **fields)
    row.save()
    return row


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


def lead(owner: Any, team: Any, *, created: int, **fields: Any) -> crm.Lead:
    """Return an unsaved lead; whoever answers or closes it is of the same team."""
    teams = {
        f"{name}_team": team
        for name in ("responded", "closed")
        if fields.get(f"{name}_day") is not None
    }
    return _new(
        crm.Lead,
        agent=owner,
        created_day=created,
        created_team=team,
        **teams | fields,
    )


def customer(
    owner: Any, team: Any, *, acquired: int | None = None, **fields: Any
) -> crm.Customer:
    """Return an unsaved customer, won on a day when `acquired` names one."""
    return _new(
        crm.Customer,
        name="Acme",
        agent=owner,
        acquired_day=acquired,
        acquired_team=team if acquired is not None else None,
        **fields,
    )


def stay(
    who: crm.Customer, owner: Any, team: Any, *, since: int, until: int | None = None
) -> crm.CustomerSpell:
    """Return an unsaved stretch in which a customer is active; `until` is not in it."""
    return crm.CustomerSpell(
        customer=who, agent=owner, team=team, started_day=since, ended_day=until
    )


def running(name: str, *, first: int | None, **fields: Any) -> crm.Campaign:
    """Return an unsaved campaign that goes on unless `ended_day` says otherwise."""
    return _new(crm.Campaign, name=name, started_day=first, **fields)


def figures(channel: int, *, on: int, **fields: Any) -> crm.EngagementDay:
    """Return what a channel reached and moved on a day, unsaved."""
    return _new(crm.EngagementDay, channel=channel, day=on, **fields)


def cost(kind: int, amount: int, *, on: int, **fields: Any) -> crm.CostShare:
    """Return the unsaved share of a saved cost that a day bears."""
    whole = _new(crm.Cost, kind=kind, amount=amount, first_day=on, end_day=on + 1)
    whole.save()
    return crm.CostShare(cost=whole, kind=kind, day=on, amount=amount, **fields)


def contract(
    who: crm.Customer, owner: Any, team: Any, *, due: int | None, **fields: Any
) -> crm.Contract:
    """Return an unsaved contract of the year up to the day it is due."""
    known = {"started_day": (due or 0) - 365}
    return _new(
        crm.Contract,
        customer=who,
        agent=owner,
        due_day=due,
        due_team=team,
        **known | fields,
    )


def campaign(name: str) -> crm.Campaign:
    known = {"source": source(), "external_id": name}
    made = {"name": name, "written_at": NOW}
    return crm.Campaign.objects.get_or_create(**known, defaults=made)[0]


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
