"""Customers who are kept, buy again, renew, buy more and recommend, by hand."""

from decimal import Decimal

import pytest
from django.db import connection

from crmkpi.crm import models as crm
from crmkpi.lib.periods import Grain, Period
from metrics import behind
from metrics.catalog import METRICS
from metrics.dimensions import Cut
from metrics.models import Snapshot
from metrics.scopes import company
from metrics.services import drain
from tests.metrics import rows
from tests.metrics.catalog.ask import (
    FEBRUARY,
    computed,
    of_agent,
    of_company,
    of_team,
)
from tests.world import NOW, TODAY, day

FIRST = day("2026-02-01")
NOVEMBER = Period(day("2025-11-01"), day("2025-12-01"))
JANUARY = Period(day("2026-01-01"), FIRST)
Sale = crm.Order.Sale


def sides(found):
    return found.numerator, found.denominator


def one(query, *values):
    """Return the only number that plain SQL finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0]


def won(world, on, **fields):
    """Write a customer of Cleo's that was won on a day."""
    who = rows.customer(world.cleo, world.north, acquired=on, **fields)
    rows.put(who)
    return who


def active(world, since=FIRST - 100, until=None, *, owner=None, team=None, **fields):
    """Write a customer that is active for a time, of Cleo's unless said otherwise."""
    owner, team = owner or world.cleo, team or world.north
    who = rows.customer(owner, team, acquired=since, **fields)
    rows.put(who)
    rows.put(rows.stay(who, owner, team, since=since, until=until))
    return who


def bought(world, who, *days, **fields):
    fields = {"amount": 10_00, "customer": who} | fields
    rows.put(*(rows.order(world.cleo, world.north, paid=on, **fields) for on in days))


@pytest.mark.parametrize(
    "key",
    [
        "new_customer_retention_rate",
        "repeat_purchase_rate",
        "renewal_rate",
        "service_renewal_rate",
        "upsell_rate",
        "cross_sell_rate",
        "retained_customers",
        "customer_referrals",
    ],
)
def test_without_any_rows_there_is_no_number_but_a_reason(world, key):
    found = of_company(key)
    assert (found.value, found.status) == (None, "no_data")
    assert found.reason


def test_new_customers_are_kept_by_a_further_order_or_a_contract(world):
    """Of seven won on 1 November and asked on 30 January, three are kept.

    A second order on day 90, one on day 30 and a contract over day 90 keep; a second
    order on the first day or on day 91, a refunded one, and a contract whose last day
    is day 89 do not. The test account is left out, 31 October and 1 December too.
    """
    on = NOVEMBER.start
    names = ("last day", "soon", "covered", "same day", "late", "refunded", "ended")
    who = {name: won(world, on) for name in names}
    for customer in who.values():
        bought(world, customer, on)
    bought(world, who["last day"], on + 90)
    bought(world, who["soon"], on + 30, on + 40)
    bought(world, who["same day"], on)
    bought(world, who["late"], on + 91)
    bought(world, who["refunded"], on + 30, state=crm.Order.State.REFUNDED)
    covers = {"started_day": on, "due": None}
    rows.put(
        rows.contract(who["covered"], world.cleo, world.north, **covers),
        rows.contract(
            who["ended"], world.cleo, world.north, ended_day=on + 90, **covers
        ),
    )
    for outside in (on - 1, NOVEMBER.end):
        bought(world, won(world, outside), outside, outside + 5)
    bought(world, won(world, on, exclusion=crm.Exclusion.TEST), on, on + 5)
    computed()
    found = of_company("new_customer_retention_rate", NOVEMBER)
    assert (*sides(found), found.cases) == (3, 7, 7)
    assert of_team("new_customer_retention_rate", world.sales, NOVEMBER).n == 7
    assert of_team("new_customer_retention_rate", world.support, NOVEMBER).n == 0
    assert of_agent("new_customer_retention_rate", world.cleo, NOVEMBER).numerator == 3


def test_new_customers_are_asked_once_day_90_is_over(world):
    """Won 91 days ago: day 90 was yesterday. Won 90 days ago: it is today."""
    for ago in (91, 90):
        bought(world, won(world, TODAY - ago), TODAY - ago)
    computed()
    found = of_company("new_customer_retention_rate", NOVEMBER)
    assert (*sides(found), found.cases) == (0, 1, 2)
    young = of_company("new_customer_retention_rate", FEBRUARY)
    assert (young.value, young.status) == (None, "no_data")


def test_retained_customers_are_those_above_the_retention_rate(world):
    """Of three active at the start one leaves; one who joins is not retained."""
    active(world)
    active(world, until=None, owner=world.alice, team=world.berlin)
    active(world, until=FIRST + 4)
    active(world, since=FIRST)
    active(world, exclusion=crm.Exclusion.TEST)
    computed()
    found = of_company("retained_customers")
    rate = of_company("customer_retention_rate")
    assert (found.value, found.n) == (2, 2)
    assert sides(rate) == (2, 3)
    assert of_team("retained_customers", world.support).value == 1
    assert of_agent("retained_customers", world.bob).value == 0


def test_repeat_customers_bought_on_two_days_of_the_window(world):
    """The window of January 2026 is 1 February 2025 to 31 January 2026.

    Twice on its first and last day: repeat. Once: not. Twice on one day: not. Once in
    it and once the day before or after: not. Only before it: no buyer. 1 of 5. On 13
    February the first order of the first is too old; who bought after now is one.
    """
    first, last = JANUARY.end - 365, JANUARY.end - 1
    both = active(world, first, last + 366)
    once = active(world, last, last + 366)
    same = active(world, last, last + 366)
    before = active(world, first - 1, last + 366)
    after = active(world, last, last + 366)
    gone = active(world, first - 10, first - 10 + 365)
    bought(world, both, first, last)
    bought(world, once, last)
    bought(world, once, last - 3, state=crm.Order.State.CANCELLED)
    bought(world, once, last - 4, exclusion=crm.Exclusion.TEST)
    bought(world, same, last, last)
    bought(world, before, first - 1, last)
    bought(world, after, last, last + 1)
    bought(world, gone, first - 10, first - 1)
    computed()
    found = of_company("repeat_purchase_rate", JANUARY)
    assert sides(found) == (1, 5)
    assert found.denominator == one(
        "SELECT COUNT(DISTINCT customer_id) FROM crm_order WHERE paid_day >= %s"
        " AND paid_day < %s AND exclusion = 0 AND state = 1",
        first,
        last + 1,
    )
    (listed,) = behind.behind(
        METRICS["repeat_purchase_rate"], company().key, FEBRUARY, today=TODAY
    )
    repeat = listed.counted.annotate(adds=behind.adds(listed)).filter(adds=1)
    assert [row.customer_id for row in repeat] == [after.pk]
    assert of_team("repeat_purchase_rate", world.support, JANUARY).value is None


def test_repeat_purchase_credits_who_looks_after_the_customer_at_the_end(world):
    """Handed from Alice to Cleo in mid-January: Cleo's in January, Alice's before."""
    who = rows.customer(world.cleo, world.north, acquired=FIRST - 100)
    rows.put(who)
    rows.put(
        rows.stay(who, world.alice, world.berlin, since=FIRST - 100, until=FIRST - 15),
        rows.stay(who, world.cleo, world.north, since=FIRST - 15, until=FIRST + 300),
    )
    bought(world, who, FIRST - 100, FIRST - 65)
    computed()
    december = Period(day("2025-12-01"), JANUARY.start)
    assert of_agent("repeat_purchase_rate", world.cleo, JANUARY).numerator == 1
    assert of_agent("repeat_purchase_rate", world.alice, JANUARY).value is None
    assert of_agent("repeat_purchase_rate", world.alice, december).numerator == 1
    assert of_company("repeat_purchase_rate", JANUARY).denominator == 1


def test_renewals_count_by_the_day_they_are_due_until_30_days_after(world):
    """Due in November: renewed early, on day 30, on day 31, never: 2 of 4.

    By value 300 + 100 of 300 + 100 + 50 + 50. Service contracts: 1 of 2.
    """
    who = won(world, NOVEMBER.start - 400)
    first, last = NOVEMBER.start, NOVEMBER.end - 1
    service = crm.Contract.Kind.SERVICE
    made = [
        (first, {"renewed_day": first - 20, "monthly_amount": 300_00}),
        (last, {"renewed_day": last + 30, "monthly_amount": 100_00, "kind": service}),
        (last, {"renewed_day": last + 31, "monthly_amount": 50_00}),
        (first, {"monthly_amount": 50_00, "kind": service, "ended_day": first}),
        (first - 1, {"renewed_day": first}),
        (last + 1, {"renewed_day": first}),
        (first, {"renewed_day": first, "exclusion": crm.Exclusion.TEST}),
        (None, {"renewed_day": first, "started_day": first}),
    ]
    rows.put(
        *(
            rows.contract(who, world.cleo, world.north, due=due, **fields)
            for due, fields in made
        )
    )
    computed()
    found = of_company("renewal_rate", NOVEMBER)
    assert sides(found) == (2, 4)
    assert found.stats["by_value"] == 80
    assert sides(of_company("service_renewal_rate", NOVEMBER)) == (1, 2)
    assert of_team("renewal_rate", world.sales, NOVEMBER).denominator == 4
    assert of_team("renewal_rate", world.support, NOVEMBER).value is None
    assert of_agent("renewal_rate", world.cleo, NOVEMBER).numerator == 2


def test_a_contract_is_judged_once_its_grace_is_over(world):
    """Due 31 days ago: the grace ended yesterday. Due 30 days ago: it ends today."""
    who = won(world, TODAY - 400)
    rows.put(
        *(
            rows.contract(who, world.cleo, world.north, due=TODAY - ago)
            for ago in (31, 30)
        )
    )
    computed()
    found = of_company("renewal_rate", JANUARY)
    assert (*sides(found), found.cases) == (0, 1, 2)


def test_referrals_are_new_customers_with_a_referrer(world):
    who = won(world, FIRST - 300)
    sent = {"referred_by": who}
    won(world, FIRST)
    won(world, FIRST, **sent)
    won(world, FIRST - 1, **sent)
    won(world, FIRST + 2, exclusion=crm.Exclusion.TEST, **sent)
    won(world, TODAY, **sent)
    computed()
    assert of_company("customer_referrals").value == 2
    assert of_team("customer_referrals", world.sales).value == 2
    assert of_team("customer_referrals", world.support).value == 0


@pytest.mark.parametrize(
    ("key", "sale", "other"),
    [
        ("upsell_rate", Sale.UPSELL, Sale.CROSS_SELL),
        ("cross_sell_rate", Sale.CROSS_SELL, Sale.UPSELL),
    ],
)
def test_customers_of_the_start_who_buy_more(world, key, sale, other):
    """Five active on 31 January. Those who buy on 1 and 13 February: 2 of 5.

    Twice counts once; the day before, the other kind of sale, a cancelled order and a
    customer who is won in February do not count.
    """
    first, today, early, unlike, undone = (active(world) for _ in range(5))
    new = active(world, since=FIRST)
    bought(world, first, FIRST, FIRST + 1, sale=sale)
    bought(world, today, TODAY, sale=sale)
    bought(world, early, FIRST - 1, sale=sale)
    bought(world, unlike, FIRST, sale=other)
    bought(world, undone, FIRST, sale=sale, state=crm.Order.State.CANCELLED)
    bought(world, new, FIRST + 1, sale=sale)
    computed()
    found = of_company(key)
    assert sides(found) == (2, 5)
    assert found.value == Decimal(40)
    assert of_team(key, world.support).value is None
    assert sides(of_agent(key, world.cleo)) == (2, 5)


@pytest.mark.parametrize(
    ("key", "sale", "other"),
    [
        ("upsell_rate", Sale.UPSELL, Sale.CROSS_SELL),
        ("cross_sell_rate", Sale.CROSS_SELL, Sale.UPSELL),
    ],
)
def test_a_won_deal_counts_as_buying_more(world, key, sale, other):
    """Of four active on 31 January one wins a deal on 13 February and orders: 1 of 4.

    A deal won the day before the period, one lost and one of the other kind count not.
    """
    both, early, lost, unlike = (active(world) for _ in range(4))
    bought(world, both, FIRST, sale=sale)
    rows.put(
        agreed(world, both, TODAY, sale=sale),
        agreed(world, early, FIRST - 1, sale=sale),
        agreed(world, lost, FIRST, sale=sale, won=False),
        agreed(world, unlike, FIRST, sale=other),
    )
    computed()
    assert sides(of_company(key)) == (1, 4)


def test_a_deal_won_without_an_order_is_an_upsell(world):
    rows.put(agreed(world, active(world), FIRST, sale=Sale.UPSELL))
    computed()
    assert sides(of_company("upsell_rate")) == (1, 1)
    assert of_company("cross_sell_rate").value == 0


def agreed(world, who, on, *, won=True, **fields):
    return rows.deal(
        world.cleo, world.north, opened=on - 9, closed=on, won=won, customer=who,
        **fields,
    )  # fmt: skip


def test_the_rows_behind_a_followed_rate_are_its_customers(world):
    """The list of January's buyers holds both; one of them adds to the number."""
    both, once = active(world), active(world)
    bought(world, both, FIRST - 40, FIRST - 20)
    bought(world, once, FIRST - 40)
    computed()
    metric = METRICS["repeat_purchase_rate"]
    (found,) = behind.behind(metric, company().key, JANUARY, today=TODAY)
    listed = found.counted.annotate(adds=behind.adds(found))
    assert set(listed.values_list("customer_id", "adds")) == {
        (both.pk, 1),
        (once.pk, 0),
    }


def stored(key, period):
    """Return the month of the company that is stored for a metric."""
    return Snapshot.objects.get(
        version__key=key, cut=Cut.COMPANY, grain=Grain.MONTH, start=period.start
    )


def test_a_late_order_changes_the_stored_share_of_a_month_before_it(world):
    """Won on 1 November; the order of 20 December arrives after that was stored."""
    key = "new_customer_retention_rate"
    who = won(world, NOVEMBER.start)
    bought(world, who, NOVEMBER.start)
    drain(now=NOW)
    before = stored(key, NOVEMBER)
    bought(world, who, day("2025-12-20"))
    drain(now=NOW)
    assert (before.numerator, stored(key, NOVEMBER).numerator) == (0, 1)
