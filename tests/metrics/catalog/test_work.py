"""Calls that come again, agents' time and processes, worked out by hand."""

from decimal import Decimal

import pytest

from crmkpi.crm import models as crm
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.world import TODAY, day

FIRST = day("2026-02-01")
LAST_MATURE = TODAY - 7  # 6 February: its window has just passed
HOUR = 3_600
State = crm.AgentTime.State


def caller() -> crm.Customer:
    return rows.saved(crm.Customer, name="Caller")


def stretch(agent, team, on, state, seconds, planned=None, **fields):
    return rows.new(
        crm.AgentTime,
        agent=agent,
        team=team,
        day=on,
        state=state,
        seconds=seconds,
        scheduled_seconds=planned,
        **fields,
    )


def run(on, process="Invoice", **fields):
    return rows.new(
        crm.ProcessRun,
        ended_at=rows.noon(on),
        ended_day=on,
        process=rows.member("process", process),
        **fields,
    )


EVERY = (
    "complaint_resolution_time",
    "service_requests_by_type",
    "service_calls_per_day",
    "repeat_call_rate",
    "topics_per_contact",
    "average_hold_time",
    "occupancy",
    "shrinkage",
    "break_adherence",
    "process_automation_rate",
)


@pytest.mark.parametrize("key", EVERY)
def test_without_rows_there_is_no_value_but_a_reason(world, key):
    found = of_company(key)
    assert (found.value, found.status) == (None, "no_data")
    assert found.reason


@pytest.mark.parametrize("key", ["same_day_closures", "service_calls", "repeat_calls"])
def test_counts_of_what_never_arrived_are_none_too(world, key):
    assert of_company(key).value is None


def test_complaints_take_their_own_time(world):
    """Complaints of 2 and 6 hours: mean 4, in business hours 2; a request apart."""
    common = {"opened": FIRST, "on": FIRST + 1}
    for hours, is_complaint, business in (
        (2, True, 2 * HOUR),
        (6, True, None),
        (40, False, HOUR),
    ):
        rows.put(
            rows.resolved(
                world.alice,
                world.berlin,
                **common,
                seconds=hours * HOUR,
                is_complaint=is_complaint,
                resolution_business_seconds=business,
            )
        )
    rows.put(
        rows.resolved(
            world.alice,
            world.berlin,
            **common,
            seconds=HOUR,
            is_complaint=True,
            exclusion=crm.Exclusion.SPAM,
        )
    )
    computed()
    found = of_company("complaint_resolution_time")
    assert (found.value, found.n) == (4 * HOUR, 2)
    assert found.stats["median"] == 4 * HOUR
    assert found.stats["business_hours"] == 2 * HOUR
    assert of_team("complaint_resolution_time", world.sales).value is None


def test_same_day_closures_count_today_too(world):
    for opened, closed in ((FIRST, FIRST), (FIRST, FIRST + 1), (TODAY, TODAY)):
        rows.put(
            rows.resolved(
                world.alice, world.berlin, opened=opened, on=closed, seconds=60
            )
        )
    computed()
    assert of_company("same_day_closures").value == 2
    assert of_team("same_day_closures", world.sales).value == 0


def test_requests_per_calendar_day_add_up_over_types(world):
    """From 1 to 13 February 13 days: 26 requests are 2 a day, 13 of a type 1 a day."""
    question = rows.member("type", "Question")
    made = [
        rows.ticket(
            world.alice,
            world.berlin,
            opened=FIRST + number % 13,
            type=question if number % 2 else None,
        )
        for number in range(26)
    ]
    complaint = rows.ticket(world.alice, world.berlin, opened=FIRST, is_complaint=True)
    rows.put(*made, complaint)
    computed()
    found = of_company("service_requests_by_type")
    assert (found.value, found.numerator, found.n) == (2, 26, 26)
    assert found.stats["days"] == 13
    assert of_scope("service_requests_by_type", "type:Question") == 1
    assert of_scope("service_requests_by_type", "type:unassigned") == 1


def of_scope(key, text):
    from metrics import queries
    from metrics.scopes import parse_scope
    from tests.metrics.catalog.ask import FEBRUARY
    from tests.world import NOW

    scope = parse_scope(text)
    return queries.read_value(key, scope, FEBRUARY, today=TODAY, now=NOW).value


def test_days_before_the_first_row_do_not_count(world):
    """The first ticket came on the 4th: 10 days passed, 5 requests, half a day each."""
    made = [
        rows.ticket(world.alice, world.berlin, opened=FIRST + 3 + number)
        for number in range(5)
    ]
    rows.put(*made)
    computed()
    assert of_company("service_requests_by_type").value == Decimal("0.5")


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


def test_occupancy_and_shrinkage_of_a_day(world):
    """8 h paid: 4.5 handling, 1.5 waiting, 1 break, 0.5 meeting, 0.5 training.

    Occupancy 4.5 ÷ 6 = 75 %, shrinkage 2 ÷ 8 = 25 %, all of it planned. The day before
    and test rows are left out.
    """
    who = (world.alice, world.berlin)
    rows.put(
        *[
            stretch(*who, FIRST, state, round(hours * HOUR))
            for state, hours in (
                (State.HANDLING, 4.5),
                (State.AVAILABLE, 1.5),
                (State.BREAK, 1),
                (State.MEETING, 0.5),
                (State.TRAINING, 0.5),
            )
        ],
        stretch(*who, FIRST - 1, State.HANDLING, 9 * HOUR),
        stretch(*who, FIRST, State.ABSENT, HOUR, exclusion=crm.Exclusion.TEST),
    )
    computed()
    occupancy, shrinkage = of_company("occupancy"), of_company("shrinkage")
    assert (occupancy.value, occupancy.n) == (75, 2)
    assert (occupancy.numerator, occupancy.denominator) == (4.5 * HOUR, 6 * HOUR)
    assert (shrinkage.value, shrinkage.n) == (25, 5)
    assert shrinkage.stats == {"planned": 25, "unplanned": 0}
    assert occupancy.low is None  # seconds are no sample of anything
    assert occupancy.status == "low_n"  # 2 stretches of time
    assert of_team("occupancy", world.sales).value is None
    assert of_agent("occupancy", world.alice).value == 75


def test_unplanned_absence_shrinks_too(world):
    """6 h handling, 2 h absent without a plan: 25 %, planned 0."""
    who = (world.alice, world.berlin)
    rows.put(
        stretch(*who, FIRST, State.HANDLING, 6 * HOUR),
        stretch(*who, FIRST, State.ABSENT, 2 * HOUR, is_planned=False),
    )
    computed()
    found = of_company("shrinkage")
    assert (found.value, found.stats["planned"], found.stats["unplanned"]) == (
        25,
        0,
        25,
    )


def test_breaks_that_keep_to_their_plan(world):
    """Planned 40 min each: taken 40 (40), 30 (30), 50 (40 − 10), 80 and 90 (0).

    100 of 200 minutes; a break without a plan is not judged.
    """
    who = (world.alice, world.berlin)
    for number, minutes in enumerate((40, 30, 50, 80, 90)):
        rows.put(stretch(*who, FIRST + number, State.BREAK, minutes * 60, 40 * 60))
    rows.put(stretch(*who, FIRST, State.BREAK, 600))
    rows.put(stretch(*who, FIRST, State.MEETING, 600, 600))
    computed()
    found = of_company("break_adherence")
    assert (found.value, found.n, found.status) == (50, 5, "ok")
    assert (found.numerator, found.denominator) == (100 * 60, 200 * 60)


def test_runs_without_a_human_touch(world):
    """Eligible: untouched, touched, failed, untouched of another process: 2 of 4."""
    rows.put(
        run(FIRST),
        run(FIRST, human_touches=1),
        run(FIRST, is_finished=False),
        run(FIRST + 12, process="Refund"),
        run(FIRST, is_eligible=False),
        run(FIRST - 1),
        run(FIRST + 13),  # tomorrow
        run(FIRST, exclusion=crm.Exclusion.TEST),
    )
    computed()
    found = of_company("process_automation_rate")
    assert (found.numerator, found.denominator) == (2, 4)
    assert of_scope("process_automation_rate", "process:Refund") == 100
    assert of_team("process_automation_rate", world.sales).value is None
