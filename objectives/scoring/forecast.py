"""Where a key result is likely to end."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from objectives.scoring.targets import Number, Target


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
    raise NotImplementedError


def forecast_ratio(
    days: Sequence[tuple[int, int]], remaining: int, target: Target, *, scale: int = 1
) -> Forecast | None:
    raise NotImplementedError


def forecast_level(
    values: Sequence[Number],
    horizon: int,
    target: Target | None = None,
    *,
    alpha: float | None = None,
) -> Forecast | None:
    raise NotImplementedError


def needed_per_day(actual: Number, days_left: Number, target: Number) -> Decimal | None:
    raise NotImplementedError
