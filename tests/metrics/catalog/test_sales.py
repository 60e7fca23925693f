"""Sales metrics on a few deals worked out by hand."""

from decimal import Decimal

import pytest

from crmkpi.crm import models as crm
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.world import day

FIRST, LAST = day("2026-02-01"), day("2026-02-12")


@pytest.fixture
def deals(world):
    """Cleo: won 100.00 in 10 days, won 300.00 in 20, lost one; others do not count.

    Not counted: a deal won on 31 January, one of 1 March, a test deal, an open one.
    """
    who = (world.cleo, world.north)
    rows.put(
        rows.deal(*who, opened=FIRST - 10, closed=FIRST, won=True, amount=100_00),
        rows.deal(*who, opened=LAST - 20, closed=LAST, won=True, amount=300_00),
        rows.deal(*who, opened=FIRST, closed=FIRST + 3),
        rows.deal(*who, opened=FIRST - 30, closed=FIRST - 1, won=True, amount=900_00),
        rows.deal(*who, opened=FIRST, closed=day("2026-03-01"), won=True, amount=1),
        rows.deal(
            *who,
            opened=FIRST,
            closed=FIRST + 1,
            won=True,
            amount=5_000_00,
            exclusion=crm.Exclusion.TEST,
        ),
        rows.deal(*who, opened=FIRST + 2),
    )
    computed()


def test_win_rate_is_won_of_decided(world, deals):
    found = of_company("win_rate")
    assert (found.numerator, found.denominator) == (2, 3)
    assert round(found.value, 4) == Decimal("66.6667")
    assert found.method == "wilson"
    assert of_team("win_rate", world.support).value is None
    assert of_team("win_rate", world.sales).denominator == 3
    assert of_agent("win_rate", world.alice).status == "no_data"


def test_won_deals_and_value(world, deals):
    assert of_company("won_deals").value == 2
    assert of_company("won_value").value == 400
    assert of_agent("won_value", world.cleo).value == 400


def test_average_deal_size_with_its_median(world, deals):
    found = of_company("average_deal_size")
    assert found.value == 200
    assert found.stats["median"] == 200


def test_sales_cycle_of_won_deals_only(world, deals):
    """10 and 20 days: mean and median 15; the lost deal's 3 days are not in it."""
    found = of_company("sales_cycle_length")
    assert (found.value, found.stats["median"], found.n) == (15, 15, 2)


def test_close_rate_is_won_of_opened(world, deals):
    """Opened in February: lost, won in March, open. The test deal is left out."""
    found = of_company("close_rate")
    assert (found.numerator, found.denominator) == (1, 3)


def test_open_opportunities_are_spells_that_cover_the_day(world):
    talks = rows.stage("Talks")
    opportunity = rows.deal(world.cleo, world.north, opened=FIRST)
    opportunity.save()
    rows.put(
        crm.StageSpell(
            opportunity=opportunity,
            stage=talks,
            agent=world.cleo,
            team=world.north,
            started_day=FIRST,
            ended_day=FIRST + 5,
        ),
        crm.StageSpell(
            opportunity=opportunity,
            stage=talks,
            agent=world.cleo,
            team=world.north,
            started_day=FIRST + 5,
        ),
    )
    computed()
    assert of_company("open_opportunities").value == 1
    assert of_company("prospects").value == 1
    assert of_team("open_opportunities", world.sales).value == 1
    assert of_team("open_opportunities", world.support).value == 0


def test_pipeline_velocity_from_its_parts(world, deals):
    """One open deal × 2/3 won × 200 ÷ 15 days = 8.888889 a day."""
    opportunity = rows.deal(world.cleo, world.north, opened=FIRST)
    opportunity.save()
    rows.put(
        crm.StageSpell(
            opportunity=opportunity,
            stage=rows.stage("Talks"),
            agent=world.cleo,
            team=world.north,
            started_day=FIRST,
        )
    )
    computed()
    found = of_company("pipeline_velocity")
    assert round(found.value, 4) == Decimal("8.8889")


def test_orders_count_when_paid(world):
    """Paid 50.00 and 150.00, the first of them a customer's first; one cancelled."""
    who = (world.cleo, world.north)
    rows.put(
        rows.order(*who, paid=FIRST, amount=50_00, is_first=True),
        rows.order(*who, paid=LAST, amount=150_00),
        rows.order(*who, paid=LAST, amount=999_00, state=crm.Order.State.CANCELLED),
        rows.order(*who, paid=FIRST - 1, amount=777_00),
    )
    computed()
    assert of_company("average_order_value").value == 100
    assert of_company("new_revenue").value == 50
    assert of_company("new_revenue").n == 1


def test_sales_calls_are_outgoing_calls_for_a_sale(world):
    outgoing = crm.Interaction.Direction.OUTBOUND
    who = (world.cleo, world.north)
    rows.put(
        rows.call(*who, at=FIRST, direction=outgoing, is_sales=True),
        rows.call(*who, at=FIRST, direction=outgoing, is_sales=True, is_answered=False),
        rows.call(*who, at=FIRST, direction=outgoing),
        rows.call(*who, at=FIRST, is_sales=True),
    )
    computed()
    assert of_company("sales_calls").value == 2
