"""Writes of standings: how close each active customer is, looked at every night."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from crmkpi.accounts.queries import get_organisation
from crmkpi.crm import changes, derived
from crmkpi.crm.models import Channel, Customer, Interaction, Ticket, TicketSpell
from crmkpi.lib import bulk
from crmkpi.lib.periods import UNDATED, local_day
from metrics.analytics import storing
from metrics.analytics.models import CustomerStanding
from metrics.analytics.relationship import LOOKS_BACK, Seen, parts, weighed
from surveys.models import Answer

LOCK = "metrics.standings"


def take_if_due(*, now: datetime) -> int:
    """Look at all customers as of yesterday, once a day; return how many there are."""
    yesterday = local_day(now, get_organisation().zone) - 1
    if CustomerStanding.objects.filter(as_of_day=yesterday).exists():
        return 0
    return take_standings(as_of=yesterday, now=now)


def take_standings(*, as_of: int, now: datetime) -> int:
    """Store how close the customers are who are active on a day; return how many.

    In place of what was stored for that day; equal rows stay untouched. Of older days
    the last of each week is kept for a while, then the last of each month.

    Queries: 9, and the writes.
    """
    rows = list(_rows(as_of))
    with transaction.atomic():
        bulk.hold(LOCK)
        old = derived.stored(CustomerStanding, "as_of_day", [as_of])
        derived.replace(CustomerStanding, old, {as_of: rows}, now=now, cause="import")
        held = CustomerStanding.objects.order_by("-as_of_day")
        days = held.values_list("as_of_day", flat=True).distinct()
        outdated = storing.outdated(days, newest=as_of, by_week=True)
        storing.forget(CustomerStanding.objects.filter(as_of_day__in=outdated))
    return len(rows)


def _rows(as_of: int) -> Iterator[changes.Row]:
    """Give the rows of active customers in the order of their columns."""
    active = storing.active(as_of)
    if not active:
        return
    contacts, channels = _contacts(as_of), _channels(as_of)
    answers, complaints = _answers(as_of), _complaints(as_of)
    has_tickets = Ticket.objects.filter(opened_day__lte=as_of).exists()
    names = changes.columns(CustomerStanding)
    known = Customer.objects.order_by("pk").values_list(
        "pk", "acquired_day", "industry_id"
    )
    for pk, won, industry in known.iterator(chunk_size=5_000):
        if pk not in active:
            continue
        points = parts(
            Seen(
                contact_ago=as_of + 1 - contacts[pk] if pk in contacts else None,
                channels=channels.get(pk, 0),
                held=_held(won, as_of),
                nps=answers.get(pk),
                complaints=complaints.get(pk, 0) if has_tickets else None,
            )
        )
        total, weight = weighed(points)
        agent, team, segment = active[pk]
        values = {
            "customer_id": pk,
            "as_of_day": as_of,
            "agent_id": agent,
            "team_id": team,
            "segment_id": segment,
            "industry_id": industry,
            "points": total,
            "weight": weight,
            **points,
        }
        yield tuple(values[name] for name in names)


def _held(won: int | None, as_of: int) -> int | None:
    if won is None or won == UNDATED or won > as_of:
        return None
    return as_of + 1 - won


def _met(as_of: int) -> QuerySet[Interaction]:
    return Interaction.objects.filter(
        ~Q(is_answered=False),
        exclusion=0,
        customer__isnull=False,
        at_day__gt=UNDATED,
        at_day__lte=as_of,
    ).order_by()


def _contacts(as_of: int) -> dict[int, int]:
    """Return the day of each customer's last contact. Queries: 1."""
    last = _met(as_of).values("customer_id").annotate(last=Max("at_day"))
    return dict(last.values_list("customer_id", "last"))


def _channels(as_of: int) -> dict[int, int]:
    """Return by how many channels customers were in contact. Queries: 1."""
    recent = _met(as_of).filter(at_day__gt=as_of - LOOKS_BACK)
    used = recent.exclude(channel=Channel.UNKNOWN).values("customer_id")
    counted = used.annotate(n=Count("channel", distinct=True))
    return dict(counted.values_list("customer_id", "n"))


def _answers(as_of: int) -> dict[int, int]:
    """Return each customer's latest NPS answer. Queries: 1."""
    answers = Answer.objects.filter(
        kind="nps",
        exclusion=0,
        value__isnull=False,
        response__customer__isnull=False,
        answered_day__gt=as_of - LOOKS_BACK,
        answered_day__lte=as_of,
    )
    ordered = answers.order_by("answered_at", "pk")  # the latest is written last
    found = ordered.values_list("response__customer_id", "value")
    return {customer: value for customer, value in found if value is not None}


def _complaints(as_of: int) -> dict[int, int]:
    """Return how many complaints customers have open. Queries: 1."""
    open_then = TicketSpell.objects.filter(
        Q(ended_day=None) | Q(ended_day__gt=as_of),
        exclusion=0,
        is_open=True,
        started_day__lte=as_of,
        ticket__is_complaint=True,
        ticket__customer__isnull=False,
    ).order_by()
    by_customer = open_then.values("ticket__customer_id")
    counted = by_customer.annotate(n=Count("ticket", distinct=True))
    return dict(counted.values_list("ticket__customer_id", "n"))
