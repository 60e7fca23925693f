"""Opportunities as they come in: stages, days, amounts, teams, spells."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crmkpi.accounts import services
from crmkpi.accounts.models import Team, User
from crmkpi.crm.models import (
    CostShare,
    Customer,
    Exclusion,
    FxRate,
    Member,
    Opportunity,
    Order,
    Stage,
    StageSpell,
)
from crmkpi.lib.periods import UNDATED
from tests.crm.rows import at, opportunity, order, refused, spells, take
from tests.crm.test_other_records import TestCosts
from tests.world import NOW, TODAY, day

pytestmark = pytest.mark.django_db


def stored(external_id="o1"):
    return Opportunity.objects.get(external_id=external_id)


def test_a_won_deal(world):
    outcome = take(
        "opportunity",
        opportunity(
            stage="Won",
            name="Pumps",
            closed=at("2026-02-01 23:30"),  # past midnight in Berlin
            proposed=at("2026-01-20 09:00"),
            amount=Decimal("1054.50"),
            competitor="Rival",
            sale="upsell",
            is_renewal=True,
            channel="phone",
        ),
    )
    assert (outcome.new, outcome.changed, outcome.same) == (1, 0, 0)
    deal = stored()
    assert deal.name == "Pumps"
    assert deal.agent == world.cleo
    assert deal.state == Opportunity.State.WON
    assert deal.stage.name == "Won"
    assert deal.opened_day == day("2026-01-02")
    assert deal.proposed_day == day("2026-01-20")
    assert deal.closed_at == at("2026-02-01 23:30")
    assert deal.closed_day == day("2026-02-02")
    assert deal.cycle_days == 31
    assert deal.amount == deal.original_amount == 105_450
    assert deal.original_currency == "EUR"
    assert deal.opened_team == deal.proposed_team == deal.closed_team == world.north
    assert (deal.competitor, deal.is_renewal, deal.channel) == ("Rival", True, 1)
    assert deal.sale == Order.Sale.UPSELL
    assert deal.written_at == NOW


def test_the_same_row_again_changes_nothing(world, heard):
    row = opportunity(stage="Won", closed=at("2026-02-01 12:00"), amount=5)
    take("opportunity", row)
    before = list(Opportunity.objects.values()), list(StageSpell.objects.values())
    heard.told.clear()
    outcome = take("opportunity", row, now=at("2026-02-14 12:00"))
    assert (outcome.new, outcome.changed, outcome.same) == (0, 0, 1)
    assert heard.told == []
    assert before == (
        list(Opportunity.objects.values()),
        list(StageSpell.objects.values()),
    )


def test_changes_are_told_with_old_and_new(world, heard):
    take("opportunity", opportunity(), opportunity("o2"))
    heard.told.clear()
    take("opportunity", opportunity(owner="Alice"), opportunity("o2"))
    names = ("external_id", "agent_id", "opened_team_id")
    assert heard.of(Opportunity, *names) == [
        (
            [("o1", world.cleo.pk, world.north.pk)],
            [("o1", world.alice.pk, world.berlin.pk)],
            "edit",
        )
    ]


def test_a_deal_opened_nobody_knows_when(world):
    take("opportunity", opportunity(opened=None))
    deal = stored()
    assert (deal.opened_at, deal.opened_day) == (None, UNDATED)
    assert deal.opened_team == world.north  # the first team Cleo was ever in
    assert deal.cycle_days is None
    assert spells(StageSpell) == [("Cleo", UNDATED, None)]


def test_a_deal_won_nobody_knows_when(world):
    take("opportunity", opportunity(stage="Won"))
    assert stored().closed_day == UNDATED
    assert stored().closed_team == world.north
    assert stored().cycle_days is None
    assert spells(StageSpell) == []


def test_an_expected_day_is_not_a_day_of_closing(world):
    take("opportunity", opportunity(closed=at("2026-06-30 12:00")))
    assert (stored().closed_at, stored().closed_day) == (None, None)


def test_a_day_alone_is_that_local_day(world):
    take("opportunity", opportunity(opened=date(2026, 1, 5)))
    assert stored().opened_day == day("2026-01-05")
    assert stored().opened_at == at("2026-01-04 23:00")  # midnight in Berlin


@pytest.mark.parametrize(
    ("name", "state", "before_proposal"),
    [
        ("Prospecting", 0, True),
        ("Engaging", 0, True),
        ("Qualified to buy", 0, True),
        ("Proposal", 0, False),
        ("Negotiation / Review", 0, False),
        ("Value proposition sent", 0, False),
        ("Won", 1, False),
        ("Closed Won", 1, False),
        ("closedwon", 1, False),
        ("LOST", 2, False),
        ("Closed - Lost", 2, False),
    ],
)
def test_stages_are_made_by_their_names(world, name, state, before_proposal):
    take("opportunity", opportunity(stage=name))
    stage = stored().stage
    assert (stage.name, stage.state) == (name, state)
    assert stage.before_proposal is before_proposal
    assert stored().state == state


def test_stages_of_one_name_are_one(world):
    take("opportunity", opportunity(), opportunity("o2", stage=" prospecting "))
    assert Stage.objects.count() == 1


def test_a_state_alone_is_enough(world):
    row = opportunity(state="lost", closed=at("2026-02-01 12:00"))
    del row["stage"]
    take("opportunity", row)
    assert (stored().state, stored().stage.name) == (Opportunity.State.LOST, "Lost")


def test_a_state_says_more_than_the_stage(world):
    take("opportunity", opportunity(state="won", closed=at("2026-02-01 12:00")))
    assert (stored().state, stored().stage.name) == (1, "Prospecting")


def test_neither_stage_nor_state(world):
    assert refused("opportunity", opportunity(stage=None, state=None)) == [
        (2, "stage", "Say which stage or state the deal is in.")
    ]


def test_a_stage_that_moves_on_brings_its_state(world):
    take("opportunity", opportunity())
    take(
        "opportunity",
        {"external_id": "o1", "stage": "Won", "closed": at("2026-02-01 12:00")},
    )
    deal = stored()
    assert (deal.state, deal.closed_day) == (1, day("2026-02-01"))
    assert deal.agent == world.cleo


def test_fields_that_a_table_does_not_have_stay(world):
    take("customer", {"name": "Acme"})
    whole = opportunity(
        customer="Acme",
        amount=Decimal("10.50"),
        currency="EUR",
        region="East",
        industry="Retail",
        segment="Small",
        competitor="Rival",
        is_renewal=True,
        name="Pumps",
        proposed=at("2026-01-20 09:00"),
        channel="web",
        exclusion="test",
    )
    take("opportunity", whole)
    before = Opportunity.objects.values().get()
    outcome = take("opportunity", {"external_id": "o1"})
    assert outcome.same == 1
    assert Opportunity.objects.values().get() == before


def test_a_blank_clears_what_was_stored(world):
    take("opportunity", opportunity(amount=5, competitor="Rival"))
    take("opportunity", opportunity(amount=None, competitor=None))
    assert (stored().amount, stored().original_currency) == (None, "")
    assert stored().competitor == ""


def test_a_table_of_some_fields_is_checked_against_what_is_stored(world):
    take("opportunity", opportunity())
    early = {"external_id": "o1", "state": "won", "closed": at("2026-01-01 12:00")}
    assert refused("opportunity", early) == [
        (2, "closed", "This lies before it was opened.")
    ]


class TestDimensions:
    @pytest.fixture(autouse=True)
    def acme(self, world):
        take("customer", {"name": "Acme", "industry": "Retail", "segment": "Small"})

    def test_industry_and_segment_are_the_customers(self):
        take("opportunity", opportunity(customer="Acme"))
        assert (str(stored().industry), str(stored().segment)) == ("Retail", "Small")

    def test_the_rows_own_come_first(self):
        take("opportunity", opportunity(customer="Acme", industry="Food"))
        assert str(stored().industry) == "Food"

    def test_they_stay_as_they_were_at_the_time(self):
        take("opportunity", opportunity(customer="Acme"))
        take("customer", {"name": "Acme", "industry": "Food"})
        assert take("opportunity", opportunity(customer="Acme")).same == 1
        assert str(stored().industry) == "Retail"

    def test_they_follow_when_the_deal_moves_to_another_customer(self):
        take("customer", {"name": "Brill", "industry": "Food"})
        take("opportunity", opportunity(customer="Acme"))
        take("opportunity", opportunity(customer="Brill"))
        assert (str(stored().industry), stored().segment) == ("Food", None)

    def test_what_is_filled_in_later_is_taken_over(self):
        take("customer", {"name": "Brill"})
        take("opportunity", opportunity(customer="Brill"))
        take("customer", {"name": "Brill", "industry": "Food"})
        take("opportunity", opportunity(customer="Brill"))
        assert str(stored().industry) == "Food"

    def test_the_region_is_the_teams(self, world):
        Team.objects.filter(pk=world.north.pk).update(region="East")
        take("opportunity", opportunity(), opportunity("o2", region="West"))
        assert (str(stored().region), str(stored("o2").region)) == ("East", "West")

    def test_members_of_one_name_are_one(self):
        take(
            "opportunity", opportunity(region="East"), opportunity("o2", region="EAST")
        )
        assert Member.objects.filter(dimension="region").count() == 1


class TestMoney:
    def test_a_foreign_amount_is_converted_at_the_rate_of_its_day(self, world):
        FxRate.objects.create(
            currency="USD", day=day("2026-01-30"), rate=Decimal("0.8")
        )
        FxRate.objects.create(currency="USD", day=TODAY, rate=Decimal("0.5"))
        row = opportunity(stage="Won", closed=at("2026-02-01 12:00"))
        take("opportunity", row | {"amount": Decimal("10.01"), "currency": "USD"})
        deal = stored()
        assert (deal.original_amount, deal.original_currency) == (1001, "USD")
        assert deal.amount == 801  # 8.008 to the nearest cent

    def test_currencies_have_their_own_digits(self, world):
        FxRate.objects.create(
            currency="JPY", day=day("2026-01-02"), rate=Decimal("0.006")
        )
        take("opportunity", opportunity(amount=1000, currency="JPY"))
        assert (stored().original_amount, stored().amount) == (1000, 600)

    def test_without_a_rate_the_row_is_kept_and_left_out(self, world):
        outcome = take("opportunity", opportunity(amount=10, currency="USD"))
        assert (stored().amount, stored().original_amount) == (None, 1000)
        assert stored().exclusion == Exclusion.NO_RATE
        assert list(outcome.warnings.values()) == [1]

    def test_a_rate_that_is_too_old_is_none(self, world):
        FxRate.objects.create(currency="USD", day=day("2025-11-30"), rate=1)
        take("opportunity", opportunity(amount=10, currency="USD"))
        assert stored().exclusion == Exclusion.NO_RATE

    def test_rates_come_in_like_other_rows_and_value_what_waited(self, world, heard):
        take("opportunity", opportunity(amount=10, currency="USD"))
        take("customer", {"name": "Acme"})
        take("order", order(amount=10, currency="USD"))
        take("cost", TestCosts.ROW | {"currency": "USD"})
        heard.told.clear()
        rate = {"currency": "USD", "day": date(2026, 1, 2), "rate": Decimal("0.8")}
        outcome = take("exchange_rate", rate)
        assert (outcome.new, list(outcome.warnings.values())) == (1, [3])
        assert (stored().amount, stored().exclusion) == (800, 0)
        assert (Order.objects.get().amount, Order.objects.get().is_first) == (800, True)
        assert sum(CostShare.objects.values_list("amount", flat=True)) == 80
        assert spells(StageSpell, "exclusion") == [(0,)]
        names = ("amount", "exclusion")
        told = ([(None, Exclusion.NO_RATE)], [(800, 0)], "edit")
        assert heard.of(Opportunity, *names) == [told]
        assert take("exchange_rate", rate).same == 1
        assert take("exchange_rate", rate | {"rate": Decimal("0.9")}).changed == 1
        assert stored().amount == 800  # what was converted stays

    def test_once_the_rate_is_known_the_same_row_counts(self, world):
        row = opportunity(amount=10, currency="USD")
        take("opportunity", row)
        FxRate.objects.create(currency="USD", day=day("2026-01-02"), rate=1)
        assert take("opportunity", row).changed == 1
        assert (stored().amount, stored().exclusion) == (1000, 0)


class TestSpells:
    def test_an_open_deal_is_in_its_stage_since_it_was_opened(self, world):
        take("opportunity", opportunity())
        assert spells(
            StageSpell, "stage__name", "team", "started_day", "ended_day", "is_open"
        ) == [("Prospecting", world.north.pk, day("2026-01-02"), None, True)]

    def test_a_closed_deal_was_open_until_then(self, world):
        take("opportunity", opportunity(stage="Won", closed=at("2026-01-12 09:00")))
        assert spells(
            StageSpell, "stage__name", "started_day", "ended_day", "days"
        ) == [("Open", day("2026-01-02"), day("2026-01-12"), 10)]

    def test_the_proposal_divides_them(self, world):
        take("opportunity", opportunity(proposed=at("2026-01-20 09:00")))
        assert spells(StageSpell, "before_proposal", "started_day", "ended_day") == [
            (True, day("2026-01-02"), day("2026-01-20")),
            (False, day("2026-01-20"), None),
        ]

    def test_another_stage_counts_from_the_day_we_hear_of_it(self, world):
        take("opportunity", opportunity())
        take("opportunity", opportunity(stage="Proposal"))
        names = ("stage__name", "before_proposal", "started_day", "ended_day")
        assert spells(StageSpell, *names) == [
            ("Prospecting", True, day("2026-01-02"), TODAY),
            ("Proposal", False, TODAY, None),
        ]

    def test_a_stay_in_a_stage_counts_once_whoever_owned_the_deal(self, world):
        """Prospecting from 2 January: Cleo's, then Alice's, then it was won."""
        take("opportunity", opportunity())
        take("opportunity", opportunity(owner="Alice"))
        later = NOW + timedelta(days=10)
        take("opportunity", opportunity(owner="Alice", stage="Proposal"), now=later)
        names = ("stage__name", "entered_day", "ended_day", "days")
        first, length = day("2026-01-02"), TODAY + 10 - day("2026-01-02")
        assert spells(StageSpell, *names) == [
            ("Prospecting", first, TODAY, None),
            ("Prospecting", first, TODAY + 10, length),
            ("Proposal", TODAY + 10, None, None),
        ]

    def test_another_owner_takes_over_on_the_day_we_hear_of_it(self, world, heard):
        take("opportunity", opportunity())
        heard.told.clear()
        take("opportunity", opportunity(owner="Alice"))
        assert spells(StageSpell) == [
            ("Cleo", day("2026-01-02"), TODAY),
            ("Alice", TODAY, None),
        ]
        ((before, after, cause),) = heard.of(StageSpell, "agent_id", "ended_day")
        assert before == [(world.cleo.pk, None)]
        assert sorted(after) == sorted([(world.cleo.pk, TODAY), (world.alice.pk, None)])
        assert cause == "import"

    def test_an_owner_corrected_after_closing_has_the_whole_spell(self, world):
        row = opportunity(stage="Won", closed=at("2026-01-12 09:00"))
        take("opportunity", row)
        take("opportunity", row | {"owner": "Alice"})
        assert spells(StageSpell) == [
            ("Alice", day("2026-01-02"), day("2026-01-12")),
        ]

    def test_spells_are_cut_where_the_owner_changed_team(self, world):
        services.move_agent(
            user=world.cleo,
            team=world.berlin,
            from_day=day("2026-01-06"),
            actor=None,
            now=NOW,
        )
        take("opportunity", opportunity(stage="Won", closed=at("2026-01-12 09:00")))
        names = ("team__name", "started_day", "ended_day", "days")
        assert spells(StageSpell, *names) == [
            ("Sales North", day("2026-01-02"), day("2026-01-06"), None),
            ("Support Berlin", day("2026-01-06"), day("2026-01-12"), 10),
        ]
        first, second = StageSpell.objects.order_by("started_day")
        assert first.ended_at == second.started_at == at("2026-01-05 23:00")

    def test_spells_carry_the_dimensions_of_the_deal(self, world):
        take("opportunity", opportunity(region="East"))
        take("opportunity", opportunity(region="West", exclusion="spam"))
        names = ("region__name", "exclusion")
        assert spells(StageSpell, *names) == [("West", Exclusion.SPAM)]


def test_people_nobody_met_become_users_without_address(world):
    take("opportunity", opportunity(owner="Zoe Zander"))
    zoe = User.objects.get(name="Zoe Zander")
    assert zoe.email is None
    assert not zoe.has_usable_password()
    assert stored().agent == zoe
    assert stored().opened_team is None


def test_owners_are_found_by_name_address_and_id(world):
    take("agent", {"external_id": "77", "name": "Cleo", "email": "cleo@example.com"})
    take(
        "opportunity",
        opportunity("o1", owner="cleo"),
        opportunity("o2", owner="Cleo@Example.com"),
        opportunity("o3", owner="77"),
    )
    owners = Opportunity.objects.values_list("agent", flat=True)
    assert set(owners) == {world.cleo.pk}
    assert not Customer.objects.exists()
