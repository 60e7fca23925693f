"""First orders, the day a customer was won, and when a customer was active."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkpi.accounts import services
from crmkpi.crm.acquisition import Stay, owned, union
from crmkpi.crm.models import Customer, CustomerSpell, Order
from tests.crm.rows import at, order, spells, take
from tests.world import TODAY, day

ACTIVE = CustomerSpell.ACTIVE_DAYS


def test_union_joins_ranges_that_touch_or_overlap():
    assert union([(1, 5), (5, 9), (20, None)]) == [(1, 9), (20, None)]
    assert union([(20, 30), (1, 25), (40, 41)]) == [(1, 30), (40, 41)]
    assert union([(1, None), (5, 9)]) == [(1, None)]
    assert union([]) == []


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=8))
def test_union_covers_the_same_days(ranges):
    ends = [(start, start + length) for start, length in ranges]
    days = {one for start, end in ends for one in range(start, end)}
    joined = union(ends)
    assert {one for start, end in joined for one in range(start, end)} == days
    assert all(one[1] < two[0] for one, two in pairwise(joined))


def test_days_known_before_keep_their_owner():
    known = [Stay(10, 20, 1)]
    assert owned([(10, 20)], known, 2) == [Stay(10, 20, 1)]
    assert owned([(5, 30)], known, 2) == [
        Stay(5, 10, 2),
        Stay(10, 20, 1),
        Stay(20, 30, 2),
    ]
    assert owned([(5, None)], known, 1) == [Stay(5, None, 1)]


def test_a_new_owner_has_the_days_from_the_change_on():
    known = [Stay(10, None, 1)]
    assert owned([(10, None)], known, 2, until=15) == [
        Stay(10, 15, 1),
        Stay(15, None, 2),
    ]
    assert owned([(10, None)], [Stay(10, None, None)], 2, until=15) == [
        Stay(10, None, 2)
    ]


@pytest.fixture
def acme(world):
    take("customer", {"name": "Acme", "owner": "Cleo"})
    return Customer.objects.get()


def won(customer):
    customer.refresh_from_db()
    return customer.acquired_day, customer.acquired_team


def firsts():
    return set(
        Order.objects.filter(is_first=True).values_list("external_id", flat=True)
    )


def test_the_first_paid_order_wins_the_customer(acme, world):
    take(
        "order",
        order("late", paid=at("2026-01-10 09:00")),
        order("early", paid=at("2025-12-01 09:00")),
        order("pending", state="pending", paid=at("2025-01-01 09:00")),
        order("test", exclusion="test", paid=at("2025-01-01 09:00")),
    )
    assert firsts() == {"early"}
    assert won(acme) == (day("2025-12-01"), world.north)


def test_an_earlier_order_that_comes_later_takes_over(acme, heard):
    take("order", order("r2", paid=at("2026-01-10 09:00")))
    heard.told.clear()
    take("order", order("r1", paid=at("2025-12-01 09:00")))
    assert firsts() == {"r1"}
    flips = heard.of(Order, "external_id", "is_first")[-1]
    assert sorted(flips[0]) == [("r1", False), ("r2", True)]
    assert sorted(flips[1]) == [("r1", True), ("r2", False)]
    assert heard.of(Customer, "acquired_day") == [
        ([(day("2026-01-10"),)], [(day("2025-12-01"),)], "import")
    ]


def test_an_order_of_unknown_day_is_first_only_when_alone(acme):
    take("order", order("undated", paid=None))
    assert firsts() == {"undated"}
    take("order", order("dated"))
    assert firsts() == {"dated"}


def test_a_refund_gives_the_first_place_to_the_next_order(acme):
    take("order", order("r1", paid=at("2025-12-01 09:00")), order("r2"))
    take("order", order("r1", paid=at("2025-12-01 09:00"), state="refunded"))
    assert firsts() == {"r2"}
    assert won(acme)[0] == day("2026-01-10")


def test_an_order_that_moves_to_another_customer_leaves_the_first(acme):
    take("customer", {"name": "Brill"})
    take("order", order())
    take("order", order(customer="Brill"))
    assert won(acme) == (None, None)
    assert Customer.objects.get(name="Brill").acquired_day == day("2026-01-10")


def test_a_day_given_by_the_source_stands(acme, world):
    take(
        "customer",
        {"name": "Acme", "owner": "Cleo", "acquired": at("2024-05-01 10:00")},
    )
    take("order", order())
    assert won(acme) == (day("2024-05-01"), world.north)


def test_without_an_owner_the_team_of_the_first_order_won_the_customer(world):
    take("customer", {"name": "Acme"})
    take("order", order())
    assert won(Customer.objects.get()) == (day("2026-01-10"), world.north)


def test_an_order_keeps_a_customer_active_for_a_year(acme, world):
    take("order", order())
    first = day("2026-01-10")
    assert spells(CustomerSpell, "agent__name", "team", "started_day", "ended_day") == [
        ("Cleo", world.north.pk, first, first + ACTIVE)
    ]


def test_contracts_and_orders_make_one_spell_where_they_touch(acme):
    take("order", order(paid=at("2024-01-01 12:00")))
    take(
        "contract",
        {
            "external_id": "k1",
            "customer": "Acme",
            "started": DATE,
            "ended": at("2025-05-31 00:00").date(),
        },
    )
    assert spells(CustomerSpell) == [("Cleo", day("2024-01-01"), day("2025-06-01"))]


def test_a_contract_without_end_is_for_now(acme):
    take("contract", {"external_id": "k1", "customer": "Acme", "started": DATE})
    assert spells(CustomerSpell) == [("Cleo", day("2024-06-01"), None)]


def test_a_new_owner_takes_the_customer_over_today(acme, world):
    take("contract", {"external_id": "k1", "customer": "Acme", "started": DATE})
    take("customer", {"name": "Acme", "owner": "Alice"})
    assert spells(CustomerSpell) == [
        ("Cleo", day("2024-06-01"), TODAY),
        ("Alice", TODAY, None),
    ]


def test_spells_are_cut_where_the_owner_changes_team(acme, world):
    take("contract", {"external_id": "k1", "customer": "Acme", "started": DATE})
    services.move_agent(
        user=world.cleo,
        team=world.berlin,
        from_day=day("2025-01-01"),
        actor=None,
        now=at("2026-02-13 12:00"),
    )
    assert spells(CustomerSpell, "team__name", "started_day", "ended_day") == [
        ("Sales North", day("2024-06-01"), day("2025-01-01")),
        ("Support Berlin", day("2025-01-01"), None),
    ]


DATE = at("2024-06-01 00:00").date()
