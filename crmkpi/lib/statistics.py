"""Intervals, tests and limits: plain arithmetic on counts and lists.

Nothing here turns "no data" into a number: n = 0 gives None. Rates are 0..1, NPS is
−100..100, intervals are two-sided and 95 % unless asked otherwise.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist

_Z95 = NormalDist().inv_cdf(0.975)  # 1.959964
_RUN = 8  # points on one side of the mean that count as a signal
_MOVING_RANGE_FACTOR = 2.66  # 3 ÷ 1.128, Shewhart's limits for single values


@dataclass(frozen=True)
class Interval:
    low: float  # in the unit of the value it belongs to
    high: float
    method: str  # how it was made, for the passport of the number


@dataclass(frozen=True)
class NpsResult:
    value: float  # −100..100, the raw score
    n: int  # answers
    variance: float  # of one answer coded +1, 0, −1
    se: float  # standard error of the value, points
    low: float  # adjusted Wald, clipped to ±100
    high: float


@dataclass(frozen=True)
class Comparison:
    difference: float  # first minus second, in the unit of both
    se: float  # standard error of the difference
    z: float | None  # none when neither side varies at all
    p: float | None  # two-sided, 0..1


@dataclass(frozen=True)
class XmrLimits:
    mean: float
    low: float
    high: float
    signals: tuple[int, ...]  # indexes of the points that are no noise


def wilson(k: int, n: int, *, confidence: float = 0.95) -> Interval | None:
    """Return the Wilson score interval of a share.

    Unit: 0..1.
    Empty: None when n is 0.
    Raises: ValueError unless 0 <= k <= n.
    Source: Wilson 1927, as method 3 of Newcombe 1998.
    Example: `wilson(81, 263)` is 0.2553 to 0.3662
    """
    if _no_answers(k, n):
        return None
    z = _z(confidence)
    low, high = _wilson_ends(k, n, z)
    return Interval(low, high, "wilson")


def agresti_coull(k: int, n: int, *, confidence: float = 0.95) -> Interval | None:
    """Return the Agresti-Coull interval of a share, a check on the Wilson one.

    Unit: 0..1.
    Empty: None when n is 0.
    Raises: ValueError unless 0 <= k <= n.
    Source: Agresti and Coull 1998.
    Example: `agresti_coull(18, 20)` is 0.686756 to 0.984344
    """
    if _no_answers(k, n):
        return None
    z = _z(confidence)
    weight = n + z * z
    centre = (k + z * z / 2) / weight
    reach = z * math.sqrt(centre * (1 - centre) / weight)
    return Interval(max(0.0, centre - reach), min(1.0, centre + reach), "agresti-coull")


def newcombe(k1: int, n1: int, k2: int, n2: int) -> Interval | None:
    """Return the interval of the first share minus the second.

    Unit: −1..1.
    Empty: None when either side has no answers.
    Raises: ValueError unless 0 <= k <= n on both sides.
    Source: Newcombe 1998, method 10 (hybrid of two Wilson intervals).
    Example: `newcombe(56, 70, 48, 80)` is 0.0524 to 0.3339
    """
    if _no_answers(k1, n1) | _no_answers(k2, n2):
        return None
    low1, high1 = _wilson_ends(k1, n1, _Z95)
    low2, high2 = _wilson_ends(k2, n2, _Z95)
    share1, share2 = k1 / n1, k2 / n2
    low = share1 - share2 - math.hypot(share1 - low1, high2 - share2)
    high = share1 - share2 + math.hypot(high1 - share1, share2 - low2)
    return Interval(low, high, "newcombe")


def agresti_caffo(k1: int, n1: int, k2: int, n2: int) -> Interval | None:
    """Return the Agresti-Caffo interval of first share minus second, a check.

    Unit: −1..1.
    Empty: None when either side has no answers.
    Raises: ValueError unless 0 <= k <= n on both sides.
    Source: Agresti and Caffo 2000.
    Example: `agresti_caffo(7, 34, 1, 34)` is 0.0116 to 0.3217
    """
    if _no_answers(k1, n1) | _no_answers(k2, n2):
        return None
    share1, share2 = (k1 + 1) / (n1 + 2), (k2 + 1) / (n2 + 2)
    variance = share1 * (1 - share1) / (n1 + 2) + share2 * (1 - share2) / (n2 + 2)
    reach = _Z95 * math.sqrt(variance)
    low, high = share1 - share2 - reach, share1 - share2 + reach
    return Interval(max(-1.0, low), min(1.0, high), "agresti-caffo")


def two_proportions(k1: int, n1: int, k2: int, n2: int) -> Comparison | None:
    """Return the pooled z test of first share minus second.

    Unit: difference and se 0..1.
    Empty: None when either side has no answers; z and p None when all agree.
    Raises: ValueError unless 0 <= k <= n on both sides.
    Example: `two_proportions(85, 100, 75, 100)` has z 1.7678 and p 0.0771
    """
    if _no_answers(k1, n1) | _no_answers(k2, n2):
        return None
    pooled = (k1 + k2) / (n1 + n2)
    se = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return _comparison(k1 / n1 - k2 / n2, se)


def mean_interval(
    n: int, total: float, squares: float, *, confidence: float = 0.95
) -> Interval | None:
    """Return the t interval of a mean from n, the sum and the sum of squares.

    Unit: that of the values; integers are summed exactly.
    Empty: None when n < 2, for one value says nothing about its spread.
    Raises: ValueError when n is negative.
    Example: 1, 2, 3 (n 3, sum 6, squares 14) is 2 ± 4.302653 ÷ √3
    """
    if n < 0:
        raise ValueError("a number of values is not negative")
    if n < 2:
        return None
    deviation = max(0.0, float(n * squares - total * total))
    se = math.sqrt(deviation / (n - 1)) / n
    reach = t_quantile((1 + confidence) / 2, n - 1) * se
    mean = float(total) / n
    return Interval(mean - reach, mean + reach, "t")


def nps_score(promoters: int, passives: int, detractors: int) -> NpsResult | None:
    """Return the Net Promoter Score with its adjusted Wald interval.

    Unit: −100..100; the variance is that of one answer coded +1, 0, −1.
    Empty: None without answers.
    Raises: ValueError for a negative count.
    Source: Rocks 2016: ¾ promoter, 1½ passives and ¾ detractor are added for the
    interval alone; promoters and detractors are not independent.
    Example: `nps_score(60, 20, 20)` is 40, se 8, interval 23.38 to 54.29
    """
    counts = (promoters, passives, detractors)
    if _no_nps(counts):
        return None
    share, variance, se = _nps(*counts)
    centre, _variance, adjusted_se = _nps(*_adjusted(counts))
    reach = _Z95 * adjusted_se
    return NpsResult(
        value=100 * share,
        n=sum(counts),
        variance=variance,
        se=100 * se,
        low=max(-100.0, 100 * (centre - reach)),
        high=min(100.0, 100 * (centre + reach)),
    )


def nps_difference(
    first: tuple[int, int, int],
    second: tuple[int, int, int],
    *,
    adjusted: bool = False,
) -> Comparison | None:
    """Return the z test of first NPS minus second, each (promoters, passives,
    detractors).

    Unit: points; `adjusted` adds ¾, 1½ and ¾ answers to each side first.
    Empty: None when either side has no answers; z and p None when all agree.
    Raises: ValueError for a negative count.
    Example: (60, 20, 20) against (50, 25, 25) is 15, se 11.522, z 1.302, p 0.193
    """
    if _no_nps(first) | _no_nps(second):
        return None
    share1, _v1, se1 = _nps(*(_adjusted(first) if adjusted else first))
    share2, _v2, se2 = _nps(*(_adjusted(second) if adjusted else second))
    return _comparison(100 * (share1 - share2), 100 * math.hypot(se1, se2))


def median(values: Sequence[float]) -> float | None:
    """Return the middle value, or the mean of the middle two.

    Empty: None.
    """
    return quantile(sorted(values), 0.5)


def quantile(ordered: Sequence[float], q: float) -> float | None:
    """Return the q-quantile of values already in ascending order.

    Shape: linear between neighbours (the default of spreadsheets, R type 7).
    Empty: None.
    Raises: ValueError unless 0 <= q <= 1.
    Example: `quantile([1, 2, 3, 4], 0.9)` is 3.7
    """
    if not 0 <= q <= 1:
        raise ValueError("a quantile lies between 0 and 1")
    if not ordered:
        return None
    position = q * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    low = float(ordered[below])
    return low + (float(ordered[above]) - low) * (position - below)


def median_interval(ordered: Sequence[float]) -> Interval | None:
    """Return the 95 % interval of the median of values in ascending order.

    Shape: two of the values themselves, so it holds for any distribution.
    Empty: None below 6 values, where no pair is 95 % sure.
    Source: order statistics; the count below the median is binomial (n, ½).
    Example: of 10 values the second and the ninth
    """
    rank = _median_rank(len(ordered))
    if rank == 0:
        return None
    low, high = ordered[rank - 1], ordered[len(ordered) - rank]
    return Interval(float(low), float(high), "order-statistics")


def middle_half(values: Sequence[float]) -> tuple[float, float] | None:
    """Return the lower and the upper quartile of values in any order.

    Empty: None.
    Example: `middle_half([4, 1, 3, 2, 5])` is (2, 4)
    """
    ordered = sorted(values)
    low, high = quantile(ordered, 0.25), quantile(ordered, 0.75)
    return None if low is None or high is None else (low, high)


def xmr(values: Sequence[float]) -> XmrLimits | None:
    """Return the natural limits of a series and the points that are no noise.

    Shape: a signal is a point beyond the limits, or the eighth and any further point
    in a row on one side of the mean; a point on the mean ends the row.
    Empty: None below 2 values.
    Source: Shewhart's limits for single values, mean ± 2.66 × mean moving range.
    Example: 86 88 85 87 89 86 88 84 87 86 has mean 86.6, limits 80.10 and 93.10
    """
    if len(values) < 2:
        return None
    points = [float(value) for value in values]
    mean = math.fsum(points) / len(points)
    moves = [abs(b - a) for a, b in pairwise(points)]
    reach = _MOVING_RANGE_FACTOR * math.fsum(moves) / len(moves)
    low, high = mean - reach, mean + reach
    beyond = {i for i, point in enumerate(points) if not low <= point <= high}
    return XmrLimits(mean, low, high, tuple(sorted(beyond | _long_runs(points, mean))))


def shrink(k: float, n: float, prior_rate: float, prior_n: float) -> float | None:
    """Return a rate drawn towards that of the group, the more so the smaller n is.

    Unit: 0..1.
    Empty: None when there are neither answers nor a prior.
    Example: 5 of 5 in a team at 0.86 with weight 20 is 22.2 ÷ 25 = 0.888
    """
    weight = n + prior_n
    if weight <= 0:
        return None
    return (k + prior_rate * prior_n) / weight


@lru_cache(maxsize=1024)
def t_quantile(p: float, df: float) -> float:
    """Return the p-quantile of Student's t.

    Raises: ValueError unless 0 < p < 1 and df > 0.
    Example: `t_quantile(0.975, 9)` is 2.262157
    """
    if not 0 < p < 1:
        raise ValueError("a probability lies between 0 and 1")
    if df <= 0:
        raise ValueError("degrees of freedom are positive")
    if p < 0.5:
        return -t_quantile(1 - p, df)
    if p == 0.5:
        return 0.0
    if df >= 200:
        return _t_from_normal(NormalDist().inv_cdf(p), df)
    return _t_by_halving(p, df)


def _no_answers(k: int, n: int) -> bool:
    if not 0 <= k <= n:
        raise ValueError("a part is between 0 and the whole")
    return n == 0


def _no_nps(counts: tuple[int, int, int]) -> bool:
    if min(counts) < 0:
        raise ValueError("a number of answers is not negative")
    return sum(counts) == 0


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _wilson_ends(k: int, n: int, z: float) -> tuple[float, float]:
    share = k / n
    weight = n + z * z
    centre = (k + z * z / 2) / weight
    reach = z / weight * math.sqrt(n * share * (1 - share) + z * z / 4)
    # At the ends the formula gives 0 and 1 but for rounding.
    low = 0.0 if k == 0 else centre - reach
    high = 1.0 if k == n else centre + reach
    return low, high


def _comparison(difference: float, se: float) -> Comparison:
    if se == 0:
        return Comparison(difference, se, None, None)
    z = difference / se
    return Comparison(difference, se, z, math.erfc(abs(z) / math.sqrt(2)))


def _nps(
    promoters: float, passives: float, detractors: float
) -> tuple[float, float, float]:
    n = promoters + passives + detractors
    share = (promoters - detractors) / n
    # Not below 0: for all promoters the difference may be −1e-17.
    variance = max(0.0, (promoters + detractors) / n - share * share)
    return share, variance, math.sqrt(variance / n)


def _adjusted(counts: tuple[int, int, int]) -> tuple[float, float, float]:
    promoters, passives, detractors = counts
    return promoters + 0.75, passives + 1.5, detractors + 0.75


def _long_runs(points: Sequence[float], mean: float) -> set[int]:
    found: set[int] = set()
    run, last_side = 0, 0
    for index, point in enumerate(points):
        side = (point > mean) - (point < mean)
        run = run + 1 if side and side == last_side else abs(side)
        last_side = side
        if run >= _RUN:
            found.add(index)
    return found


@lru_cache(maxsize=1024)
def _median_rank(n: int) -> int:
    """Return the largest rank j so that values j and n + 1 − j enclose the median
    in at least 95 of 100 samples; 0 when there is none."""
    if n > 1000:
        return math.floor(n / 2 + 0.5 - _Z95 * math.sqrt(n) / 2)
    below, rank = 0, 0
    while True:
        below += math.comb(n, rank)
        if 40 * below > 2**n:  # more than 2.5 % on one side
            return rank
        rank += 1


def _t_from_normal(z: float, df: float) -> float:
    """Return the t quantile from the normal one; error below 1e-9 from df 200 up.

    Source: Abramowitz and Stegun 26.7.5.
    """
    s = z * z
    terms = (
        z * (s + 1) / 4,
        z * ((5 * s + 16) * s + 3) / 96,
        z * (((3 * s + 19) * s + 17) * s - 15) / 384,
        z * ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160,
    )
    return z + sum(term / df**power for power, term in enumerate(terms, start=1))


def _t_by_halving(p: float, df: float) -> float:
    tail = 1 - p
    high = 1.0
    while _t_tail(high, df) > tail:
        high *= 2
    low = 0.0 if high == 1.0 else high / 2
    for _step in range(60):  # halves the error each time, below 1e-15 of `high`
        middle = (low + high) / 2
        if _t_tail(middle, df) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _t_tail(t: float, df: float) -> float:
    """Return the chance of a value above t > 0."""
    x = df / (df + t * t)
    return _incomplete_beta(df / 2, 0.5, x) / 2


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function for 0 < x < 1."""
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side
        return 1 - _incomplete_beta(b, a, 1 - x)
    log_front = (
        math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
        + a * math.log(x)
        + b * math.log1p(-x)
    )
    return math.exp(log_front) * _beta_fraction(a, b, x) / a


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function (Lentz)."""
    tiny = 1e-300
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1), tiny)
    fraction = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1 / _away_from_zero(1 + step * d, tiny)
            c = _away_from_zero(1 + step / c, tiny)
            fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return fraction


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
