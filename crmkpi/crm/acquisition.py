"""What follows from a customer's orders and contracts.

The first paid order and the day the customer was won by it, and the spells in which
the customer was active.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from crmkpi.crm import changes, derived
from crmkpi.crm.models import Contract, Customer, CustomerSpell, Exclusion, Order
from crmkpi.crm.segments.history import SegmentHistory
from crmkpi.crm.stamps import Stamper
from crmkpi.lib import bulk
from crmkpi.lib.periods import UNDATED, local_day

Columns = dict[str, Any]


class Purchase(NamedTuple):
    """A paid order that counts, or would if its customer did."""

    key: int
    external_id: str
    day: int
    team_id: int | None


class Stay(NamedTuple):
    """Days in which a customer is active under one owner; no end: for now on."""

    start: int
    end: int | None
    agent: int | None


def refresh(
    customer_ids: Collection[int],
    *,
    stamper: Stamper,
    now: datetime,
    zone: str,
    cause: str,
    handed_over: Collection[int] = (),
) -> None:
    """Bring customers up to their orders and contracts; equal rows stay untouched.

    Customers in `handed_over` have a new owner as of today. Queries: 6 reads, and 2
    writes for each of orders, customers and spells that change.
    """
    if not customer_ids:
        return
    customers = _customers(customer_ids)
    segments = SegmentHistory()
    segments.learn({key: each["given_segment_id"] for key, each in customers.items()})
    purchases = _purchases(customer_ids)
    firsts = _firsts(purchases)
    _mark_firsts(customer_ids, {one.key for one in firsts.values()}, now, cause)
    _acquire(customers, firsts, stamper, segments, zone, now=now, cause=cause)
    _keep_active(
        customers,
        purchases,
        stamper,
        segments,
        now=now,
        cause=cause,
        today=local_day(now, zone),
        handed_over=handed_over,
    )


# Of a customer, what its days and spells rest on.
_TRAITS = (
    "agent_id",
    "acquired_at",
    "acquired_day",
    "acquired_team_id",
    "acquired_segment_id",
    "exclusion",
    "given_segment_id",
    "industry_id",
)


def _customers(keys: Collection[int]) -> dict[int, Columns]:
    """Return customers, locked: whoever changes what follows waits here."""
    rows = changes.locked(changes.with_keys(Customer, keys))
    found = rows.values_list("pk", *_TRAITS)
    return {pk: dict(zip(_TRAITS, row, strict=True)) for pk, *row in found}


def _purchases(customer_ids: Collection[int]) -> dict[int, list[Purchase]]:
    rows = changes.with_keys(Order, customer_ids, column="customer_id").filter(
        state=Order.State.PAID, exclusion__in=(Exclusion.NONE, Exclusion.CUSTOMER)
    )
    found: dict[int, list[Purchase]] = {}
    for customer, *row in rows.order_by().values_list(
        "customer_id", "pk", "external_id", "paid_day", "paid_team_id"
    ):
        found.setdefault(customer, []).append(Purchase(*row))
    return found


def _firsts(purchases: Mapping[int, Sequence[Purchase]]) -> dict[int, Purchase]:
    """Return each customer's first purchase, of unknown days only if there is no other.

    Instants are read for those alone who bought twice on their first day.
    """
    rivals: dict[int, list[Purchase]] = {}
    for customer, listed in purchases.items():
        days = {one.day for one in listed} - {UNDATED} or {UNDATED}
        first = min(days)
        rivals[customer] = [one for one in listed if one.day == first]
    close = [one.key for listed in rivals.values() if len(listed) > 1 for one in listed]
    instants = dict(changes.with_keys(Order, close).values_list("pk", "paid_at"))

    def age(purchase: Purchase) -> tuple[str, str]:
        paid_at = instants.get(purchase.key)
        return (paid_at.isoformat() if paid_at else "", purchase.external_id)

    return {customer: min(listed, key=age) for customer, listed in rivals.items()}


def _mark_firsts(
    customer_ids: Collection[int], firsts: set[int], now: datetime, cause: str
) -> None:
    marked = changes.with_keys(Order, customer_ids, column="customer_id").filter(
        is_first=True
    )
    flips = firsts ^ set(marked.order_by().values_list("pk", flat=True))
    _set(Order, flips, lambda key: {"is_first": key in firsts}, now=now, cause=cause)


def _acquire(
    customers: Mapping[int, Columns],
    firsts: Mapping[int, Purchase],
    stamper: Stamper,
    segments: SegmentHistory,
    zone: str,
    *,
    now: datetime,
    cause: str,
) -> None:
    """Set the day, team and segment by which each customer was won."""
    wanted = {}
    for key, customer in customers.items():
        first = firsts.get(key)
        if customer["acquired_at"] is not None:
            day: int | None = local_day(customer["acquired_at"], zone)
        else:
            day = first.day if first else None
        team = None
        if day is not None:
            team = stamper.directory.team_of(customer["agent_id"], day)
            if customer["agent_id"] is None and first is not None:
                team = first.team_id
        segment = None if day is None else segments.on(key, day)
        wanted[key] = {
            "acquired_day": day,
            "acquired_team_id": team,
            "acquired_segment_id": segment,
        }
    changed = {
        key
        for key, customer in customers.items()
        if any(customer[name] != value for name, value in wanted[key].items())
    }
    _set(Customer, changed, wanted.__getitem__, now=now, cause=cause)


def _keep_active(
    customers: Mapping[int, Columns],
    purchases: Mapping[int, Sequence[Purchase]],
    stamper: Stamper,
    segments: SegmentHistory,
    *,
    now: datetime,
    cause: str,
    today: int,
    handed_over: Collection[int],
) -> None:
    """Replace the spells in which customers were active."""
    old = derived.stored(CustomerSpell, "customer_id", customers)
    contracts = _contracts(customers)
    wanted = {}
    for key, customer in customers.items():
        ranges = contracts.get(key, []) + [
            (purchase.day, purchase.day + CustomerSpell.ACTIVE_DAYS)
            for purchase in purchases.get(key, ())
            if purchase.day != UNDATED
        ]
        if customer["exclusion"]:
            ranges = []
        until = today if key in handed_over else None
        stays = owned(
            union(ranges), _stays(old.get(key, {})), customer["agent_id"], until=until
        )
        wanted[key] = [
            row
            for stay in stays
            for row in _rows(key, customer, stay, stamper, segments)
        ]
    derived.replace(CustomerSpell, old, wanted, now=now, cause=cause)


def union(
    ranges: Iterable[tuple[int, int | None]],
) -> list[tuple[int, int | None]]:
    """Join half-open ranges of days that touch or overlap.

    Example: `union([(1, 5), (5, 9), (20, None)]) == [(1, 9), (20, None)]`
    """
    joined: list[tuple[int, int | None]] = []
    for start, end in sorted(ranges, key=lambda one: one[0]):
        if joined and (joined[-1][1] is None or start <= joined[-1][1]):
            last_start, last_end = joined[-1]
            if last_end is not None and (end is None or end > last_end):
                joined[-1] = (last_start, end)
        else:
            joined.append((start, end))
    return joined


def owned(
    ranges: Iterable[tuple[int, int | None]],
    known: Sequence[Stay],
    owner: int | None,
    *,
    until: int | None = None,
) -> list[Stay]:
    """Say under which owner a customer was active.

    Days that were known before keep the owner they had then, up to `until` when the
    owner has changed; all other days belong to the present owner.
    """
    stays: list[Stay] = []
    for start, end in ranges:
        day: int | None = start
        while day is not None and (end is None or day < end):
            agent, change = _owner_on(day, known, owner, until)
            stop = (
                change if end is None or (change is not None and change < end) else end
            )
            if stays and stays[-1].end == day and stays[-1].agent == agent:
                stays[-1] = stays[-1]._replace(end=stop)
            else:
                stays.append(Stay(day, stop, agent))
            day = stop
    return stays


def _owner_on(
    day: int, known: Sequence[Stay], owner: int | None, until: int | None
) -> tuple[int | None, int | None]:
    """Return the owner on a day, and the next day on which that may change."""
    following: list[int] = []
    for stay in known:
        end = stay.end
        if until is not None:
            end = until if end is None else min(end, until)
        if stay.agent is None or (end is not None and end <= max(stay.start, day)):
            continue  # nobody yet, or over
        if stay.start <= day:
            return stay.agent, end
        following.append(stay.start)
    return owner, min(following, default=None)


def _stays(rows: Mapping[int, changes.Row]) -> list[Stay]:
    names = ("started_day", "ended_day", "agent_id")
    at = [changes.position(CustomerSpell, name) for name in names]
    return sorted(
        (Stay(*(row[index] for index in at)) for row in rows.values()),
        key=lambda stay: stay.start,
    )


def _rows(
    key: int, customer: Columns, stay: Stay, stamper: Stamper, segments: SegmentHistory
) -> list[changes.Row]:
    """Return the spells of a stay, cut where the team or the segment changes."""
    names = changes.columns(CustomerSpell)
    found = []
    for start, end, team in stamper.directory.spans(stay.agent, stay.start, stay.end):
        for since, until, segment in segments.spans(key, start, end):
            values = {
                "customer_id": key,
                "agent_id": stay.agent,
                "team_id": team,
                "started_day": since,
                "ended_day": until,
                "segment_id": segment,
                "industry_id": customer["industry_id"],
            }
            found.append(tuple(values.get(name) for name in names))
    return found


def _contracts(
    customer_ids: Collection[int],
) -> dict[int, list[tuple[int, int | None]]]:
    found: dict[int, list[tuple[int, int | None]]] = {}
    rows = changes.with_keys(Contract, customer_ids, column="customer_id")
    for customer, start, end in rows.filter(exclusion=0).values_list(
        "customer_id", "started_day", "ended_day"
    ):
        found.setdefault(customer, []).append((start, end))
    return found


def _set(
    model: type[Customer] | type[Order],
    keys: Collection[int],
    values: Callable[[int], Columns],
    *,
    now: datetime,
    cause: str,
) -> None:
    """Write columns of rows, and announce them."""
    if not keys:
        return
    names = changes.columns(model)
    rows = changes.rows_by_key(changes.with_keys(model, keys), for_update=True)
    columns = list(values(next(iter(rows))))
    after, updates = [], []
    for key, row in rows.items():
        new = dict(zip(names, row, strict=True)) | values(key)
        after.append(tuple(new.values()))
        updates.append((key, *(new[name] for name in columns)))
    bulk.update_rows(model, ["id"], columns, updates)
    changes.announce(model, before=rows, after=after, now=now, cause=cause)
