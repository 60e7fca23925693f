"""Figures split by segments of rules: parts, the past, and how they are kept fresh."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crmkpi.crm.models import Customer
from crmkpi.crm.segments.turning import turn_segments
from metrics.rules.segmentation import MIN_CUSTOMERS
from metrics.services import drain
from tests.crm.rows import at, call, lead, opportunity, order, take, ticket
from tests.crm.segments.making import condition, segment
from tests.metrics.catalog.ask import (
    FEBRUARY,
    computed,
    of_company,
    of_member,
)
from tests.metrics.engine.state import assert_equal_from_scratch
from tests.world import NOW

NORTH = condition("region", "any_of", "North")
BUSY = condition("orders", "at_least", "2", days=30)
BEFORE, LATER = NOW - timedelta(days=3), NOW + timedelta(days=2)


@pytest.fixture
def sold(world) -> None:
    """Acme, Bolt and Cara bought in February, before segments were made and after."""
    take(
        "customer",
        {"name": "Acme", "region": "North", "segment": "Small"},
        {"name": "Bolt", "region": "South", "segment": "Small"},
        {"name": "Cara", "region": "North"},
    )
    take(
        "order",
        order("a1", customer="Acme", amount=100, paid=at("2026-02-03 09:00")),
        order("b1", customer="Bolt", amount=10, paid=at("2026-02-04 09:00")),
        order("b2", customer="Bolt", amount=10, paid=at("2026-02-09 09:00")),
        order("c1", customer="Cara", amount=1, paid=at("2026-02-05 09:00")),
        now=BEFORE,
    )
    take("ticket", ticket("t1", customer="Acme"), now=BEFORE)


def parts(key: str) -> dict[str, Decimal | None]:
    """Return a metric of February by segment, without those that have no rows."""
    computed()
    members = Customer.segment.field.related_model.objects.filter(dimension="segment")
    found = {each.name: of_member(key, "segment", each) for each in members}
    return {name: each.value for name, each in found.items() if each.n}


def test_past_figures_do_not_move_and_new_rows_count_for_the_rule(world, sold):
    segment("Northern", NORTH)
    before = parts("revenue")
    assert before == {"Small": 120}

    turn_segments(now=NOW)
    assert parts("revenue") == before
    paid = order("a2", customer="Acme", amount=5, paid=NOW)
    take("order", paid)

    assert parts("revenue") == {"Small": 120, "Northern": 5}
    assert of_company("revenue").value == 126  # and 1 of Cara's, in no segment


def test_who_is_active_is_split_as_of_the_day(world, sold):
    segment("Northern", NORTH)
    segment("Busy", BUSY)

    turn_segments(now=NOW)

    assert parts("active_customers") == {"Northern": 2, "Busy": 1}
    assert of_company("active_customers").value == 3
    assert parts("new_customers") == {"Small": 2}


def test_another_segment_of_the_source_leaves_past_figures(world, sold):
    """Not even bringing the rows of before in again moves them."""
    keys = ("revenue", "active_customers", "new_customers", "ticket_volume")
    before = {key: parts(key) for key in keys}
    assert before["active_customers"] == {"Small": 2}

    take("customer", {"name": "Acme", "region": "North", "segment": "Large"}, now=LATER)
    again = order("a1", customer="Acme", amount=100, paid=at("2026-02-03 09:00"))
    assert take("order", again, now=LATER).same == 1
    assert take("ticket", ticket("t1", customer="Acme"), now=LATER).same == 1

    assert {key: parts(key) for key in keys} == before
    drain(now=NOW)
    assert_equal_from_scratch()


OF_OPEN_WORK = (
    "open_tickets",
    "sla_compliance",
    "open_opportunities",
    "prospects",
    "new_leads",
    "service_calls",
)


def test_open_work_stays_in_the_segment_it_came_from(world, sold):
    """Acme's ticket, deal, lead and call of before; then the same on a later day."""
    due = {"reply_due": at("2026-02-10 09:00")}
    take("ticket", ticket("t1", customer="Acme", **due), now=BEFORE)
    take("opportunity", opportunity(customer="Acme"), now=BEFORE)
    take("lead", lead(customer="Acme"), now=BEFORE)
    take("interaction", call(customer="Acme"), now=BEFORE)
    before = {key: parts(key) for key in OF_OPEN_WORK}
    assert before == {
        "open_tickets": {"Small": 1},
        "sla_compliance": {"Small": 0},
        "open_opportunities": {"Small": 1},
        "prospects": {"Small": 2},
        "new_leads": {},  # it came in January
        "service_calls": {"Small": 1},
    }

    segment("Northern", NORTH)
    turn_segments(now=NOW)
    assert {key: parts(key) for key in OF_OPEN_WORK} == before
    kept = {"reply_due": NOW + timedelta(hours=1), "replied": NOW}
    take("ticket", ticket("t2", customer="Acme", opened=NOW, **kept))
    take("opportunity", opportunity("o2", customer="Acme", opened=NOW))
    take("lead", lead("l2", customer="Acme", created=NOW))
    take("interaction", call("c2", customer="Acme", started=NOW))

    assert {key: parts(key) for key in OF_OPEN_WORK} == {
        "open_tickets": {"Small": 1, "Northern": 1},
        "sla_compliance": {"Small": 0},  # promises of today are told tomorrow
        "open_opportunities": {"Small": 1, "Northern": 1},
        "prospects": {"Small": 2, "Northern": 2},
        "new_leads": {"Northern": 1},
        "service_calls": {"Small": 1, "Northern": 1},
    }


def test_what_is_kept_fresh_is_what_a_rebuild_gives(world, sold):
    drain(now=NOW)
    segment("Busy", BUSY)
    northern = segment("Northern", NORTH)
    turn_segments(now=NOW)
    drain(now=NOW)
    take("order", order("b2", customer="Bolt", amount=10, paid=at("2026-01-02 09:00")))
    take("order", order("a3", customer="Acme", amount=7, paid=LATER), now=LATER)
    take("ticket", ticket("t3", customer="Bolt", opened=LATER), now=LATER)
    take("opportunity", opportunity(customer="Cara", opened=LATER), now=LATER)
    take("interaction", call(customer="Acme", started=LATER), now=LATER)
    take("lead", lead(customer="Acme", created=LATER), now=LATER)
    turn_segments(now=LATER)
    drain(now=NOW)
    take("customer", {"name": "Acme", "region": "South", "segment": "Large"})
    turn_segments(now=LATER + timedelta(days=1))
    drain(now=NOW)

    assert northern.stays.filter(left_day__isnull=False).count() == 1
    assert_equal_from_scratch()


def test_how_well_rules_tell_customers_apart(world):
    """30 of the North bring 10 each and 30 of the South 30: only the segment tells."""
    names = [f"{region} {n}" for region in "NS" for n in range(MIN_CUSTOMERS)]
    rows = [
        {"name": name, "region": {"N": "North", "S": "South"}[name[0]]}
        for name in names
    ]
    take("customer", *rows)
    long_ago = NOW - timedelta(days=380)
    first = [order(f"{n}1", customer=n, amount=1, paid=long_ago) for n in names]
    take("order", *first, now=long_ago)
    segment("Northern", NORTH, now=long_ago)
    segment("Southern", condition("region", "any_of", "South"), now=long_ago)
    turn_segments(now=long_ago + timedelta(days=1))
    brought = [
        order(f"{n}2", customer=n, amount={"N": 10, "S": 30}[n[0]], paid=NOW)
        for n in names
    ]
    take("order", *brought)
    computed()

    found = of_company("segmentation_effectiveness", FEBRUARY)

    assert (found.value, found.n) == (1, 60)
    assert found.stats["best_segment"] == 50  # 30 against 20
