from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkpi.lib.periods import (
    FIRST_DAY,
    LAST_DAY,
    UNDATED,
    Calendar,
    Grain,
    Period,
    PeriodError,
    day_start,
    from_day,
    local_day,
    to_day,
)

ISO = Calendar()
TODAY = to_day(date(2026, 2, 13))  # a Friday

days = st.integers(FIRST_DAY, LAST_DAY)
calendars = st.builds(Calendar, st.integers(0, 6), st.integers(1, 12))
grains = st.sampled_from(
    [Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR]
)


def day(text: str) -> int:
    return to_day(date.fromisoformat(text))


def dates(period: Period) -> tuple[str, str]:
    return period.first_date.isoformat(), period.last_date.isoformat()


def test_days_are_counted_from_1970() -> None:
    assert to_day(date(1970, 1, 1)) == 0
    assert to_day(date(1970, 1, 31)) == 30
    assert to_day(datetime(1970, 1, 2, 23, 59, tzinfo=UTC)) == 1
    assert from_day(-1) == date(1969, 12, 31)
    assert (from_day(FIRST_DAY), from_day(LAST_DAY)) == (
        date(1990, 1, 1),
        date(2059, 12, 31),
    )


def test_an_unknown_day_has_no_date() -> None:
    with pytest.raises(PeriodError):
        from_day(UNDATED)


@pytest.mark.parametrize(
    ("instant", "zone", "expected"),
    [
        ("2026-02-12T22:59:59+00:00", "Europe/Berlin", "2026-02-12"),
        ("2026-02-12T23:00:00+00:00", "Europe/Berlin", "2026-02-13"),
        ("2026-07-12T22:00:00+00:00", "Europe/Berlin", "2026-07-13"),
        ("2026-02-13T04:59:59+00:00", "America/New_York", "2026-02-12"),
        ("2026-02-12T10:00:00+00:00", "Pacific/Kiritimati", "2026-02-13"),
        # Lord Howe moves by half an hour: +11 in summer, +10:30 in winter.
        ("2026-02-12T13:00:00+00:00", "Australia/Lord_Howe", "2026-02-13"),
        ("2026-07-12T13:29:59+00:00", "Australia/Lord_Howe", "2026-07-12"),
        ("2026-07-12T13:30:00+00:00", "Australia/Lord_Howe", "2026-07-13"),
        ("2026-02-13T00:30:00+05:30", "UTC", "2026-02-12"),
    ],
)
def test_local_day_follows_the_wall_clock(
    instant: str, zone: str, expected: str
) -> None:
    assert local_day(datetime.fromisoformat(instant), zone) == day(expected)


def test_local_day_refuses_an_instant_without_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        local_day(datetime.fromisoformat("2026-02-13T00:00"), "UTC")


@pytest.mark.parametrize(
    ("local", "zone", "expected"),
    [
        ("2026-02-13", "Europe/Berlin", "2026-02-12T23:00"),
        ("2026-03-30", "Europe/Berlin", "2026-03-29T22:00"),
        ("2026-02-13", "Pacific/Kiritimati", "2026-02-12T10:00"),
        ("2026-02-13", "Australia/Lord_Howe", "2026-02-12T13:00"),
        ("2026-07-13", "Australia/Lord_Howe", "2026-07-12T13:30"),
        # At midnight São Paulo jumped to 01:00, which is then the day's first minute.
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00"),
        # Havana sets its clocks from 01:00 back to 00:00: the first midnight counts.
        ("2025-11-02", "America/Havana", "2025-11-02T04:00"),
    ],
)
def test_day_start_is_local_midnight(local: str, zone: str, expected: str) -> None:
    start = day_start(day(local), zone)
    assert start == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert start.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("local", "hours"),
    [("2026-03-29", 23), ("2026-10-25", 25), ("2026-02-13", 24)],
)
def test_days_with_a_clock_change_are_shorter_or_longer(local: str, hours: int) -> None:
    first = day_start(day(local), "Europe/Berlin")
    after = day_start(day(local) + 1, "Europe/Berlin")
    assert after - first == timedelta(hours=hours)


def test_a_day_left_out_by_the_zone_has_no_length() -> None:
    skipped = day("1994-12-31")
    zone = "Pacific/Kiritimati"
    assert day_start(skipped, zone) == day_start(skipped + 1, zone)


@given(
    days,
    st.sampled_from(
        [
            "Europe/Berlin",
            "America/New_York",
            "America/Sao_Paulo",
            "Australia/Lord_Howe",
            "Asia/Beirut",
            "Asia/Kathmandu",
            "Africa/Casablanca",
            "UTC",
        ]
    ),
)
def test_a_day_begins_where_the_day_before_ends(number: int, zone: str) -> None:
    start = day_start(number, zone)
    assert local_day(start, zone) == number
    assert local_day(start - timedelta(microseconds=1), zone) == number - 1


def test_a_period_is_half_open() -> None:
    period = Period(day("2026-02-01"), day("2026-03-01"), Grain.MONTH)
    assert day("2026-02-01") in period
    assert day("2026-02-28") in period
    assert day("2026-03-01") not in period
    assert day("2026-01-31") not in period
    assert period.days == 28
    assert dates(period) == ("2026-02-01", "2026-02-28")


@pytest.mark.parametrize("end", [10, 9])
def test_a_period_without_days_is_refused(end: int) -> None:
    with pytest.raises(ValueError, match="ends after"):
        Period(10, end)


@pytest.mark.parametrize(
    ("key", "label", "first", "last"),
    [
        ("2026", "2026", "2026-01-01", "2026-12-31"),
        ("2026-Q1", "Q1 2026", "2026-01-01", "2026-03-31"),
        ("2026-Q4", "Q4 2026", "2026-10-01", "2026-12-31"),
        ("2026-02", "February 2026", "2026-02-01", "2026-02-28"),
        ("2024-02", "February 2024", "2024-02-01", "2024-02-29"),
        ("2026-12", "December 2026", "2026-12-01", "2026-12-31"),
        ("2026-W07", "Week 7 2026", "2026-02-09", "2026-02-15"),
        ("2026-W01", "Week 1 2026", "2025-12-29", "2026-01-04"),
        ("2026-W53", "Week 53 2026", "2026-12-28", "2027-01-03"),
        ("2026-02-13", "13 Feb 2026", "2026-02-13", "2026-02-13"),
        (
            "2026-02-01..2026-02-13",
            "1 Feb 2026 to 13 Feb 2026",
            "2026-02-01",
            "2026-02-13",
        ),
        ("2026-02-13..2026-02-13", "13 Feb 2026", "2026-02-13", "2026-02-13"),
    ],
)
def test_a_period_has_a_key_and_a_label(
    key: str, label: str, first: str, last: str
) -> None:
    period = ISO.parse(key, today=TODAY)
    assert dates(period) == (first, last)
    assert (period.key, period.label) == (key, label)


@pytest.mark.parametrize(
    ("key", "label", "first", "last"),
    [
        ("2026", "FY 2026", "2026-04-01", "2027-03-31"),
        ("2026-Q1", "Q1 FY 2026", "2026-04-01", "2026-06-30"),
        ("2026-Q4", "Q4 FY 2026", "2027-01-01", "2027-03-31"),
        ("2026-02", "February 2026", "2026-02-01", "2026-02-28"),
    ],
)
def test_a_fiscal_year_is_named_after_the_year_it_starts_in(
    key: str, label: str, first: str, last: str
) -> None:
    period = Calendar(fiscal_month=4).parse(key, today=TODAY)
    assert dates(period) == (first, last)
    assert (period.key, period.label) == (key, label)


def test_a_period_is_the_same_whoever_made_it() -> None:
    made = Calendar(fiscal_month=4).parse("2026-Q1", today=TODAY)
    assert made == Period(day("2026-04-01"), day("2026-07-01"), Grain.QUARTER)


def test_weeks_from_sunday_are_numbered_by_their_fourth_day() -> None:
    sunday = Calendar(week_start=6)
    assert dates(sunday.parse("2026-W01", today=TODAY)) == ("2026-01-04", "2026-01-10")
    assert dates(sunday.parse("2026-W07", today=TODAY)) == ("2026-02-15", "2026-02-21")
    assert sunday.period(day("2026-01-03"), Grain.WEEK).key == "2025-W53"


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("today", "2026-02-13", "2026-02-13"),
        ("yesterday", "2026-02-12", "2026-02-12"),
        ("this-week", "2026-02-09", "2026-02-15"),
        ("last-week", "2026-02-02", "2026-02-08"),
        ("this-month", "2026-02-01", "2026-02-28"),
        ("last-month", "2026-01-01", "2026-01-31"),
        ("this-quarter", "2026-01-01", "2026-03-31"),
        ("last-quarter", "2025-10-01", "2025-12-31"),
        ("this-year", "2026-01-01", "2026-12-31"),
        (" Last-Year ", "2025-01-01", "2025-12-31"),
    ],
)
def test_words_count_from_today(word: str, first: str, last: str) -> None:
    assert dates(ISO.parse(word, today=TODAY)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "next-week",
        "this-",
        "2026-13",
        "2026-00",
        "2026-Q5",
        "2026-W00",
        "2025-W53",
        "2026-W54",
        "2026-02-30",
        "2026-2-3",
        "2026-02-13..2026-02-12",
        "2026-02-13..",
        "1989-12-31",
        "2060",
        "2059-W53",
        "0000",
        "0001",
        "9999",
        "9999-12",
        "٢٠٢٦",
    ],
)
def test_what_is_no_period_is_refused_in_words(text: str) -> None:
    with pytest.raises(PeriodError) as error:
        ISO.parse(text, today=TODAY)
    assert str(error.value).endswith(".")


def test_a_long_wrong_text_is_not_repeated_in_full() -> None:
    with pytest.raises(PeriodError) as error:
        ISO.parse("x" * 5_000, today=TODAY)
    assert len(str(error.value)) < 200


def test_row_gives_every_start_at_once() -> None:
    assert ISO.row(day("2026-02-13")) == tuple(
        day(text)
        for text in (
            "2026-02-13",
            "2026-02-09",
            "2026-02-01",
            "2026-01-01",
            "2026-01-01",
        )
    )


def test_row_with_other_weeks_and_years() -> None:
    calendar = Calendar(week_start=6, fiscal_month=2)
    assert calendar.row(day("2026-01-31")) == tuple(
        day(text)
        for text in (
            "2026-01-31",
            "2026-01-25",
            "2026-01-01",
            "2025-11-01",
            "2025-02-01",
        )
    )


def test_an_unknown_day_stays_unknown() -> None:
    assert ISO.row(UNDATED) == (UNDATED,) * 5
    assert [ISO.start_of(UNDATED, grain) for grain in Grain] == [UNDATED] * 6
    with pytest.raises(PeriodError):
        ISO.period(UNDATED, Grain.MONTH)


def test_the_leaf_grain_is_kept_by_day_and_has_no_period() -> None:
    assert ISO.start_of(TODAY, Grain.LEAF) == TODAY
    with pytest.raises(PeriodError):
        ISO.period(TODAY, Grain.LEAF)


@pytest.mark.parametrize(
    ("key", "before", "after", "last_year"),
    [
        ("2026", "2025", "2027", "2025"),
        ("2026-Q1", "2025-Q4", "2026-Q2", "2025-Q1"),
        ("2026-03", "2026-02", "2026-04", "2025-03"),
        ("2024-02", "2024-01", "2024-03", "2023-02"),
        ("2026-W07", "2026-W06", "2026-W08", "2025-W07"),
        ("2027-W01", "2026-W53", "2027-W02", "2026-W02"),
        ("2026-W53", "2026-W52", "2027-W01", "2026-W01"),
        ("2026-03-01", "2026-02-28", "2026-03-02", "2025-03-01"),
        ("2024-02-29", "2024-02-28", "2024-03-01", "2023-02-28"),
        (
            "2026-02-01..2026-02-13",
            "2026-01-19..2026-01-31",
            "2026-02-14..2026-02-26",
            "2025-02-01..2025-02-13",
        ),
        (
            "2024-02-01..2024-02-29",
            "2024-01-03..2024-01-31",
            "2024-03-01..2024-03-29",
            "2023-02-01..2023-02-28",
        ),
    ],
)
def test_neighbours(key: str, before: str, after: str, last_year: str) -> None:
    period = ISO.parse(key, today=TODAY)
    assert ISO.previous(period).key == before
    assert ISO.next(period).key == after
    assert ISO.same_last_year(period).key == last_year


def test_periods_touching_a_range() -> None:
    months = ISO.periods(day("2026-01-15"), day("2026-03-01"), Grain.MONTH)
    assert [month.key for month in months] == ["2026-01", "2026-02"]
    assert ISO.periods(TODAY, TODAY, Grain.DAY) == []


@pytest.mark.parametrize("values", [(7, 1), (-1, 1), (0, 0), (0, 13)])
def test_a_calendar_outside_the_week_or_year_is_refused(
    values: tuple[int, int],
) -> None:
    with pytest.raises(ValueError, match="starts"):
        Calendar(*values)


@given(days)
def test_weeks_from_monday_are_iso_weeks(number: int) -> None:
    value = from_day(number)
    year, week, _weekday = value.isocalendar()
    period = ISO.period(number, Grain.WEEK)
    assert period.key == f"{year:04d}-W{week:02d}"
    assert period.first_date == date.fromisocalendar(year, week, 1)


@given(calendars, days, grains)
def test_a_key_names_the_period_it_came_from(
    calendar: Calendar, number: int, grain: Grain
) -> None:
    period = calendar.period(number, grain)
    assert number in period
    assert period.start == calendar.start_of(number, grain)
    if period.start >= FIRST_DAY and period.end <= LAST_DAY + 1:
        assert calendar.parse(period.key, today=0) == period


@given(calendars, days, grains)
def test_neighbours_touch_and_come_back(
    calendar: Calendar, number: int, grain: Grain
) -> None:
    period = calendar.period(number, grain)
    assert calendar.next(period).start == period.end
    assert calendar.previous(period).end == period.start
    assert calendar.previous(calendar.next(period)) == period


@given(calendars, days)
def test_coarser_grains_hold_finer_ones(calendar: Calendar, number: int) -> None:
    first, week, month, quarter, year = calendar.row(number)
    assert year <= quarter <= month <= first == number
    assert first - 6 <= week <= first
    assert from_day(year).month == calendar.fiscal_month
