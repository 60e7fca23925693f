"""Campaigns: what they stir, bring in and cost, worked out by hand."""

import pytest

from crmkpi.crm import models as crm
from crmkpi.lib.periods import Period
from metrics import queries
from metrics.dimensions import Cut
from metrics.scopes import ScopeKey, parse_scope
from tests.metrics import rows
from tests.metrics.catalog.ask import FEBRUARY, computed, of_company, of_team
from tests.world import NOW, TODAY, day

FIRST = day("2026-02-01")
JANUARY = Period(day("2026-01-01"), FIRST)
MARKETING, SALES = crm.Cost.Kind.MARKETING, crm.Cost.Kind.SALES


@pytest.fixture
def spring(world):
    return begun("Spring")


@pytest.fixture
def desks(world):
    return begun("Desks")


def begun(name, first=FIRST, **fields):
    found = rows.running(name, first=first, **fields)
    rows.put(found)
    return found


def of_campaign(key, campaign):
    scope = parse_scope(f"campaign:{campaign.name}")
    return queries.read_value(key, scope, FEBRUARY, today=TODAY, now=NOW)


@pytest.mark.parametrize(
    "key",
    [
        "campaigns",
        "campaign_responses",
        "campaign_purchases",
        "campaign_revenue",
        "campaign_new_customers",
        "cost_per_interaction",
        "lead_generation_cost",
    ],
)
def test_without_any_rows_there_is_no_number_but_a_reason(world, key):
    found = of_company(key)
    assert (found.value, found.status) == (None, "no_data")
    assert found.reason


def test_campaigns_with_a_day_in_the_period(world):
    """January: ends on 1 January, all month, begins on the 31st: 3.

    February to the 13th: the two that go on, and one that begins on the 13th: 3. The
    one that ended on 31 December, the test and the one without a day are in neither.
    """
    begun("New year", first=JANUARY.start - 20, ended_day=JANUARY.start + 1)
    begun("Winter", first=JANUARY.start - 20, team=world.north)
    begun("Eve", first=FIRST - 1, team=world.berlin, ended_day=FIRST + 20)
    begun("Friday", first=TODAY)
    begun("Old", first=JANUARY.start - 20, ended_day=JANUARY.start)
    begun("Test", first=FIRST, exclusion=crm.Exclusion.TEST)
    begun("Undated", first=None)
    computed()
    assert of_company("campaigns", JANUARY).value == 3
    assert of_company("campaigns").value == 3
    assert of_team("campaigns", world.sales).value == 1
    assert of_team("campaigns", world.berlin).value == 1


def test_responses_are_incoming_contacts_of_a_campaign(world, spring, desks):
    who = (world.alice, world.berlin)
    out = crm.Interaction.Direction.OUTBOUND
    rows.put(
        rows.call(*who, at=FIRST, campaign=spring),
        rows.call(*who, at=TODAY, campaign=spring, channel=crm.Channel.EMAIL),
        rows.call(*who, at=FIRST, campaign=desks),
        rows.call(*who, at=FIRST - 1, campaign=spring),
        rows.call(*who, at=FIRST, campaign=spring, direction=out),
        rows.call(*who, at=FIRST, campaign=spring, exclusion=crm.Exclusion.TEST),
        rows.call(*who, at=FIRST),
    )
    computed()
    assert of_company("campaign_responses").value == 3
    assert of_campaign("campaign_responses", spring).value == 2
    assert of_campaign("campaign_responses", desks).value == 1
    assert of_team("campaign_responses", world.support).value == 3
    assert of_team("campaign_responses", world.sales).value == 0


def test_purchases_and_revenue_of_campaigns(world, spring, desks):
    """Paid on 1 and 13 February: 100 and 50 of one campaign, 25 of another."""
    who = (world.cleo, world.north)
    refunded = crm.Order.State.REFUNDED
    rows.put(
        rows.order(*who, paid=FIRST, amount=100_00, campaign=spring),
        rows.order(*who, paid=TODAY, amount=50_00, campaign=spring),
        rows.order(*who, paid=FIRST, amount=25_00, campaign=desks),
        rows.order(*who, paid=FIRST - 1, amount=1_00, campaign=spring),
        rows.order(*who, paid=FIRST, amount=2_00, campaign=spring, state=refunded),
        rows.order(*who, paid=FIRST, amount=4_00),
    )
    computed()
    assert of_company("campaign_purchases").value == 3
    revenue = of_company("campaign_revenue")
    assert (revenue.value, revenue.n) == (175, 3)
    assert of_campaign("campaign_purchases", spring).value == 2
    assert of_campaign("campaign_revenue", spring).value == 150
    assert of_team("campaign_revenue", world.support).value == 0


def test_new_customers_of_campaigns(world, spring, desks):
    """Split by the campaign and the channel that won them."""
    who = (world.cleo, world.north)
    social = {"acquired_channel": crm.Channel.SOCIAL}
    rows.put(
        rows.customer(*who, acquired=FIRST, acquired_campaign=spring, **social),
        rows.customer(*who, acquired=TODAY, acquired_campaign=desks),
        rows.customer(*who, acquired=FIRST - 1, acquired_campaign=spring),
        rows.customer(*who, acquired=FIRST, exclusion=1, acquired_campaign=spring),
        rows.customer(*who, acquired=FIRST, **social),
        rows.customer(*who, acquired=None, acquired_campaign=spring),
    )
    computed()
    assert of_company("campaign_new_customers").value == 2
    assert of_campaign("campaign_new_customers", spring).value == 1
    assert of_campaign("new_customers", spring).value == 1
    channel = ScopeKey(Cut.CHANNEL, crm.Channel.SOCIAL, 0)
    [found] = queries.read_values(
        [("new_customers", channel, FEBRUARY)], today=TODAY, now=NOW
    ).values()
    assert found.value == 2


def test_cost_per_interaction_has_the_same_campaign_on_both_sides(world, spring, desks):
    """Spring cost 90 for 2 responses, Desks 60 for none: 45, none, together 75."""
    who = (world.alice, world.berlin)
    rows.put(
        rows.cost(MARKETING, 60_00, on=FIRST, campaign=spring),
        rows.cost(SALES, 30_00, on=TODAY, campaign=spring),
        rows.cost(MARKETING, 60_00, on=FIRST, campaign=desks),
        rows.cost(MARKETING, 500_00, on=FIRST),
        rows.cost(MARKETING, 70_00, on=FIRST - 1, campaign=spring),
    )
    rows.put(
        rows.call(*who, at=FIRST, campaign=spring),
        rows.call(*who, at=TODAY, campaign=spring),
        rows.call(*who, at=FIRST),
    )
    computed()
    assert of_campaign("cost_per_interaction", spring).value == 45
    none = of_campaign("cost_per_interaction", desks)
    assert (none.value, none.numerator) == (None, 60)
    found = of_company("cost_per_interaction")
    assert (found.value, found.numerator, found.denominator) == (75, 150, 2)


def test_lead_generation_cost_is_marketing_cost_per_lead(world, spring):
    """Marketing 60 with and 40 without a campaign for 4 leads: 25; 60 for 2: 30."""
    rows.put(
        rows.cost(MARKETING, 60_00, on=FIRST, campaign=spring),
        rows.cost(MARKETING, 40_00, on=TODAY),
        rows.cost(SALES, 900_00, on=FIRST, campaign=spring),
        rows.cost(MARKETING, 80_00, on=FIRST - 1),
    )
    rows.put(
        lead(world, FIRST, campaign=spring),
        lead(world, TODAY, campaign=spring),
        lead(world, FIRST),
        lead(world, FIRST),
        lead(world, FIRST - 1),
        lead(world, FIRST, exclusion=crm.Exclusion.SPAM),
    )
    computed()
    found = of_company("lead_generation_cost")
    assert (found.value, found.numerator, found.denominator) == (25, 100, 4)
    assert of_campaign("lead_generation_cost", spring).value == 30


def test_lead_generation_cost_by_channel_takes_that_of_the_campaign(world):
    """Mail cost 60 for 3 leads that came by mail: 20; 40 of no campaign: no channel.

    Responses may come by another channel than a campaign went out, so their cost is
    not split by it.
    """
    mail = begun("Mailing", channel=crm.Channel.EMAIL)
    web = begun("Banner", channel=crm.Channel.WEB)
    rows.put(
        rows.cost(MARKETING, 60_00, on=FIRST, campaign=mail, channel=mail.channel),
        rows.cost(MARKETING, 10_00, on=FIRST, campaign=web, channel=web.channel),
        rows.cost(MARKETING, 40_00, on=FIRST),
    )
    rows.put(
        lead(world, FIRST, campaign=mail, channel=crm.Channel.EMAIL),
        lead(world, FIRST, channel=crm.Channel.EMAIL),
        lead(world, TODAY, channel=crm.Channel.EMAIL),
        lead(world, FIRST, channel=crm.Channel.PHONE),
    )
    computed()

    by_mail = of_channel("lead_generation_cost", "email")
    assert (by_mail.value, by_mail.numerator, by_mail.denominator) == (20, 60, 3)
    none = of_channel("lead_generation_cost", "web")
    assert (none.value, none.numerator) == (None, 10)
    assert of_channel("lead_generation_cost", "phone").value == 0
    assert of_channel("cost_per_interaction", "email").reason == "Not split by channel."


def of_channel(key, name):
    scope = parse_scope(f"channel:{name}")
    return queries.read_value(key, scope, FEBRUARY, today=TODAY, now=NOW)


def lead(world, on, **fields):
    return rows.lead(world.cleo, world.north, created=on, **fields)
