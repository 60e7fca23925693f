"""Asking each active customer every so many days, a few of them each day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from crmkpi.accounts.queries import get_organisation, today
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.models import Customer, CustomerSpell
from crmkpi.lib.periods import day_start, local_day
from surveys.models import SendingRule
from surveys.sending.events import listening, record
from surveys.sending.happenings import Happening

CATCH_UP_DAYS = 7  # how long jobs may have stood still without a turn being lost
CHUNK = 500
NEVER = datetime.min.replace(tzinfo=UTC)


def plan_periods(*, now: datetime) -> int:
    """Note whose turn it is, once a day for each periodical rule; return how many.

    Safe to repeat and to die half-way: a turn is one occasion, and the day is ticked
    off after its last.
    """
    organisation = get_organisation()
    day = today(now, organisation)
    made = 0
    for rule in listening(SendingRule.Event.PERIOD):
        if rule.planned_day == day or rule.on_since is None:
            continue
        first = max(
            local_day(rule.on_since, organisation.zone),
            day - CATCH_UP_DAYS,
        )
        for chunk in turns(rule, first=first, last=day, zone=organisation.zone):
            with transaction.atomic():
                made += record([rule], chunk, now=now)
        SendingRule.objects.filter(pk=rule.pk).update(planned_day=day)
    return made


def turns(
    rule: SendingRule, *, first: int, last: int, zone: str
) -> Iterator[list[Happening]]:
    """Return whose turn it is on these days, both included, in chunks.

    Each active customer has a turn every `every_days` days, on a day of its own, so
    that mails and answers spread over the whole time.
    """
    every, teams = rule.every_days or 1, TeamDirectory.load()
    chunk: list[Happening] = []
    for pk, agent_id, segment_id in _active(last):
        phase = _phase(rule.pk, pk, every)
        day = last - (last + phase) % every
        if day < first:
            continue
        chunk.append(
            Happening(
                subject=f"customer:{pk}:{(day + phase) // every}",
                # The day of switching on begins when that is done.
                at=max(day_start(day, zone), rule.on_since or NEVER),
                day=day,
                customer_id=pk,
                contact_id=None,
                agent_id=agent_id,
                team_id=teams.team_of(agent_id, day),
                segment_id=segment_id,
            )
        )
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _active(day: int) -> Iterator[tuple[int, int | None, int | None]]:
    """Return the customers that are active on a day: id, owner, segment."""
    spells = CustomerSpell.objects.filter(
        Q(ended_day=None) | Q(ended_day__gt=day),
        customer=OuterRef("pk"),
        started_day__lte=day,
    )
    rows = Customer.objects.counted().filter(Exists(spells)).order_by("pk")
    return rows.values_list("pk", "agent_id", "segment_id").iterator(chunk_size=2_000)


def _phase(rule_id: int, customer_id: int, every: int) -> int:
    digest = sha256(f"{rule_id}:{customer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % every
