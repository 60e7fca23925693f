from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkpi.lib.money import (
    MoneyError,
    digits,
    format_money,
    spread,
    to_major,
    to_minor,
)


@pytest.mark.parametrize(
    ("currency", "expected"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)]
)
def test_digits(currency: str, expected: int) -> None:
    assert digits(currency) == expected


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "ABC", "€", "E" * 500])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(MoneyError, match="is not a currency") as error:
        digits(currency)
    assert len(str(error.value)) < 120


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1310.50", "EUR", 131050),
        ("-0.01", "EUR", -1),
        ("10.005", "EUR", 1000),
        ("10.015", "EUR", 1002),
        ("10.0051", "EUR", 1001),
        ("1310.5", "JPY", 1310),
        ("1311.5", "JPY", 1312),
        ("1.2345", "KWD", 1234),
        ("0", "EUR", 0),
        ("1E+3", "EUR", 100000),
        ("92233720368547758.07", "EUR", 2**63 - 1),
    ],
)
def test_to_minor_rounds_a_half_to_even(
    amount: str, currency: str, expected: int
) -> None:
    assert to_minor(Decimal(amount), currency) == expected


@pytest.mark.parametrize(
    "amount", ["NaN", "Infinity", "-Infinity", "92233720368547758.08", "1E+999999"]
)
def test_to_minor_refuses_what_no_column_holds(amount: str) -> None:
    with pytest.raises(MoneyError):
        to_minor(Decimal(amount), "EUR")


def test_to_major_keeps_the_digits() -> None:
    assert str(to_major(131050, "EUR")) == "1310.50"
    assert str(to_major(131050, "JPY")) == "131050"
    assert str(to_major(-5, "KWD")) == "-0.005"


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_minor_and_major_are_inverse(minor: int, currency: str) -> None:
    assert to_minor(to_major(minor, currency), currency) == minor


def test_format_money() -> None:
    assert format_money(131050, "EUR") == "€1,310.50"
    assert format_money(-131050, "EUR") == "−€1,310.50"
    assert format_money(1310, "JPY") == "¥1,310"
    assert format_money(131050, "EUR", locale="de") == "1.310,50\N{NO-BREAK SPACE}€"


@pytest.mark.parametrize(
    ("amount", "days", "expected"),
    [
        (100, 3, [34, 33, 33]),
        (-100, 3, [-34, -33, -33]),
        (90, 3, [30, 30, 30]),
        (2, 4, [1, 1, 0, 0]),
        (0, 2, [0, 0]),
        (7, 1, [7]),
    ],
)
def test_spread(amount: int, days: int, expected: list[int]) -> None:
    assert spread(amount, days) == expected


@given(st.integers(-(10**15), 10**15), st.integers(1, 800))
def test_shares_sum_to_the_amount_and_differ_by_one_at_most(
    amount: int, days: int
) -> None:
    shares = spread(amount, days)
    assert len(shares) == days
    assert sum(shares) == amount
    assert max(shares) - min(shares) <= 1


@pytest.mark.parametrize("days", [0, -1])
def test_spread_needs_a_day(days: int) -> None:
    with pytest.raises(ValueError, match="one day"):
        spread(100, days)
