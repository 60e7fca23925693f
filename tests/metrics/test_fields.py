from decimal import Decimal

import pytest
from django.utils import translation

from crmkpi.lib.numbers import Unit
from crmkpi.lib.values import ValueFault
from metrics.fields import read_value, write_value


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("71", Unit.PERCENT, "71"),
        (" 71.5 % ", Unit.PERCENT, "71.5"),
        ("-10", Unit.POINTS, "-10"),
        ("1,310", Unit.COUNT, "1310"),
        ("€1,310.50", Unit.MONEY, "1310.50"),
        ("6:15", Unit.SECONDS, "375"),
        ("1:06:15", Unit.SECONDS, "3975"),
        ("31.4 h", Unit.SECONDS, "113040"),
        ("45s", Unit.SECONDS, "45"),
        ("2 min", Unit.SECONDS, "120"),
        ("90", Unit.SECONDS, "90"),
    ],
)
def test_values_are_read_as_people_write_them(text, unit, value):
    assert read_value(text, unit) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", Unit.PERCENT),
        ("%", Unit.PERCENT),
        ("many", Unit.COUNT),
        ("NaN", Unit.COUNT),
        ("1e3", Unit.COUNT),
        ("6:75", Unit.SECONDS),
        ("h", Unit.SECONDS),
        ("\x00", Unit.SECONDS),
    ],
)
def test_anything_else_is_refused_in_words(text, unit):
    with pytest.raises(ValueFault):
        read_value(text, unit)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("71.500000", Unit.PERCENT, "71.5"),
        ("100.000000", Unit.COUNT, "100"),
        ("1310.5", Unit.MONEY, "1310.5"),
        ("375", Unit.SECONDS, "6:15"),
        ("3975", Unit.SECONDS, "1:06:15"),
        ("45", Unit.SECONDS, "45"),
    ],
)
def test_values_are_written_as_they_are_read_back(value, unit, text):
    assert write_value(Decimal(value), unit) == text
    assert read_value(text, unit) == Decimal(value)


def test_the_decimal_sign_is_that_of_the_language():
    with translation.override("de"):
        assert write_value(Decimal("71.5"), Unit.PERCENT) == "71,5"
        assert read_value("71,5", Unit.PERCENT) == Decimal("71.5")
