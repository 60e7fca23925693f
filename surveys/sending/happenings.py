"""What happened to a ticket, order or contract, in one shape for rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from crmkpi.crm.models import Channel, Contract, Order, Ticket
from crmkpi.lib.periods import FIRST_DAY, day_start
from surveys.models import SendingRule

Event = SendingRule.Event
Columns = Mapping[str, Any]  # a row of a fact by attname


@dataclass(frozen=True)
class Happening:
    """One event that can be asked about, with whose it was at that moment."""

    subject: str  # the same whenever the same event is told again
    at: datetime
    day: int  # local
    customer_id: int | None
    contact_id: int | None
    agent_id: int | None
    team_id: int | None
    channel: int = Channel.UNKNOWN
    segment_id: int | None = None
    client_id: int | None = None
    product_id: int | None = None
    policy_id: int | None = None
    type_id: int | None = None
    was_replied: bool = True


@dataclass(frozen=True)
class Kind:
    """How the rows of one fact tell of its event."""

    event: SendingRule.Event
    model: type[Model]
    subject: Callable[[Columns], str]  # blank: nothing of the kind can be named
    read: Callable[[Columns, str], Happening | None]  # row and the organisation's zone
    between: Callable[[datetime, datetime, int, int], Q]  # instants and local days


def _ticket_subject(row: Columns) -> str:
    return f"ticket:{row['source_id']}:{row['external_id']}"


def _ticket(row: Columns, zone: str) -> Happening | None:
    if row["status"] not in Ticket.DONE or row["resolved_at"] is None:
        return None
    return Happening(
        subject=_ticket_subject(row),
        at=row["resolved_at"],
        day=row["resolved_day"],
        customer_id=row["customer_id"],
        contact_id=row["contact_id"],
        agent_id=row["agent_id"],
        team_id=row["resolved_team_id"],
        channel=row["channel"],
        segment_id=row["segment_id"],
        client_id=row["client_id"],
        product_id=row["product_id"],
        policy_id=row["policy_id"],
        type_id=row["type_id"],
        was_replied=row["replied_at"] is not None,
    )


def _order_subject(row: Columns) -> str:
    return f"order:{row['source_id']}:{row['external_id']}"


def _order(row: Columns, zone: str) -> Happening | None:
    if row["state"] != Order.State.PAID or row["paid_at"] is None:
        return None
    return _of_order(row, _order_subject(row), "paid")


def _delivery_subject(row: Columns) -> str:
    return f"delivery:{row['source_id']}:{row['external_id']}"


def _delivery(row: Columns, zone: str) -> Happening | None:
    """Return a delivery, paid or not: many are delivered on account."""
    if row["state"] in Order.UNDONE or row["delivered_at"] is None:
        return None
    return _of_order(row, _delivery_subject(row), "delivered")


def _of_order(row: Columns, subject: str, event: str) -> Happening:
    """Return what happened to an order, with the team of that day."""
    return Happening(
        subject=subject,
        at=row[f"{event}_at"],
        day=row[f"{event}_day"],
        customer_id=row["customer_id"],
        contact_id=None,
        agent_id=row["agent_id"],
        team_id=row[f"{event}_team_id"],
        channel=row["channel"],
        segment_id=row["segment_id"],
        product_id=row["product_id"],
    )


def _contract_subject(row: Columns) -> str:
    day = row["renewed_day"]
    return f"contract:{row['source_id']}:{row['external_id']}:{day or ''}"


def _contract(row: Columns, zone: str) -> Happening | None:
    day = row["renewed_day"]
    if day is None or day < FIRST_DAY:
        return None
    return Happening(
        subject=_contract_subject(row),
        at=day_start(day, zone),
        day=day,
        customer_id=row["customer_id"],
        contact_id=None,
        agent_id=row["agent_id"],
        team_id=row["due_team_id"],
        segment_id=row["segment_id"],
        product_id=row["product_id"],
    )


KINDS = (
    Kind(
        Event.TICKET_RESOLVED,
        Ticket,
        _ticket_subject,
        _ticket,
        lambda since, until, first, last: Q(
            resolved_at__gte=since, resolved_at__lt=until
        ),
    ),
    Kind(
        Event.ORDER_PAID,
        Order,
        _order_subject,
        _order,
        lambda since, until, first, last: Q(paid_at__gte=since, paid_at__lt=until),
    ),
    Kind(
        Event.ORDER_DELIVERED,
        Order,
        _delivery_subject,
        _delivery,
        lambda since, until, first, last: Q(
            delivered_at__gte=since, delivered_at__lt=until
        ),
    ),
    Kind(
        Event.CONTRACT_RENEWED,
        Contract,
        _contract_subject,
        _contract,
        lambda since, until, first, last: Q(
            renewed_day__gte=first, renewed_day__lte=last
        ),
    ),
)
BY_EVENT = {kind.event.value: kind for kind in KINDS}
