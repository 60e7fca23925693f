"""Service-level clocks of tickets: what was due when, and whether it was kept."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from crmkpi.crm import changes, derived
from crmkpi.crm.models import SlaClock
from crmkpi.crm.stamps import Stamper
from crmkpi.lib.periods import local_day

# Which column of a ticket stops each kind of clock.
STOPS = {SlaClock.Kind.REPLY: "replied_at", SlaClock.Kind.RESOLUTION: "resolved_at"}


class Due(NamedTuple):
    """When a ticket's first reply and its resolution are due; None: no promise."""

    reply: datetime | None
    resolution: datetime | None


def set_clocks(
    tickets: Mapping[int, tuple[Mapping[str, Any], Due]],
    *,
    new: Collection[int],
    stamper: Stamper,
    zone: str,
    now: datetime,
    cause: str,
) -> set[int]:
    """Store the clocks of tickets and return the keys of those whose clocks changed.

    Tickets in `new` have no clocks yet. Queries: 1 read, 2 writes.
    """
    wanted = {
        key: _rows(key, columns, due, stamper, zone)
        for key, (columns, due) in tickets.items()
    }
    old = derived.stored(
        SlaClock, "ticket_id", [key for key in tickets if key not in new]
    )
    return derived.replace(SlaClock, old, wanted, now=now, cause=cause)


def dues_of(keys: Collection[int]) -> dict[int, Due]:
    """Return what is due on tickets, going by their stored clocks. Queries: 1."""
    found: dict[int, Due] = {}
    rows = changes.with_keys(SlaClock, keys, column="ticket_id")
    for ticket, kind, due_at in rows.values_list("ticket_id", "kind", "due_at"):
        due = found.get(ticket, Due(None, None))
        found[ticket] = (
            due._replace(reply=due_at)
            if kind == SlaClock.Kind.REPLY
            else due._replace(resolution=due_at)
        )
    return found


def _rows(
    key: int, ticket: Mapping[str, Any], due: Due, stamper: Stamper, zone: str
) -> list[changes.Row]:
    rows = []
    for kind, due_at in zip(STOPS, due, strict=True):
        if due_at is None:
            continue
        stopped_at = ticket[STOPS[kind]]
        met = stopped_at is not None and stopped_at <= due_at
        decided_at = stopped_at if met else due_at
        values = {
            "ticket_id": key,
            "kind": int(kind),
            "policy_id": ticket["policy_id"],
            "segment_id": ticket["segment_id"],
            "client_id": ticket["client_id"],
            "due_at": due_at,
            "stopped_at": stopped_at,
            "decided_at": decided_at,
            "decided_day": local_day(decided_at, zone),
            "is_met": met,
            "agent_id": ticket["agent_id"],
            "exclusion": ticket["exclusion"],
        }
        stamper.stamp(SlaClock, values)
        rows.append(changes.picker(SlaClock)(values))
    return rows
