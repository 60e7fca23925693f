"""Published and hand-worked numbers; the remark names who published them."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkpi.lib.statistics import (
    Interval,
    agresti_caffo,
    agresti_coull,
    mean_interval,
    median,
    median_interval,
    middle_half,
    newcombe,
    nps_difference,
    nps_score,
    quantile,
    shrink,
    t_quantile,
    two_proportions,
    wilson,
    xmr,
)


def ends(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


# Shares


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (18, 20, 0.698966, 0.972134),  # R binom
        (4, 20, 0.080658, 0.416017),  # R binom
        (4, 200, 0.007804, 0.050287),  # R binom
        (19, 38, 0.348499, 0.651501),  # statsmodels
        (85, 100, 0.767164, 0.906940),
        (70, 100, 0.604151, 0.781051),
        (81, 263, 0.255289, 0.366210),
        (0, 20, 0.0, 0.161125),
        (10, 10, 0.722467, 1.0),
    ],
)
def test_wilson(k: int, n: int, low: float, high: float) -> None:
    assert ends(wilson(k, n)) == pytest.approx((low, high), abs=2e-6)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (460, 1000, 0.4293, 0.4910),
    ],
)
def test_wilson_as_printed(k: int, n: int, low: float, high: float) -> None:
    assert ends(wilson(k, n)) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(5, 5, 0.57, 1.00), (3, 5, 0.23, 0.88), (180, 200, 0.85, 0.93)],
)
def test_wilson_of_three_agents(k: int, n: int, low: float, high: float) -> None:
    assert ends(wilson(k, n)) == pytest.approx((low, high), abs=0.005)


def test_wilson_does_not_leave_the_range() -> None:
    assert wilson(0, 7) == Interval(0.0, wilson(0, 7).high, "wilson")  # type: ignore[union-attr]
    assert ends(wilson(7, 7))[1] == 1.0


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_ends_solve_the_score_equation(sample: tuple[int, int]) -> None:
    k, n = sample
    low, high = ends(wilson(k, n))
    assert 0 <= low <= k / n <= high <= 1
    for end in (low, high):
        if 0 < end < 1:
            distance = abs(k / n - end) / math.sqrt(end * (1 - end) / n)
            assert distance == pytest.approx(1.959964, rel=1e-6)


def test_a_lower_confidence_makes_a_narrower_interval() -> None:
    # z 0.8416: centre (85 + 0.35415) / 100.7083, half width 0.030023
    low, high = ends(wilson(85, 100, confidence=0.6))
    assert (low, high) == pytest.approx((0.81752, 0.87756), abs=1e-4)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (18, 20, 0.686756, 0.984344),  # R binom
        (4, 20, 0.074912, 0.421764),  # R binom
        (4, 200, 0.005992, 0.052100),  # R binom
        (19, 38, 0.348499, 0.651501),  # statsmodels
        (85, 100, 0.766019, 0.908086),
        (81, 263, 0.255221, 0.366277),
        (0, 20, 0.0, 0.189810),
        (10, 10, 0.679113, 1.0),
    ],
)
def test_agresti_coull(k: int, n: int, low: float, high: float) -> None:
    assert ends(agresti_coull(k, n)) == pytest.approx((low, high), abs=2e-6)


def test_no_answers_give_no_interval() -> None:
    assert wilson(0, 0) is None
    assert agresti_coull(0, 0) is None
    assert newcombe(0, 0, 1, 2) is None
    assert newcombe(1, 2, 0, 0) is None
    assert agresti_caffo(0, 0, 1, 2) is None
    assert two_proportions(1, 2, 0, 0) is None


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (0, -1)])
def test_a_part_larger_than_the_whole_is_refused(k: int, n: int) -> None:
    for function in (wilson, agresti_coull):
        with pytest.raises(ValueError, match="part"):
            function(k, n)
    for compare in (newcombe, agresti_caffo, two_proportions):
        with pytest.raises(ValueError, match="part"):
            compare(1, 2, k, n)
        with pytest.raises(ValueError, match="part"):
            compare(k, n, 0, 0)


def test_newcombe_difference() -> None:
    # Newcombe 1998, example 1; the second as in R's PropCIs
    assert ends(newcombe(56, 70, 48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert ends(newcombe(7, 34, 1, 34)) == pytest.approx((0.019, 0.340), abs=5e-4)


def test_agresti_caffo_difference() -> None:
    # PropCIs, as quoted in statsmodels
    assert ends(agresti_caffo(7, 34, 1, 34)) == pytest.approx(
        (0.01161167, 0.32172166), abs=1e-8
    )


@pytest.mark.parametrize(
    ("sample", "z", "p"),
    [((85, 100, 75, 100), 1.7678, 0.0771), ((170, 200, 150, 200), 2.5, 0.0124)],
)
def test_two_proportions(sample: tuple[int, int, int, int], z: float, p: float) -> None:
    result = two_proportions(*sample)
    assert result is not None
    assert result.difference == pytest.approx(0.10)
    assert result.z == pytest.approx(z, abs=5e-5)
    assert result.p == pytest.approx(p, abs=5e-5)


def test_two_sides_without_any_variation_cannot_be_tested() -> None:
    result = two_proportions(5, 5, 9, 9)
    assert result is not None
    assert (result.difference, result.z, result.p) == (0.0, None, None)


# Net Promoter Score


@pytest.mark.parametrize(
    ("counts", "value", "variance", "se"),
    [
        ((3, 2, 1), 100 / 3, 5 / 9, 30.4),  # brendan-r/NPS, answers 0 7 7 9 9 9
        ((1, 0, 1), 0, 1, 70.7),  # brendan-r/NPS
        ((1, 1, 0), 50, 0.25, 35.4),  # brendan-r/NPS
        ((1, 1, 1), 0, 0.6667, 47.1),  # brendan-r/NPS
        ((1, 0, 0), 100, 0, 0),
        ((0, 1, 0), 0, 0, 0),
        ((0, 0, 1), -100, 0, 0),
        ((291, 476, 395), -8.950, 0.5824, 2.239),  # talkstats thread 58500
        ((162, 108, 54), 33.33, 0.5556, 4.141),  # Cross Validated, n 324
        ((60, 20, 20), 40, 0.64, 8),
        ((200, 150, 150), 10, 0.69, 3.715),
    ],
)
def test_nps(
    counts: tuple[int, int, int], value: float, variance: float, se: float
) -> None:
    result = nps_score(*counts)
    assert result is not None
    assert result.n == sum(counts)
    assert result.value == pytest.approx(value, abs=0.005)
    assert result.variance == pytest.approx(variance, abs=5e-5)
    assert result.se == pytest.approx(se, rel=2e-3)


@pytest.mark.parametrize(
    ("counts", "margin"), [((291, 476, 395), 4.388), ((200, 150, 150), 7.281)]
)
def test_nps_margin_of_error(counts: tuple[int, int, int], margin: float) -> None:
    result = nps_score(*counts)
    assert result is not None
    assert 1.959964 * result.se == pytest.approx(margin, abs=5e-4)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((60, 20, 20), 23.38, 54.29),
        ((5, 0, 0), 17.49, 100),
        ((0, 4, 0), -34.29, 34.29),
        ((0, 0, 5), -100, -17.49),
    ],
)
def test_nps_interval_is_adjusted_and_clipped(
    counts: tuple[int, int, int], low: float, high: float
) -> None:
    result = nps_score(*counts)
    assert result is not None
    assert (result.low, result.high) == pytest.approx((low, high), abs=0.005)


def test_nps_without_answers_is_none_not_zero() -> None:
    assert nps_score(0, 0, 0) is None
    assert nps_difference((0, 0, 0), (1, 1, 1)) is None
    assert nps_difference((1, 1, 1), (0, 0, 0)) is None


def test_nps_refuses_negative_counts() -> None:
    with pytest.raises(ValueError, match="negative"):
        nps_score(1, -1, 2)
    with pytest.raises(ValueError, match="negative"):
        nps_difference((0, 0, 0), (1, 1, -1))


@given(*[st.integers(0, 10_000)] * 3)
def test_nps_variance_is_that_of_the_coded_answers(p: int, n: int, d: int) -> None:
    result = nps_score(p, n, d)
    if result is None:
        assert p + n + d == 0
        return
    total = p + n + d
    mean = Fraction(p - d, total)
    spread = p * (1 - mean) ** 2 + n * mean**2 + d * (-1 - mean) ** 2
    assert result.variance == pytest.approx(float(spread / total), abs=1e-12)
    assert result.low <= result.high


def test_nps_difference() -> None:
    result = nps_difference((60, 20, 20), (50, 25, 25))
    assert result is not None
    assert result.difference == pytest.approx(15)
    assert result.se == pytest.approx(11.522, abs=5e-4)
    assert result.z == pytest.approx(1.302, abs=5e-4)
    assert result.p == pytest.approx(0.193, abs=5e-4)


def test_nps_difference_adjusted() -> None:
    result = nps_difference((60, 20, 20), (50, 25, 25), adjusted=True)
    assert result is not None
    assert result.difference == pytest.approx(14.56, abs=0.005)
    assert result.se == pytest.approx(11.339, abs=5e-4)
    assert result.p == pytest.approx(0.199, abs=5e-4)


def test_nps_difference_of_large_samples() -> None:
    result = nps_difference((600, 200, 200), (500, 250, 250))
    assert result is not None
    assert result.z == pytest.approx(4.117, abs=5e-4)
    assert result.p == pytest.approx(0.00004, abs=5e-6)


def test_nps_difference_without_variation() -> None:
    result = nps_difference((3, 0, 0), (0, 0, 3))
    assert result is not None
    assert (result.difference, result.z, result.p) == (200.0, None, None)


# Means


@pytest.mark.parametrize(
    ("p", "df", "expected"),
    [
        (0.975, 1, 12.706205),  # printed tables
        (0.975, 2, 4.302653),
        (0.975, 9, 2.262157),
        (0.975, 30, 2.042272),
        (0.975, 120, 1.979930),
        (0.975, 1000, 1.962339),
        (0.95, 5, 2.015048),
        (0.995, 10, 3.169273),
        (0.9995, 1, 636.619249),
        (0.9, 4, 1.533206),
        (0.025, 9, -2.262157),
        (0.5, 7, 0.0),
    ],
)
def test_t_quantile(p: float, df: float, expected: float) -> None:
    assert t_quantile(p, df) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("p", [0.6, 0.75, 0.9, 0.975, 0.9999])
def test_t_quantile_with_two_degrees_has_a_closed_form(p: float) -> None:
    x = 2 * p - 1
    assert t_quantile(p, 2) == pytest.approx(x * math.sqrt(2 / (1 - x * x)), rel=1e-9)


def test_the_two_ways_to_a_t_quantile_meet() -> None:
    below, above = t_quantile(0.975, 199.999), t_quantile(0.975, 200)
    assert below == pytest.approx(above, abs=1e-7)
    assert below > above


def test_t_quantile_of_many_degrees_is_the_normal_one() -> None:
    assert t_quantile(0.975, 1e9) == pytest.approx(1.959964, abs=1e-6)


@pytest.mark.parametrize(("p", "df"), [(0, 5), (1, 5), (0.9, 0), (0.9, -1)])
def test_t_quantile_outside_its_range(p: float, df: float) -> None:
    with pytest.raises(ValueError, match=r"probability|freedom"):
        t_quantile(p, df)


def test_mean_interval() -> None:
    # 1, 2, 3: mean 2, sd 1, se 0.577350, t 4.302653
    low, high = ends(mean_interval(3, 6, 14))
    assert (low, high) == pytest.approx((-0.484138, 4.484138), abs=1e-6)


def test_mean_interval_of_survey_scores() -> None:
    # 5, 10, 15, 40, 30 answers of 1 to 5: mean 3.80, sd 1.128152 (n − 1), t 1.984217
    low, high = ends(mean_interval(100, 380, 1570))
    assert (low, high) == pytest.approx((3.8 - 0.223850, 3.8 + 0.223850), abs=2e-6)


def test_mean_interval_stays_exact_for_large_integers() -> None:
    # Sums of squares near 1e18 lose their last digits as floats.
    base = 10**9
    total, squares = 3 * base + 3, base**2 + (base + 1) ** 2 + (base + 2) ** 2
    low, high = ends(mean_interval(3, total, squares))
    assert high - low == pytest.approx(2 * 4.302653 / math.sqrt(3), abs=1e-5)


def test_equal_values_have_an_interval_without_width() -> None:
    assert ends(mean_interval(4, 20, 100)) == (5.0, 5.0)
    assert ends(mean_interval(3, 0.3, 0.03)) == pytest.approx((0.1, 0.1), abs=1e-7)


def test_a_mean_of_fewer_than_two_has_no_interval() -> None:
    assert mean_interval(0, 0, 0) is None
    assert mean_interval(1, 5, 25) is None
    with pytest.raises(ValueError, match="negative"):
        mean_interval(-1, 0, 0)


# Ranks


def test_median() -> None:
    assert median([]) is None
    assert median([7]) == 7
    assert median([9, 1, 5]) == 5
    assert median([4, 1, 3, 2]) == 2.5


@pytest.mark.parametrize(
    ("q", "expected"), [(0, 1), (0.25, 1.75), (0.5, 2.5), (0.9, 3.7), (1, 4)]
)
def test_quantile_goes_straight_between_neighbours(q: float, expected: float) -> None:
    assert quantile([1, 2, 3, 4], q) == pytest.approx(expected)


def test_quantile_at_its_limits() -> None:
    assert quantile([], 0.5) is None
    assert quantile([3], 0.9) == 3
    for q in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="between"):
            quantile([1, 2], q)


def test_middle_half() -> None:
    assert middle_half([4, 1, 3, 2, 5]) == (2, 4)
    assert middle_half([5]) == (5, 5)
    assert middle_half([]) is None


@pytest.mark.parametrize(
    ("n", "rank"),
    # Printed tables of order statistics for the median, 95 %.
    [(6, 1), (8, 1), (9, 2), (10, 2), (12, 3), (20, 6), (25, 8), (50, 18), (100, 40)],
)
def test_median_interval_takes_two_of_the_values(n: int, rank: int) -> None:
    assert ends(median_interval(range(1, n + 1))) == (rank, n + 1 - rank)


def test_few_values_have_no_median_interval() -> None:
    assert median_interval([]) is None
    assert median_interval([1, 2, 3, 4, 5]) is None


def test_median_interval_is_continuous_where_it_begins_to_approximate() -> None:
    exact, approximate = (ends(median_interval(range(n))) for n in (1000, 1001))
    assert approximate[0] - exact[0] in (0, 1)
    assert approximate[1] - exact[1] in (0, 1)


def test_median_interval_covers_the_median_often_enough() -> None:
    rng = random.Random(20260213)
    hits = 0
    for _sample in range(2000):
        low, high = ends(median_interval(sorted(rng.random() for _ in range(15))))
        hits += low <= 0.5 <= high
    assert hits >= 0.95 * 2000 - 30  # true coverage is 96.5 %


# Signals


def test_xmr_without_a_signal() -> None:
    limits = xmr([86, 88, 85, 87, 89, 86, 88, 84, 87, 86])
    assert limits is not None
    assert limits.mean == pytest.approx(86.6)
    assert (limits.low, limits.high) == pytest.approx((80.10, 93.10), abs=0.005)
    assert limits.signals == ()


def test_xmr_marks_a_point_beyond_the_limits() -> None:
    values = [10.0] * 5 + [30] + [10] * 4
    limits = xmr(values)
    assert limits is not None
    # Mean 12, moving ranges 20 and 20 of 9: limits 12 ± 11.82.
    assert (limits.low, limits.high) == pytest.approx((0.178, 23.822), abs=1e-3)
    assert limits.signals == (5,)


def test_xmr_marks_the_eighth_point_on_one_side() -> None:
    values = [1.0, 2] * 4 + [3, 4] * 4
    limits = xmr(values)
    assert limits is not None
    assert limits.mean == 2.5
    assert limits.signals == (7, 15)


def test_seven_on_one_side_are_no_signal_and_the_mean_ends_a_row() -> None:
    assert xmr([1, 2] * 3 + [1] + [3, 4] * 3 + [4]).signals == ()  # type: ignore[union-attr]
    row = [1.0, 2, 1, 2, 2.5, 1, 2, 1, 2, 4, 3, 4, 3, 4, 3, 2.5, 4, 3]
    limits = xmr(row)
    assert limits is not None
    assert limits.mean == 2.5
    assert limits.signals == ()


def test_xmr_needs_two_points() -> None:
    assert xmr([]) is None
    assert xmr([5]) is None
    assert xmr([5, 5]).signals == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("k", "n", "expected"), [(5, 5, 0.888), (3, 5, 0.808), (180, 200, 0.8964)]
)
def test_shrink_draws_small_samples_to_the_team(
    k: int, n: int, expected: float
) -> None:
    assert shrink(k, n, 0.86, 20) == pytest.approx(expected, abs=5e-5)


def test_shrink_without_anything_is_none() -> None:
    assert shrink(0, 0, 0.86, 0) is None
    assert shrink(0, 0, 0.86, 20) == pytest.approx(0.86)
