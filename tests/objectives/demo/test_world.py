"""What happened: the same every time, told on without a seam, nothing too soon."""

from collections import Counter
from datetime import date, datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest

from crmkpi.lib.periods import from_day, to_day
from objectives.demo import organisation as org
from objectives.demo import people
from objectives.demo.story import ZONE, Story, at, day_of, evening_of
from objectives.demo.world import LOOK_BACK, SOURCES, World
from tests.objectives.demo.days import FRIDAY, LATER, NEXT_QUARTER

SCALE = 0.04
STORY = Story.told_on(FRIDAY, scale=SCALE)
PLANS = {"reply_due", "resolution_due", "due"}  # may lie ahead
NATURAL = {"product": "name"}


def rows_of(world: World) -> dict[str, dict[object, dict[str, object]]]:
    """Return all rows by record and id; no id comes twice."""
    found = {}
    for record in SOURCES:
        rows = list(world.rows(record))
        key = NATURAL.get(record, "external_id")
        found[record] = {row[key]: row for row in rows}
        assert len(found[record]) == len(rows), record
    return found


def asks_of(world: World) -> dict[str, object]:
    return {ask.id: ask for ask in world.asks}


@pytest.fixture(scope="module")
def friday() -> World:
    return World(STORY, evening_of(FRIDAY))


@pytest.fixture(scope="module")
def rows(friday):
    found = rows_of(friday)
    found["order"] |= {row["external_id"]: row for row in friday.late_orders()}
    return found


def test_every_record_is_there(rows):
    assert {record for record, found in rows.items() if found} == set(SOURCES)


def test_told_twice_it_is_the_same(rows):
    again = World(Story.told_on(FRIDAY, scale=SCALE), evening_of(FRIDAY))
    found = rows_of(again)
    found["order"] |= {row["external_id"]: row for row in again.late_orders()}

    assert found == rows


@pytest.mark.parametrize("later", [FRIDAY + 1, LATER, NEXT_QUARTER])
def test_told_on_it_is_as_if_told_later(rows, friday, later):
    whole = World(STORY, evening_of(later))
    expected = rows_of(whole)
    expected["order"] |= {row["external_id"]: row for row in whole.late_orders()}

    news = World(STORY, evening_of(later), since=evening_of(FRIDAY))
    told = {record: found | rows_of(news)[record] for record, found in rows.items()}

    for record in SOURCES:
        assert told[record] == expected[record], record
    assert asks_of(friday) | asks_of(news) == asks_of(whole)


def test_told_on_at_noon_and_again_in_the_evening(rows, friday):
    noon, evening = at(FRIDAY + 3, 720), evening_of(FRIDAY + 3)
    first = rows_of(World(STORY, noon, since=friday.as_of))
    second = rows_of(World(STORY, evening, since=noon))
    whole = World(STORY, evening)
    expected = rows_of(whole)
    expected["order"] |= {row["external_id"]: row for row in whole.late_orders()}

    assert any(first.values()) and any(second.values())
    for record in SOURCES:
        told = rows[record] | first[record] | second[record]
        assert told == expected[record], record


def test_nothing_lies_in_the_future(rows):
    now = evening_of(FRIDAY)
    for record, found in rows.items():
        for row in found.values():
            for name, value in row.items():
                if name in PLANS:
                    continue
                if isinstance(value, datetime):
                    assert value <= now, (record, name, row)
                elif isinstance(value, date):
                    assert to_day(value) <= FRIDAY, (record, name, row)


def test_rows_name_only_what_is_there(rows):
    named = {
        "customer": "customer",
        "referred_by": "customer",
        "contact": "contact",
        "campaign": "campaign",
        "opportunity": "opportunity",
        "ticket": "ticket",
        "product": "product",
    }
    for record, found in rows.items():
        for row in found.values():
            for field, other in named.items():
                if row.get(field):
                    assert row[field] in rows[other], (record, field, row)


def test_agents_are_people_of_the_company(rows):
    known = {stint.name for stint in people.stints(STORY)}
    for record in ("ticket", "interaction", "lead", "opportunity", "order", "contract"):
        for row in rows[record].values():
            who = row.get("agent") or row.get("owner")
            assert who in known or row["exclusion"] == "spam", row


def test_whoever_deals_with_it_works_there_on_that_day(rows):
    worked = {}
    for stint in people.stints(STORY):
        worked.setdefault(stint.name, []).append(stint)
    for row in rows["ticket"].values():
        if row["agent"]:
            day = day_of(row["opened"])
            assert any(stint.covers(day) for stint in worked[row["agent"]]), row


def test_calls_are_taken_in_business_hours_and_weekends_are_thin(rows):
    calls = [row for row in rows["interaction"].values() if row["channel"] == "phone"]
    local = [row["started"].astimezone(ZoneInfo(ZONE)) for row in calls]

    assert {when.weekday() for when in local} == {0, 1, 2, 3, 4}
    assert all(8 <= when.hour <= 18 for when in local)
    days = [day_of(row["opened"]) for row in rows["ticket"].values()]
    weekend = sum(from_day(day).weekday() >= 5 for day in days) / len(days)
    assert 0.01 < weekend < 0.08


def test_no_ticket_changes_after_the_days_that_are_looked_back(friday):
    lives = [ticket.moments[-1] - ticket.opened for ticket in friday.tickets]
    asked = timedelta(days=15)

    # A ticket that comes back has the life of the first before its own.
    assert max(lives) * 2 + asked < timedelta(days=LOOK_BACK)


def test_some_tickets_do_not_count(rows):
    found = Counter(row["exclusion"] for row in rows["ticket"].values())
    counted = found[None] / found.total()

    assert 0.93 < counted < 0.99
    assert {"spam", "merged"} <= found.keys()


def test_one_team_has_fallen_behind_since_the_recall(friday):
    def hours(team: str, first: int, last: int) -> float:
        taken = [
            (ticket.resolved - ticket.opened) / timedelta(hours=1)
            for ticket in friday.tickets
            if ticket.team == team and first <= ticket.day < last and ticket.resolved
        ]
        return fmean(taken)

    trouble = STORY.recall + 35
    for team in (org.SERVICE_HAMBURG, org.SERVICE_BERLIN):
        before = hours(team, STORY.recall - 90, STORY.recall)
        after = hours(team, trouble, FRIDAY)
        assert (after > 1.6 * before) == (team == org.SERVICE_HAMBURG), team


def test_one_agent_has_hardly_any_tickets_yet(rows):
    tickets = [(row["agent"], day_of(row["opened"])) for row in rows["ticket"].values()]
    recent = Counter(agent for agent, day in tickets if day >= STORY.newcomer)
    own = [day for agent, day in tickets if agent == people.NEWCOMER]

    assert recent[people.NEWCOMER] * 5 < recent[people.DEMO_AGENT]
    assert all(day >= STORY.newcomer for day in own)


def test_late_orders_are_of_the_end_of_last_quarter():
    world = World(Story.told_on(FRIDAY, scale=1), evening_of(FRIDAY))
    late = world.late_orders()

    assert len(late) >= 20
    days = [day_of(row["paid"]) for row in late]
    assert STORY.quarter - 50 < min(days) and max(days) < STORY.quarter
    ids = {row["external_id"] for row in world.rows("order")}
    assert not ids & {row["external_id"] for row in late}


def test_comments_come_in_three_languages(friday):
    languages = Counter(
        ask.account.language for ask in friday.asks if ask.answered and ask.comment
    )

    assert languages.keys() == {"en", "de", "ar"}


def test_people_answer_some_questions_and_leave_others(friday):
    asks = list(friday.asks)
    answered = sum(ask.answered is not None for ask in asks) / len(asks)

    assert 0.2 < answered < 0.5
    assert {ask.survey.kind for ask in asks} == {"csat", "ces", "nps"}


def test_scale_makes_more_customers_and_contacts_by_the_same_people():
    small = World(Story.told_on(FRIDAY, scale=0.02), evening_of(FRIDAY))
    large = World(Story.told_on(FRIDAY, scale=0.06), evening_of(FRIDAY))

    for record in ("customer", "order", "ticket", "interaction"):
        ratio = len(list(large.rows(record))) / len(list(small.rows(record)))
        assert 2.5 < ratio < 3.6, record
    for record in ("agent_time", "engagement_day"):
        assert len(list(large.rows(record))) == len(list(small.rows(record)))
