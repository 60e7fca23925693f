from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from crmkpi.lib.periods import to_day
from objectives.scoring import (
    Direction,
    Milestone,
    NoJourney,
    ScoringError,
    Target,
    TargetError,
    expected_business,
    expected_calendar,
    expected_last_year,
    expected_milestones,
    expected_none_until,
    expected_points,
    expected_share,
    expected_steps,
    expected_value,
    joiner_target,
    weekday_profile,
    weighted_days,
)

UP = Target(Direction.INCREASE, baseline=D(78), target=D(88))
KEEP = Target(Direction.AT_LEAST, target=D(95), red=D(90))
MONDAY = to_day(date(2026, 1, 5))


def share(target: Target, closed_to: int, *, flow: bool = False) -> D | None:
    """Return what is expected in a period of days 100 to 109."""
    return expected_share(target, start=100, end=110, closed_to=closed_to, flow=flow)


def test_calendar_share_stays_within_the_period() -> None:
    found = [expected_calendar(100, 110, day) for day in (90, 100, 101, 110, 120)]
    assert found == [0, 0, D("0.1"), 1, 1]
    with pytest.raises(ScoringError):
        expected_calendar(100, 100, 100)


def test_business_share_without_business_days_is_unknown() -> None:
    assert expected_business(0, 0) is None
    assert expected_business(5, 9) == 1
    assert expected_business(2.5, 0.5) == D("0.2")
    with pytest.raises(ScoringError):
        expected_business(-1, 0)


def test_flow_counts_business_days_and_falls_back_to_the_calendar() -> None:
    flow = Target(Direction.INCREASE, baseline=D(0), target=D(60))

    def expected(business: tuple[int, int] | None) -> D | None:
        return expected_share(
            flow, start=100, end=110, closed_to=105, flow=True, business_days=business
        )

    assert expected((8, 2)) == D("0.25")
    assert expected((0, 0)) == D("0.5")
    assert expected(None) == D("0.5")


def test_ratio_journey_counts_calendar_days_even_when_business_days_are_known() -> None:
    found = expected_share(
        UP, start=100, end=110, closed_to=105, flow=False, business_days=(8, 2)
    )
    assert found == D("0.5")


def test_holds_and_milestones_are_not_pro_rated() -> None:
    assert share(KEEP, 105) is None
    assert share(Target(Direction.MILESTONE), 105) is None


def test_hold_of_a_flow_has_a_share_of_the_time() -> None:
    assert share(KEEP, 105, flow=True) == D("0.5")


def test_steps_are_due_once_their_day_has_closed() -> None:
    target = replace(UP, curve="steps", steps=((106, D(85)), (103, D(80))))
    found = [share(target, day) for day in (100, 103, 104, 106, 107, 110)]
    assert found == [0, 0, D("0.2"), D("0.2"), D("0.7"), D("0.7")]


def test_steps_of_a_decrease() -> None:
    down = Target(
        Direction.DECREASE, baseline=D(40), target=D(0), steps=((103, D(10)),)
    )
    assert expected_steps(down, 104) == D("0.75")


def test_points_are_joined_by_lines() -> None:
    target = replace(UP, curve="points", steps=((104, D(80)), (109, D(88))))
    # 5 days up to 0.2, then 5 days up to 1
    found = [share(target, day) for day in (99, 100, 102, 105, 106, 110, 120)]
    assert found == [0, 0, D("0.08"), D("0.2"), D("0.36"), 1, 1]
    assert expected_points(target, start=100, closed_to=102) == D("0.08")


def test_curves_need_their_steps() -> None:
    for curve in ("steps", "points", "none_until"):
        with pytest.raises(TargetError, match="step"):
            share(replace(UP, curve=curve), 105)
    with pytest.raises(TargetError, match="zigzag"):
        share(replace(UP, curve="zigzag"), 105)
    with pytest.raises(NoJourney):
        share(
            replace(UP, target=D(78), curve="steps", steps=((101, D(80)),)),
            105,
        )


def test_nothing_until_a_day_then_linear() -> None:
    found = [expected_none_until(100, 110, day, 106) for day in (100, 106, 108, 110)]
    assert found == [0, 0, D("0.5"), 1]
    target = replace(UP, curve="none_until", steps=((106, D(78)),))
    assert share(target, 108) == D("0.5")


def test_nothing_until_after_the_end() -> None:
    assert expected_none_until(100, 110, 109, 110) == 0
    assert expected_none_until(100, 110, 109, 115) == 0
    assert expected_none_until(100, 110, 110, 115) == 1
    assert expected_none_until(100, 110, 105, 90) == D("0.5")


def test_last_year_s_shape() -> None:
    amounts = [1, 3, 4, 8]
    found = [expected_last_year(amounts, elapsed) for elapsed in (-1, 0, 2, 4, 9)]
    assert found == [0, 0, D("0.25"), 1, 1]
    assert expected_last_year([0, 0], 1) is None
    assert expected_last_year([5, -9], 1) is None


def test_last_year_s_shape_without_a_last_year_is_a_line() -> None:
    target = replace(UP, curve="last_year")
    assert share(target, 105) == D("0.5")
    found = expected_share(
        target,
        start=100,
        end=104,
        closed_to=102,
        flow=False,
        last_year=[1, 3, 4, 8],
    )
    assert found == D("0.25")


def test_milestones_are_due_at_the_close_of_their_day() -> None:
    steps = [
        Milestone(D(1), done=False, due_day=104),
        Milestone(D(1), done=True, due_day=108),
        Milestone(D(2), done=False),
    ]
    found = [expected_milestones(steps, day) for day in (104, 105, 109)]
    assert found == [0, D("0.25"), D("0.5")]
    assert expected_milestones([Milestone(D(1), done=True)], 109) is None
    assert expected_milestones([], 109) is None


def test_expected_value_in_the_metric_s_unit() -> None:
    at_least = Target(Direction.AT_LEAST, target=D(630))
    assert expected_value(UP, D("0.25")) == D("80.5")
    assert expected_value(at_least, D("0.5")) == 315
    assert expected_value(UP, None) is None
    assert expected_value(Target(Direction.MILESTONE), D("0.5")) is None


def test_profile_is_learnt_from_eight_weeks() -> None:
    week = [20, 10, 10, 10, 10, 0, 0]
    # mean of the busy weekdays 12: Monday 20 / 12, the others 10 / 12
    profile = weekday_profile(week * 8, first_day=MONDAY)
    assert [round(weight, 4) for weight in profile] == [
        D("1.6667"),
        *[D("0.8333")] * 4,
        0,
        0,
    ]
    assert weekday_profile((week * 8)[1:], first_day=MONDAY + 1) == (
        1,
        1,
        1,
        1,
        1,
        0,
        0,
    )


def test_profile_reads_the_last_13_weeks_and_skips_holidays() -> None:
    old, recent = [0, 0, 0, 0, 0, 0, 70] * 5, [10, 10, 0, 0, 0, 0, 0] * 13
    holiday = MONDAY + 5 * 7
    recent[0] = 0
    profile = weekday_profile(
        old + recent, first_day=MONDAY, holidays=frozenset({holiday})
    )
    assert profile == (1, 1, 0, 0, 0, 0, 0)


def test_profile_starts_on_any_weekday() -> None:
    wednesdays = [1, 0, 0, 0, 0, 0, 0] * 10
    profile = weekday_profile(wednesdays, first_day=MONDAY + 2)
    assert profile == (0, 0, 1, 0, 0, 0, 0)


def test_profile_of_nothing_is_the_working_week() -> None:
    assert weekday_profile([0] * 70, first_day=MONDAY) == (1, 1, 1, 1, 1, 0, 0)
    assert weekday_profile([-1] * 70, first_day=MONDAY) == (1, 1, 1, 1, 1, 0, 0)


def test_weighted_days_leave_out_holidays() -> None:
    week = (D(1),) * 7
    assert weighted_days(MONDAY, MONDAY + 7) == 5
    assert weighted_days(MONDAY, MONDAY + 7, profile=week) == 7
    assert weighted_days(MONDAY, MONDAY + 7, holidays=frozenset({MONDAY})) == 4
    assert weighted_days(MONDAY, MONDAY) == 0


def test_joiner_is_there_for_part_of_the_days() -> None:
    assert joiner_target(60, 0, 63) == 0
    assert joiner_target(60, 63, 63) == 60
    assert joiner_target(60, 0, 0) is None
    with pytest.raises(ScoringError):
        joiner_target(60, 64, 63)
