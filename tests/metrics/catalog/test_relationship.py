"""How close customers are, part by part and worked out by hand."""

from decimal import Decimal

import pytest

from crmkpi.crm import models as crm
from crmkpi.crm.models import Channel
from metrics.analytics.models import CustomerStanding
from metrics.analytics.standings import take_if_due, take_standings
from surveys.models import Answer, Response
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.metrics.everything import survey_version
from tests.world import NOW, TODAY, day

KEY = "relationship_index"
FIRST = day("2026-02-01")  # February is read on the 13th, so ended is TODAY + 1
END = TODAY + 1


def customer(world, *, won=END - 800, owner=None, team=None, **fields):
    owner, team = owner or world.cleo, team or world.north
    who = rows.customer(owner, team, acquired=won, **fields)
    rows.put(who)
    rows.put(rows.stay(who, owner, team, since=FIRST - 60))
    return who


def met(world, who, *days, channel=Channel.PHONE, **fields):
    calls = [
        rows.call(
            world.cleo, world.north, at=on, customer=who, channel=channel, **fields
        )
        for on in days
    ]
    rows.put(*calls)


def said(who, value, on, **fields):
    version = survey_version("nps", 0, 10, 9)
    response = Response.objects.create(
        source=rows.source(),
        external_id=f"{who.pk}-{on}-{value}",
        written_at=NOW,
        survey=version.survey,
        version=version,
        origin=Response.Origin.IMPORT,
        customer=who,
        answered_at=rows.noon(on),
    )
    rows.put(
        Answer(
            response=response,
            question=version.questions.get(),
            survey=version.survey,
            kind="nps",
            value=value,
            low=0,
            high=10,
            is_top=value >= 9,
            answered_at=rows.noon(on),
            answered_day=on,
            event_day=on,
            **fields,
        )
    )


def complained(world, who, *, opened, closed=None, **fields):
    ticket = rows.ticket(
        world.alice, world.berlin, opened=opened, customer=who, is_complaint=True
    )
    rows.put(ticket)
    rows.put(
        crm.TicketSpell(
            ticket=ticket,
            status=crm.Ticket.Status.OPEN,
            started_day=opened,
            ended_day=closed,
            **fields,
        )
    )


def index(world):
    take_standings(as_of=TODAY, now=NOW)
    computed()
    return of_company(KEY)


def test_all_five_parts(world):
    """Met 40 days ago: 75 points × 25. By phone, e-mail and chat: 75 × 15. With us for
    800 days: 75 × 15. Said 6: 60 × 25. One complaint open: 50 × 20. Together
    1,875 + 1,125 + 1,125 + 1,500 + 1,000 = 6,625 of 100 weights: 66.25.
    """
    who = customer(world)
    met(world, who, END - 40)
    met(world, who, END - 300, channel=Channel.EMAIL)
    met(world, who, END - 365, channel=Channel.CHAT)
    said(who, 6, END - 20)
    complained(world, who, opened=END - 9)
    found = index(world)
    assert (found.numerator, found.denominator, found.n) == (6_625, 100, 1)
    assert found.value == Decimal("66.25")
    assert found.status == "low_n"


@pytest.mark.parametrize(
    ("ago", "points"),
    [(1, 100), (30, 100), (31, 75), (90, 75), (180, 50), (365, 25), (366, 0)],
)
def test_the_last_contact(world, ago, points):
    """With nothing else but the tenure (75 × 15), one channel within a year (25 × 15)
    and no complaints (100 × 20), of 75 weights."""
    who = customer(world)
    met(world, who, END - ago)
    rows.put(rows.ticket(world.alice, world.berlin, opened=FIRST))
    channels = 25 if ago <= 365 else 0
    found = index(world)
    assert found.numerator == 25 * points + 15 * channels + 15 * 75 + 20 * 100
    assert found.denominator == 75


@pytest.mark.parametrize(
    ("held", "points"), [(89, 0), (90, 25), (364, 25), (365, 50), (1_095, 100)]
)
def test_the_time_as_a_customer(world, held, points):
    who = customer(world, won=END - held)
    met(world, who, TODAY)
    rows.put(rows.ticket(world.alice, world.berlin, opened=FIRST))
    assert index(world).numerator == 2_500 + 15 * 25 + 15 * points + 2_000


def test_what_counts_as_contact(world):
    """Not calls that nobody took, spam, or what comes after the day; an unknown channel
    is contact but no channel."""
    who = customer(world)
    met(world, who, END - 100, channel=Channel.UNKNOWN)
    met(world, who, TODAY, is_answered=False)
    met(world, who, TODAY, exclusion=crm.Exclusion.SPAM)
    met(world, who, END)
    rows.put(rows.ticket(world.alice, world.berlin, opened=FIRST))
    assert index(world).numerator == 25 * 50 + 0 + 15 * 75 + 2_000


def test_the_latest_answer_within_a_year(world):
    who = customer(world)
    met(world, who, TODAY)
    said(who, 10, END - 366)
    rows.put(rows.ticket(world.alice, world.berlin, opened=FIRST))
    assert index(world).denominator == 75
    said(who, 9, END - 30)
    said(who, 2, END - 5)
    said(who, 10, TODAY, exclusion=crm.Exclusion.TEST)
    said(who, 10, END)
    found = index(world)
    assert found.denominator == 100
    assert found.numerator == 2_500 + 375 + 1_125 + 25 * 20 + 2_000


def test_open_complaints_at_the_end(world):
    who, calm, angry = (customer(world) for _each in range(3))
    for each in (who, calm, angry):
        met(world, each, TODAY)
    complained(world, who, opened=FIRST)
    complained(world, calm, opened=FIRST, closed=TODAY)
    complained(world, calm, opened=FIRST, exclusion=crm.Exclusion.SPAM)
    complained(world, calm, opened=FIRST, is_open=False)
    for _each in range(3):
        complained(world, angry, opened=FIRST)
    plain = 2_500 + 375 + 1_125
    found = index(world)
    assert found.numerator == 3 * plain + 20 * 50 + 20 * 100
    assert found.denominator == 3 * 75


def test_less_than_70_of_the_weight_is_no_index(world):
    """Without contact 60 are known at most; without tickets 80 are, or 55."""
    silent, undated = customer(world), customer(world, won=None)
    said(silent, 10, TODAY)
    met(world, undated, TODAY)
    said(undated, 10, TODAY)
    found = index(world)
    assert (found.value, found.status) == (None, "no_data") and found.reason
    rows.put(rows.ticket(world.alice, world.berlin, opened=FIRST))
    found = index(world)
    assert found.n == 1 and found.denominator == 85
    assert found.stats["too_little_known"] == 1


def test_whose_customers_count(world):
    """Those of the scope who are active at the end, test accounts left out."""
    rows.put(rows.ticket(world.alice, world.berlin, opened=FIRST))
    mine = customer(world, owner=world.alice, team=world.berlin)
    odd = customer(world, exclusion=crm.Exclusion.TEST)
    gone = rows.customer(world.cleo, world.north, acquired=END - 800)
    rows.put(gone)
    rows.put(rows.stay(gone, world.cleo, world.north, since=FIRST - 90, until=TODAY))
    for who in (mine, odd, gone):
        met(world, who, TODAY)
    found = index(world)
    assert found.n == 1
    assert of_team(KEY, world.support).value == found.value
    assert of_agent(KEY, world.alice).n == 1
    assert of_agent(KEY, world.cleo).value is None
    assert of_team(KEY, world.sales).value is None


def test_nobody_at_all(world):
    found = index(world)
    assert (found.value, found.status) == (None, "no_data") and found.reason


def test_rows_show_each_part(world):
    who = customer(world)
    met(world, who, END - 40)
    assert index(world).value is None  # 55 of the weights, for there are no tickets
    row = CustomerStanding.objects.get()
    assert (row.recency, row.channels, row.tenure) == (75, 25, 75)
    assert (row.nps, row.complaints, row.weight) == (None, None, 55)


def test_once_a_day_and_the_last_of_weeks_and_months_is_kept(world):
    """13 February 2026 is a Friday; 35 days before it began on 8 January."""
    customer(world)
    days = ("2025-12-15", "2025-12-30", "2026-01-10", "2026-01-11", "2026-01-31")
    days += ("2026-02-01", "2026-02-10")
    for text in days:
        take_standings(as_of=day(text), now=NOW)
    assert take_if_due(now=NOW) == 1
    assert take_if_due(now=NOW) == 0
    kept = set(CustomerStanding.objects.values_list("as_of_day", flat=True))
    wanted = ("2025-12-30", "2026-01-11", "2026-01-31", "2026-02-01", "2026-02-12")
    assert kept == {day(text) for text in wanted}
