"""Rows left out for want of an exchange rate, counted once the rate is known."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from crmkpi.accounts.queries import get_organisation
from crmkpi.crm import acquisition, changes, costs, spells
from crmkpi.crm.exchange import Exchange
from crmkpi.crm.exclusions import accounts_for_tests, passed_on
from crmkpi.crm.models import Contract, Cost, Exclusion, Opportunity, Order
from crmkpi.crm.stamps import Stamper
from crmkpi.lib import bulk
from crmkpi.lib.money import to_major
from crmkpi.lib.periods import UNDATED, local_day

Model = type[Contract] | type[Cost] | type[Opportunity] | type[Order]
# Columns whose day decides on the rate, the first known one first.
RATE_DAYS: dict[Model, tuple[str, ...]] = {
    Contract: ("started_day",),
    Cost: ("first_day",),
    Opportunity: ("closed_day", "opened_day"),
    Order: ("paid_day",),
}


def value_rows_left_out(currencies: Collection[str], *, now: datetime) -> int:
    """Convert amounts of these currencies that no rate was known for.

    Returns how many rows count from now on. Queries: 1 for each fact and the writes
    """
    org = get_organisation()
    exchange = Exchange(org.currency)
    today = local_day(now, org.zone)
    return sum(
        _value(model, currencies, exchange, today=today, now=now) for model in RATE_DAYS
    )


def _value(
    model: Model,
    currencies: Collection[str],
    exchange: Exchange,
    *,
    today: int,
    now: datetime,
) -> int:
    left_out = model._base_manager.filter(
        original_currency__in=list(currencies), exclusion=Exclusion.NO_RATE
    )
    names = changes.columns(model)
    before, valued = {}, {}
    for key, row in changes.rows_by_key(left_out, for_update=True).items():
        values = dict(zip(names, row, strict=True))
        currency = values["original_currency"]
        amount = to_major(values["original_amount"], currency)
        days = (values[name] for name in RATE_DAYS[model])
        day = next((day for day in days if day not in (None, UNDATED)), today)
        converted = exchange.convert(amount, currency, day).amount
        if converted is not None:
            before[key] = row
            valued[key] = values | {_amount(model): converted}
    tests = accounts_for_tests(new.get("customer_id") for new in valued.values())
    for new in valued.values():
        is_test = new.get("customer_id") in tests
        new["exclusion"] = passed_on(Exclusion.NONE, is_test_customer=is_test)
    bulk.update_rows(
        model,
        ["id"],
        [_amount(model), "exclusion"],
        [(key, new[_amount(model)], new["exclusion"]) for key, new in valued.items()],
    )
    changes.announce(
        model,
        before=before,
        after=[tuple(new.values()) for new in valued.values()],
        now=now,
        cause="edit",
    )
    _follow(model, valued, now)
    return len(valued)


def _amount(model: Model) -> str:
    return "monthly_amount" if model is Contract else "amount"


def _follow(model: Model, rows: dict[int, dict[str, Any]], now: datetime) -> None:
    if not rows:
        return
    stamper, zone = Stamper.load(), get_organisation().zone
    if model is Cost:
        costs.share_out(rows, new=(), now=now, cause="edit")
    elif model is Opportunity:
        cutter = spells.Cutter.load(spells.STAGES, stamper.directory, zone)
        spells.cut_again(cutter, rows, now=now, cause="edit")
    else:
        acquisition.refresh(
            {row["customer_id"] for row in rows.values()} - {None},
            stamper=stamper,
            now=now,
            zone=zone,
            cause="edit",
        )
