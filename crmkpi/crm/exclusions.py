"""What a test account does counts nowhere: rows follow the exclusion of their customer.

A row that counts by itself is left out as long as its customer is a test or internal
account. A reason of its own stays the reason; nothing is forgotten, so that taking the
customer back restores every row.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models

from crmkpi.accounts.queries import get_organisation
from crmkpi.crm import changes, follow_ups
from crmkpi.crm.inheritance import pass_down
from crmkpi.crm.models import (
    Channel,
    Contract,
    Customer,
    Exclusion,
    Interaction,
    Lead,
    Opportunity,
    Order,
    Ticket,
)
from crmkpi.crm.stamps import Stamper
from crmkpi.lib import bulk

Rows = dict[int, dict[str, Any]]  # columns by primary key
FOLLOWING: tuple[type[models.Model], ...] = (
    Contract,
    Interaction,
    Lead,
    Opportunity,
    Order,
    Ticket,
)


def passed_on(exclusion: int, *, is_test_customer: bool) -> int:
    """Return why a row is left out, by its own reason and that of its customer.

    Example: a paid order of a test account gives CUSTOMER, a spam ticket of it SPAM.
    """
    if exclusion in (Exclusion.NONE, Exclusion.CUSTOMER):
        return int(Exclusion.CUSTOMER if is_test_customer else Exclusion.NONE)
    return exclusion


def accounts_for_tests(keys: Iterable[int | None]) -> set[int]:
    """Return which of these customers are test or internal accounts. Queries: 1."""
    wanted = changes.with_keys(Customer, [key for key in keys if key is not None])
    found = wanted.filter(exclusion=Exclusion.TEST)
    return set(found.order_by().values_list("pk", flat=True))


def pass_on(customer_ids: Collection[int], *, now: datetime, cause: str) -> None:
    """Leave out or take back the rows of customers, with all that follows from them.

    Days of winning and being active are left to acquisition.refresh.
    Queries: 1 for each fact, and the writes.
    """
    if not customer_ids:
        return
    out = accounts_for_tests(customer_ids)
    stamper, zone = Stamper.load(), get_organisation().zone
    for model in FOLLOWING:
        rows = _set(model, customer_ids, out, now=now, cause=cause)
        if rows:
            _follow(model, rows, stamper, zone, now=now, cause=cause)


def _set(
    model: type[models.Model],
    customer_ids: Collection[int],
    out: set[int],
    *,
    now: datetime,
    cause: str,
) -> Rows:
    """Write the exclusions of one fact; return the rows that have another one now."""
    names = changes.columns(model)
    found = changes.with_keys(model, customer_ids, column="customer_id").filter(
        exclusion__in=(Exclusion.NONE, Exclusion.CUSTOMER)
    )
    before, changed = {}, {}
    for key, row in changes.rows_by_key(found, for_update=True).items():
        values = dict(zip(names, row, strict=True))
        wanted = passed_on(
            values["exclusion"], is_test_customer=values["customer_id"] in out
        )
        if wanted != values["exclusion"]:
            before[key] = row
            changed[key] = values | {"exclusion": wanted}
    bulk.update_rows(
        model,
        ["id"],
        ["exclusion"],
        [(key, values["exclusion"]) for key, values in changed.items()],
    )
    after = [tuple(values.values()) for values in changed.values()]
    changes.announce(model, before=before, after=after, now=now, cause=cause)
    return changed


def _follow(
    model: type[models.Model],
    rows: Rows,
    stamper: Stamper,
    zone: str,
    *,
    now: datetime,
    cause: str,
) -> None:
    """Write what rows pass on themselves: spells, promises, what followed up what."""
    pass_down(model, rows, stamper, zone, now=now, cause=cause)
    if model is Ticket:
        matters = follow_ups.matters_of(rows.values())
        follow_ups.refresh(follow_ups.TICKETS, matters, now=now, cause=cause)
    elif model is Interaction:
        calls = [row for row in rows.values() if row["channel"] == Channel.PHONE]
        matters = follow_ups.matters_of(calls)
        follow_ups.refresh(follow_ups.CALLS, matters, now=now, cause=cause)
