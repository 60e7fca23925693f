"""The calendar of the demonstration and its turning points."""

from datetime import UTC, date, datetime
from statistics import fmean

import pytest

from crmkpi.lib.periods import from_day, to_day
from objectives.demo.story import (
    SERVICE,
    Story,
    at,
    busy,
    draw,
    easter_sunday,
    effect,
    evening_of,
    holidays,
    number,
)
from tests.objectives.demo.days import FRIDAY, LATER, NEXT_QUARTER


@pytest.mark.parametrize(
    "day",
    [
        date(2019, 4, 21),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ],
)
def test_easter(day):
    assert easter_sunday(day.year) == day


def test_holidays_of_2026_that_hang_on_easter():
    days = {name: from_day(day) for day, name in holidays(2026)}

    assert days["Good Friday"] == date(2026, 4, 3)
    assert days["Ascension Day"] == date(2026, 5, 14)
    assert days["Whit Monday"] == date(2026, 5, 25)
    assert len(days) == 10


def test_minutes_count_from_local_midnight_in_winter_and_summer():
    winter, summer = to_day(date(2026, 1, 15)), to_day(date(2026, 7, 15))

    assert at(winter, 9 * 60) == datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
    assert at(summer, 9 * 60 + 0.5) == datetime(2026, 7, 15, 7, 0, 30, tzinfo=UTC)
    assert evening_of(summer) == datetime(2026, 7, 15, 16, 0, tzinfo=UTC)


def test_a_story_is_the_same_all_month():
    assert Story.told_on(FRIDAY) == Story.told_on(LATER)
    assert Story.told_on(FRIDAY) != Story.told_on(NEXT_QUARTER)


def test_two_years_before_the_quarter():
    story = Story.told_on(FRIDAY)

    assert from_day(story.start) == date(2024, 1, 1)
    assert from_day(story.quarter) == date(2026, 1, 1)


@pytest.mark.parametrize("month", range(1, 13))
def test_turning_points_come_in_their_order(month):
    story = Story.told_on(to_day(date(2026, month, 17)))
    points = [
        story.start,
        story.transfer,
        story.help_centre,
        story.playbook,
        story.recall,
        story.newcomer,
        story.month,
    ]

    assert points == sorted(points)
    assert story.start < story.regrouping < story.month
    assert 7 * 8 <= story.month - story.recall < 7 * 10
    assert all(from_day(day).weekday() == 0 for day in points[1:-1])


def test_an_effect_comes_slowly_and_stays():
    assert [effect(day, 100, days=10) for day in (90, 100, 105, 110, 200)] == [
        0, 0, 0.5, 1, 1,
    ]  # fmt: skip


def test_sundays_and_holidays_are_quiet():
    monday, sunday = to_day(date(2026, 3, 2)), to_day(date(2026, 3, 1))
    easter_monday = to_day(date(2026, 4, 6))

    assert busy(SERVICE, sunday) < busy(SERVICE, monday) / 10
    assert busy(SERVICE, easter_monday) < busy(SERVICE, monday) / 10


def test_days_share_out_the_total():
    story = Story.told_on(FRIDAY)
    days = range(story.start, story.month)

    shared = sum(story.expected(day, 20_000, SERVICE) for day in days)

    assert round(shared, 6) == 20_000


def test_a_scale_multiplies_what_is_expected():
    one, five = Story.told_on(FRIDAY), Story.told_on(FRIDAY, scale=5)

    assert five.expected(FRIDAY, 100, SERVICE) == pytest.approx(
        5 * one.expected(FRIDAY, 100, SERVICE)
    )


@pytest.mark.parametrize("expected", [0.3, 4, 60])
def test_as_many_happen_as_are_expected(expected):
    counts = [number(draw("test", expected, n), expected) for n in range(2_000)]

    assert abs(fmean(counts) - expected) < 4 * (expected / 2_000) ** 0.5


def test_a_stream_gives_the_same_numbers_again():
    assert draw("a", 1).random() == draw("a", 1).random()
    assert draw("a", 1).random() != draw("a", 2).random()
