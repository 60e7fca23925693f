import math
from decimal import Decimal as D
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkpi.lib.statistics import t_quantile
from objectives.scoring import (
    Direction,
    NoJourney,
    ScoringError,
    Target,
    forecast_flow,
    forecast_level,
    forecast_ratio,
    needed_per_day,
)
from objectives.scoring.forecast import beta_binomial, t_cdf

TOTAL = Target(Direction.INCREASE, baseline=D(0), target=D(100))
SHARE = Target(Direction.AT_LEAST, target=D(90))
LEVELS = [82, 83, 81, 84, 85, 84, 86, 87]


def chance(k: int, n: int, a: float, b: float) -> float:
    """Return the beta-binomial chance of exactly k of n by its textbook formula."""
    log = (
        math.lgamma(n + 1)
        - math.lgamma(k + 1)
        - math.lgamma(n - k + 1)
        + math.lgamma(k + a)
        + math.lgamma(n - k + b)
        - math.lgamma(n + a + b)
        + math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
    )
    return math.exp(log)


def test_flow_bands_by_hand() -> None:
    # mean 2, sample deviation √(8/7) = 1.0690; 4 left: sd = 1.0690 √(4 + 16/8)
    forecast = forecast_flow(16, [1, 3] * 4, 4, TOTAL)
    sd = math.sqrt(8 / 7) * math.sqrt(6)
    assert forecast is not None
    assert forecast.value == 24
    assert forecast.high - forecast.value == pytest.approx(1.2816 * sd, abs=1e-3)
    assert forecast.high_50 - forecast.value == pytest.approx(0.6745 * sd, abs=1e-3)
    assert forecast.low + forecast.high == pytest.approx(48)
    assert forecast.low_50 + forecast.high_50 == pytest.approx(48)


def test_flow_needs_eight_days_and_is_rough_under_fifteen() -> None:
    assert forecast_flow(7, [1] * 7, 5, TOTAL) is None
    rough = forecast_flow(14, [0, 2] * 7, 5, TOTAL)
    enough = forecast_flow(15, [0, 2] * 7 + [1], 5, TOTAL)
    assert rough is not None
    assert enough is not None
    assert (rough.rough, enough.rough) == (True, False)


def test_flow_at_the_close_is_certain() -> None:
    for actual, reach in ((100, 1.0), (99, 0.0)):
        forecast = forecast_flow(actual, [1, 3] * 4, 0, TOTAL)
        assert forecast is not None
        assert (forecast.value, forecast.low, forecast.high) == (actual,) * 3
        assert forecast.reach == reach


def test_limit_is_kept_when_the_flow_ends_on_it() -> None:
    limit = Target(Direction.AT_MOST, target=D(50))
    for actual, reach in ((50, 1.0), (51, 0.0)):
        forecast = forecast_flow(actual, [1, 3] * 4, 0, limit)
        assert forecast is not None
        assert forecast.reach == reach


@pytest.mark.parametrize(
    ("target", "reach"),
    [
        (Target(Direction.INCREASE, baseline=D(0), target=D(24)), 0.5),
        (Target(Direction.AT_LEAST, target=D(24)), 0.5),
        (Target(Direction.AT_MOST, target=D(24)), 0.5),
        (Target(Direction.DECREASE, baseline=D(99), target=D(24)), 0.5),
        (Target(Direction.AT_LEAST, target=D(20)), 0.9367),
        (Target(Direction.AT_MOST, target=D(20)), 0.0633),
        (Target(Direction.RANGE, low=D(20), high=D(28)), 0.8733),
    ],
)
def test_chance_follows_the_direction(target: Target, reach: float) -> None:
    # 24 ± 2.6186, so that 20 lies 1.5275 deviations under it
    assert NormalDist().cdf(4 / 2.6186) == pytest.approx(0.9367, abs=1e-4)
    forecast = forecast_flow(16, [1, 3] * 4, 4, target)
    assert forecast is not None
    assert forecast.reach == pytest.approx(reach, abs=1e-4)


def test_forecast_refuses_what_makes_no_sense() -> None:
    with pytest.raises(ScoringError, match="days left"):
        forecast_flow(16, [1, 3] * 4, -1, TOTAL)
    with pytest.raises(ScoringError, match="finite"):
        forecast_flow(16, [1.0, float("nan")] * 4, 4, TOTAL)
    with pytest.raises(NoJourney):
        forecast_flow(
            16, [1, 3] * 4, 4, Target(Direction.INCREASE, baseline=D(9), target=D(9))
        )
    with pytest.raises(ScoringError, match="Milestones"):
        forecast_flow(16, [1, 3] * 4, 4, Target(Direction.MILESTONE))


def test_ratio_at_a_steady_rate() -> None:
    forecast = forecast_ratio([(9, 10)] * 10, 100, SHARE, scale=100)
    assert forecast is not None
    assert forecast.value == pytest.approx(90)
    assert forecast.low < forecast.low_50 < 90 < forecast.high_50 < forecast.high
    assert forecast.rough


def test_ratio_is_rough_under_fifteen_days_with_cases() -> None:
    for days, rough in ((14, True), (15, False)):
        forecast = forecast_ratio([(9, 10)] * days + [(0, 0)] * 9, 10, SHARE)
        assert forecast is not None
        assert forecast.rough is rough


def test_ratio_band_by_brute_force() -> None:
    # 90 of 100 recently; the weight of the rate is 100 + 20 cases, half a case
    # more on both sides: Beta(108.5, 12.5). The rest is 50 cases.
    a, b = 0.9 * 120 + 0.5, 0.1 * 120 + 0.5
    chances = [chance(k, 50, a, b) for k in range(51)]
    covered, cumulated = 0.0, []
    for c in chances:
        covered += c
        cumulated.append(covered)
    low = next(k for k, c in enumerate(cumulated) if c >= 0.1)
    high = next(k for k, c in enumerate(cumulated) if c >= 0.9)
    forecast = forecast_ratio([(9, 10)] * 10, 50, SHARE, scale=100)
    assert forecast is not None
    assert forecast.low == pytest.approx(100 * (90 + low) / 150)
    assert forecast.high == pytest.approx(100 * (90 + high) / 150)
    # at least 90 % of 150 is 135, so 45 of the 50
    assert forecast.reach == pytest.approx(sum(chances[45:]))


def test_ratio_runs_on_at_the_recent_rate_shrunk_to_the_period_s() -> None:
    days = [(10, 10)] * 28 + [(5, 10)] * 28
    forecast = forecast_ratio(days, 560, SHARE, scale=1)
    # recent 140/280, period 420/560 = 0.75: (140 + 20 x 0.75) / 300 = 0.516667
    assert forecast is not None
    assert forecast.value == pytest.approx((420 + 560 * 155 / 300) / 1120)
    assert not forecast.rough


def test_ratio_of_nothing_but_hits_is_no_certainty() -> None:
    forecast = forecast_ratio([(10, 10)] * 8, 50, SHARE, scale=100)
    assert forecast is not None
    assert forecast.value == forecast.high == 100
    assert forecast.low < 100
    assert forecast.reach is not None
    assert 0.9 < forecast.reach < 1


def test_ratio_on_its_exact_edge() -> None:
    # 0.95 x 100 cases is 95 hits and not 96
    days = [(19, 20)] * 5 + [(0, 0)] * 3
    sure = forecast_ratio([*days, (0, 0)], 0, SHARE)
    assert sure is None  # five days with cases
    for goal, reach in (("95", 1.0), ("95.0001", 0.0)):
        target = Target(Direction.AT_LEAST, target=D(goal))
        forecast = forecast_ratio([(19, 20)] * 10, 0, target, scale=100)
        assert forecast is not None
        assert forecast.value == pytest.approx(95)
        assert forecast.low == forecast.high == forecast.value
        assert forecast.reach == reach


def test_ratio_that_must_not_rise() -> None:
    target = Target(Direction.AT_MOST, target=D(10))
    likely = forecast_ratio([(0, 10)] * 10, 20, target, scale=100)
    lost = forecast_ratio([(9, 10)] * 10, 20, target, scale=100)
    assert likely is not None
    assert lost is not None
    assert likely.reach is not None
    assert likely.reach > 0.99
    assert lost.reach == 0


def test_ratio_takes_shares_only() -> None:
    with pytest.raises(ScoringError, match="shares"):
        forecast_ratio([(300, 10)] * 10, 20, SHARE)
    with pytest.raises(ScoringError, match="cases to come"):
        forecast_ratio([(9, 10)] * 10, -1, SHARE)
    with pytest.raises(ScoringError, match="scale"):
        forecast_ratio([(9, 10)] * 10, 1, SHARE, scale=0)


@given(
    n=st.integers(0, 300),
    a=st.floats(0.5, 500),
    b=st.floats(2, 500),
)
def test_beta_binomial_is_the_textbook_one(n: int, a: float, b: float) -> None:
    chances = beta_binomial(n, a, b)
    assert chances.between(None, None) == pytest.approx(1)
    for k in (0, n // 2, n):
        assert chances.between(k, k) == pytest.approx(chance(k, n, a, b), abs=1e-9)


def test_beta_binomial_off_the_scale() -> None:
    chances = beta_binomial(10, 5, 5)
    assert chances.between(11, None) == 0
    assert chances.between(None, -1) == 0
    assert chances.between(-5, 15) == pytest.approx(1)


def test_level_picks_the_smoothing_with_the_least_error() -> None:
    rising = [*range(10)]
    fast = forecast_level(rising, 1)
    pinned = forecast_level(rising, 1, alpha=0.95)
    assert fast is not None
    assert fast == pinned
    steady = [10, 12, 10, 12, 10, 12, 10, 12, 10, 12]
    assert forecast_level(steady, 1) == forecast_level(steady, 1, alpha=0.05)


def test_level_one_step_ahead_by_hand() -> None:
    # Errors 2.5, 0.5, 2.3, 2.38, s 2.4121; t.90 and t.75 with 3 degrees of freedom
    forecast = forecast_level(LEVELS, 1, alpha=0.4)
    assert forecast is not None
    assert forecast.high - forecast.value == pytest.approx(1.63774 * 2.41208, abs=1e-4)
    width = forecast.high_50 - forecast.value
    assert width == pytest.approx(0.76489 * 2.41208, abs=1e-4)
    assert forecast.reach is None


def test_level_s_chance_agrees_with_its_band() -> None:
    free = forecast_level(LEVELS, 4, alpha=0.4)
    assert free is not None
    for edge, reach in ((free.low, 0.9), (free.high, 0.1), (free.high_50, 0.25)):
        target = Target(Direction.AT_LEAST, target=D(repr(edge)))
        forecast = forecast_level(LEVELS, 4, target, alpha=0.4)
        assert forecast is not None
        assert forecast.reach == pytest.approx(reach, abs=1e-6)


def test_level_needs_eight_points() -> None:
    assert forecast_level(LEVELS[:7], 1) is None


def test_level_that_never_moved() -> None:
    target = Target(Direction.AT_LEAST, target=D(80))
    forecast = forecast_level([80] * 9, 6, target)
    assert forecast is not None
    assert (forecast.low, forecast.value, forecast.high) == (80, 80, 80)
    assert forecast.reach == 1


def test_level_at_the_close_is_the_last_value() -> None:
    target = Target(Direction.AT_LEAST, target=D(88))
    forecast = forecast_level(LEVELS, 0, target)
    assert forecast is not None
    assert (forecast.value, forecast.low, forecast.reach) == (87, 87, 0)


def test_level_refuses_what_makes_no_sense() -> None:
    with pytest.raises(ScoringError, match="steps ahead"):
        forecast_level(LEVELS, -1)
    with pytest.raises(ScoringError, match="smoothing"):
        forecast_level(LEVELS, 1, alpha=0)
    with pytest.raises(ScoringError, match="finite"):
        forecast_level([*LEVELS, float("nan")], 1)


def test_student_s_t_against_closed_forms_and_quantiles() -> None:
    assert t_cdf(1, 1) == pytest.approx(0.75)
    assert t_cdf(1.5, 2) == pytest.approx(0.5 + 1.5 / (2 * math.sqrt(2 + 1.5**2)))
    assert t_cdf(2.262157, 9) == pytest.approx(0.975, abs=1e-7)
    assert t_cdf(0, 5) == 0.5
    for df in (1, 2, 3, 4, 7, 10, 31, 100):
        for p in (0.005, 0.2, 0.6, 0.99):
            assert t_cdf(t_quantile(p, df), df) == pytest.approx(p, abs=1e-6)


def test_needed_a_day() -> None:
    assert needed_per_day(260, 32, 630) == D("11.5625")
    assert needed_per_day(700, 10, 630) == -7
    assert needed_per_day(260, 0, 630) is None
