"""Thirty worked examples of scoring: what anybody may recompute by hand.

The period is the first quarter of 2026: 90 calendar days, and 63 business days
with 1 January off.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from crmkpi.lib.periods import Calendar, Grain, to_day
from crmkpi.lib.statistics import wilson, xmr
from objectives.scoring import (
    Direction,
    KrStatus,
    Milestone,
    Part,
    Rollup,
    Target,
    as_hold,
    clamp,
    expected_business,
    expected_calendar,
    expected_value,
    forecast_flow,
    forecast_level,
    in_force,
    joiner_target,
    judged_pace,
    milestone_progress,
    miss_budget,
    mix_and_rate,
    needed_per_day,
    pace,
    progress,
    ratio_value,
    roll_up,
    shrunk_rate,
    status,
    weighted_days,
)


def day(month: int, day_of_month: int, year: int = 2026) -> int:
    return to_day(date(year, month, day_of_month))


START, END = day(1, 1), day(4, 1)
NEW_YEAR = frozenset({START})


def journey(start: str | int, goal: str | int) -> Target:
    up = D(goal) >= D(start)
    direction = Direction.INCREASE if up else Direction.DECREASE
    return Target(direction, baseline=D(start), target=D(goal))


def at_least(target: int, red: int) -> Target:
    return Target(Direction.AT_LEAST, target=D(target), red=D(red))


def at_most(target: int, red: int) -> Target:
    return Target(Direction.AT_MOST, target=D(target), red=D(red))


def judged(
    target: Target,
    p: D | float | None,
    e: D | float | None = None,
    *,
    flow: bool = False,
    closed: bool = False,
    reach: float | None = None,
    has_data: bool = True,
    value: D | float | None = None,
) -> KrStatus:
    """Return the status of a fresh key result with cases enough."""
    return status(
        target=target,
        progress=p,
        expected=e,
        n=100,
        min_n=30,
        flow=flow,
        stale=False,
        closed=closed,
        reach=reach,
        has_data=has_data,
        value=value,
    )


def rolled(target: Target, p: D | None, state: KrStatus) -> Rollup:
    """Return the roll-up of one part alone."""
    return roll_up([Part(D(1), p, state, judged_pace(target, progress=p, expected=1))])


def daily_values(mean: float, sd: float, k: int) -> list[float]:
    """Return an odd number of days with exactly this mean and sample deviation."""
    half = (k - 1) // 2
    return [mean + sd] * half + [mean - sd] * half + [mean]


def test_vector_01_half_way_up() -> None:
    assert progress(journey(78, 88), 83) == D("0.5")


def test_vector_02_beyond_the_target() -> None:
    target = journey(78, 88)
    p = progress(target, 91)
    assert p == D("1.3")
    assert clamp(D("1.3")) == 1
    assert judged(target, p, D("0.5")) is KrStatus.ACHIEVED_SO_FAR
    assert rolled(target, p, KrStatus.ACHIEVED_SO_FAR).progress == 1


def test_vector_03_below_the_start() -> None:
    target = journey(78, 88)
    p = progress(target, 76)
    assert p == D("-0.2")
    assert rolled(target, p, KrStatus.OFF_TRACK).progress == 0


def test_vector_04_half_way_down() -> None:
    assert progress(journey(420, 360), 390) == D("0.5")


def test_vector_05_down_to_nothing() -> None:
    assert progress(journey(40, 0), 10) == D("0.75")


def test_vector_06_across_zero() -> None:
    assert progress(journey(-10, 20), 5) == D("0.5")


def test_vector_07_imported_journey_without_a_way_is_a_hold() -> None:
    hold = as_hold(replace(journey(90, 90), red=D(85)))
    assert hold == at_least(90, 85)
    assert [progress(hold, v) for v in (90, 89, 80)] == [1, D("0.8"), 0]


def test_vector_08_holds_between_band_and_red_limit() -> None:
    share, handle_time = at_least(95, 90), at_most(360, 420)
    p = progress(share, 93.5)
    q = progress(handle_time, 375)
    assert (p, q) == (D("0.7"), D("0.75"))
    assert judged(share, p, value=93.5) is KrStatus.WATCH
    assert judged(handle_time, q, value=D(375)) is KrStatus.WATCH


def test_vector_09_range() -> None:
    occupancy = Target(
        Direction.RANGE, low=D(75), high=D(85), red_low=D(65), red_high=D(92)
    )
    found = [progress(occupancy, v) for v in (80, 70, 88.5, 60)]
    assert found == [1, D("0.5"), D("0.5"), 0]
    assert judged(occupancy, found[0], value=D(80)) is KrStatus.ON_TRACK
    assert judged(occupancy, found[3], value=D(60)) is KrStatus.OFF_TRACK
    assert judged(occupancy, found[3]) is KrStatus.OFF_TRACK


def test_vector_10_milestones() -> None:
    steps = [
        Milestone(D(1), done=True),
        Milestone(D(1), done=False),
        Milestone(D(2), done=True),
    ]
    share = milestone_progress(steps)
    assert share == D("0.75")
    assert progress(Target(Direction.MILESTONE), share) == D("0.75")
    assert progress(Target(Direction.MILESTONE, target=D(4)), 3) == D("0.75")


def test_vector_11_ratio_without_cases() -> None:
    target = journey(78, 88)
    value = ratio_value([(0, 0), (0, 0)])
    p = progress(target, value)
    assert (value, p) == (None, None)
    assert judged(target, p, D("0.5"), has_data=False) is KrStatus.NO_DATA
    whole = roll_up(
        [
            Part(D(1), D("0.4"), KrStatus.WATCH, D("0.8")),
            Part(D(1), p, KrStatus.NO_DATA),
        ]
    )
    assert whole.progress == D("0.4")


def test_vector_12_flow_without_rows_is_zero() -> None:
    p = progress(journey(0, 100), 0)
    assert p == 0
    assert p is not None
    assert judged(journey(0, 100), p, D("0.5"), flow=True) is KrStatus.OFF_TRACK


def test_vector_13_no_contacts_are_not_a_success() -> None:
    assert progress(at_most(360, 420), None) is None
    assert judged(at_most(360, 420), None, has_data=False) is KrStatus.NO_DATA


def test_vector_14_ratio_of_sums() -> None:
    value = ratio_value([(9, 10), (30, 60), (0, 0)])
    assert value == D(39) / D(70)
    assert round(float(value), 4) == 0.5571


def test_vector_15_expected_at_the_close_of_14_february() -> None:
    closed_to = day(2, 15)
    total = weighted_days(START, END, holidays=NEW_YEAR)
    elapsed = weighted_days(START, closed_to, holidays=NEW_YEAR)
    assert expected_calendar(START, END, closed_to) == D("0.5")
    assert (total, elapsed) == (63, 31)
    assert float(expected_business(total, elapsed) or 0) == pytest.approx(
        0.4921, abs=5e-5
    )


def test_vector_16_flow_behind_its_pace() -> None:
    target = journey(0, 630)
    closed_to = day(2, 14)
    seen = weighted_days(START, closed_to, holidays=NEW_YEAR)
    left = weighted_days(closed_to, END, holidays=NEW_YEAR)
    assert (seen, left) == (31, 32)
    p = progress(target, 260)
    a = pace(p, expected_business(63, seen))
    forecast = forecast_flow(260, daily_values(260 / 31, 4.0, 31), left, target)
    needed = needed_per_day(260, left, 630)
    assert p is not None
    assert round(p, 4) == D("0.4127")
    assert a == D("0.8387")
    assert forecast is not None
    assert forecast.value == pytest.approx(528.4, abs=0.05)
    assert needed is not None
    assert round(needed, 2) == D("11.56")
    assert round(260 / 31, 2) == 8.39


def test_vector_17_forecast_overrules_the_pace() -> None:
    target = journey(0, 630)
    forecast = forecast_flow(260, daily_values(260 / 31, 4.0, 31), 32, target)
    assert forecast is not None
    assert forecast.low == pytest.approx(487.0, abs=0.05)
    assert forecast.high == pytest.approx(569.7, abs=0.05)
    assert forecast.reach == pytest.approx(0.0008, abs=5e-5)
    p, e = progress(target, 260), expected_business(63, 31)
    assert judged(target, p, e, flow=True) is KrStatus.WATCH
    reach = forecast.reach
    assert judged(target, p, e, flow=True, reach=reach) is KrStatus.OFF_TRACK


def test_vector_18_edge_gets_the_better_band() -> None:
    target = journey(78, 88)
    p = progress(target, 82)
    assert expected_value(target, D("0.5")) == 83
    assert p == D("0.4")
    assert pace(p, D("0.5")) == D("0.8")
    assert judged(target, p, D("0.5")) is KrStatus.WATCH


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.475, KrStatus.ON_TRACK),
        (0.47495, KrStatus.WATCH),
        (0.4, KrStatus.WATCH),
        (0.39995, KrStatus.OFF_TRACK),
    ],
)
def test_vector_19_bands_of_the_pace(p: float, expected: KrStatus) -> None:
    assert judged(journey(78, 88), p, 0.5) is expected


def test_vector_20_too_early_ends_at_a_tenth() -> None:
    assert judged(journey(78, 88), 0.0, 0.08) is KrStatus.TOO_EARLY
    assert judged(journey(78, 88), 0.0, 0.10) is KrStatus.OFF_TRACK


def test_vector_21_roll_up_with_a_part_without_data() -> None:
    parts = [
        Part(D(3), D("1.3"), KrStatus.ACHIEVED_SO_FAR, D("2.6")),
        Part(D(1), D("0.4"), KrStatus.WATCH, D("0.8")),
        Part(D(1), None, KrStatus.NO_DATA),
    ]
    whole = roll_up(parts)
    assert (whole.progress, whole.coverage) == (D("0.85"), D("0.8"))
    assert roll_up(parts, D("1.2")).progress == D("1.0")


def test_vector_22_changed_target() -> None:
    versions = ((START, journey(78, 88)), (day(3, 1), journey(78, 86)))
    now, original = in_force(versions, day(3, 10)), versions[0][1]
    assert progress(now, 84) == D("0.75")
    assert progress(original, 84) == D("0.6")
    assert in_force(versions, day(2, 28)) == original
    assert judged(now, progress(now, 84), 1, closed=True) is KrStatus.PARTLY
    assert judged(original, progress(original, 84), 1, closed=True) is KrStatus.MISSED


def test_vector_23_week_has_seven_days() -> None:
    week = Calendar().period(day(1, 5), Grain.WEEK)
    assert (week.first_date, week.last_date) == (date(2026, 1, 5), date(2026, 1, 11))
    assert day(1, 12) not in week
    assert expected_calendar(week.start, week.end, day(1, 11)) == D(6) / 7
    assert expected_calendar(week.start, week.end, day(1, 12)) == 1


def test_vector_24_joiner() -> None:
    present = weighted_days(day(2, 16), END, holidays=NEW_YEAR)
    assert present == 32
    target = joiner_target(60, present, 63)
    assert target is not None
    assert round(target, 2) == D("30.48")


def test_vector_25_achieved_may_fall_back_and_unchanged_values_close() -> None:
    target = journey(40, 10)
    early = expected_calendar(START, END, day(2, 11))
    later = expected_calendar(START, END, day(2, 21))
    p = progress(target, 14)
    assert judged(target, progress(target, 9), early) is KrStatus.ACHIEVED_SO_FAR
    assert p is not None
    assert (round(p, 4), round(later, 4)) == (D("0.8667"), D("0.5667"))
    assert judged(target, p, later) is KrStatus.ON_TRACK
    assert judged(target, p, 1, closed=True) is KrStatus.PARTLY


def test_vector_26_miss_budget() -> None:
    budget = miss_budget(0.95, 1240, 1310, 1350)
    assert budget.share is not None
    assert round(budget.share, 4) == D("0.9466")
    assert (budget.allowed, budget.used, budget.left) == (133, 70, 63)
    assert budget.required == D(1287) / D(1350)
    assert round(budget.required, 4) == D("0.9533")


def test_vector_27_small_numbers_do_not_lead() -> None:
    agents = ((5, 5), (3, 5), (180, 200))
    rates = [shrunk_rate(k, n, 0.86, 20) for k, n in agents]
    assert rates == [pytest.approx(r, abs=5e-5) for r in (0.888, 0.808, 0.8964)]
    intervals = [wilson(k, n) for k, n in agents]
    assert [(round(i.low, 2), round(i.high, 2)) for i in intervals if i] == [
        (0.57, 1.00),
        (0.23, 0.88),
        (0.85, 0.93),
    ]


def test_vector_28_mix_and_rate() -> None:
    change = mix_and_rate(
        {"phone": (540, 600), "email": (280, 400)},
        {"phone": (276, 300), "email": (497, 700)},
    )
    assert change is not None
    assert change.total == D("-0.047")
    assert change.mix == D("-0.0615")
    assert change.rate == D("0.0145")
    assert change.simpson


def test_vector_29_smoothing() -> None:
    values = [82, 83, 81, 84, 85, 84, 86, 87]
    forecast = forecast_level(values, 4, alpha=0.4)
    assert forecast is not None
    assert forecast.value == pytest.approx(85.572, abs=5e-4)
    assert forecast.low == pytest.approx(80.77, abs=5e-3)
    assert forecast.high == pytest.approx(90.38, abs=5e-3)
    # t.90 with 3 degrees of freedom is 1.6377; 1 + 3 x 0.4² = 1.48
    s = (forecast.high - forecast.value) / (1.6377 * 1.48**0.5)
    assert s == pytest.approx(2.412, abs=1e-3)


def test_vector_30_noise_is_no_signal() -> None:
    limits = xmr([86, 88, 85, 87, 89, 86, 88, 84, 87, 86])
    assert limits is not None
    assert limits.mean == pytest.approx(86.6)
    assert limits.low == pytest.approx(80.10, abs=5e-3)
    assert limits.high == pytest.approx(93.10, abs=5e-3)
    assert not limits.signals
