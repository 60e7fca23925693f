"""Rows follow their owners: in whatever order people and rows come in."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkpi.accounts import services
from crmkpi.accounts.models import Team, User
from crmkpi.crm.models import (
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
from tests.crm.rows import at, call, opportunity, order, spells, take, ticket
from tests.world import NOW, day

pytestmark = pytest.mark.django_db


def move(user, team, text):
    services.move_agent(user=user, team=team, from_day=day(text), actor=None, now=NOW)


def test_rows_from_the_day_of_the_move_on_are_stamped_anew(world, heard):
    take("ticket", ticket("t1"), ticket("t2", opened=at("2026-02-09 08:00")))
    heard.told.clear()
    move(world.alice, world.north, "2026-02-05")
    teams = dict(Ticket.objects.values_list("external_id", "opened_team__name"))
    assert teams == {"t1": "Support Berlin", "t2": "Sales North"}
    assert heard.of(Ticket, "external_id", "opened_team_id") == [
        ([("t2", world.berlin.pk)], [("t2", world.north.pk)], "reassignment")
    ]
    assert spells(TicketSpell, "ticket__external_id", "team__name", "started_day") == [
        ("t1", "Support Berlin", day("2026-02-02")),
        ("t1", "Sales North", day("2026-02-05")),
        ("t2", "Sales North", day("2026-02-09")),
    ]


def test_each_event_of_a_row_has_the_team_of_its_day(world):
    row = opportunity(
        stage="Won",
        proposed=at("2026-01-10 09:00"),
        closed=at("2026-01-20 09:00"),
    )
    take("opportunity", row)
    move(world.cleo, world.berlin, "2026-01-15")
    deal = Opportunity.objects.get()
    assert (deal.opened_team, deal.proposed_team) == (world.north, world.north)
    assert deal.closed_team == world.berlin


def test_clocks_calls_orders_and_customers_move_too(world):
    take("customer", {"name": "Acme", "owner": "Cleo"})
    take("order", order())
    take("interaction", call())
    take("ticket", ticket(reply_due=at("2026-02-03 09:00")))
    move(world.cleo, world.berlin, "2026-01-05")
    move(world.alice, world.north, "2026-02-01")
    assert Order.objects.get().paid_team == world.berlin
    assert Customer.objects.get().acquired_team == world.berlin
    assert spells(CustomerSpell, "team__name") == [("Support Berlin",)]
    assert Interaction.objects.get().at_team == world.north
    assert SlaClock.objects.get().team == world.north


def test_rows_of_unknown_days_follow_the_first_team(world):
    take("opportunity", opportunity(owner="Zoe", opened=None))
    zoe = User.objects.get(name="Zoe")
    services.set_membership(
        user=zoe,
        team=world.north,
        role="agent",
        since_day=day("2026-02-01"),
        actor=None,
        now=NOW,
    )
    assert Opportunity.objects.get().opened_team == world.north
    assert spells(StageSpell, "team__name") == [("Sales North",)]


def test_the_region_follows_the_team_unless_the_row_names_one(world):
    Team.objects.filter(pk=world.north.pk).update(region="North")
    Team.objects.filter(pk=world.berlin.pk).update(region="East")
    take("opportunity", opportunity("o1"), opportunity("o2", region="West"))
    move(world.cleo, world.berlin, "2025-12-01")
    regions = dict(Opportunity.objects.values_list("external_id", "region__name"))
    assert regions == {"o1": "East", "o2": "West"}


def test_rows_that_stay_are_not_told(world, heard):
    take("ticket", ticket())
    heard.told.clear()
    move(world.bob, world.north, "2026-01-05")
    assert heard.told == []


def test_a_team_that_moves_cuts_the_spells_of_its_people(world):
    take("ticket", ticket())
    services.place_team(
        team=world.berlin,
        parent=world.sales,
        from_day=day("2026-02-05"),
        actor=None,
        now=NOW,
    )
    assert spells(TicketSpell, "team__name", "started_day", "ended_day") == [
        ("Support Berlin", day("2026-02-02"), day("2026-02-05")),
        ("Support Berlin", day("2026-02-05"), None),
    ]


def test_imported_again_after_a_move_nothing_changes(world):
    rows = {
        "customer": {"name": "Acme", "owner": "Cleo"},
        "order": order(),
        "opportunity": opportunity(),
        "ticket": ticket(reply_due=at("2026-02-03 09:00")),
        "interaction": call(),
    }
    for record, row in rows.items():
        take(record, row)
    move(world.cleo, world.berlin, "2026-01-05")
    move(world.alice, world.north, "2026-02-01")
    for record, row in rows.items():
        assert take(record, row).same == 1


ARRIVALS = {
    "agent": [
        {"name": "Zoe", "team": "East team", "region": "East"},
        {"name": "Yan", "team": "West team", "region": "West"},
    ],
    "customer": [{"name": "Acme", "owner": "Yan"}],
    "opportunity": [
        opportunity("1", owner="Zoe"),
        opportunity("2", owner="Yan", opened=None),
        opportunity("3", owner="Zoe", stage="Won", closed=at("2026-02-01 09:00")),
        opportunity("4", owner=None),
    ],
    "ticket": [ticket("1", agent="Yan", resolution_due=at("2026-02-20 09:00"))],
}


def stamps():
    """Return every stamp that follows from people, by what the source calls rows."""
    return [
        sorted(rows, key=str)
        for rows in (
            Opportunity.objects.values_list(
                "external_id", "opened_team__name", "closed_team__name", "region__name"
            ),
            StageSpell.objects.values_list(
                "opportunity__external_id", "team__name", "started_day", "region__name"
            ),
            Ticket.objects.values_list("external_id", "opened_team__name"),
            TicketSpell.objects.values_list("team__name", "started_day"),
            SlaClock.objects.values_list("team__name", "decided_day"),
            Customer.objects.values_list("name", "agent__name"),
        )
    ]


def test_any_order_of_arrival_gives_the_same_stamps(db):
    from django.db import transaction

    found = []
    for arrival in permutations(ARRIVALS):
        with transaction.atomic():
            for record in arrival:
                take(record, *ARRIVALS[record])
            found.append(stamps())
            transaction.set_rollback(True)
    assert len(found) == 24
    assert all(one == found[0] for one in found)
    assert ("1", "East team", None, "East") in found[0][0]
    assert ("2", "West team", None, "West") in found[0][0]


DAYS = st.dates(date(2025, 6, 1), date(2026, 2, 13))


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    opened=st.lists(DAYS, min_size=1, max_size=4),
    moves=st.lists(st.tuples(DAYS, st.booleans()), max_size=3),
    late=st.integers(0, 3),
)
def test_moves_before_or_after_the_rows_give_the_same_stamps(
    world, opened, moves, late
):
    """Some rows come before the moves, some after: all are stamped by the day."""
    from django.db import transaction

    rows = [opportunity(str(n), opened=when) for n, when in enumerate(opened)]
    found = []
    for early in (rows[late:], rows, []):
        with transaction.atomic():
            take("opportunity", *early)
            for when, north in moves:
                team = world.north if north else world.berlin
                move(world.cleo, team, when.isoformat())
            take("opportunity", *rows)
            found.append(stamps()[:2])
            transaction.set_rollback(True)
    assert found[0] == found[1] == found[2]
