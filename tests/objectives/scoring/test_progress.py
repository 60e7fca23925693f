from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from objectives.scoring import (
    Direction,
    Milestone,
    NoJourney,
    ScoringError,
    Target,
    TargetError,
    as_hold,
    clamp,
    in_force,
    milestone_progress,
    progress,
    ratio_value,
    trailing,
)
from objectives.scoring.progress import hold_depth
from objectives.scoring.targets import rounded

UP = Target(Direction.INCREASE, baseline=D(78), target=D(88))
KEEP = Target(Direction.AT_LEAST, target=D(95), red=D(90))
WITHIN = Target(Direction.RANGE, low=D(75), high=D(85), red_low=D(65), red_high=D(92))

amounts = st.decimals(min_value=-(10**6), max_value=10**6, places=3)


def test_whole_numbers_are_not_divided_as_integers() -> None:
    target = Target(Direction.INCREASE, baseline=D(0), target=D(10))
    assert progress(target, 5.9) == D("0.59")
    assert progress(target, 5) == D("0.5")


def test_float_is_read_as_it_prints() -> None:
    target = Target(Direction.INCREASE, baseline=D(0), target=D(1))
    assert progress(target, 0.1) == D("0.1")


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), D("NaN"), D("-Infinity")]
)
def test_only_finite_values(value: float | D) -> None:
    with pytest.raises(ScoringError, match="finite"):
        progress(UP, value)
    with pytest.raises(ScoringError, match="finite"):
        progress(KEEP, value)
    with pytest.raises(ScoringError, match="finite"):
        clamp(value)


def test_yes_is_not_a_number() -> None:
    with pytest.raises(ScoringError, match="yes or no"):
        progress(UP, True)


@pytest.mark.parametrize("direction", [Direction.INCREASE, Direction.DECREASE])
def test_journey_without_a_way_points_to_a_hold(direction: Direction) -> None:
    target = Target(direction, baseline=D(90), target=D("90.0"))
    with pytest.raises(NoJourney, match="hold"):
        progress(target, 90)


def test_journey_needs_a_starting_value() -> None:
    with pytest.raises(TargetError, match="starting value is missing"):
        progress(replace(UP, baseline=None), 80)


def test_progress_below_the_start_is_kept() -> None:
    assert progress(UP, 58) == -2
    assert clamp(D(-2)) == 0


def test_cap_lies_between_1_and_1_2() -> None:
    assert clamp(D("1.3"), 1.2) == D("1.2")
    assert clamp(D("1.1"), D("1.2")) == D("1.1")
    for cap in (D("0.99"), D("1.21"), 0):
        with pytest.raises(ScoringError, match="cap"):
            clamp(D(1), cap)


def test_no_value_is_no_progress_for_every_direction() -> None:
    for target in (UP, KEEP, WITHIN, Target(Direction.MILESTONE)):
        assert progress(target, None) is None


def test_imported_decrease_without_a_way_is_at_most() -> None:
    target = Target(Direction.DECREASE, baseline=D(90), target=D(90), red=D(99))
    assert as_hold(target) == Target(Direction.AT_MOST, target=D(90), red=D(99))


@pytest.mark.parametrize("target", [UP, KEEP])
def test_only_journeys_without_a_way_become_holds(target: Target) -> None:
    with pytest.raises(TargetError):
        as_hold(target)


def test_hold_goes_on_below_its_red_limit_only_in_its_depth() -> None:
    assert hold_depth(KEEP, 90) == 0
    assert hold_depth(KEEP, 85) == -1
    assert progress(KEEP, 85) == 0
    assert hold_depth(WITHIN, D("95.5")) == D("-0.5")
    assert hold_depth(WITHIN, 60) == D("-0.5")


@pytest.mark.parametrize("red", [None, D(95)])
def test_hold_without_room_before_red(red: D | None) -> None:
    target = replace(KEEP, red=red)
    assert (progress(target, 95), progress(target, D("94.99"))) == (1, 0)


def test_range_without_red_limits_includes_its_edges() -> None:
    bare = Target(Direction.RANGE, low=D(75), high=D(85))
    found = [progress(bare, value) for value in (74, 75, 85, 86)]
    assert found == [0, 1, 1, 0]
    point = replace(bare, high=D(75))
    assert [progress(point, value) for value in (74, 75, 76)] == [0, 1, 0]


def test_red_limit_inside_the_band_is_refused() -> None:
    with pytest.raises(TargetError, match="red limit"):
        progress(replace(KEEP, red=D(97)), 94)
    with pytest.raises(TargetError, match="red limit"):
        progress(replace(WITHIN, red_high=D(80)), 90)
    with pytest.raises(TargetError, match="lower end"):
        progress(replace(WITHIN, low=D(86)), 80)


def test_at_least_of_a_flow_is_a_way_to_go() -> None:
    target = Target(Direction.AT_LEAST, target=D(630), red=D(500))
    assert progress(target, 260) == 0
    assert progress(target, 315, flow=True) == D("0.5")


def test_at_most_of_a_flow_stays_a_hold() -> None:
    complaints = Target(Direction.AT_MOST, target=D(50), red=D(60))
    assert progress(complaints, 49, flow=True) == 1
    assert progress(complaints, 55, flow=True) == D("0.5")


@given(start=amounts, goal=amounts, value=amounts)
def test_journey_counts_alike_both_ways(start: D, goal: D, value: D) -> None:
    if start == goal:
        return
    there = progress(Target(Direction.INCREASE, baseline=start, target=goal), value)
    back = progress(Target(Direction.DECREASE, baseline=goal, target=start), value)
    assert there is not None
    assert back is not None
    assert abs(there + back - 1) < D("1e-12") * (1 + abs(there))


@given(value=amounts)
def test_hold_stays_within_0_and_1(value: D) -> None:
    for target in (KEEP, WITHIN):
        p = progress(target, value)
        assert p is not None
        assert 0 <= p <= 1


def test_milestones_without_weight_have_no_progress() -> None:
    assert milestone_progress([]) is None
    assert milestone_progress([Milestone(D(0), done=True)]) is None
    with pytest.raises(ScoringError, match="negative"):
        milestone_progress([Milestone(D(-1), done=True)])
    with pytest.raises(TargetError, match="weight above 0"):
        progress(Target(Direction.MILESTONE, target=D(0)), 0)


def test_ratio_needs_cases() -> None:
    assert ratio_value([]) is None
    assert ratio_value([(0, 5)]) == 0


def test_trailing_window_ends_before_the_open_day() -> None:
    days = [(1, 1, 2), (2, 3, 4), (3, 9, 9)]
    assert trailing(days, closed_to=3, window=2) == D(4) / 6
    assert trailing(days, closed_to=3, window=1) == D(3) / 4
    assert trailing(days, closed_to=9, window=5) is None
    with pytest.raises(ScoringError, match="window"):
        trailing(days, closed_to=3, window=0)


def test_trailing_nps_may_be_negative() -> None:
    # promoters minus detractors over answers: (2 - 5 + 1) / (10 + 10)
    days = [(1, -3, 10), (2, 1, 10)]
    assert trailing(days, closed_to=3, window=90) == D("-0.1")


def test_target_in_force_before_the_first_version_and_without_any() -> None:
    later = replace(UP, target=D(86))
    versions = ((10, UP), (20, later))
    found = [in_force(versions, day) for day in (5, 10, 19, 20, 99)]
    assert found == [UP, UP, UP, later, later]
    with pytest.raises(TargetError):
        in_force((), 5)


def test_rounding_leaves_huge_numbers_alone() -> None:
    huge = D(10) ** 40 + D("0.5")
    assert rounded(huge, D("0.0001")) == huge
    assert rounded(D("0.79995"), D("0.0001")) == D("0.8")
