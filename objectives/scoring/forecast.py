"""Where a key result is likely to end."""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from statistics import NormalDist, fmean, stdev

from crmkpi.lib.statistics import t_quantile
from objectives.scoring.explain import shrunk_rate
from objectives.scoring.targets import (
    JOURNEYS,
    Direction,
    NoJourney,
    Number,
    ScoringError,
    Target,
    decimal,
    needed,
)

MIN_POINTS = 8  # under it no forecast is shown
ROUGH_UNDER = 15  # days; bands meant to hold 80 % held 66 to 77 % at ten days
RECENT_DAYS = 28  # four whole weeks, every weekday alike
PRIOR_CASES = 20
UPPER_80, UPPER_50 = 0.90, 0.75
STANDARD = NormalDist()
Z_80, Z_50 = STANDARD.inv_cdf(UPPER_80), STANDARD.inv_cdf(UPPER_50)
ALPHAS = tuple(step / 20 for step in range(1, 20))
STARTERS = 4


@dataclass(frozen=True)
class Forecast:
    value: float  # likeliest value at the end, in the metric's unit
    low: float  # 80 % band
    high: float
    low_50: float
    high_50: float
    reach: float | None  # chance 0..1 of ending on target; None without a target
    rough: bool  # too few days for the bands to be kept to


def forecast_flow(
    actual: Number, daily_values: Sequence[Number], days_left: Number, target: Target
) -> Forecast | None:
    """Return the total at the end when the days left are like those so far.

    F = A + n m, sd = s √(n + n²/k): k days seen, n left, m and s the mean and the
    standard deviation of a day. The n²/k is the doubt about the mean itself.

    Shape: daily_values has one value per business day that has closed.
    Empty: None under 8 days.
    Raises: ScoringError for a negative number of days; TargetError.
    Example: 260 in 31 days with s 4.0, 32 left, target 630: 528.4, 80 % band
    487.0 to 569.7, reach 0.0008
    """
    left = _count(days_left, "number of days left")
    values = [float(decimal(value)) for value in daily_values]
    k = len(values)
    if k < MIN_POINTS:
        return None
    value = float(decimal(actual)) + left * fmean(values)
    sd = stdev(values) * math.sqrt(left + left**2 / k)
    return _spread(value, sd, (Z_80, Z_50), STANDARD.cdf, target, rough=k < ROUGH_UNDER)


def forecast_ratio(
    days: Sequence[tuple[int, int]], remaining: int, target: Target, *, scale: int = 1
) -> Forecast | None:
    """Return the share at the end of the period when `remaining` cases follow.

    The rest runs at the rate of the last 28 days, shrunk to the period's by 20
    cases. Its bands are those of a beta-binomial: the luck of the cases to come
    and the doubt about the rate together.

    Shape: days are (numerator, denominator) of the period's closed days in order,
    shares only: for seconds or money per case use `forecast_level`.
    Unit: share x scale, like the target; scale 100 for percent.
    Empty: None under 8 days with cases.
    Raises: ScoringError for a numerator above its denominator, a negative number
    of cases or a scale under 1; TargetError.
    Example: 10 days of 9/10, 100 more: 0.9; nothing more: the share so far
    """
    _count(remaining, "number of cases to come")
    if scale < 1:
        raise ScoringError("The scale of a share is 1 or 100.")
    if any(not 0 <= hits <= cases for hits, cases in days):
        raise ScoringError("Only shares have this forecast: some day has more hits.")
    points = sum(1 for _, cases in days if cases)
    if points < MIN_POINTS:
        return None
    hits, cases = _totals(days)
    alike = float(_recent_rate(days, hits, cases))
    weight = _totals(days[-RECENT_DAYS:])[1] + PRIOR_CASES
    # Half a case on both sides: a rate of 0 or 1 so far is not a certainty.
    chances = beta_binomial(remaining, alike * weight + 0.5, (1 - alike) * weight + 0.5)

    def at_end(more: float) -> float:
        return (hits + more) / (cases + remaining) * scale

    value = at_end(alike * remaining)
    low, low_50, high_50, high = (
        at_end(chances.quantile(q))
        for q in (1 - UPPER_80, 1 - UPPER_50, UPPER_50, UPPER_80)
    )
    least, most = _goal(target)
    whole = Fraction(cases + remaining, scale)
    reach = chances.between(
        None if least is None else math.ceil(Fraction(least) * whole) - hits,
        None if most is None else math.floor(Fraction(most) * whole) - hits,
    )
    return Forecast(
        value=value,
        low=min(low, value),
        high=max(high, value),
        low_50=min(low_50, value),
        high_50=max(high_50, value),
        reach=reach,
        rough=points < ROUGH_UNDER,
    )


def forecast_level(
    values: Sequence[Number],
    horizon: int,
    target: Target | None = None,
    *,
    alpha: float | None = None,
) -> Forecast | None:
    """Return the level some steps ahead by simple exponential smoothing.

    Starts at the mean of the first 4; errors count from the 5th value on. The
    smoothing is the one of 19 (0.05 to 0.95) with the least squared error unless
    alpha is given. Band: level ± t(k-1) s √(1 + (h-1) alpha²), k errors, s with
    divisor k-1.

    Shape: values in order, one per closed period, none missing.
    Unit: that of the values.
    Empty: None under 8 values.
    Raises: ScoringError for a negative horizon or an alpha outside 0..1.
    Example: alpha 0.4; 82 83 81 84 85 84 86 87; 4 ahead: 85.572, 80 % band
    80.77 to 90.38
    """
    _count(horizon, "number of steps ahead")
    if alpha is not None and not 0 < alpha <= 1:
        raise ScoringError("The smoothing lies above 0 and up to 1.")
    exact = [float(decimal(value)) for value in values]
    if len(exact) < MIN_POINTS:
        return None
    if not horizon:
        return _spread(exact[-1], 0.0, (0.0, 0.0), STANDARD.cdf, target, rough=False)
    chosen = alpha if alpha is not None else _best_alpha(exact)
    level, errors = _smooth(exact, chosen)
    df = len(errors) - 1
    s = math.sqrt(sum(error**2 for error in errors) / df)
    sd = s * math.sqrt(1 + (horizon - 1) * chosen**2)
    widths = t_quantile(UPPER_80, df), t_quantile(UPPER_50, df)
    return _spread(level, sd, widths, lambda x: t_cdf(x, df), target, rough=False)


def needed_per_day(actual: Number, days_left: Number, target: Number) -> Decimal | None:
    """Return what each day left must bring for a flow to end on its target.

    Empty: None when no day is left.
    Example: 260 of 630 with 32 days left: 11.5625
    """
    left = decimal(days_left, "number of days left")
    if left <= 0:
        return None
    return (decimal(target, "target") - decimal(actual)) / left


def _count(number: Number, name: str) -> float:
    exact = decimal(number, name)
    if exact < 0:
        raise ScoringError(f"The {name} cannot be negative.")
    return float(exact)


def _goal(target: Target) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the most that the value at the end may be."""
    if target.direction is Direction.MILESTONE:
        raise ScoringError("Milestones are done or not; they have no forecast.")
    if target.direction is Direction.RANGE:
        return needed(target.low, "lower end"), needed(target.high, "upper end")
    goal = needed(target.target, "target")
    up = target.direction is Direction.AT_LEAST
    if target.direction in JOURNEYS:
        start = needed(target.baseline, "starting value")
        if start == goal:
            raise NoJourney("The target equals the starting value: choose a hold.")
        up = goal > start
    return (goal, None) if up else (None, goal)


def _spread(
    value: float,
    sd: float,
    widths: tuple[float, float],
    cdf: Callable[[float], float],
    target: Target | None,
    *,
    rough: bool,
) -> Forecast:
    """Return the forecast of a symmetrical doubt about the value."""
    wide, narrow = (width * sd for width in widths)
    return Forecast(
        value=value,
        low=value - wide,
        high=value + wide,
        low_50=value - narrow,
        high_50=value + narrow,
        reach=None if target is None else _reach(value, sd, cdf, target),
        rough=rough,
    )


def _reach(
    value: float, sd: float, cdf: Callable[[float], float], target: Target
) -> float:
    least, most = _goal(target)
    if not sd:
        sure = round(value, 9)
        is_above = least is None or sure >= least
        return float(is_above and (most is None or sure <= most))
    below = 0.0 if least is None else cdf((float(least) - value) / sd)
    up_to = 1.0 if most is None else cdf((float(most) - value) / sd)
    return max(0.0, up_to - below)


def _totals(days: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(hits for hits, _ in days), sum(cases for _, cases in days)


def _recent_rate(days: Sequence[tuple[int, int]], hits: int, cases: int) -> float:
    recent_hits, recent_cases = _totals(days[-RECENT_DAYS:])
    period_rate = Fraction(hits, cases)
    recent = shrunk_rate(recent_hits, recent_cases, float(period_rate), PRIOR_CASES)
    return float(period_rate) if recent is None else recent


@dataclass(frozen=True)
class Chances:
    """Chances of `first`, `first` + 1, ... hits; all others are negligible."""

    first: int
    weights: tuple[float, ...]

    def quantile(self, q: float) -> int:
        """Return the fewest hits that at least a share q of the chances covers."""
        return self.first + bisect_left(list(accumulate(self.weights)), q)

    def between(self, least: int | None, most: int | None) -> float:
        """Return the chance of at least `least` and at most `most` hits."""
        begin = 0 if least is None else max(0, least - self.first)
        end = None if most is None else max(0, most - self.first + 1)
        return min(1.0, math.fsum(self.weights[begin:end]))


def beta_binomial(cases: int, a: float, b: float) -> Chances:
    """Return the chances of hits among the cases when the rate is Beta(a, b).

    Walks from the likeliest number both ways by the ratio of neighbours, so that
    nothing overflows and far tails cost nothing. Needs a + b > 2.
    """
    peak = min(cases, max(0, round((cases + 1) * (a - 1) / (a + b - 2))))
    up, weight = [1.0], 1.0
    for x in range(peak, cases):
        weight *= (cases - x) * (a + x) / ((x + 1) * (b + cases - x - 1))
        if weight < 1e-16:
            break
        up.append(weight)
    down, weight = list[float](), 1.0
    for x in range(peak, 0, -1):
        weight *= x * (b + cases - x) / ((cases - x + 1) * (a + x - 1))
        if weight < 1e-16:
            break
        down.append(weight)
    whole = math.fsum(up) + math.fsum(down)
    weights = tuple(weight / whole for weight in (*reversed(down), *up))
    return Chances(peak - len(down), weights)


def _best_alpha(values: Sequence[float]) -> float:
    return min(ALPHAS, key=lambda alpha: sum(e**2 for e in _smooth(values, alpha)[1]))


def _smooth(values: Sequence[float], alpha: float) -> tuple[float, list[float]]:
    """Return the last level and the one-step errors."""
    level = fmean(values[:STARTERS])
    errors = []
    for value in values[STARTERS:]:
        error = value - level
        errors.append(error)
        level += alpha * error
    return level, errors


def t_cdf(x: float, df: int) -> float:
    """Return the chance of Student's t being at most x, for whole df.

    Source: Abramowitz and Stegun, 26.7.3 and 26.7.4: a finite sum.
    """
    theta = math.atan(x / math.sqrt(df))
    cos, sin = math.cos(theta), math.sin(theta)
    is_odd = df % 2 == 1
    term, terms = cos if is_odd else 1.0, 0.0
    for j in range(2 + is_odd, df + 1, 2):
        terms += term
        term *= cos**2 * (j - 1) / j
    inside = 2 / math.pi * (theta + sin * terms) if is_odd else sin * terms
    return 0.5 + inside / 2
