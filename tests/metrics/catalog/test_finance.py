"""What customers are worth and what working with them brings, worked out by hand."""

from decimal import Decimal

import pytest

from crmkpi.crm import models as crm
from crmkpi.lib.periods import Period
from tests.metrics import rows
from tests.metrics.catalog.ask import (
    FEBRUARY,
    computed,
    of_agent,
    of_company,
    of_member,
    of_team,
)
from tests.world import TODAY, day

FIRST = FEBRUARY.start
END = TODAY + 1  # what has not happened yet does not count
Kind = crm.Cost.Kind


def sold(world, on, amount, **fields):
    return rows.order(world.cleo, world.north, paid=on, amount=amount, **fields)


def stays(world, *spans):
    """Save customers that were active from one day to another, one for each span."""
    for since, until in spans:
        who = rows.customer(world.cleo, world.north)
        who.save()
        rows.put(rows.stay(who, world.cleo, world.north, since=since, until=until))


def test_margin_of_orders_whose_cost_is_known(world):
    """(100 + 300 − 60 − 140) ÷ 400 = 50 %; one order has no known cost."""
    rows.put(
        sold(world, FIRST, 100_00, cost_amount=60_00),
        sold(world, TODAY, 300_00, cost_amount=140_00),
        sold(world, FIRST, 500_00),
        sold(world, FIRST - 1, 900_00, cost_amount=0),
        sold(world, FIRST, 900_00, cost_amount=0, state=crm.Order.State.REFUNDED),
    )
    computed()
    found = of_company("margin")
    assert (found.value, found.numerator, found.denominator) == (50, 200, 400)
    assert (found.n, found.low, found.stats["cost_unknown"]) == (2, None, 1)
    assert of_agent("margin", world.cleo).value == 50
    assert of_team("margin", world.support).value is None


@pytest.fixture
def worked(world):
    """February: 300 goes back to Spring, 100 to a call, 600 to nobody.

    Their cost of goods: 100, 40, 300. Costs: Spring 50 and 30, the CRM 20, sales 999.
    """
    spring, summer = rows.campaign("Spring"), rows.campaign("Summer")
    by_spring = {"is_credited": True, "credited_campaign": spring}
    rows.put(
        sold(world, FIRST, 300_00, cost_amount=100_00, **by_spring),
        sold(world, TODAY, 100_00, cost_amount=40_00, is_credited=True),
        sold(world, FIRST, 600_00, cost_amount=300_00),
        sold(world, FIRST - 1, 700_00, cost_amount=0, **by_spring),
        sold(world, FIRST, 1, exclusion=1, **by_spring),
    )
    rows.put(
        rows.cost(Kind.MARKETING, 50_00, on=FIRST, campaign=spring),
        rows.cost(Kind.MARKETING, 30_00, on=TODAY, campaign=summer),
        rows.cost(Kind.CRM_SYSTEM, 20_00, on=FIRST),
        rows.cost(Kind.SALES, 999_00, on=FIRST),
        rows.cost(Kind.CRM_SYSTEM, 999_00, on=FIRST - 1),
    )
    computed()
    return spring, summer


def test_attributed_revenue_with_its_share(world, worked):
    """300 + 100 of 1,000."""
    found = of_company("crm_attributed_revenue")
    assert (found.value, found.n) == (400, 2)
    assert found.stats["share_of_revenue"] == 40
    assert of_agent("crm_attributed_revenue", world.cleo).value == 400
    assert of_team("crm_attributed_revenue", world.support).value == 0


def test_return_on_the_crm(world, worked):
    """(400 − 140 − 100) ÷ 100 = 160 %."""
    found = of_company("crm_roi")
    assert (found.value, found.numerator, found.denominator) == (160, 160, 100)
    assert found.n == 3
    nothing = of_company("crm_roi", Period(day("2025-12-01"), day("2026-01-01")))
    assert (nothing.value, nothing.status) == (None, "no_data")


def test_return_on_campaigns_and_on_each(world, worked):
    """All: (200 − 80) ÷ 80 = 150 %. Spring: (200 − 50) ÷ 50 = 300 %. Summer: −100 %."""
    spring, summer = worked
    assert of_company("campaign_roi").value == 150
    assert of_member("campaign_roi", "campaign", spring).value == 300
    assert of_member("campaign_roi", "campaign", summer).value == -100


def test_lifetime_value_of_the_year(world):
    """4 active a year ago, 1 has gone: a churn of 25 %, so 4 years.

    3 stayed all 365 days and one for the first 73: 1,168 customer-days, 3.2 years.
    8 orders of 1,600 together: 200 × 2.5 a year × 4 years = 2,000.
    """
    start = END - 365
    stays(world, *[(start - 10, None)] * 3, (start - 10, start + 73))
    rows.put(
        *[sold(world, start + 40 * number, 200_00) for number in range(8)],
        sold(world, start - 1, 9_999_00),
    )
    computed()
    found = of_company("customer_lifetime_value")
    assert found.value == 2000
    assert found.stats == {
        "order_value": 200,
        "orders_a_year": Decimal("2.5"),
        "lifespan_years": 4,
        "yearly_churn": 25,
        "is_capped": 0,
    }
    assert (found.n, found.status) == (8, "low_n")
    assert of_team("customer_lifetime_value", world.sales).value == 2000
    assert of_team("customer_lifetime_value", world.support).value is None
    assert of_agent("customer_lifetime_value", world.cleo).status == "error"


def test_a_life_without_end_is_capped_at_5_years(world):
    """Nobody left: 1 customer-year, 1 order of 100: 100 × 1 × 5."""
    stays(world, (END - 400, None))
    rows.put(sold(world, END - 1, 100_00), sold(world, END - 366, 100_00))
    computed()
    found = of_company("customer_lifetime_value")
    assert (found.value, found.stats["is_capped"]) == (500, 1)


def test_lifetime_value_needs_customers_of_a_year_ago(world):
    stays(world, (END - 365, None))
    rows.put(sold(world, FIRST, 100_00))
    computed()
    found = of_company("customer_lifetime_value")
    assert (found.value, found.status) == (None, "no_data")
    assert found.reason == "Nobody was a customer a year before this day."


def test_lifetime_value_to_acquisition_cost(world):
    """A value of 500, and 200 of marketing for 2 new customers: 500 ÷ 100 = 5."""
    stays(world, (END - 400, None))
    rows.put(sold(world, TODAY, 100_00))
    rows.put(rows.cost(Kind.MARKETING, 200_00, on=FIRST))
    rows.put(
        *[rows.customer(world.cleo, world.north, acquired=FIRST) for _ in range(2)]
    )
    computed()
    assert of_company("clv_to_cac").value == 5
    december = Period(day("2025-12-01"), day("2026-01-01"))
    assert of_company("clv_to_cac", december).value is None


def test_cost_of_keeping_a_customer(world):
    """Retention 100 and service 50 for 2 customers at the start: 75.

    One who came on the 1st is none of the start; sales and January's costs are out.
    """
    stays(world, (FIRST - 9, None), (FIRST - 1, FIRST + 1), (FIRST, None))
    rows.put(
        rows.cost(Kind.RETENTION, 100_00, on=FIRST),
        rows.cost(Kind.SERVICE, 50_00, on=TODAY),
        rows.cost(Kind.SALES, 999_00, on=FIRST),
        rows.cost(Kind.RETENTION, 999_00, on=FIRST - 1),
    )
    computed()
    found = of_company("customer_retention_cost")
    assert (found.value, found.numerator, found.denominator) == (75, 150, 2)
    assert of_team("customer_retention_cost", world.support).value is None
    december = Period(day("2025-12-01"), day("2026-01-01"))
    assert of_company("customer_retention_cost", december).value is None
