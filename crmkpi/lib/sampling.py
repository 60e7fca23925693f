"""How many answers are enough, who answered of those asked, and what weights do.

Plain arithmetic on counts, beside `statistics`. Nothing here turns "no data" into a
number.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

_Z95 = NormalDist().inv_cdf(0.975)  # 1.959964
_Z80 = NormalDist().inv_cdf(0.80)  # 0.841621: what is there is found 4 times in 5

Counts = tuple[int, int, int]  # promoters, passives, detractors


@dataclass(frozen=True)
class ResponseRates:
    """Shares of those who were asked, 0..1."""

    rr1: float  # complete answers
    rr2: float  # complete and partial answers
    refusal: float
    cooperation: float | None  # complete, of those who were reached


@dataclass(frozen=True)
class Weighted:
    """A score in which each group has the share that it has of all customers."""

    value: float  # −100..100
    se: float  # points
    effective_n: float  # answers of equal weight that would be as certain


def answers_needed(
    margin: float, variance: float, *, population: int | None = None
) -> int:
    """Return how many answers keep the 95 % interval within ± a margin.

    With `population`, of so many people in all.

    Unit: the margin in that of a single answer, whose variance is given: a share in
    0..1 varies by p(1 − p), an answer coded +1, 0, −1 by p + d − (p − d)².
    Raises: ValueError unless margin and variance are above 0.
    Source: Cochran 1977, with his correction for finite populations.
    Example: `answers_needed(0.05, 0.25)` is 385; of 1,000 people 279
    """
    if margin <= 0 or variance <= 0:
        raise ValueError("margin and variance are above 0")
    needed = math.ceil(_Z95**2 * variance / margin**2)
    if population is None:
        return needed
    return math.ceil(needed / (1 + (needed - 1) / population))


def answers_to_detect(change: float, variance: float) -> int:
    """Return how many answers each of two periods needs to show a change.

    One that large is then found four times in five, at 5 %.

    Unit and Raises: as `answers_needed`.
    Example: `answers_to_detect(0.10, 0.6)` is 942
    """
    if change <= 0 or variance <= 0:
        raise ValueError("change and variance are above 0")
    return math.ceil(2 * (_Z95 + _Z80) ** 2 * variance / change**2)


def response_rates(
    *,
    complete: int,
    partial: int = 0,
    refused: int = 0,
    unreached: int = 0,
    other: int = 0,
    unknown: int = 0,
) -> ResponseRates | None:
    """Return the response rates 1 and 2 of those who were asked.

    Empty: None when nobody was.
    Source: AAPOR, Standard Definitions.
    Example: 650 complete, 50 partial, 150 refused, 100 unreached, 30 other and 20
    unknown are 65 % and 70 %
    """
    answered = complete + partial
    asked = answered + refused + unreached + other + unknown
    if not asked:
        return None
    reached = answered + refused
    return ResponseRates(
        rr1=complete / asked,
        rr2=answered / asked,
        refusal=refused / asked,
        cooperation=complete / reached if reached else None,
    )


def weighted_nps(groups: Sequence[tuple[float, Counts]]) -> Weighted | None:
    """Return the NPS of groups by their shares of all customers: (share, counts).

    Unit: −100..100, the standard error in points.
    Empty: None unless each group has answers.
    Raises: ValueError unless the shares add up to 1.
    Source: Cochran 1977, stratified samples; Kish 1965 for the effective n.
    Example: `weighted_nps([(0.2, (60, 10, 10)), (0.8, (4, 6, 10))])` is −11.5 ± 14.06
    """
    if not math.isclose(sum(share for share, _counts in groups), 1, abs_tol=1e-9):
        raise ValueError("the shares add up to 1")
    sizes = [sum(counts) for _share, counts in groups]
    if not all(sizes):
        return None
    value = variance = weights = 0.0
    for (share, (promoters, _passives, detractors)), n in zip(
        groups, sizes, strict=True
    ):
        mean = (promoters - detractors) / n
        value += share * mean
        variance += share**2 * ((promoters + detractors) / n - mean**2) / n
        weights += share**2 / n
    return Weighted(100 * value, 100 * math.sqrt(variance), 1 / weights)
