"""A customer becomes a test account, and back: what it did counts nowhere meanwhile."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from crmkpi.crm import models as crm
from metrics import queries, services
from metrics.scopes import company
from tests.crm.rows import at, call, opportunity, order, take, ticket
from tests.metrics.engine.state import assert_equal_from_scratch, cells
from tests.world import NOW, TODAY, World

REASON = "Customer is a test account"


@pytest.fixture
def rows_of_two(world: World) -> World:
    customer("Acme")
    customer("Beta")
    for name in ("Acme", "Beta"):
        won = {"stage": "Won", "closed": at("2026-01-20 09:00"), "amount": 500}
        take("opportunity", opportunity(f"won {name}", customer=name, **won))
        take("opportunity", opportunity(f"open {name}", customer=name))
        take("order", order(f"order {name}", customer=name))
        take("ticket", due_ticket(name))
        take("interaction", call(f"call {name}", customer=name))
        lead = {"external_id": f"lead {name}", "customer": name, "owner": "Cleo"}
        take("lead", lead | {"created": at("2026-01-05 09:00")})
        contract = {"external_id": f"contract {name}", "customer": name}
        take("contract", contract | {"started": at("2026-01-01").date()})
    services.drain(now=NOW)
    return world


def customer(name: str, **values: Any) -> None:
    take("customer", {"external_id": name, "name": name, "owner": "Cleo"} | values)


def due_ticket(name: str) -> dict[str, Any]:
    due = {"reply_due": at("2026-02-03 08:00"), "replied": at("2026-02-02 09:00")}
    return ticket(f"ticket {name}", customer=name, **due)


def left_out(key: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in queries.exclusions(key, company().key, None, today=TODAY):
        counts[each.name] += each.count
    return counts


def test_all_that_it_did_is_left_out_and_comes_back(rows_of_two: World) -> None:
    before = cells()
    assert (
        queries.read_value("win_rate", company(), today=TODAY, now=NOW).denominator == 2
    )

    customer("Acme", exclusion="test")
    services.drain(now=NOW)

    win_rate = queries.read_value("win_rate", company(), today=TODAY, now=NOW)
    assert win_rate.denominator == 1
    for key in ("win_rate", "ticket_volume", "average_order_value", "sla_compliance"):
        assert left_out(key) == {REASON: 1}, key
    assert left_out("prospects") == {REASON: 2}  # an open deal and a lead
    for model in (crm.Contract, crm.Interaction, crm.Lead, crm.Order, crm.Ticket):
        exclusions = dict(model.objects.values_list("customer__name", "exclusion"))
        assert exclusions == {"Acme": crm.Exclusion.CUSTOMER, "Beta": 0}, model
    assert_equal_from_scratch()

    customer("Acme", exclusion=None)
    services.drain(now=NOW)

    assert cells() == before
    assert_equal_from_scratch()


def test_what_comes_in_later_is_left_out_too(rows_of_two: World) -> None:
    customer("Acme", exclusion="test")

    take("order", order("late", customer="Acme"))
    take("opportunity", {"external_id": "won Acme", "competitor": "Other"})
    take("order", order("order Acme", customer="Beta"))

    found = dict(crm.Order.objects.values_list("external_id", "exclusion"))
    assert found == {"late": crm.Exclusion.CUSTOMER, "order Acme": 0, "order Beta": 0}
    won = crm.Opportunity.objects.get(external_id="won Acme")
    assert won.exclusion == crm.Exclusion.CUSTOMER
    services.drain(now=NOW)
    assert_equal_from_scratch()


def test_a_reason_of_its_own_stays(rows_of_two: World) -> None:
    take("ticket", due_ticket("Acme") | {"exclusion": "spam"})

    customer("Acme", exclusion="test")
    assert crm.Ticket.objects.get(customer__name="Acme").exclusion == 2
    customer("Acme", exclusion=None)
    assert crm.Ticket.objects.get(customer__name="Acme").exclusion == 2


def test_other_reasons_of_a_customer_are_its_own(rows_of_two: World) -> None:
    customer("Acme", exclusion="duplicate")

    assert set(crm.Order.objects.values_list("exclusion", flat=True)) == {0}


def test_a_rate_that_comes_does_not_let_a_test_account_count(world: World) -> None:
    customer("Acme", exclusion="test")
    paid = order("foreign", customer="Acme", currency="USD")
    take("order", paid)
    assert crm.Order.objects.get().exclusion == crm.Exclusion.NO_RATE

    rate = {"currency": "USD", "day": at("2026-01-09").date(), "rate": Decimal("0.5")}
    take("exchange_rate", rate)

    found = crm.Order.objects.get()
    assert (found.amount, found.exclusion) == (5_000, crm.Exclusion.CUSTOMER)
