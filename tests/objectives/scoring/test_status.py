from decimal import Decimal as D
from typing import Any

import pytest

from objectives.scoring import (
    Direction,
    KrStatus,
    ScoringError,
    Target,
    judged_pace,
    pace,
    status,
)

UP = Target(Direction.INCREASE, baseline=D(78), target=D(88))
KEEP = Target(Direction.AT_LEAST, target=D(95), red=D(90))
LIMIT = Target(Direction.AT_MOST, target=D(50), red=D(60))
STEPS = Target(Direction.MILESTONE)


def judged(**changes: Any) -> KrStatus:
    """Return the status of a journey half way through, on pace unless changed."""
    given: dict[str, Any] = {
        "target": UP,
        "progress": D("0.5"),
        "expected": D("0.5"),
        "n": 100,
        "min_n": 30,
        "flow": False,
        "stale": False,
        "closed": False,
        "reach": None,
        "has_data": True,
    }
    return status(**(given | changes))


def test_on_pace() -> None:
    assert judged() is KrStatus.ON_TRACK


def test_no_data_comes_before_stale_and_stale_before_too_early() -> None:
    assert judged(has_data=False, stale=True) is KrStatus.NO_DATA
    assert judged(progress=None) is KrStatus.NO_DATA
    assert judged(stale=True, n=1) is KrStatus.STALE


def test_stale_is_never_green() -> None:
    assert judged(progress=D(2), stale=True) is KrStatus.STALE
    assert judged(progress=D(2), stale=True, closed=True) is KrStatus.NO_RESULT


def test_too_few_cases_are_too_early_for_every_direction() -> None:
    for target in (UP, KEEP, LIMIT):
        assert judged(target=target, n=29) is KrStatus.TOO_EARLY
        assert judged(target=target, n=30) is not KrStatus.TOO_EARLY
    assert judged(target=STEPS, n=None) is KrStatus.ON_TRACK


def test_too_early_comes_before_achieved() -> None:
    assert judged(progress=D(2), expected=D("0.09")) is KrStatus.TOO_EARLY


def test_holds_of_ratios_are_judged_from_day_one() -> None:
    assert judged(target=KEEP, progress=D(1), expected=None) is KrStatus.ON_TRACK
    assert judged(target=KEEP, progress=D(1), expected=D(0)) is KrStatus.ON_TRACK


def test_holds_of_flows_wait_for_a_tenth() -> None:
    early = judged(target=LIMIT, flow=True, progress=D(1), expected=D("0.09"))
    later = judged(target=LIMIT, flow=True, progress=D(1), expected=D("0.10"))
    assert (early, later) == (KrStatus.TOO_EARLY, KrStatus.ON_TRACK)


def test_at_least_of_a_flow_is_paced() -> None:
    assert judged(target=KEEP, flow=True, progress=D("0.48")) is KrStatus.ON_TRACK
    assert judged(target=KEEP, flow=True, progress=D(1)) is KrStatus.ACHIEVED_SO_FAR


def test_journey_without_anything_to_compare_with_is_not_judged() -> None:
    assert judged(expected=None) is KrStatus.TOO_EARLY
    assert judged(target=STEPS, expected=None) is KrStatus.TOO_EARLY


def test_milestones_are_judged_however_little_is_due() -> None:
    assert judged(target=STEPS, progress=D(0), expected=D(0)) is KrStatus.ON_TRACK
    late = judged(target=STEPS, progress=D(0), expected=D("0.05"))
    assert late is KrStatus.OFF_TRACK
    done = judged(target=STEPS, progress=D(1), expected=D("0.05"))
    assert done is KrStatus.ACHIEVED_SO_FAR


@pytest.mark.parametrize(
    ("value", "p", "expected"),
    [
        (D(95), D(1), KrStatus.ON_TRACK),
        (D("94.9"), D("0.98"), KrStatus.WATCH),
        (D("90.1"), D("0.02"), KrStatus.WATCH),
        (D(90), D(0), KrStatus.WATCH),
        (D("89.9"), D(0), KrStatus.OFF_TRACK),
    ],
)
def test_hold_on_its_edges(value: D, p: D, expected: KrStatus) -> None:
    assert judged(target=KEEP, progress=p, expected=None, value=value) is expected


def test_noise_of_binary_division_does_not_cost_the_band() -> None:
    nearly = 1 - 1e-15
    assert judged(progress=nearly, closed=True) is KrStatus.MET
    assert judged(target=KEEP, progress=nearly) is KrStatus.ON_TRACK
    assert judged(progress=D("0.99999"), closed=True) is KrStatus.PARTLY


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        ("1.3", KrStatus.MET),
        ("1", KrStatus.MET),
        ("0.9999", KrStatus.PARTLY),
        ("0.7", KrStatus.PARTLY),
        ("0.6999", KrStatus.MISSED),
        ("-1", KrStatus.MISSED),
    ],
)
def test_close_looks_at_the_progress_alone(p: str, expected: KrStatus) -> None:
    assert judged(progress=D(p), closed=True, n=1, reach=0.01) is expected
    assert judged(target=KEEP, progress=D(p), closed=True) is expected


def test_close_without_a_value() -> None:
    assert judged(progress=None, closed=True) is KrStatus.NO_RESULT
    assert judged(has_data=False, closed=True) is KrStatus.NO_RESULT


@pytest.mark.parametrize(
    ("p", "reach", "expected"),
    [
        ("0.5", 0.0, KrStatus.OFF_TRACK),
        ("0.5", 0.049, KrStatus.OFF_TRACK),
        ("0.5", 0.05, KrStatus.WATCH),
        ("0.5", 0.199, KrStatus.WATCH),
        ("0.5", 0.20, KrStatus.ON_TRACK),
        ("0.42", 0.10, KrStatus.WATCH),
        ("0.42", 0.99, KrStatus.WATCH),
        ("0.1", 0.80, KrStatus.OFF_TRACK),
        ("0.1", 0.81, KrStatus.WATCH),
        ("0.1", 1.0, KrStatus.WATCH),
        ("0.1", 0.10, KrStatus.OFF_TRACK),
    ],
)
def test_forecast_corrects_the_pace(p: str, reach: float, expected: KrStatus) -> None:
    assert judged(progress=D(p), reach=reach) is expected


def test_forecast_corrects_holds_too() -> None:
    nearly_spent = judged(target=LIMIT, flow=True, progress=D(1), reach=0.01)
    assert nearly_spent is KrStatus.OFF_TRACK


def test_achieved_needs_no_forecast() -> None:
    assert judged(progress=D(1), reach=0.01) is KrStatus.ACHIEVED_SO_FAR


@pytest.mark.parametrize("reach", [-0.1, 1.1, float("nan")])
def test_chance_lies_between_0_and_1(reach: float) -> None:
    with pytest.raises(ScoringError, match="chance"):
        judged(reach=reach)


def test_not_a_number_is_refused() -> None:
    with pytest.raises(ScoringError, match="finite"):
        judged(progress=float("nan"))
    with pytest.raises(ScoringError, match="finite"):
        judged(expected=float("nan"))


def test_pace_needs_something_expected() -> None:
    assert pace(D("0.4127"), D("0.4921")) == D("0.8387")
    assert pace(D("0.5"), 0) is None
    assert pace(None, D("0.5")) is None
    assert pace(D("0.5"), None) is None
    assert pace(D("-0.2"), D("0.5")) == D("-0.4")


def test_pace_of_an_extreme_value_does_not_fail() -> None:
    assert pace(D(10) ** 30, D("0.5")) == 2 * D(10) ** 30
    assert judged(progress=D(10) ** 30) is KrStatus.ACHIEVED_SO_FAR


def test_pace_that_counts_in_the_objective() -> None:
    half = D("0.5")
    assert judged_pace(UP, progress=half, expected=half) == 1
    assert judged_pace(KEEP, progress=half, expected=D("0.1")) == half
    assert judged_pace(KEEP, progress=half, expected=half, flow=True) == 1
    assert judged_pace(STEPS, progress=D(0), expected=D(0)) == 1
    assert judged_pace(STEPS, progress=half, expected=D(1)) == half
    assert judged_pace(UP, progress=None, expected=half) is None
    assert judged_pace(UP, progress=half, expected=D(0)) is None
