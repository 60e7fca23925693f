from decimal import Decimal

import pytest
from django.utils.translation import override

from crmkpi.lib.numbers import Figure, Number, Unit, chance_words, difference, figure

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "unit", "text", "suffix"),
    [
        (94.66, Unit.PERCENT, "94.7", "%"),
        (Decimal("84.25"), Unit.PERCENT, "84.3", "%"),
        (95, Unit.PERCENT, "95", "%"),
        (95.04, Unit.PERCENT, "95", "%"),
        (3, Unit.PERCENT, "3.0", "%"),
        (0, Unit.PERCENT, "0", "%"),
        (100, Unit.PERCENT, "100", "%"),
        (99.97, Unit.PERCENT, "99.97", "%"),
        (0.04, Unit.PERCENT, "0.04", "%"),
        (99.99996, Unit.PERCENT, "100", "%"),
        (-4.26, Unit.PERCENT, "−4.3", "%"),
        (128.4, Unit.PERCENT, "128.4", "%"),
        (26, Unit.POINTS, "+26", ""),
        (-8.95, Unit.POINTS, "−9", ""),
        (0, Unit.POINTS, "0", ""),
        (-0.2, Unit.POINTS, "0", ""),
        (5.68, Unit.SCORE, "5.7", ""),
        (4, Unit.SCORE, "4.0", ""),
        (91, Unit.SCORE, "91", ""),
        (61.26, Unit.INDEX, "61.3", ""),
        (1310, Unit.COUNT, "1,310", ""),
        (528.4, Unit.COUNT, "528", ""),
        (1234567, Unit.COUNT, "1,234,567", ""),
        (-12, Unit.COUNT, "−12", ""),
        (0, Unit.SECONDS, "0", "s"),
        (12, Unit.SECONDS, "12", "s"),
        (59.4, Unit.SECONDS, "59", "s"),
        (59.5, Unit.SECONDS, "1:00", "min"),
        (375, Unit.SECONDS, "6:15", "min"),
        (3599, Unit.SECONDS, "59:59", "min"),
        (3599.5, Unit.SECONDS, "1.0", "h"),
        (113040, Unit.SECONDS, "31.4", "h"),
        (86400, Unit.SECONDS, "24", "h"),
        (-375, Unit.SECONDS, "−6:15", "min"),
        (51.84, Unit.DAYS, "51.8", "days"),
        (30, Unit.DAYS, "30", "days"),
        (0.839, Unit.RATIO, "0.84", ""),
        (131050, Unit.MONEY, "€1,310.50", ""),
        (-131050, Unit.MONEY, "−€1,310.50", ""),
        (131049.5, Unit.MONEY, "€1,310.50", ""),
        (450000, Unit.MONEY_PER_DAY, "€4,500.00", "a day"),
    ],
)
def test_figure(value: Number, unit: Unit, text: str, suffix: str) -> None:
    assert figure(value, unit) == Figure(text, suffix)


@pytest.mark.parametrize("unit", list(Unit))
def test_a_missing_number_is_said_in_words(unit: Unit) -> None:
    assert figure(None, unit) == Figure("no value", "")
    assert difference(None, unit) == "no value"


def test_figure_options() -> None:
    assert figure(95, Unit.PERCENT, digits=1).text == "95.0"
    assert figure(86.36, Unit.PERCENT, digits=0).text == "86"
    assert figure(12, Unit.COUNT, signed=True).text == "+12"
    assert figure(0, Unit.COUNT, signed=True).text == "0"
    assert figure(1, Unit.DAYS, digits=0) == Figure("1", "day")
    assert figure(131050, Unit.MONEY, currency="JPY").text == "¥131,050"


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (0, "€0"),
        (5, "€0.05"),
        (1250, "€12.50"),
        (12345, "€123"),
        (99949, "€999"),
        (99950, "€1k"),
        (123456, "€1.23k"),
        (99990000, "€1m"),
        (120000000, "€1.2m"),
        (123456789, "€1.23m"),
        (-123456789, "−€1.23m"),
        (12345678901234, "€123bn"),
    ],
)
def test_compact_money_has_three_digits(minor: int, text: str) -> None:
    assert figure(minor, Unit.MONEY, compact=True).text == text


def test_compact_puts_a_gap_after_a_currency_in_letters() -> None:
    text = figure(120000000, Unit.MONEY, currency="CHF", compact=True).text
    assert text == f"CHF{NBSP}1.2m"


def test_compact_counts() -> None:
    assert figure(999, Unit.COUNT, compact=True).text == "999"
    assert figure(45_300, Unit.COUNT, compact=True).text == "45.3k"


def test_figures_follow_the_language() -> None:
    with override("de"):
        assert figure(94.66, Unit.PERCENT).text == "94,7"
        assert figure(1310, Unit.COUNT).text == "1.310"
        assert figure(131050, Unit.MONEY).text == f"1.310,50{NBSP}€"
        assert figure(120000000, Unit.MONEY, compact=True).text == f"1,2m{NBSP}€"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_not_finite_is_refused(value: Number) -> None:
    with pytest.raises(ValueError, match="finite"):
        figure(value, Unit.COUNT)
    with pytest.raises(ValueError, match="finite"):
        difference(value, Unit.COUNT)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.4, Unit.PERCENT, "+0.4 pts"),
        (-0.84, Unit.PERCENT, "−0.8 pts"),
        (0.04, Unit.PERCENT, "0.0 pts"),
        (12, Unit.PERCENT, "+12.0 pts"),
        (5, Unit.POINTS, "+5"),
        (-6, Unit.SECONDS, "−6 s"),
        (375, Unit.SECONDS, "+6:15 min"),
        (11160, Unit.SECONDS, "+3.1 h"),
        (-1.4, Unit.DAYS, "−1.4 days"),
        (12, Unit.COUNT, "+12"),
        (-410, Unit.MONEY, "−€4.10"),
        (450000, Unit.MONEY_PER_DAY, "+€4,500.00 a day"),
        (0.05, Unit.RATIO, "+0.05"),
        (-0.3, Unit.SCORE, "−0.3"),
    ],
)
def test_difference(value: Number, unit: Unit, text: str) -> None:
    assert difference(value, unit) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(-9.1, "−9 %"), (12, "+12 %"), (0.3, "+0.3 %"), (0, "0 %"), (-0.04, "0.0 %")],
)
def test_a_relative_difference_is_in_percent(value: Number, text: str) -> None:
    assert difference(value, Unit.COUNT, relative=True) == text


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0, "very unlikely"),
        (0.0499, "very unlikely"),
        (0.05, "unlikely"),
        (0.1999, "unlikely"),
        (0.2, "less than even"),
        (0.3999, "less than even"),
        (0.4, "toss-up"),
        (0.6, "toss-up"),
        (0.601, "better than even"),
        (0.8, "better than even"),
        (0.801, "likely"),
        (0.95, "likely"),
        (0.951, "very likely"),
        (1, "very likely"),
    ],
)
def test_chances_in_words(p: float, words: str) -> None:
    assert chance_words(p) == words


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_a_chance_outside_its_range_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="chance"):
        chance_words(p)
