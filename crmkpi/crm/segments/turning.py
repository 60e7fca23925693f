"""Puts customers into segments, once a day and after rules changed.

Who belongs elsewhere is looked up at once and written in parts, each in a transaction
of its own that looks again at the rules and at whom it moves: two at once, or one that
dies half-way, leave nothing wrong behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import F, Q

from crmkpi.accounts.queries import get_organisation, today
from crmkpi.crm import acquisition, changes
from crmkpi.crm.inheritance import pass_down
from crmkpi.crm.models import (
    Contract,
    Customer,
    Interaction,
    Lead,
    Opportunity,
    Order,
    Segment,
    SegmentStay,
    SegmentTurn,
    Ticket,
)
from crmkpi.crm.restamp import TEAMS_LOCK
from crmkpi.crm.segments.history import stays_of
from crmkpi.crm.segments.matching import current, first_matches, sight
from crmkpi.crm.segments.stays import moved
from crmkpi.crm.signals import segments_moved
from crmkpi.crm.stamps import Stamper
from crmkpi.lib import bulk

LOCK = "crm.segments"
PART = 2_000  # customers that change in one transaction
# The day whose segment rows of a fact have.
DAYS: dict[type[models.Model], str] = {
    Contract: "due_day",
    Interaction: "at_day",
    Lead: "created_day",
    Opportunity: "opened_day",
    Order: "paid_day",
    Ticket: "opened_day",
}
CAUSE = "reassignment"
Plan = Mapping[int, tuple[int, int]]  # by customer the members held and wanted; 0: none


class Move(NamedTuple):
    """A customer's segment before and after, as members; None is no segment."""

    before: int | None
    after: int | None


def turn_if_due(*, now: datetime) -> int | None:
    """Put customers into segments unless that is done for today and these rules.

    Returns how many customers changed, None when there was nothing to do.
    Queries: 2 when there is nothing to do.
    """
    turn = SegmentTurn.objects.filter(pk=SegmentTurn.ONLY).first()
    if turn is None:  # nobody has made a segment yet
        return None
    if turn.changed_at is None and turn.turned_day == today(now, get_organisation()):
        return None
    done = turn_segments(now=now)
    SegmentTurn.objects.filter(pk=turn.pk).update(
        turned_at=now, turned_day=today(now, get_organisation())
    )
    # Unless rules have changed again meanwhile.
    SegmentTurn.objects.filter(pk=turn.pk, changed_at=turn.changed_at).update(
        changed_at=None
    )
    return done


def turn_segments(*, now: datetime) -> int:
    """Put every customer into the segment its rules say as of today.

    Returns how many changed. Rows of today and later follow.
    Queries: 1 for each segment and 3, and about 25 for each part that changes.
    """
    segments = current()
    rules = _version(segments)
    wanted = _other_than_now(first_matches(segments, sight(now)))
    done = 0
    for some in _parts(wanted):
        changed = _turn_part(some, rules, now)
        if changed is None:  # rules have changed meanwhile: the next turn knows them
            break
        done += changed
    return done


def _version(segments: Sequence[Segment]) -> list[tuple[int, datetime]]:
    """Return what tells apart two states of the rules and their order."""
    return [(each.pk, each.changed_at) for each in segments]


def _other_than_now(first: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Return the members by rules that customers have and should have; 0 is none.

    Queries: 1
    """
    ruled = Customer._base_manager.filter(ruled_segment__isnull=False).order_by()
    held = dict(ruled.values_list("pk", "ruled_segment_id"))
    return {
        key: (held.get(key, 0), first.get(key, 0))
        for key in sorted(held.keys() | first.keys())
        if held.get(key) != first.get(key)
    }


def _parts(wanted: Plan) -> Iterator[Plan]:
    entries = iter(wanted.items())
    while some := dict(islice(entries, PART)):
        yield some


@transaction.atomic
def _turn_part(
    plan: Plan, rules: list[tuple[int, datetime]], now: datetime
) -> int | None:
    """Put some customers into other segments; None when rules are others now.

    Who was put elsewhere meanwhile stays there.
    """
    bulk.hold(TEAMS_LOCK, shared=True)  # before any row, as all writers of facts do
    bulk.hold(LOCK)
    if _version(current()) != rules:
        return None
    names = changes.columns(Customer)
    rows = changes.rows_by_key(changes.with_keys(Customer, plan), for_update=True)
    before, after, moves, wanted = {}, [], {}, {}
    for key, row in rows.items():
        values = dict(zip(names, row, strict=True))
        held, wanted_here = plan[key]
        if (values["ruled_segment_id"] or 0) != held:
            continue
        before[key], wanted[key] = row, wanted_here
        ruled = wanted_here or None
        segment = ruled or values["given_segment_id"]
        if segment != values["segment_id"]:
            moves[key] = Move(values["segment_id"], segment)
        values |= {"ruled_segment_id": ruled, "segment_id": segment}
        after.append(tuple(values.values()))
    at = [changes.position(Customer, name) for name in _WRITTEN]
    bulk.update_rows(
        Customer,
        ["id"],
        _WRITTEN,
        [(key, *(row[i] for i in at)) for key, row in zip(before, after, strict=True)],
    )
    changes.announce(Customer, before=before, after=after, now=now, cause=CAUSE)
    since = today(now, get_organisation())
    _keep_stays(wanted, on=since)
    _follow(moves, now=now, since=since)
    return len(wanted)


_WRITTEN = ["ruled_segment_id", "segment_id"]


def _keep_stays(wanted: dict[int, int], *, on: int) -> None:
    """Write from when until when customers are in segments. Queries: 4 at most."""
    old = stays_of(wanted)
    segments = dict(Segment.objects.order_by().values_list("member_id", "pk"))
    gone, new = [], []
    for customer, member in wanted.items():
        stays = old.get(customer, [])
        kept = moved(stays, member or None, on=on)
        gone += [(customer, each.entered) for each in stays if each not in kept]
        new += [(customer, each) for each in kept if each not in stays]
    columns = [F("customer_id"), F("entered_day")]
    SegmentStay.objects.filter(bulk.KeysIn(columns, gone)).delete()
    bulk.insert_rows(
        SegmentStay,
        ["segment_id", "customer_id", "entered_day", "left_day"],
        [
            (segments[stay.segment], customer, stay.entered, stay.left)
            for customer, stay in new
        ],
    )


def _follow(moves: dict[int, Move], *, now: datetime, since: int) -> None:
    """Have spells and rows of these days follow their customers."""
    if not moves:
        return
    stamper, zone = Stamper.load(), get_organisation().zone
    acquisition.refresh(set(moves), stamper=stamper, now=now, zone=zone, cause=CAUSE)
    for model in DAYS:
        rows = _restamp(model, moves, now=now, since=since)
        pass_down(model, rows, stamper, zone, now=now, cause=CAUSE)
    segments_moved.send(sender=Customer, moves=moves, from_day=since, now=now)


def _restamp(
    model: type[models.Model], moves: dict[int, Move], *, now: datetime, since: int
) -> dict[int, dict[str, Any]]:
    """Give rows of a fact the segment of their customers, from a day on.

    Rows that have not happened follow; rows that name another segment themselves keep
    it. Returns the rows that changed, with their columns, by key.
    """
    day = DAYS[model]
    rows = changes.with_keys(model, moves, column="customer_id").filter(
        Q(**{f"{day}__gte": since}) | Q(**{f"{day}__isnull": True})
    )
    customer = changes.position(model, "customer_id")
    segment = changes.position(model, "segment_id")
    before, after = {}, []
    for key, row in changes.rows_by_key(rows, for_update=True).items():
        move = moves[row[customer]]
        if row[segment] == move.before:
            before[key] = row
            after.append((*row[:segment], move.after, *row[segment + 1 :]))
    bulk.update_rows(
        model,
        ["id"],
        ["segment_id"],
        [(key, row[segment]) for key, row in zip(before, after, strict=True)],
    )
    changes.announce(model, before=before, after=after, now=now, cause=CAUSE)
    names = changes.columns(model)
    return {
        key: dict(zip(names, row, strict=True))
        for key, row in zip(before, after, strict=True)
    }
