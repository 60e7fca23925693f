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
    average = of_company("average_order_value")
    assert (average.value, average.stats["median"]) == (100, 100)
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


def test_closed_value_for_each_day_of_the_cycle(world, deals):
    """400 won, 15 days on average: 26.666667 a day."""
    found = of_company("closed_value_per_cycle_day")
    assert round(found.value, 4) == Decimal("26.6667")
    assert of_agent("closed_value_per_cycle_day", world.alice).value is None


def test_contested_deals(world):
    """3 with a competitor decided, 2 of them won; one won without any."""
    who = (world.cleo, world.north)
    rival = {"competitor": "Rival"}
    rows.put(
        rows.deal(*who, opened=FIRST - 9, closed=FIRST, won=True, **rival),
        rows.deal(*who, opened=FIRST, closed=LAST, won=True, **rival),
        rows.deal(*who, opened=FIRST, closed=LAST, **rival),
        rows.deal(*who, opened=FIRST, closed=LAST, won=True),
        rows.deal(*who, opened=FIRST - 9, closed=FIRST - 1, won=True, **rival),
        rows.deal(*who, opened=FIRST, **rival),
    )
    computed()
    assert of_company("competitive_knockouts").value == 2
    found = of_company("competitive_win_rate")
    assert (found.numerator, found.denominator) == (2, 3)
    assert of_team("competitive_knockouts", world.support).value == 0
    assert of_team("competitive_win_rate", world.support).value is None


def test_proposals_by_the_day_they_were_sent(world):
    who = (world.cleo, world.north)
    rows.put(
        *[
            rows.deal(
                *who, opened=FIRST - 40, proposed_day=on, proposed_team=world.north
            )
            for on in (FIRST, day("2026-02-28"), FIRST - 1, day("2026-03-01"), None)
        ]
    )
    computed()
    assert of_company("proposals_given").value == 1  # the 28th is yet to come
    assert of_agent("proposals_given", world.cleo).value == 1
    assert of_team("proposals_given", world.support).value == 0


def test_calls_for_deals_closed(world):
    """2 deals closed in February with 3 and 0 calls: 1.5; mails do not count."""
    who = (world.cleo, world.north)
    called = rows.deal(*who, opened=FIRST - 9, closed=FIRST, won=True)
    alone = rows.deal(*who, opened=FIRST, closed=LAST)
    later = rows.deal(*who, opened=FIRST)
    rows.put(called, alone, later)
    calls = [
        rows.call(*who, at=FIRST - 8, opportunity=called, direction=1),
        rows.call(*who, at=FIRST, opportunity=called),
        rows.call(*who, at=LAST, opportunity=called, is_answered=False),
        rows.call(*who, at=FIRST, opportunity=called, channel=crm.Channel.EMAIL),
        rows.call(*who, at=FIRST, opportunity=called, exclusion=1),
        rows.call(*who, at=FIRST, opportunity=later),
        rows.call(*who, at=FIRST),
    ]
    rows.put(*calls)
    computed()
    found = of_company("sales_calls_per_opportunity")
    assert (found.value, found.numerator, found.n) == (Decimal("1.5"), 3, 2)
    assert of_agent("sales_calls_per_opportunity", world.cleo).value == Decimal("1.5")
    rows.remove(calls[1])
    computed()
    assert of_company("sales_calls_per_opportunity").value == 1


def test_stays_in_a_stage_that_ended_and_those_that_go_on(world):
    """Stays of 10 and 4 days ended in February: 7. Open ones are 13 and 33 days old.

    Today is 13 February, so its end is 13 days after the beginning of the month. A
    stay that two people shared counts once, 10 days, with its last part.
    """
    talks = rows.stage("Talks")
    deal = rows.deal(world.cleo, world.north, opened=FIRST - 20)
    deal.save()

    def spell(start, end, *, entered=None, days=None):
        return crm.StageSpell(
            opportunity=deal,
            stage=talks,
            agent=world.cleo,
            team=world.north,
            started_day=start,
            ended_day=end,
            entered_day=start if entered is None else entered,
            days=days,
        )

    rows.put(
        spell(FIRST - 10, FIRST - 2),
        spell(FIRST - 2, FIRST, entered=FIRST - 10, days=10),
        spell(FIRST, FIRST + 4, days=4),
        spell(FIRST - 9, FIRST - 1, days=8),
        spell(FIRST, None),
        spell(FIRST, None, entered=FIRST - 20),
    )
    computed()
    found = of_company("stage_duration")
    assert (found.value, found.n, found.stats["median"]) == (7, 2, 7)
    aged = of_company("age_in_stage")
    assert (aged.value, aged.n) == (23, 2)
    assert of_team("stage_duration", world.support).value is None
    assert of_team("age_in_stage", world.sales).value == 23
