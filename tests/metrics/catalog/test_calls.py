"""Calls and other contacts, worked out by hand."""

from decimal import Decimal

from crmkpi.crm import models as crm
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.world import TODAY, day

FIRST = day("2026-02-01")
LAST_MATURE = TODAY - 7  # 6 February: its window has just passed


def caller() -> crm.Customer:
    return rows.saved(crm.Customer, name="Caller")


def test_calls_offered_answered_and_in_time(world):
    """Four offered: answered after 20 s, after 21 s, after 60 s, and not at all.

    Answer rate 3 of 4, abandonment 1 of 4, service level 1 of 4 (of answered: 1 of
    3), speed of answer (20 + 21 + 60) ÷ 3.
    """
    who = (world.alice, world.berlin)
    spent = {"talk_seconds": 100, "hold_seconds": 10, "wrap_up_seconds": 40}
    rows.put(
        rows.call(*who, at=FIRST, wait_seconds=20, is_resolved=True, **spent),
        rows.call(*who, at=FIRST, wait_seconds=21, is_resolved=False, **spent),
        rows.call(*who, at=FIRST, wait_seconds=60, is_resolved=True, talk_seconds=40),
        rows.call(*who, at=FIRST, is_answered=False),
    )
    computed()
    assert of_company("answer_rate").value == 75
    assert of_company("abandonment_rate").value == 25
    level = of_company("service_level")
    assert level.value == 25
    assert round(level.stats["of_answered"], 3) == Decimal("33.333")
    assert round(of_company("average_speed_of_answer").value, 3) == Decimal("33.667")
    assert of_company("average_talk_time").value == 80
    handled = of_company("average_handle_time")  # 150, 150 and 40 seconds
    assert round(handled.value, 3) == Decimal("113.333")
    assert (handled.stats["median"], handled.stats["p90"]) == (150, 150)
    resolution = of_company("contact_resolution_rate")
    assert (resolution.numerator, resolution.denominator) == (2, 3)
    assert resolution.stats["of_all"] == 50
    contacts = of_company("customer_interactions")
    assert (contacts.value, contacts.stats["channel:phone"]) == (4, 4)


def test_calls_per_day_worked(world):
    """Alice 2 and 1 calls on two days, Bob 3 on one of them: 1.5, 3 and 6 ÷ 2 = 3."""
    berlin = world.berlin
    rows.put(
        rows.call(world.alice, berlin, at=FIRST),
        rows.call(world.alice, berlin, at=FIRST, is_answered=False),
        rows.call(world.alice, berlin, at=FIRST + 1),
        *[rows.call(world.bob, berlin, at=FIRST) for _ in range(3)],
        rows.call(world.bob, berlin, at=FIRST + 2, is_sales=True),
        rows.call(world.bob, berlin, at=FIRST + 3, direction=1),
        rows.call(world.bob, berlin, at=FIRST + 4, channel=crm.Channel.EMAIL),
        rows.call(world.bob, berlin, at=FIRST - 1),  # of January
    )
    computed()
    assert of_company("service_calls").value == 6
    assert of_company("service_calls_per_day").value == 3
    assert of_agent("service_calls_per_day", world.alice).value == Decimal("1.5")
    assert of_agent("service_calls_per_day", world.bob).value == 3
    assert of_team("service_calls", world.sales).value == 0
    assert of_team("service_calls_per_day", world.sales).value is None


def test_a_call_is_repeated_within_seven_days(world):
    """Of four calls one came again on day 7, one on day 8, two never: 1 of 4."""
    who, customer = (world.alice, world.berlin), caller()
    known = {"at": FIRST, "customer": customer}
    rows.put(
        rows.call(*who, **known, followed_up_day=FIRST + 7),
        rows.call(*who, **known, followed_up_day=FIRST + 8),
        rows.call(*who, **known),
        rows.call(*who, at=LAST_MATURE, customer=customer),
        rows.call(*who, at=LAST_MATURE + 1, customer=customer, followed_up_day=TODAY),
        rows.call(*who, at=FIRST),  # by nobody known
        rows.call(*who, **known, is_sales=True, followed_up_day=FIRST),
    )
    computed()
    rate = of_company("repeat_call_rate")
    assert (rate.numerator, rate.denominator, rate.cases) == (1, 4, 5)
    count = of_company("repeat_calls")
    assert (count.value, count.cases) == (1, 2)


def test_repeats_of_a_period_that_is_too_recent_are_not_none_at_all(world):
    from crmkpi.lib.periods import Period

    rows.put(rows.call(world.alice, world.berlin, at=TODAY, customer=caller()))
    computed()
    found = of_company("repeat_calls", Period(TODAY - 1, TODAY + 1))
    assert (found.value, found.status) == (None, "immature")


def test_topics_and_hold_time_of_answered_contacts(world):
    """Topics 1, 3 and 2: mean 2. Held 0 and 60 s: mean 30, of those held 60."""
    who = (world.alice, world.berlin)
    rows.put(
        rows.call(*who, at=FIRST, topics=1, talk_seconds=10, hold_seconds=0),
        rows.call(*who, at=FIRST, topics=3, talk_seconds=10, hold_seconds=60),
        rows.call(*who, at=FIRST, topics=2, talk_seconds=10),  # hold not known
        rows.call(*who, at=FIRST, topics=9, is_answered=False),
    )
    computed()
    topics = of_company("topics_per_contact")
    assert (topics.value, topics.n) == (2, 3)
    hold = of_company("average_hold_time")
    assert (hold.value, hold.n) == (30, 2)
    assert (hold.stats["of_held"], hold.stats["median"]) == (60, 30)
    assert of_agent("average_hold_time", world.bob).value is None
