"""A source gives customers other segments: the days before keep what they had."""

from datetime import timedelta
from typing import Any

import pytest

from crmkpi.crm.models import Customer, CustomerSpell, Order, SegmentBefore
from crmkpi.crm.segments.turning import turn_segments
from crmkpi.lib.periods import from_day
from tests.crm.rows import at, order, spells, take
from tests.crm.segments.making import condition, segment
from tests.world import NOW, TODAY, day

pytestmark = pytest.mark.django_db
EARLIER = NOW - timedelta(days=30)
BOUGHT = day("2026-01-10")
LAST = BOUGHT + CustomerSpell.ACTIVE_DAYS


def acme(segment: str | None, **more: Any) -> dict[str, Any]:
    return {"name": "Acme", "region": "North", "segment": segment} | more


@pytest.fixture(autouse=True)
def customer(db) -> None:
    """Acme, given the segment Small a month ago, bought on 10 January."""
    take("customer", acme("Small"), now=EARLIER)
    take("order", order("r1"), now=EARLIER)


def active() -> list[tuple]:
    return spells(CustomerSpell, "segment__name", "started_day", "ended_day")


def test_days_before_keep_the_segment_of_then():
    take("customer", acme("Large"))

    assert active() == [("Small", BOUGHT, TODAY), ("Large", TODAY, LAST)]
    assert Customer.objects.get().segment.name == "Large"
    assert Customer.objects.get().acquired_segment.name == "Small"


def test_rows_brought_in_again_keep_it_too():
    take("customer", acme("Large"))

    assert take("order", order("r1")).same == 1
    take("order", order("r2", paid=NOW), order("late", paid=at("2026-01-20 09:00")))

    found = dict(Order.objects.values_list("external_id", "segment__name"))
    assert found == {"r1": "Small", "late": "Small", "r2": "Large"}


def test_the_same_again_changes_nothing(heard):
    since = from_day(TODAY - 3)
    for row in (acme("Large"), acme("Large", segment_since=since)):
        assert take("customer", row).changed == 1
        heard.told.clear()
        assert take("customer", row).same == 1
        assert heard.told == []


def test_a_day_can_be_told():
    take("customer", acme("Large", segment_since=from_day(TODAY - 5)))
    assert active() == [("Small", BOUGHT, TODAY - 5), ("Large", TODAY - 5, LAST)]

    # It turns out that it was earlier.
    take("customer", acme("Large", segment_since=from_day(TODAY - 9)))
    assert active() == [("Small", BOUGHT, TODAY - 9), ("Large", TODAY - 9, LAST)]

    take("customer", acme("Large", segment_since=from_day(BOUGHT - 9)))
    assert active() == [("Large", BOUGHT, LAST)]


def test_the_first_segment_always_held():
    take("customer", {"name": "Bolt"}, now=EARLIER)
    take("order", order("b1", customer="Bolt"), now=EARLIER)
    take("customer", {"name": "Bolt", "segment": "Large"})

    found = Customer.objects.get(name="Bolt")
    assert found.acquired_segment.name == "Large"
    assert not SegmentBefore.objects.exists()


def test_a_mistake_of_the_day_it_came_leaves_no_trace():
    take("customer", {"name": "Bolt", "segment": "Smal"})
    take("customer", {"name": "Bolt", "segment": "Small"})

    assert not SegmentBefore.objects.exists()


def test_given_nothing_any_more():
    take("customer", acme(None))
    assert active() == [("Small", BOUGHT, TODAY), (None, TODAY, LAST)]

    tomorrow = NOW + timedelta(days=1)
    take("customer", acme("Large"), now=tomorrow)
    assert active() == [
        ("Small", BOUGHT, TODAY),
        (None, TODAY, TODAY + 1),
        ("Large", TODAY + 1, LAST),
    ]


def test_a_rule_comes_before_both():
    take("customer", {"name": "Bolt", "region": "South"}, now=EARLIER)
    segment("Northern", condition("region", "any_of", "North"), now=EARLIER)
    turn_segments(now=NOW - timedelta(days=10))

    take("customer", acme("Large"))

    assert active() == [("Small", BOUGHT, TODAY - 10), ("Northern", TODAY - 10, LAST)]
