from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkpi.lib.values import (
    ValueFault,
    is_missing,
    parse_bool,
    parse_date,
    parse_decimal,
    parse_duration,
    parse_instant,
    parse_int,
    parse_text,
)


def fault(read: Callable[..., Any], *given: Any) -> str:
    with pytest.raises(ValueFault) as error:
        read(*given)
    assert str(error.value) == error.value.reason
    return error.value.reason


@pytest.mark.parametrize(
    "raw", ["", " ", "n/a", "NA", "?", " - ", "NULL", "None", "\t"]
)
def test_missing(raw: str) -> None:
    assert is_missing(raw)


@pytest.mark.parametrize("raw", ["0", "no", "--", "x", "0.0", "nan"])
def test_not_missing(raw: str) -> None:
    assert not is_missing(raw)


@pytest.mark.parametrize(
    "read",
    [
        parse_int,
        parse_decimal,
        parse_bool,
        parse_date,
        lambda raw: parse_instant(raw, "YMD", "UTC"),
        parse_duration,
    ],
)
@pytest.mark.parametrize("raw", ["", "  "])
def test_an_empty_cell_is_no_value(read: Callable[[str], Any], raw: str) -> None:
    assert fault(read, raw) == "The cell is empty."


# Text


def test_text_is_stripped() -> None:
    assert parse_text("  Müller \n& Söhne ", 20) == "Müller \n& Söhne"
    assert parse_text("   ", 5) == ""
    assert parse_text("👩‍🔧", 3) == "👩‍🔧"


def test_text_has_a_limit() -> None:
    assert parse_text(" abcde ", 5) == "abcde"
    assert fault(parse_text, "abcdef", 5) == "The text has 6 characters; 5 are allowed."


def test_text_that_no_database_keeps_is_refused() -> None:
    assert "NUL" in fault(parse_text, "a\0b", 5)
    assert "half" in fault(parse_text, "a\ud83d", 5)


# Numbers


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("0", 0),
        (" 12 ", 12),
        ("-12", -12),
        ("−12", -12),
        ("+7", 7),
        ("007", 7),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_int(raw: str, value: int) -> None:
    assert parse_int(raw) == value


@pytest.mark.parametrize(
    "raw",
    ["1.0", "1,000", "1_000", "١٢", "１２", "1e3", "0x1F", "--1", "- 1", "x", "²"],
)
def test_not_an_int(raw: str) -> None:
    assert fault(parse_int, raw) == f"“{raw}” is not a whole number."


@pytest.mark.parametrize("raw", [str(2**63), str(-(2**63)), "9" * 6000])
def test_an_int_beyond_the_database(raw: str) -> None:
    assert "too large" in fault(parse_int, raw)


@pytest.mark.parametrize(
    ("raw", "decimal", "value"),
    [
        ("1054", ".", "1054"),
        ("1054.5", ".", "1054.5"),
        ("1,054", ".", "1054"),
        ("1,054.00", ".", "1054.00"),
        ("1,234,567.8", ".", "1234567.8"),
        ("1.054,00", ",", "1054.00"),
        ("1.054", ",", "1054"),
        ("1.054", ".", "1.054"),
        ("1,05", ",", "1.05"),
        ("1,000,000", ".", "1000000"),
        ("12,34,567", ".", "1234567"),
        ("1 054,5", ",", "1054.5"),
        ("1\N{NO-BREAK SPACE}054,5", ",", "1054.5"),
        ("1\N{NARROW NO-BREAK SPACE}054", ".", "1054"),
        ("1'054.50", ".", "1054.50"),
        ("1’054.50", ".", "1054.50"),
        (".5", ".", "0.5"),
        ("0.05", ".", "0.05"),
        ("$1,054", ".", "1054"),
        ("€ 1.054,50", ",", "1054.50"),
        ("1.054,50 €", ",", "1054.50"),
        ("₹1,00,000", ".", "100000"),
        ("-5", ".", "-5"),
        ("−5", ".", "-5"),
        ("+5", ".", "5"),
        ("5-", ".", "-5"),
        ("-$5", ".", "-5"),
        ("$-5", ".", "-5"),
        ("(1,054.50)", ".", "-1054.50"),
        ("($5)", ".", "-5"),
        ("-0", ".", "0"),
        (" 12.50 ", ".", "12.50"),
    ],
)
def test_decimal(raw: str, decimal: str, value: str) -> None:
    found = parse_decimal(raw, decimal)
    assert str(found) == value


@pytest.mark.parametrize(
    ("raw", "decimal"),
    [
        ("1,05", "."),
        ("1.05", ","),
        ("1.054,00", "."),
        ("1,054.00", ","),
        ("0,054", "."),
        ("1,0540", "."),
        ("1,054,00", "."),
        ("1.2.3", "."),
    ],
)
def test_a_number_of_another_decimal_sign_is_refused(raw: str, decimal: str) -> None:
    words = fault(parse_decimal, raw, decimal)
    assert f"“{raw}” does not fit the decimal sign “{decimal}”" in words


@pytest.mark.parametrize(
    "raw",
    [
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1_000",
        "١٢٣",
        "１２",
        "1.",
        ".",
        "-",
        "$",
        "()",
        "(-5)",
        "--5",
        "-(5)",
        "$5€",
        "5 USD",
        "45k",
        "95 %",
        "1 05",
        "1'0",
        "twelve",
        "5 5",
        "0x1F",
        "٬",
    ],
)
def test_not_a_number(raw: str) -> None:
    assert fault(parse_decimal, raw) == f"“{raw}” is not a number."


def test_a_shortened_number_is_refused() -> None:
    assert "write the number in full" in fault(parse_decimal, "1.2E+05")


def test_a_long_number_is_refused_and_not_repeated_in_full() -> None:
    assert len(fault(parse_decimal, "9" * 5000)) < 100


def test_an_unknown_decimal_sign_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="decimal sign"):
        parse_decimal("1", ";")


@given(
    st.decimals(
        min_value=-(10**12), max_value=10**12, places=2, allow_nan=False
    ).filter(bool)
)
def test_a_number_written_with_groups_is_read_back(value: Decimal) -> None:
    assert parse_decimal(f"{value:,.2f}") == value
    swapped = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    assert parse_decimal(swapped, ",") == value


# Yes and no


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Y", True),
        ("yes", True),
        (" TRUE ", True),
        ("1", True),
        ("N", False),
        ("No", False),
        ("false", False),
        ("0", False),
    ],
)
def test_bool(raw: str, value: bool) -> None:
    assert parse_bool(raw) is value


@pytest.mark.parametrize("raw", ["ja", "x", "2", "on", "nope"])
def test_not_a_bool(raw: str) -> None:
    assert fault(parse_bool, raw) == f"“{raw}” is neither yes nor no."


# Dates


@pytest.mark.parametrize(
    ("raw", "order"),
    [
        ("2026-02-03", "YMD"),
        ("2026/2/3", "YMD"),
        ("2026.02.03", "YMD"),
        ("03.02.2026", "DMY"),
        ("3/2/2026", "DMY"),
        ("2026-02-03", "DMY"),
        ("02/03/2026", "MDY"),
        ("2-3-2026", "MDY"),
        (" 2026-02-03 ", "MDY"),
    ],
)
def test_date(raw: str, order: str) -> None:
    assert parse_date(raw, order) == date(2026, 2, 3)


@pytest.mark.parametrize(
    ("raw", "order", "words"),
    [
        ("13/02/2026", "MDY", "not in the calendar, read as month, day, year"),
        ("02/13/2026", "DMY", "not in the calendar, read as day, month, year"),
        ("2025-02-29", "YMD", "not in the calendar, read as year, month, day"),
        ("2026-13-01", "DMY", "not in the calendar, read as year, month, day"),
        ("03.02.2026", "YMD", "not a date written as year, month, day"),
        ("2026-02/03", "YMD", "not a date"),
        ("03.02.26", "DMY", "four digits"),
        ("2026-02-03 10:00", "YMD", "more than a date"),
        ("2026-02-03T00:00", "YMD", "more than a date"),
        ("2026-02-033", "YMD", "not a date"),
        ("20260203", "YMD", "not a date"),
        ("45631", "YMD", "not a date"),
        ("٢٠٢٦-٠٢-٠٣", "YMD", "not a date"),
        ("today", "DMY", "not a date written as day, month, year"),
        ("1989-12-31", "YMD", "not between 1990 and 2059"),
        ("2060-01-01", "YMD", "not between 1990 and 2059"),
        ("0000-01-01", "YMD", "not in the calendar"),
    ],
)
def test_not_a_date(raw: str, order: str, words: str) -> None:
    assert words in fault(parse_date, raw, order)


def test_the_range_of_days_is_inclusive() -> None:
    assert parse_date("1990-01-01") == date(1990, 1, 1)
    assert parse_date("2059-12-31") == date(2059, 12, 31)


def test_an_unknown_order_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="order"):
        parse_date("2026-02-03", "YDM")
    with pytest.raises(ValueError, match="order"):
        parse_instant("2026-02-03", "ymd", "UTC")


# Instants


def berlin(raw: str, order: str = "YMD") -> datetime:
    return parse_instant(raw, order, "Europe/Berlin")


@pytest.mark.parametrize(
    ("raw", "order", "expected"),
    [
        ("2021-01-01 09:12:58", "YMD", "2021-01-01T08:12:58"),
        ("2021-07-01 09:12:58", "YMD", "2021-07-01T07:12:58"),
        ("2021-01-01T09:12", "YMD", "2021-01-01T08:12:00"),
        ("2021-01-01 09:12:58.25", "YMD", "2021-01-01T08:12:58.250000"),
        ("2021-01-01 09:12:58,1234567", "YMD", "2021-01-01T08:12:58.123456"),
        ("2021-01-01", "YMD", "2020-12-31T23:00:00"),
        ("2021-01-01T09:12:58Z", "YMD", "2021-01-01T09:12:58"),
        ("2021-01-01 09:12:58 UTC", "YMD", "2021-01-01T09:12:58"),
        ("2021-01-01T09:12:58+05:30", "YMD", "2021-01-01T03:42:58"),
        ("2021-01-01T09:12:58-0500", "YMD", "2021-01-01T14:12:58"),
        ("2021-01-01 09:12:58 +02", "YMD", "2021-01-01T07:12:58"),
        ("2021-01-01 09:12:58 −02", "YMD", "2021-01-01T11:12:58"),
        ("2/13/2026 3:05 PM", "MDY", "2026-02-13T14:05:00"),
        ("2/13/2026 12:05 AM", "MDY", "2026-02-12T23:05:00"),
        ("2/13/2026 12:05 p.m.", "MDY", "2026-02-13T11:05:00"),
        ("13.02.2026 14:05", "DMY", "2026-02-13T13:05:00"),
        # Twice on 25 October 2026: the first time, still summer.
        ("2026-10-25 02:30", "YMD", "2026-10-25T00:30:00"),
        # Skipped on 29 March 2026: becomes 03:30.
        ("2026-03-29 02:30", "YMD", "2026-03-29T01:30:00"),
    ],
)
def test_instant(raw: str, order: str, expected: str) -> None:
    found = berlin(raw, order)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("2026-02-13 24:00", "impossible hour"),
        ("2026-02-13 13:05 PM", "impossible hour"),
        ("2026-02-13 0:05 AM", "impossible hour"),
        ("2026-02-13 12:60", "no time"),
        ("2026-02-13 12", "no time"),
        ("2026-02-13 12:00:61", "no time"),
        ("2026-02-13T12:00+16:00", "impossible offset"),
        ("2026-02-13 12:00 CET", "no time"),
        ("2026-02-13 ١٢:٠٠", "no time"),
        ("2026-02-13x", "no time"),
        ("2026-02-30 12:00", "not in the calendar"),
        ("12:00", "not a date"),
        ("1989-12-31 12:00", "not between 1990 and 2059"),
        # Written within the range, but the day in Berlin is one later.
        ("2059-12-31 23:30Z", "not between 1990 and 2059"),
    ],
)
def test_not_an_instant(raw: str, words: str) -> None:
    assert words in fault(berlin, raw)


@given(
    st.datetimes(
        min_value=datetime.fromisoformat("1990-01-02"),
        max_value=datetime.fromisoformat("2059-12-30"),
        timezones=st.just(UTC),
    )
)
def test_an_iso_instant_is_read_back(instant: datetime) -> None:
    assert berlin(instant.isoformat()) == instant


# Durations


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("0", 0),
        ("90", 90),
        ("90.4", 90),
        ("90.5", 91),
        ("0:01:30", 90),
        ("00:00:05", 5),
        ("1:2:3", 3723),
        ("31:24:00", 113040),
        ("100:00:00", 360000),
        (" 12:00:00 ", 43200),
    ],
)
def test_duration(raw: str, seconds: int) -> None:
    assert parse_duration(raw) == seconds


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("1:30", "hours or minutes"),
        ("-5", "not a duration"),
        ("1:60:00", "not a duration"),
        ("1:00:60", "not a duration"),
        ("1:00:00:00", "not a duration"),
        ("5 min", "not a duration"),
        ("٥", "not a duration"),
        ("nan", "not a duration"),
        ("1e3", "not a duration"),
        ("999999:00:00", "century"),
        ("9" * 12, "century"),
        ("9" * 13, "not a duration"),
    ],
)
def test_not_a_duration(raw: str, words: str) -> None:
    assert words in fault(parse_duration, raw)
