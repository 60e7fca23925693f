"""Tickets, from opening to resolution, worked out by hand."""

from datetime import timedelta
from decimal import Decimal

from crmkpi.crm import models as crm
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.world import TODAY, day

FIRST = day("2026-02-01")
HOUR = 3_600


def of_scope(key, text):
    from metrics import queries
    from metrics.scopes import parse_scope
    from tests.metrics.catalog.ask import FEBRUARY
    from tests.world import NOW

    scope = parse_scope(text)
    return queries.read_value(key, scope, FEBRUARY, today=TODAY, now=NOW).value


def test_resolution_time_mean_median_and_business_hours(world):
    """1, 2 and 6 hours: mean 3, median 2; in business hours 1 and 2 are known."""
    for hours, business in ((1, 1), (2, 2), (6, None)):
        rows.put(
            rows.resolved(
                world.alice,
                world.berlin,
                opened=FIRST,
                on=FIRST,
                seconds=hours * HOUR,
                resolution_business_seconds=business and business * HOUR,
            )
        )
    computed()
    found = of_company("average_resolution_time")
    assert (found.value, found.n) == (3 * HOUR, 3)
    assert found.stats["median"] == 2 * HOUR
    assert found.stats["business_hours"] == Decimal("1.5") * HOUR
    assert of_company("tickets_handled").value == 3
    assert of_team("tickets_handled", world.sales).value == 0


def test_first_response_time_counts_answered_tickets_only(world):
    rows.put(
        rows.ticket(
            world.alice,
            world.berlin,
            opened=FIRST,
            replied_at=rows.noon(FIRST),
            replied_day=FIRST,
            replied_team=world.berlin,
            reply_seconds=600,
        ),
        rows.ticket(world.alice, world.berlin, opened=FIRST),
    )
    computed()
    found = of_company("first_response_time")
    assert (found.value, found.denominator) == (600, 1)


def test_same_day_closure_leaves_today_out(world):
    """Two of three closed the same day; a ticket of today is not asked yet."""
    for on in (FIRST, FIRST, FIRST + 1):
        rows.put(
            rows.resolved(world.alice, world.berlin, opened=FIRST, on=on, seconds=1)
        )
    rows.put(rows.ticket(world.alice, world.berlin, opened=TODAY))
    computed()
    found = of_company("same_day_closure_rate")
    assert (found.numerator, found.denominator) == (2, 3)
    assert of_company("ticket_volume").value == 4


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


def test_first_contact_resolution_needs_quiet_for_seven_days(world):
    """Of four settled tickets of 1 February: one came back after 7 days, one after 8.

    Back on the 8th (day 7) is inside the window, on the 9th outside; two contacts
    by the customer are one too many. 2 of 4.
    """
    common = {"opened": FIRST, "on": FIRST, "seconds": 60}
    who = (world.alice, world.berlin)
    rows.put(
        rows.resolved(*who, **common),
        rows.resolved(*who, **common, reopened_day=FIRST + 8),
        rows.resolved(*who, **common, followed_up_day=FIRST + 7),
        rows.resolved(*who, **common, customer_contacts=2),
        rows.resolved(*who, opened=TODAY - 6, on=TODAY - 6, seconds=1),  # too young
    )
    computed()
    found = of_company("first_contact_resolution")
    assert (found.numerator, found.denominator, found.cases) == (2, 4, 5)


def test_sla_counts_a_promise_past_due_as_missed(world):
    """Kept, stopped too late, and never stopped: 1 of 3; due today is not decided."""
    made = [rows.ticket(world.alice, world.berlin, opened=FIRST) for _ in range(4)]
    rows.put(*made)
    due = rows.noon(FIRST + 1)
    clocks = []
    for ticket, stopped, decided in (
        (made[0], due - timedelta(hours=1), FIRST + 1),
        (made[1], due + timedelta(hours=1), FIRST + 1),
        (made[2], None, FIRST + 1),
        (made[3], None, TODAY),
    ):
        clocks.append(
            crm.SlaClock(
                ticket=ticket,
                kind=crm.SlaClock.Kind.REPLY,
                due_at=due,
                stopped_at=stopped,
                decided_at=due,
                decided_day=decided,
                is_met=stopped is not None and stopped <= due,
                agent=world.alice,
                team=world.berlin,
            )
        )
    rows.put(*clocks)
    computed()
    found = of_company("sla_compliance")
    assert (found.numerator, found.denominator) == (1, 3)


def test_open_tickets_at_the_end_of_the_period(world):
    ticket = rows.ticket(world.alice, world.berlin, opened=FIRST)
    ticket.save()
    common = {"ticket": ticket, "status": 1, "agent": world.alice, "team": world.berlin}
    rows.put(
        crm.TicketSpell(**common, started_day=FIRST, ended_day=FIRST + 2),
        crm.TicketSpell(**common, started_day=FIRST + 3),
        crm.TicketSpell(
            **common | {"status": 3, "is_open": False}, started_day=FIRST + 2
        ),
    )
    computed()
    assert of_company("open_tickets").value == 1
    assert of_agent("open_tickets", world.bob).value == 0


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


def test_days_before_the_first_row_do_not_count(world):
    """The first ticket came on the 4th: 10 days passed, 5 requests, half a day each."""
    made = [
        rows.ticket(world.alice, world.berlin, opened=FIRST + 3 + number)
        for number in range(5)
    ]
    rows.put(*made)
    computed()
    assert of_company("service_requests_by_type").value == Decimal("0.5")
