"""Intervals, tests and limits: plain arithmetic on counts and lists."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    low: float
    high: float
    method: str


@dataclass(frozen=True)
class NpsResult:
    value: float
    n: int
    variance: float
    se: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    difference: float
    se: float
    z: float | None
    p: float | None


@dataclass(frozen=True)
class XmrLimits:
    mean: float
    low: float
    high: float
    signals: tuple[int, ...]


def t_quantile(p: float, df: float) -> float:
    raise NotImplementedError


def wilson(k: int, n: int, *, confidence: float = 0.95) -> Interval | None:
    raise NotImplementedError


def agresti_coull(k: int, n: int, *, confidence: float = 0.95) -> Interval | None:
    raise NotImplementedError


def mean_interval(
    n: int, total: float, squares: float, *, confidence: float = 0.95
) -> Interval | None:
    raise NotImplementedError


def nps_score(promoters: int, passives: int, detractors: int) -> NpsResult | None:
    raise NotImplementedError


def nps_difference(
    first: tuple[int, int, int],
    second: tuple[int, int, int],
    *,
    adjusted: bool = False,
) -> Comparison | None:
    raise NotImplementedError


def newcombe(k1: int, n1: int, k2: int, n2: int) -> Interval | None:
    raise NotImplementedError


def agresti_caffo(k1: int, n1: int, k2: int, n2: int) -> Interval | None:
    raise NotImplementedError


def two_proportions(k1: int, n1: int, k2: int, n2: int) -> Comparison | None:
    raise NotImplementedError


def median(values: Sequence[float]) -> float | None:
    raise NotImplementedError


def quantile(ordered: Sequence[float], q: float) -> float | None:
    raise NotImplementedError


def median_interval(ordered: Sequence[float]) -> Interval | None:
    raise NotImplementedError


def middle_half(values: Sequence[float]) -> tuple[float, float] | None:
    raise NotImplementedError


def xmr(values: Sequence[float]) -> XmrLimits | None:
    raise NotImplementedError


def shrink(k: float, n: float, prior_rate: float, prior_n: float) -> float | None:
    raise NotImplementedError
