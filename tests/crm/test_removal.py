"""Deleting rows takes along what followed from them, and tells of it."""

import pytest

from crmkpi.crm.ingest.services import delete_records
from crmkpi.crm.models import (
    Cost,
    CostShare,
    Customer,
    CustomerSpell,
    Interaction,
    Opportunity,
    Order,
    SlaClock,
    StageSpell,
    Ticket,
    TicketSpell,
)
from crmkpi.crm.removal import StillNamed
from tests.crm.rows import at, call, opportunity, order, spells, take, ticket
from tests.crm.test_other_records import TestCosts
from tests.world import NOW, day

pytestmark = pytest.mark.django_db


def delete(record, *external_ids):
    return delete_records(record, external_ids, source="crm", now=NOW)


def test_a_ticket_with_its_spells_and_clocks(world, heard):
    take("ticket", ticket(reply_due=at("2026-02-03 09:00")), ticket("t2"))
    take("interaction", call(ticket="t1"))
    heard.told.clear()
    assert delete("ticket", "t1", "unknown") == 1
    assert [one.external_id for one in Ticket.objects.all()] == ["t2"]
    assert (TicketSpell.objects.count(), SlaClock.objects.count()) == (1, 0)
    assert Interaction.objects.get().ticket is None
    assert heard.of(Ticket, "external_id") == [([("t1",)], [], "deletion")]
    for model in (TicketSpell, SlaClock):
        ((before, after, cause),) = heard.of(model, "team_id")
        assert (before, after, cause) == ([(world.berlin.pk,)], [], "deletion")
    assert len(heard.of(Interaction, "ticket_id")) == 1


def test_the_next_ticket_is_no_follow_up_any_more(world):
    take("customer", {"name": "Acme"})
    take(
        "ticket",
        ticket(customer="Acme", resolved=at("2026-02-03 10:00")),
        ticket("t2", customer="Acme", opened=at("2026-02-05 10:00")),
    )
    delete("ticket", "t2")
    assert Ticket.objects.get().followed_up_day is None


def test_the_first_order(world):
    take("customer", {"name": "Acme"})
    take("order", order(paid=at("2025-12-01 09:00")), order("r2"))
    delete("order", "r1")
    assert Order.objects.get().is_first
    assert Customer.objects.get().acquired_day == day("2026-01-10")
    assert [one[1] for one in spells(CustomerSpell)] == [day("2026-01-10")]
    delete("order", "r2")
    assert Customer.objects.get().acquired_day is None
    assert not CustomerSpell.objects.exists()


def test_deals_and_costs(world):
    take("opportunity", opportunity())
    take("cost", TestCosts.ROW)
    assert delete("opportunity", "o1") == delete("cost", "b1") == 1
    for model in (Opportunity, StageSpell, Cost, CostShare):
        assert not model.objects.exists()


def test_a_customer_that_other_rows_name_stays(world):
    take("customer", {"name": "Acme"}, {"name": "Brill", "parent": "Acme"})
    take("order", order())
    with pytest.raises(StillNamed):
        delete("customer", "Acme")
    assert Customer.objects.count() == 2
    assert delete("customer", "Brill") == 1


def test_people_and_teams_are_not_deleted_here(world):
    take("agent", {"name": "Zoe"})
    with pytest.raises(StillNamed):
        delete("agent", "Zoe")


def test_another_source_is_left_alone(world):
    take("ticket", ticket())
    assert delete_records("ticket", ["t1"], source="desk", now=NOW) == 0
    assert Ticket.objects.count() == 1
