from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkpi.lib.business_time import (
    BusinessCalendar,
    Hours,
    HoursError,
    hours_from_json,
)
from crmkpi.lib.periods import to_day

NINE_TO_FIVE = (((540, 1020),),) * 5 + ((), ())
ALWAYS = (((0, 1440),),) * 7
NEVER: Hours = ((),) * 7
BERLIN = BusinessCalendar("Europe/Berlin", NINE_TO_FIVE)


def day(text: str) -> int:
    return to_day(date.fromisoformat(text))


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-02-13T10:00", "2026-02-13T11:30", 1.5),  # a Friday
        ("2026-02-13T16:00", "2026-02-16T10:00", 2),
        ("2026-02-13T08:00", "2026-02-13T18:00", 8),
        ("2026-02-13T17:00", "2026-02-16T09:00", 0),
        ("2026-02-14T10:00", "2026-02-15T10:00", 0),
        ("2026-02-13T20:00", "2026-02-16T07:00", 0),
        ("2026-02-13T12:00", "2026-02-13T12:00", 0),
        ("2026-02-02T00:00", "2026-02-09T00:00", 40),
        ("2026-01-01T00:00", "2027-01-01T00:00", 261 * 8),
    ],
)
def test_seconds_between(start: str, end: str, hours: float) -> None:
    assert BERLIN.seconds_between(at(start), at(end)) == hours * 3600


def test_parts_of_a_second_are_cut_off() -> None:
    start = at("2026-02-13T10:00")
    assert BERLIN.seconds_between(start, start + timedelta(seconds=1.999)) == 1


def test_instants_of_any_offset_are_compared_in_the_zone_of_the_calendar() -> None:
    start = datetime.fromisoformat("2026-02-13T03:00-05:00")  # 09:00 in Berlin
    end = datetime.fromisoformat("2026-02-13T09:30+00:00")  # 10:30 in Berlin
    assert BERLIN.seconds_between(start, end) == 5400


def test_holidays_are_closed() -> None:
    calendar = BusinessCalendar(
        "Europe/Berlin", NINE_TO_FIVE, frozenset({day("2026-02-13")})
    )
    friday, monday = at("2026-02-13T10:00"), at("2026-02-16T10:00")
    assert calendar.seconds_between(friday, monday) == 3600
    assert calendar.add_seconds(friday, 60) == at("2026-02-16T09:01")
    assert not calendar.is_business_day(day("2026-02-13"))


def test_lunch_is_left_out() -> None:
    calendar = BusinessCalendar("Europe/Berlin", (((540, 750), (780, 1020)),) * 7)
    start = at("2026-02-13T12:00")
    assert calendar.seconds_between(start, at("2026-02-13T13:15")) == 45 * 60
    assert calendar.add_seconds(start, 45 * 60) == at("2026-02-13T13:15")


@pytest.mark.parametrize(
    ("on", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-02-13", 24)]
)
def test_open_all_day_follows_the_clock_change(on: str, hours: int) -> None:
    calendar = BusinessCalendar("Europe/Berlin", ALWAYS)
    start = at(f"{on}T00:00")
    end = at(f"{date.fromisoformat(on) + timedelta(days=1)}T00:00")
    assert calendar.seconds_between(start, end) == hours * 3600


@pytest.mark.parametrize(
    ("opening", "closing", "minutes"),
    [
        # On 29 March 2026 the clocks jump from 02:00 to 03:00.
        (60, 150, 60),
        (120, 150, 0),
        (150, 180, 0),
        (150, 240, 60),
        (60, 240, 120),
    ],
)
def test_hours_that_the_clocks_skip_do_not_exist(
    opening: int, closing: int, minutes: int
) -> None:
    calendar = BusinessCalendar("Europe/Berlin", (((opening, closing),),) * 7)
    start, end = at("2026-03-29T00:00"), at("2026-03-29T23:00")
    assert calendar.seconds_between(start, end) == minutes * 60


def test_neighbouring_stretches_do_not_overlap_in_the_skipped_hour() -> None:
    calendar = BusinessCalendar("Europe/Berlin", (((120, 150), (180, 300)),) * 7)
    start, end = at("2026-03-29T00:00"), at("2026-03-29T23:00")
    assert calendar.seconds_between(start, end) == 2 * 3600


def test_an_end_within_a_repeated_hour_is_its_first_passing() -> None:
    # On 25 October 2026 the hour from 02:00 comes twice.
    calendar = BusinessCalendar("Europe/Berlin", (((60, 150), (150, 240)),) * 7)
    start = at("2026-10-25T00:00")
    first, whole = at("2026-10-25T02:30"), at("2026-10-25T12:00")
    assert calendar.seconds_between(start, first) == 90 * 60
    assert calendar.seconds_between(start, whole) == 4 * 3600


def test_a_day_that_the_zone_left_out_has_no_business_time() -> None:
    calendar = BusinessCalendar("Pacific/Kiritimati", ALWAYS)
    start = at("1994-12-30T00:00", "Pacific/Kiritimati")
    end = at("1995-01-02T00:00", "Pacific/Kiritimati")
    assert calendar.seconds_between(start, end) == 48 * 3600


def test_a_stretch_to_midnight_joins_the_next_day() -> None:
    calendar = BusinessCalendar("UTC", (((1320, 1440),), ((0, 60),)) + ((),) * 5)
    start = at("2026-02-09T23:30", "UTC")  # a Monday
    assert calendar.add_seconds(start, 3600) == at("2026-02-10T00:30", "UTC")


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        BERLIN.seconds_between(at("2026-02-13T10:00"), at("2026-02-13T09:59"))


def test_instants_without_offset_are_refused() -> None:
    naive = datetime.fromisoformat("2026-02-13T10:00")
    with pytest.raises(ValueError, match="offset"):
        BERLIN.seconds_between(naive, naive)
    with pytest.raises(ValueError, match="offset"):
        BERLIN.add_seconds(naive, 1)


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        ("2026-02-13T10:00", 3600, "2026-02-13T11:00"),
        ("2026-02-13T16:00", 7200, "2026-02-16T10:00"),
        ("2026-02-13T16:00", 3600, "2026-02-13T17:00"),
        ("2026-02-13T07:00", 3600, "2026-02-13T10:00"),
        ("2026-02-14T12:00", 60, "2026-02-16T09:01"),
        ("2026-02-14T12:00", 0, "2026-02-16T09:00"),
        ("2026-02-13T17:00", 0, "2026-02-16T09:00"),
        ("2026-02-13T12:00", 0, "2026-02-13T12:00"),
        ("2026-02-02T09:00", 40 * 3600, "2026-02-06T17:00"),
        ("2026-03-27T16:00", 7200, "2026-03-30T10:00"),
    ],
)
def test_add_seconds(start: str, seconds: int, end: str) -> None:
    assert BERLIN.add_seconds(at(start), seconds) == at(end)


def test_add_seconds_that_never_come() -> None:
    start = at("2026-02-13T10:00")
    with pytest.raises(HoursError, match="never open"):
        BusinessCalendar("UTC", NEVER).add_seconds(start, 1)
    with pytest.raises(HoursError, match="2059"):
        BERLIN.add_seconds(start, 10**9)
    with pytest.raises(ValueError, match="forward"):
        BERLIN.add_seconds(start, -1)


def test_business_days() -> None:
    new_year = frozenset({day("2026-01-01")})
    calendar = BusinessCalendar("Europe/Berlin", NINE_TO_FIVE, new_year)
    first = day("2026-01-01")
    assert calendar.business_days(first, day("2026-04-01")) == 63
    assert calendar.business_days(first, day("2026-02-14")) == 31
    assert calendar.business_days(first, day("2026-01-02")) == 0
    assert calendar.business_days(first, first) == 0
    assert calendar.business_days(first, first - 5) == 0
    assert BERLIN.is_business_day(first)
    assert not BERLIN.is_business_day(day("2026-02-14"))


def test_a_holiday_on_a_closed_day_is_not_taken_off_twice() -> None:
    sunday = frozenset({day("2026-02-15")})
    calendar = BusinessCalendar("UTC", NINE_TO_FIVE, sunday)
    assert calendar.business_days(day("2026-02-09"), day("2026-02-16")) == 5


def test_hours_are_read_from_their_stored_form() -> None:
    data = {
        "mon": [["09:00", "12:30"], ["13:00", "17:00"]],
        "sat": [["20:00", "24:00"]],
    }
    assert hours_from_json(data) == (
        ((540, 750), (780, 1020)),
        *((),) * 4,
        ((1200, 1440),),
        (),
    )
    assert hours_from_json({}) == NEVER


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "by weekday"),
        ({"monday": []}, "“monday” is not a weekday"),
        ({"mon": "09:00-17:00"}, "On mon a list"),
        ({"mon": ["09:00", "17:00"]}, "On mon each entry"),
        ({"mon": [["09:00"]]}, "On mon each entry"),
        ({"mon": [["9:00", "17:00"]]}, "“9:00” is not a time"),
        ({"mon": [["09:00", "24:01"]]}, "“24:01” is not a time"),
        ({"mon": [["09:60", "17:00"]]}, "“09:60” is not a time"),
        ({"mon": [["٠٩:٠٠", "17:00"]]}, "is not a time"),
        ({"mon": [[9, 17]]}, "“9” is not a time"),
        ({"mon": [[None, "17:00"]]}, "“None” is not a time"),
        ({"tue": [["17:00", "09:00"]]}, "On tue a closing time"),
        ({"tue": [["09:00", "09:00"]]}, "On tue a closing time"),
        ({"tue": [["09:00", "12:00"], ["11:00", "17:00"]]}, "On tue the times overlap"),
        ({"tue": [["13:00", "17:00"], ["09:00", "12:00"]]}, "On tue the times overlap"),
    ],
)
def test_wrong_hours_are_refused_in_words(data: Any, words: str) -> None:
    with pytest.raises(HoursError, match=words):
        hours_from_json(data)


def test_a_calendar_checks_its_hours_too() -> None:
    with pytest.raises(HoursError, match="seven"):
        BusinessCalendar("UTC", NINE_TO_FIVE[:6])
    with pytest.raises(HoursError, match="closing"):
        BusinessCalendar("UTC", (((600, 2000),),) * 7)


# Against counting minute by minute on the wall clock. Whole hours keep the ends out of
# the middle of a repeated hour, whose meaning is tested above.


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    def stretches() -> tuple[tuple[int, int], ...]:
        ends = sorted(draw(st.sets(st.integers(0, 24), max_size=4)))
        pairs = zip(ends[::2], ends[1::2], strict=False)
        return tuple((60 * opening, 60 * closing) for opening, closing in pairs)

    zone = draw(
        st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "Asia/Beirut"])
    )
    holidays = draw(st.frozensets(st.integers(day("2026-01-01"), day("2026-12-31"))))
    return BusinessCalendar(zone, tuple(stretches() for _day in range(7)), holidays)


minutes_of_2026 = st.one_of(
    st.integers(0, 365 * 1440),
    # Around the clock changes of the three zones.
    st.sampled_from(
        [
            int((at(text, "UTC") - at("2026-01-01T00:00", "UTC")).total_seconds()) // 60
            for text in (
                "2026-03-28T12:00",
                "2026-10-24T12:00",
                "2026-04-04T03:00",
                "2026-10-03T03:00",
            )
        ]
    ),
)


@settings(max_examples=60)
@given(calendars(), minutes_of_2026, st.integers(0, 4 * 1440))
def test_seconds_between_counts_every_open_minute(
    calendar: BusinessCalendar, offset: int, length: int
) -> None:
    start = at("2026-01-01T00:00", "UTC") + timedelta(minutes=offset)
    zone = ZoneInfo(calendar.zone)
    open_minutes = 0
    for minute in range(length):
        wall = (start + timedelta(minutes=minute)).astimezone(zone)
        if to_day(wall.date()) not in calendar.holidays:
            now = wall.hour * 60 + wall.minute
            hours = calendar.hours[wall.weekday()]
            open_minutes += any(a <= now < b for a, b in hours)
    end = start + timedelta(minutes=length)
    assert calendar.seconds_between(start, end) == 60 * open_minutes


@given(calendars(), minutes_of_2026, st.integers(1, 400_000))
def test_adding_and_measuring_agree(
    calendar: BusinessCalendar, offset: int, seconds: int
) -> None:
    start = at("2026-01-01T00:00", "UTC") + timedelta(minutes=offset)
    if not any(calendar.hours):
        return
    end = calendar.add_seconds(start, seconds)
    assert calendar.seconds_between(start, end) == seconds
    before = end - timedelta(seconds=1)
    assert calendar.seconds_between(start, before) == seconds - 1


@given(
    calendars(), st.integers(day("2025-12-01"), day("2027-01-31")), st.integers(0, 90)
)
def test_business_days_are_counted_one_by_one(
    calendar: BusinessCalendar, first: int, length: int
) -> None:
    days = range(first, first + length)
    expected = sum(calendar.is_business_day(each) for each in days)
    assert calendar.business_days(first, first + length) == expected
