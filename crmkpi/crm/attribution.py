"""Which orders go back to a campaign or to work with the customer, by the last touch.

An order that names its campaign goes back to that. Any other one goes back to the last
touch of its customer in the 30 days up to the day of payment: a contact that answers to
a campaign, or a sales contact. Unanswered contacts touch nobody.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from crmkpi.crm import changes
from crmkpi.crm.models import Customer, Interaction, Order
from crmkpi.lib import bulk

Columns = Mapping[str, Any]


class Touch(NamedTuple):
    """A contact that may have led to an order."""

    day: int
    at: datetime
    key: int
    campaign_id: int | None


class Credit(NamedTuple):
    """What an order goes back to; a touch may belong to no campaign."""

    is_credited: bool
    credited_campaign_id: int | None


NOBODY = Credit(False, None)


def credit(
    campaign_id: int | None, paid_day: int | None, touches: Sequence[Touch]
) -> Credit:
    """Return what an order goes back to, given its customer's touches in order.

    Example: touches on days 10 and 20 and payment on day 50: the one on day 20, which
    is 30 days before. Paid on day 51, the order goes back to nobody.
    """
    if campaign_id is not None:
        return Credit(True, campaign_id)
    if paid_day is None:
        return NOBODY
    last = bisect_right(touches, paid_day, key=lambda touch: touch.day)
    if not last or touches[last - 1].day < paid_day - Order.CREDIT_DAYS:
        return NOBODY
    return Credit(True, touches[last - 1].campaign_id)


def may_touch(row: Columns) -> bool:
    """Whether an interaction is a touch, by its columns."""
    is_one = row["campaign_id"] is not None or row["is_sales"]
    return bool(is_one and not row["exclusion"] and row["is_answered"] is not False)


def touched(rows: Iterable[Columns]) -> set[int]:
    """Return the customers whose orders interactions may be credited with."""
    return {
        row["customer_id"]
        for row in rows
        if row["customer_id"] is not None and may_touch(row)
    }


def refresh(
    customer_ids: Collection[int],
    *,
    order_ids: Collection[int] = (),
    now: datetime,
    cause: str,
) -> None:
    """Credit all orders of customers, and those orders, anew; equal ones stay.

    Who else brings in rows of these customers waits until this is done. Queries: 4,
    and 2 more when anything changes.
    """
    if not customer_ids and not order_ids:
        return
    list(changes.locked(changes.with_keys(Customer, customer_ids)).values_list("pk"))
    touches = _touches(customer_ids)
    names = ("campaign_id", "paid_day", "is_credited", "credited_campaign_id")
    wanted: dict[int, Credit] = {}
    for orders in (
        changes.with_keys(Order, customer_ids, column="customer_id"),
        changes.with_keys(Order, order_ids).filter(customer=None),
    ):
        rows = orders.order_by().values_list("pk", "customer_id", *names)
        for key, customer, campaign, day, *stored in rows:
            found = credit(campaign, day, touches.get(customer, ()))
            if found != tuple(stored):
                wanted[key] = found
    _set(wanted, now=now, cause=cause)


def _touches(customer_ids: Collection[int]) -> dict[int, list[Touch]]:
    """Return the touches of customers, oldest first."""
    rows = changes.with_keys(Interaction, customer_ids, column="customer_id").filter(
        Q(campaign__isnull=False) | Q(is_sales=True),
        Q(is_answered__isnull=True) | Q(is_answered=True),
        exclusion=0,
    )
    found: dict[int, list[Touch]] = defaultdict(list)
    columns = ("customer_id", "at_day", "started_at", "pk", "campaign_id")
    for customer, *touch in rows.order_by().values_list(*columns):
        found[customer].append(Touch(*touch))
    for touches in found.values():
        touches.sort(key=lambda touch: touch[:3])
    return found


def _set(wanted: Mapping[int, Credit], *, now: datetime, cause: str) -> None:
    if not wanted:
        return
    rows = changes.rows_by_key(changes.with_keys(Order, wanted), for_update=True)
    names = changes.columns(Order)
    after = [
        tuple((dict(zip(names, row, strict=True)) | wanted[key]._asdict()).values())
        for key, row in rows.items()
    ]
    bulk.update_rows(
        Order,
        ["id"],
        list(Credit._fields),
        [(key, *wanted[key]) for key in rows],
    )
    changes.announce(Order, before=rows, after=after, now=now, cause=cause)
