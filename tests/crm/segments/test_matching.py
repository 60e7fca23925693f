"""Whom each condition finds, worked out by hand. Today is Friday 13 February 2026."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from crmkpi.crm.models import Customer
from crmkpi.crm.segments.fields import Sight
from crmkpi.crm.segments.matching import finds
from crmkpi.crm.segments.rules import Condition, Rule
from tests.crm.rows import at, call, order, take, ticket
from tests.crm.segments.making import condition
from tests.world import TODAY

SIGHT = Sight(TODAY, "EUR")


@pytest.fixture(scope="module")
def _customers(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        write_customers()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def customers(_customers, db) -> None:
    """Five customers, written once for all tests of the module."""


def write_customers() -> None:
    take(
        "customer",
        {
            "name": "Acme",
            "region": "North",
            "country": "Denmark",
            "employees": 9,
            "channel": "web",
            "acquired": at("2025-02-13 09:00"),  # 365 days ago
        },
        {"name": "Bolt", "region": "South", "country": "Germany", "employees": 10},
        {"name": "Cara", "region": "South", "segment": "Small"},
        {"name": "Dora", "language": "de"},  # nothing else is known of her
        {"name": "Test", "region": "North", "exclusion": "test"},
    )
    take(
        "order",
        order("a1", customer="Acme", amount=100, paid=at("2026-02-13 09:00")),  # today
        order("a2", customer="Acme", amount=50, paid=at("2025-11-16 09:00")),  # 89 ago
        order("b1", customer="Bolt", amount=150, paid=at("2025-11-15 09:00")),  # 90 ago
        order("b2", customer="Bolt", amount=900, state="cancelled"),
        order("c1", customer="Cara", amount=1, paid=at("2026-02-20 09:00")),  # to come
        now=at("2026-02-20 12:00"),
    )
    take(
        "ticket",
        ticket("t1", customer="Acme", is_complaint=True),  # 11 days ago
        ticket("t2", customer="Bolt"),
        ticket("t3"),  # of nobody known
    )
    take("interaction", call("i1", customer="Bolt", started=at("2026-02-03 08:00")))


def found(*conditions: Condition, needs_all: bool = True) -> str:
    """Return the first letters of those a rule finds: "AB"."""
    rows = Customer.objects.filter(finds(Rule(conditions, needs_all), SIGHT))
    return "".join(sorted(name[0] for name in rows.values_list("name", flat=True)))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (condition("region", "any_of", "South"), "BC"),
        (condition("region", "none_of", "South"), "AD"),  # nor is Dora of the South
        (condition("region", "unknown"), "D"),
        (condition("given_segment", "any_of", "Small"), "C"),
        (condition("country", "any_of", "Germany", "Denmark"), "AB"),
        (condition("country", "none_of", "Germany"), "ACD"),
        (condition("language", "unknown"), "ABC"),
        (condition("channel", "any_of", "web"), "A"),
        (condition("channel", "none_of", "web"), "BCD"),
        (condition("employees", "at_least", "10"), "B"),
        (condition("employees", "at_most", "9"), "A"),
        (condition("employees", "unknown"), "CD"),
        (condition("age", "at_least", "365"), "A"),
        (condition("age", "at_least", "366"), ""),
        (condition("age", "at_most", "90"), "B"),  # won by the first order
        (condition("orders", "at_least", "1", days=90), "A"),
        (condition("orders", "at_least", "1", days=91), "AB"),
        (condition("orders", "at_least", "2", days=90), "A"),
        (condition("orders", "at_most", "0", days=90), "BCD"),
        (condition("orders", "at_most", "1", days=91), "BCD"),
        (condition("revenue", "at_least", "150", days=91), "AB"),
        (condition("revenue", "at_least", "150.01", days=91), ""),
        (condition("revenue", "at_most", "149.99", days=91), "CD"),
        (condition("last_order", "at_least", "90"), "B"),
        (condition("last_order", "at_least", "91"), ""),
        (condition("last_order", "at_most", "89"), "A"),
        (condition("last_order", "unknown"), "CD"),  # one to come is none yet
        (condition("tickets", "at_least", "1", days=12), "AB"),
        (condition("tickets", "at_least", "1", days=11), ""),
        (condition("complaints", "at_least", "1", days=30), "A"),
        (condition("complaints", "at_most", "0", days=30), "BCD"),
        (condition("last_contact", "at_least", "10"), "B"),
        (condition("last_contact", "unknown"), "ACD"),
        (condition("gone", "at_least", "1"), ""),
    ],
)
def test_whom_a_condition_finds(customers, told, expected):
    assert found(told) == expected


@pytest.mark.parametrize(("needs_all", "expected"), [(True, "B"), (False, "ABC")])
def test_conditions_together(customers, needs_all, expected):
    south = condition("region", "any_of", "South")
    asked = condition("tickets", "at_least", "1", days=30)

    assert found(south, asked, needs_all=needs_all) == expected


def test_no_conditions_find_nobody(customers):
    assert found() == ""
