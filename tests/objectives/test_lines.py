from decimal import Decimal

import pytest

from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Calendar, Period
from objectives.lines import aim_text, level_of, period_key
from objectives.printing import Print, chance_text, share_text
from objectives.scoring import Direction, Target
from tests.world import day

PERCENT = Print(Unit.PERCENT, "EUR")


def target(direction: Direction, **given: str) -> Target:
    return Target(direction, **{name: Decimal(value) for name, value in given.items()})


@pytest.mark.parametrize(
    ("aim", "value", "level"),
    [
        (target(Direction.AT_LEAST, target="95", red="90"), "93.5", "0.7"),
        (target(Direction.AT_LEAST, target="95", red="90"), "96", "1.2"),
        (target(Direction.AT_LEAST, target="95", red="90"), "88", "-0.4"),
        (target(Direction.AT_MOST, target="360", red="420"), "375", "0.75"),
        (target(Direction.AT_MOST, target="360", red="420"), "330", "1.5"),
        (target(Direction.AT_LEAST, target="95"), "95", "1"),
        (target(Direction.AT_LEAST, target="95"), "94", "0"),
        (target(Direction.AT_MOST, target="5"), "4", "1"),
        (target(Direction.AT_MOST, target="5"), "6", "0"),
    ],
)
def test_the_level_of_a_hold_goes_on_beyond_both_ends(aim, value, level):
    assert level_of(aim, Decimal(value)) == Decimal(level)


def test_the_level_in_a_range_is_that_of_the_nearer_end():
    aim = target(Direction.RANGE, low="75", high="85", red_low="65", red_high="95")

    assert level_of(aim, Decimal(80)) == Decimal("1.5")
    assert level_of(aim, Decimal(70)) == Decimal("0.5")
    assert level_of(aim, Decimal(90)) == Decimal("0.5")


def test_aims_in_words():
    journey = target(Direction.INCREASE, baseline="40", target="60")
    band = target(Direction.RANGE, low="75", high="85")

    assert aim_text(journey, PERCENT) == "from 40 % to 60 %"
    assert aim_text(band, PERCENT) == "between 75 % and 85 %"
    at_most = target(Direction.AT_MOST, target="375")
    assert aim_text(at_most, Print(Unit.SECONDS, "EUR")) == "at most 6:15 min"


def test_money_is_printed_from_major_units():
    assert Print(Unit.MONEY, "EUR").text(Decimal("1310.50")) == "€1,310.50"
    assert Print(Unit.MONEY, "JPY").text(Decimal(1310)) == "¥1,310"


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        (0.125, "about 1 in 8"),
        (0.0008, "about 1 in 1,250"),
        (0.00001, "practically never"),
        (0.5, "about 1 in 2"),
        (0.95, "about 95 %"),
        (1.0, "about 99 %"),
    ],
)
def test_chances_in_words(reach, words):
    assert chance_text(reach) == words


def test_shares_in_words():
    assert share_text(Decimal("0.4543")) == "45 %"
    assert share_text(Decimal("-0.2")) == "−20 %"
    assert share_text(Decimal("1.28")) == "128 %"


def test_whole_quarters_have_their_name_in_addresses():
    quarter = Period(day("2026-01-01"), day("2026-04-01"))
    odd = Period(day("2026-01-05"), day("2026-04-01"))

    assert period_key(quarter, Calendar()) == "2026-Q1"
    assert period_key(quarter, Calendar(fiscal_month=4)) == "2025-Q4"
    assert period_key(odd, Calendar()) == "2026-01-05..2026-03-31"
