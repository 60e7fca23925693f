"""What is a signal in a trend, and what is not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Period
from metrics.noise import limits_of, limits_text
from metrics.queries import Value
from metrics.scopes import COMPANY_KEY
from tests.world import NOW

STEADY = [86, 88, 85, 87, 89, 86, 88, 84, 87, 86]


def value(number: float | None, **fields) -> Value:
    known = Value(
        key="csat",
        scope=COMPANY_KEY,
        period=Period(0, 7),
        value=None if number is None else Decimal(str(number)),
        numerator=None,
        denominator=None,
        n=100,
        cases=100,
        status="ok" if number is not None else "no_data",
        low=None,
        high=None,
        method="",
        unit=Unit.PERCENT,
        version=1,
        computed_at=NOW,
    )
    return replace(known, **fields)


def test_a_steady_series_has_limits_and_no_signal() -> None:
    """Mean 86.6; moves 2 3 2 2 3 2 4 3 1, mean 2.444; 86.6 ± 2.66 × 2.444."""
    found = limits_of([value(number) for number in STEADY])
    assert found is not None
    assert (round(found.low, 2), round(found.mean, 2), round(found.high, 2)) == (
        80.10,
        86.60,
        93.10,
    )
    assert found.signals == {}


def test_a_point_beyond_the_limits_is_a_signal() -> None:
    found = limits_of([value(number) for number in [*STEADY, 60]])
    assert found is not None and found.signals == {10: False}


def test_the_eighth_on_one_side_is_a_signal() -> None:
    low, high = [80, 81, 80, 81, 80, 81, 80, 81], [84, 85, 84, 85, 84, 85, 84, 85]
    found = limits_of([value(number) for number in low + high])
    assert found is not None and found.signals[15] is True and found.signals[7] is False
    assert found.runs == {7, 15}  # within 78.2 and 86.8
    labels = [str(number) for number in range(16)]
    assert limits_text(found, "78 %", "87 %", labels).endswith(
        "Signals: 7, 8 or more below the mean in a row, "
        "15, 8 or more above the mean in a row."
    )


def test_limits_end_where_the_unit_does() -> None:
    found = limits_of([value(number) for number in [99, 90, 99, 90, 99, 90, 99, 90]])
    assert found is not None and found.high == 100


def test_the_usual_of_a_count_does_not_begin_below_nothing() -> None:
    """Mean 3; moves of 6; 3 − 2.66 × 6 would be −12.96."""
    series = [0, 6, 0, 6, 0, 6, 0, 6]
    counts = [value(number, unit=Unit.COUNT) for number in series]
    growth = [value(number - 1, unit=Unit.COUNT) for number in series]
    found, below = limits_of(counts), limits_of(growth)
    assert found is not None and (found.low, round(found.high, 2)) == (0, 18.96)
    assert below is not None and round(below.low, 2) == -13.96


@pytest.mark.parametrize(
    "other",
    [value(None), value(20, status="low_n"), value(20, is_partial=True)],
    ids=["no value", "too few rows", "still open"],
)
def test_what_says_nothing_yet_is_passed_over(other: Value) -> None:
    with_it = limits_of([*(value(number) for number in STEADY), other])
    assert with_it == limits_of([value(number) for number in STEADY])


def test_too_few_periods_have_no_limits() -> None:
    assert limits_of([value(number) for number in STEADY[:7]]) is None
    assert limits_of([]) is None


def test_words() -> None:
    calm = limits_of([value(number) for number in STEADY])
    odd = limits_of([value(number) for number in [*STEADY, 60]])
    assert calm is not None and odd is not None
    labels = [str(at) for at in range(11)]
    said = limits_text(calm, "80.1 %", "93.1 %", labels)
    assert said == (
        "Between 80.1 % and 93.1 % it only goes up and down as usual. No signal."
    )
    assert limits_text(odd, "70 %", "90 %", labels).endswith("One signal: 10, below.")
