"""Customers, contacts, products, leads, orders, contracts, costs and the like."""

from datetime import date
from decimal import Decimal

import pytest

from crmkpi.crm.models import (
    AgentTime,
    Campaign,
    Channel,
    Contact,
    Contract,
    Cost,
    CostShare,
    Customer,
    CustomerSpell,
    EngagementDay,
    Exclusion,
    Lead,
    LeadSpell,
    MarketFigure,
    Order,
    ProcessRun,
    Product,
)
from crmkpi.lib.periods import UNDATED
from tests.crm.rows import at, order, refused, spells, take
from tests.world import TODAY, day

pytestmark = pytest.mark.django_db


class TestCustomers:
    def test_one_with_everything(self, world):
        take("campaign", {"name": "Spring"})
        row = {
            "external_id": "7",
            "name": "Acme",
            "owner": "Cleo",
            "industry": "Retail",
            "region": "East",
            "segment": "Small",
            "country": "Kenya",
            "employees": 495,
            "language": "en",
            "zone": "Africa/Nairobi",
            "acquired": at("2025-05-01 10:00"),
            "campaign": "Spring",
            "channel": "web",
        }
        take("customer", row)
        acme = Customer.objects.get()
        assert (acme.agent, str(acme.industry)) == (world.cleo, "Retail")
        assert (acme.employees, acme.acquired_channel) == (495, 4)
        assert acme.acquired_campaign == Campaign.objects.get()
        assert (acme.acquired_day, acme.acquired_team) == (
            day("2025-05-01"),
            world.north,
        )
        assert take("customer", row).same == 1
        assert take("customer", {"external_id": "7", "name": "Acme"}).same == 1

    def test_the_name_is_the_id_of_one_without(self, world):
        take("customer", {"name": "Acme"})
        assert Customer.objects.get().external_id == "Acme"

    def test_parents_that_come_later_in_the_table(self, world):
        rows = [
            {"name": "Child", "parent": "parent"},
            {"name": "Grandchild", "parent": "Child"},
            {"name": "Parent"},
        ]
        outcome = take("customer", *rows)
        assert (outcome.new, outcome.changed) == (3, 0)
        parents = dict(Customer.objects.values_list("name", "parent__name"))
        assert parents == {"Child": "Parent", "Grandchild": "Child", "Parent": None}
        assert take("customer", *rows).same == 3

    def test_a_parent_that_never_comes(self, world):
        assert refused("customer", {"name": "Child", "parent": "Nobody"}) == [
            (2, "parent", "There is no customer with this id or name.")
        ]

    def test_nobody_stands_above_itself(self, world):
        assert refused("customer", {"name": "Acme", "parent": "Acme"})[0][1] == "parent"


def test_contacts(world):
    take("customer", {"name": "Acme"})
    row = {"external_id": "p1", "customer": "Acme", "email": "pat@acme.example"}
    take("contact", row | {"name": "Pat"})
    contact = Contact.objects.get()
    assert (contact.name, contact.customer.name) == ("Pat", "Acme")
    assert take("contact", row).same == 1
    take(
        "ticket",
        {"external_id": "t1", "opened": at("2026-02-02 08:00"), "contact": "p1"},
    )
    assert contact.tickets.count() == 1


def test_products(world):
    row = {"name": "GTX", "family": "G", "list_price": Decimal("4821.5")}
    take("product", row)
    assert Product.objects.get().list_price == 482_150
    assert take("product", {"name": "GTX"}).same == 1


def test_campaigns_end_the_day_after_their_last(world):
    row = {"name": "Spring", "started": date(2026, 3, 1), "ended": date(2026, 3, 31)}
    take("campaign", row)
    spring = Campaign.objects.get()
    assert (spring.started_day, spring.ended_day) == (
        day("2026-03-01"),
        day("2026-04-01"),
    )
    assert take("campaign", {"name": "Spring"}).same == 1


def test_a_campaign_may_be_a_team_s_own(world):
    take("campaign", {"name": "Spring", "team": "Sales"}, {"name": "Autumn"})
    teams = dict(Campaign.objects.values_list("name", "team__name"))
    assert teams == {"Spring": "Sales", "Autumn": None}
    assert take("campaign", {"name": "Spring"}).same == 1


class TestLeads:
    ROW = {
        "external_id": "l1",
        "owner": "Cleo",
        "created": at("2026-02-02 08:00"),
        "responded": at("2026-02-02 08:10"),
    }

    def test_an_open_one(self, world):
        take("lead", self.ROW)
        lead = Lead.objects.get()
        assert (lead.response_seconds, lead.created_team) == (600, world.north)
        assert spells(LeadSpell) == [("Cleo", day("2026-02-02"), None)]
        assert take("lead", {"external_id": "l1"}).same == 1

    def test_a_converted_one(self, world):
        closed = {"state": "converted", "closed": at("2026-02-09 08:00")}
        take("lead", self.ROW | closed)
        lead = Lead.objects.get()
        assert (lead.state, lead.closed_day) == (1, day("2026-02-09"))
        assert lead.closed_team == world.north
        assert spells(LeadSpell) == [("Cleo", day("2026-02-02"), day("2026-02-09"))]

    def test_a_day_of_closing_is_ignored_while_open(self, world):
        take("lead", self.ROW | {"closed": at("2026-05-09 08:00")})
        assert Lead.objects.get().closed_day is None

    def test_another_owner(self, world):
        take("lead", self.ROW)
        take("lead", self.ROW | {"owner": "Alice"})
        assert spells(LeadSpell) == [
            ("Cleo", day("2026-02-02"), TODAY),
            ("Alice", TODAY, None),
        ]

    def test_created_nobody_knows_when(self, world):
        take("lead", {"external_id": "l1"})
        assert Lead.objects.get().created_day == UNDATED


class TestOrders:
    @pytest.fixture(autouse=True)
    def acme(self, world):
        take("customer", {"name": "Acme", "segment": "Small"})

    def test_a_paid_one(self, world):
        row = order(amount=Decimal("99.99"), cost=Decimal("40"), sale="cross-sell")
        take("order", row)
        found = Order.objects.get()
        assert (found.state, found.amount, found.cost_amount) == (1, 9999, 4000)
        assert (found.paid_day, found.paid_team) == (day("2026-01-10"), world.north)
        assert (found.sale, str(found.segment)) == (Order.Sale.CROSS_SELL, "Small")
        assert found.is_first
        assert take("order", row).same == 1
        assert take("order", {"external_id": "r1"}).same == 1

    def test_a_delivery_keeps_its_own_day_and_team(self, world):
        row = order(state="pending", paid=None, delivered=at("2026-02-12 23:30"))
        take("order", row)
        delivered = Order.objects.get()
        assert (delivered.delivered_day, delivered.paid_day) == (
            day("2026-02-13"),
            None,
        )
        assert delivered.delivered_team == world.north
        assert take("order", {"external_id": row["external_id"]}).same == 1
        assert refused("order", row | {"delivered": at("2026-02-20 12:00")}) == [
            (2, "delivered", "This lies in the future.")
        ]

    @pytest.mark.parametrize("state", ["pending", "canceled"])
    def test_one_that_is_not_paid_has_no_day(self, world, state):
        take("order", order(state=state))
        assert Order.objects.get().paid_day is None

    def test_a_refunded_one_keeps_its_day(self, world):
        take("order", order(state="refunded"))
        assert Order.objects.get().paid_day == day("2026-01-10")

    def test_paid_nobody_knows_when(self, world):
        take("order", order(paid=None))
        assert Order.objects.get().paid_day == UNDATED


def test_a_contract_waits_for_the_rate_of_its_currency(world):
    take("customer", {"name": "Acme"})
    row = {
        "external_id": "k1",
        "customer": "Acme",
        "started": date(2026, 1, 5),
        "monthly_amount": Decimal("49.90"),
        "currency": "USD",
    }
    take("contract", row)
    contract = Contract.objects.get()
    assert (contract.monthly_amount, contract.exclusion) == (None, Exclusion.NO_RATE)
    assert (contract.original_amount, contract.original_currency) == (4990, "USD")
    assert not CustomerSpell.objects.exists()

    rate = {"currency": "USD", "day": date(2026, 1, 2), "rate": Decimal("0.8")}
    assert list(take("exchange_rate", rate).warnings.values()) == [1]

    contract.refresh_from_db()
    assert (contract.monthly_amount, contract.exclusion) == (3992, 0)
    assert CustomerSpell.objects.get().started_day == day("2026-01-05")
    assert take("contract", row).same == 1
    take("contract", {"external_id": "k1", "kind": "service"})
    contract.refresh_from_db()  # a table without amounts keeps them
    assert (contract.monthly_amount, contract.original_currency) == (3992, "USD")


def test_contracts(world):
    take("customer", {"name": "Acme"})
    row = {
        "external_id": "k1",
        "customer": "Acme",
        "owner": "Cleo",
        "kind": "service",
        "monthly_amount": Decimal("49.90"),
        "started": date(2025, 1, 1),
        "ended": date(2025, 12, 31),
        "due": date(2025, 12, 31),
        "renewed": date(2025, 12, 1),
    }
    take("contract", row)
    contract = Contract.objects.get()
    assert (contract.kind, contract.monthly_amount) == (Contract.Kind.SERVICE, 4990)
    assert (contract.started_day, contract.ended_day) == (
        day("2025-01-01"),
        day("2026-01-01"),
    )
    assert (contract.due_day, contract.due_team) == (day("2025-12-31"), world.north)
    assert (
        take(
            "contract",
            {"external_id": "k1", "customer": "Acme", "started": date(2025, 1, 1)},
        ).same
        == 1
    )


class TestCosts:
    ROW = {
        "external_id": "b1",
        "kind": "marketing",
        "amount": Decimal("1.00"),
        "first_day": date(2026, 2, 1),
        "last_day": date(2026, 2, 3),
    }

    def shares(self):
        return list(CostShare.objects.order_by("day").values_list("day", "amount"))

    def test_each_day_has_an_even_share(self, world):
        take("cost", self.ROW | {"team": "Sales"})
        first = day("2026-02-01")
        assert self.shares() == [(first, 34), (first + 1, 33), (first + 2, 33)]
        assert Cost.objects.get().end_day == day("2026-02-04")
        share = CostShare.objects.first()
        assert (share.team, share.kind) == (world.sales, Cost.Kind.MARKETING)

    def test_without_a_last_day_it_is_for_one_day(self, world):
        take("cost", self.ROW | {"last_day": None})
        assert self.shares() == [(day("2026-02-01"), 100)]

    def test_another_amount_replaces_the_shares_that_differ(self, world, heard):
        take("cost", self.ROW)
        heard.told.clear()
        take("cost", self.ROW | {"amount": Decimal("1.01")})
        first = day("2026-02-01")
        assert self.shares() == [(first, 34), (first + 1, 34), (first + 2, 33)]
        assert heard.of(CostShare, "day", "amount") == [
            ([(first + 1, 33)], [(first + 1, 34)], "import")
        ]
        assert (
            take(
                "cost", {"external_id": "b1"} | self.ROW | {"amount": Decimal("1.01")}
            ).same
            == 1
        )

    def test_shares_follow_the_channel_of_their_campaign(self, world, heard):
        campaign = {"external_id": "c1", "name": "Spring", "channel": "web"}
        take("campaign", campaign)
        take("cost", self.ROW | {"campaign": "c1", "last_day": None})
        heard.told.clear()

        take("campaign", campaign | {"channel": "email"})

        assert heard.of(CostShare, "channel", "amount") == [
            ([(Channel.WEB, 100)], [(Channel.EMAIL, 100)], "import")
        ]
        assert CostShare.objects.get().channel == Channel.EMAIL

    def test_without_a_rate_there_are_no_shares(self, world):
        take("cost", self.ROW | {"currency": "USD"})
        assert self.shares() == []


def test_agent_time(world):
    row = {"agent": "Alice", "day": date(2026, 2, 2), "state": "break", "seconds": 1800}
    take("agent_time", row)
    found = AgentTime.objects.get()
    assert (found.agent, found.team, found.state) == (world.alice, world.berlin, 3)
    assert found.is_planned
    assert take("agent_time", row).same == 1
    assert take("agent_time", row | {"seconds": 1900}).changed == 1


def test_process_runs(world):
    row = {"external_id": "x", "process": "Refund", "ended": at("2026-02-02 08:00")}
    take("process_run", row | {"human_touches": 2})
    found = ProcessRun.objects.get()
    assert (str(found.process), found.human_touches) == ("Refund", 2)
    assert (found.is_eligible, found.is_finished) == (True, True)
    assert found.ended_day == day("2026-02-02")
    assert take("process_run", row).same == 1


def test_engagement_days(world):
    row = {"channel": "social", "day": date(2026, 2, 2), "reach": 100, "engagements": 7}
    take(
        "engagement_day",
        row,
        row | {"team": "Sales"},
        row | {"agent": "Cleo", "campaign": None, "external_id": "z"},
    )
    teams = set(EngagementDay.objects.values_list("team__name", flat=True))
    assert teams == {None, "Sales", "Sales North"}
    assert take("engagement_day", row).same == 1


def test_market_figures(world):
    row = {
        "external_id": "m1",
        "metric": "market_size",
        "value": Decimal("1500000.5"),
        "first_day": date(2025, 1, 1),
        "last_day": date(2025, 12, 31),
        "origin": "Chamber of commerce",
    }
    take("market_figure", row)
    figure = MarketFigure.objects.get()
    assert (figure.value, figure.end_day) == (Decimal("1500000.5"), day("2026-01-01"))
    assert take("market_figure", row).same == 1
