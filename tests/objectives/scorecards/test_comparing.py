"""One person beside the team: who may be compared, and what is said of it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from crmkpi.lib.numbers import Unit
from metrics.catalog import METRICS
from metrics.queries import Value
from metrics.scopes import ScopeKey
from objectives.printing import Print
from objectives.scorecards.comparing import (
    Half,
    axis_ends,
    drawn,
    target_note,
    team_half,
    verdict,
)
from objectives.scoring import Direction, Target
from tests.world import NOW

CSAT, AHT = METRICS["csat"], METRICS["average_handle_time"]
WON = METRICS["won_deals"]
AT_LEAST_85 = Target(Direction.AT_LEAST, target=Decimal(85), red=Decimal(70))
HALF = Half(Decimal(83), Decimal(89))


def value(
    number: float | None,
    *,
    n: int = 40,
    low: float | None = None,
    high=None,
    key="csat",
) -> Value:
    low, high = (None if end is None else Decimal(str(end)) for end in (low, high))
    return Value(
        key=key,
        scope=ScopeKey(2, 1),
        period=None,
        value=None if number is None else Decimal(str(number)),
        numerator=None,
        denominator=None,
        n=n,
        cases=n,
        status="ok",
        low=low,
        high=high,
        method="",
        unit=METRICS[key].unit,
        version=1,
        computed_at=NOW,
    )


def printed(metric) -> Print:
    return Print(metric.unit, "EUR")


def said(metric, me, half=HALF, target=None):
    found = verdict(metric, me, half, target, printed(metric))
    return found.text, found.notes


# The middle half


def test_the_quartiles_of_five_colleagues():
    some = [value(each) for each in (90, 70, 80, 75, 85)]

    assert team_half(CSAT, some) == Half(Decimal("75.0"), Decimal("85.0"))


def test_four_colleagues_would_be_given_away():
    assert team_half(CSAT, [value(each) for each in (70, 75, 80, 85)]) is None


def test_colleagues_with_few_rows_or_none_do_not_count():
    some = [value(each) for each in (70, 75, 80, 85)]

    assert team_half(CSAT, [*some, value(90, n=4)]) is None
    assert team_half(CSAT, [*some, value(None, n=0)]) is None
    assert team_half(CSAT, [*some, value(90, n=5)]) is not None


def test_a_small_total_is_one_too():
    some = [value(each, n=each, key="won_deals") for each in (1, 2, 3, 4, 5)]

    assert team_half(WON, some) == Half(Decimal("2.0"), Decimal("4.0"))
    assert team_half(WON, [*some[1:], value(0, n=0, key="won_deals")]) is None


# Words


def test_an_interval_that_meets_the_half_is_no_real_difference():
    # 86 lies within 83 to 89
    assert said(CSAT, value(86, low=73, high=94)) == (
        "No real difference from the team",
        ["The middle half of the team: 83 % to 89 %."],
    )
    # 80 does not, but its interval does
    assert said(CSAT, value(80, low=66, high=89)) == (
        "No real difference from the team",
        ["Too few answers to tell 80 % from 83 %."],
    )


def test_an_interval_beyond_the_half_is_a_difference():
    better, _notes = said(CSAT, value(97, low=91, high=99))
    behind, _notes = said(CSAT, value(70, low=60, high=79))

    assert better == "Better than the team's middle half"
    assert behind == "Behind the team's middle half"


def test_less_is_better_for_times():
    half = Half(Decimal(370), Decimal(400))

    quick, _notes = said(AHT, value(340, low=330, high=350, key=AHT.key), half)
    slow, _notes = said(AHT, value(430, low=420, high=440, key=AHT.key), half)

    assert quick == "Better than the team's middle half"
    assert slow == "Behind the team's middle half"


def test_totals_are_more_or_fewer_and_neither_good_nor_bad():
    half = Half(Decimal(6), Decimal(9))

    assert said(WON, value(12, n=12, key="won_deals"), half)[0] == (
        "More than the team's middle half"
    )
    assert said(WON, value(2, n=2, key="won_deals"), half)[0] == (
        "Fewer than the team's middle half"
    )
    assert said(WON, value(7, n=7, key="won_deals"), half)[0] == (
        "About as many as the team"
    )


def test_four_rows_are_too_few_to_judge():
    assert said(CSAT, value(100, n=4, low=51, high=100)) == (
        "Too few to judge",
        ["Five answers are needed; there are 4."],
    )


def test_without_enough_colleagues_the_target_is_the_measure():
    assert said(CSAT, value(86, low=73, high=94), None) == (
        "Too few colleagues to compare",
        [],
    )
    assert said(CSAT, value(86, low=73, high=94), None, AT_LEAST_85) == (
        "On target: at least 85 %",
        ["Too few colleagues to compare with."],
    )


def test_no_value_says_why():
    me = replace(value(None, n=0), reason="No answers in this period.")

    assert said(CSAT, me) == ("No value yet", ["No answers in this period."])


# The target


@pytest.mark.parametrize(
    ("me", "words"),
    [
        (value(85, low=70, high=93), "On target: at least 85 %"),
        (value(84, low=70, high=93), "Target at least 85 %: too close to tell"),
        (value(60, low=50, high=70), "Short of the target: at least 85 %"),
        (value(60), "Short of the target: at least 85 %"),
    ],
)
def test_a_value_beside_its_target(me, words):
    assert target_note(AT_LEAST_85, me, printed(CSAT)) == words


def test_other_kinds_of_targets():
    down = Target(Direction.DECREASE, baseline=Decimal(420), target=Decimal(360))
    band = Target(Direction.RANGE, low=Decimal(75), high=Decimal(85))
    steps = Target(Direction.MILESTONE)

    assert target_note(down, value(350, key=AHT.key), printed(AHT)) == (
        "On target: at most 6:00 min"
    )
    assert target_note(band, value(80), printed(CSAT)) == "On target: 75 % to 85 %"
    assert target_note(steps, value(80), printed(CSAT)) == ""


# The drawing


def test_better_is_to_the_right():
    up = drawn(CSAT, value(86, low=73, high=94), HALF, AT_LEAST_85, printed(CSAT))
    down = drawn(AHT, value(370, key=AHT.key), None, None, printed(AHT))

    assert (up.left, up.right) == ("70 %", "100 %")
    assert down.left > down.right
    assert "86 %; 95 % interval 73 % to 94 %" in up.svg
    assert "middle half of the team 83 % to 89 %; target at least 85 %" in up.svg


def test_too_few_rows_have_a_hollow_dot_and_no_interval():
    few = drawn(CSAT, value(100, n=2, low=34, high=100), HALF, None, printed(CSAT))
    many = drawn(CSAT, value(100, n=9, low=70, high=100), HALF, None, printed(CSAT))

    assert 'class="dot-thin"' in few.svg and 'class="ci"' not in few.svg
    assert 'class="dot"' in many.svg and 'class="ci"' in many.svg


def test_a_total_is_certain():
    assert (
        'class="dot"'
        in drawn(WON, value(3, n=3, key="won_deals"), None, None, printed(WON)).svg
    )


def test_no_value_is_not_drawn():
    assert drawn(CSAT, value(None, n=0), HALF, None, printed(CSAT)) is None


@pytest.mark.parametrize(
    ("values", "unit", "ends"),
    [
        ([73, 94], Unit.PERCENT, (70, 100)),  # a third of 21 is 7, so steps of 10
        ([100], Unit.PERCENT, (95, 100)),
        ([0], Unit.PERCENT, (0, 5)),
        ([-90, 40], Unit.POINTS, (-100, 100)),
        ([350, 388], Unit.SECONDS, (330, 420)),  # steps of half a minute
        ([3], Unit.COUNT, (2, 4)),
    ],
)
def test_axes_end_on_round_numbers(values, unit, ends):
    assert axis_ends(values, unit) == pytest.approx(ends)
