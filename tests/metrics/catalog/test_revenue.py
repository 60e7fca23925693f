"""Revenue and its growth on a few orders worked out by hand."""

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
    of_team,
)
from tests.world import TODAY, day

FIRST = FEBRUARY.start
JANUARY = day("2026-01-01")


def sold(world, on, amount, **fields):
    return rows.order(world.cleo, world.north, paid=on, amount=amount, **fields)


@pytest.fixture
def orders(world):
    """February to the 13th: 300.00, of which 100.00 recurs; to 13 January: 200.00.

    Not in either: 500.00 of 14 January, 40.00 of December, refunded, test.
    """
    rows.put(
        sold(world, FIRST, 100_00, is_recurring=True),
        sold(world, TODAY, 200_00),
        sold(world, JANUARY, 150_00),
        sold(world, JANUARY + 12, 50_00),
        sold(world, JANUARY + 13, 500_00),
        sold(world, JANUARY - 1, 40_00),
        sold(world, FIRST, 999_00, state=crm.Order.State.REFUNDED),
        sold(world, FIRST, 999_00, exclusion=crm.Exclusion.TEST),
    )
    computed()


def test_revenue_and_what_recurs(world, orders):
    assert of_company("revenue").value == 300
    assert of_company("revenue").n == 2
    assert of_company("recurring_revenue").value == 100
    assert of_agent("revenue", world.cleo).value == 300
    assert of_team("revenue", world.support).value == 0


def test_growth_over_the_same_days_of_the_month_before(world, orders):
    """300 after 200: 50 %."""
    found = of_company("sales_growth")
    assert (found.value, found.numerator, found.denominator) == (50, 100, 200)
    assert found.n == 4
    assert of_agent("sales_growth", world.cleo).value == 50
    assert of_team("sales_growth", world.support).value is None


def test_growth_of_a_closed_month_takes_the_whole_month_before(world, orders):
    """January 700 after December 40: (700 − 40) ÷ 40 = 1,650 %."""
    january = Period(JANUARY, FIRST)
    assert of_company("sales_growth", january).value == 1650


def test_growth_after_nothing_is_unknown(world, orders):
    december = Period(day("2025-12-01"), JANUARY)
    found = of_company("sales_growth", december)
    assert found.value is None
    assert found.reason == "Nothing was sold in the period before."


def test_growth_with_those_who_were_customers_before(world):
    """Old: 90 after 60. Won on 1 February: out. Won on 31 January: in, 30 after 0.

    (120 − 60) ÷ 60 = 100 %.
    """
    old, late, new = (
        rows.customer(world.cleo, world.north, acquired=on)
        for on in (JANUARY - 50, FIRST - 1, FIRST)
    )
    rows.put(old, late, new)
    rows.put(
        sold(world, FIRST, 90_00, customer=old),
        sold(world, JANUARY, 60_00, customer=old),
        sold(world, TODAY, 30_00, customer=late),
        sold(world, FIRST, 700_00, customer=new),
        sold(world, FIRST, 800_00),
    )
    computed()
    found = of_company("existing_customer_revenue_growth")
    assert (found.value, found.numerator, found.denominator) == (100, 60, 60)
    late.acquired_day = FIRST  # it turns out to be a customer of February
    rows.put(late, cause="edit")
    computed()
    assert of_company("existing_customer_revenue_growth").value == 50


def test_revenue_for_each_person_who_sold(world):
    """Cleo has orders, Alice a deal, Bob a call for a sale: 300 ÷ 3 = 100.

    Carl called on 31 January, and a service call makes nobody a seller.
    """
    out = crm.Interaction.Direction.OUTBOUND
    rows.put(
        sold(world, FIRST, 100_00),
        sold(world, TODAY, 200_00),
        sold(world, FIRST - 1, 900_00),
    )
    rows.put(rows.deal(world.alice, world.berlin, opened=FIRST))
    rows.put(
        rows.call(world.bob, world.berlin, at=TODAY, direction=out, is_sales=True),
        rows.call(world.carl, world.north, at=FIRST - 1, direction=out, is_sales=True),
        rows.call(world.lee, world.berlin, at=FIRST),
    )
    computed()
    found = of_company("revenue_per_rep")
    assert (found.value, found.numerator, found.denominator) == (100, 300, 3)
    assert of_team("revenue_per_rep", world.sales).value == Decimal(300)
    assert of_team("revenue_per_rep", world.support).value == 0
    assert of_team("revenue_per_rep", world.berlin).denominator == 2
    assert of_agent("revenue_per_rep", world.cleo).status == "error"
    march = Period(day("2025-03-01"), day("2025-04-01"))
    assert of_company("revenue_per_rep", march).value is None
