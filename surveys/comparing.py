"""Whether two groups of answers differ, or only seem to.

A verdict needs both: enough answers on either side and a difference that chance alone
would rarely bring. All else is "no real difference", however far apart the scores look.
"""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from crmkpi.lib.statistics import newcombe, nps_difference, two_proportions
from surveys.scoring import Band, Kind, Scale, ScoreError

FEWEST_TO_JUDGE = 30  # answers on each side
SIGNIFICANT = 0.05
Z95 = 1.959964

Counts = Mapping[int, int]  # score -> answers
Key = TypeVar("Key", bound=Hashable)


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"  # no real difference
    TOO_FEW = "too few"
    OTHER = "other wording"  # asked in other words: not to be compared


@dataclass(frozen=True)
class Difference:
    """The score of a first group minus that of a second one."""

    value: float | None  # percent points or NPS points; None when a side is empty
    low: float | None  # 95 % interval of the difference
    high: float | None
    p: float | None  # two-sided, 0..1
    n: tuple[int, int]
    method: str  # of the interval: newcombe or adjusted_wald
    verdict: Verdict


def compare(scale: Scale, first: Counts, second: Counts) -> Difference:
    """Return how the first group differs from the second; positive is better.

    CSAT and CES compare the shares in the top box (Newcombe's interval, pooled z),
    NPS the scores after ¾, 1½ and ¾ answers were added to each side. The difference
    itself is that of the scores as they are printed.

    Empty: no value, interval or p, and the verdict "too few".
    Raises: ScoreError for a score off the scale.
    Example: NPS of 60, 20, 20 against 50, 25, 25: 15 with p 0.199, no real difference
    """
    one, two = _bands(scale, first), _bands(scale, second)
    sizes = (sum(one), sum(two))
    found = _nps(one, two) if scale.kind is Kind.NPS else _shares(one, two)
    return replace(found, n=sizes, verdict=_verdict(found, sizes))


def compare_with_rest(
    scale: Scale, groups: Mapping[Key, Counts]
) -> dict[Key, Difference]:
    """Return how each group differs from all the others taken together.

    The p values are Holm's, so that among many groups that do not differ the chance
    of calling any one different stays at 5 %.

    Empty: a single group has no rest and is "too few".
    """
    whole: dict[int, int] = {}
    for counts in groups.values():
        for score, n in counts.items():
            whole[score] = whole.get(score, 0) + n
    found = {
        key: compare(
            scale,
            counts,
            {score: n - counts.get(score, 0) for score, n in whole.items()},
        )
        for key, counts in groups.items()
    }
    return judged_strictly(found)


def judged_strictly(found: Mapping[Key, Difference]) -> dict[Key, Difference]:
    """Return differences that were looked at together with Holm's p and verdict."""
    judged = {
        key: each.p
        for key, each in found.items()
        if each.p is not None and min(each.n) >= FEWEST_TO_JUDGE
    }
    stricter = dict(zip(judged, holm(list(judged.values())), strict=True))
    return {key: _again(each, stricter.get(key, each.p)) for key, each in found.items()}


def holm(values: list[float]) -> list[float]:
    """Return p values made stricter for having looked more than once, in order.

    Source: Holm 1979, step-down.
    Example: holm([0.01, 0.04, 0.03]) == [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    adjusted, highest = [0.0] * len(values), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[index]))
        adjusted[index] = highest
    return adjusted


def _again(found: Difference, p: float | None) -> Difference:
    stricter = replace(found, p=p)
    return replace(stricter, verdict=_verdict(stricter, found.n))


def _bands(scale: Scale, counts: Counts) -> tuple[int, int, int]:
    """Return the answers in the high, the middle and the low band."""
    totals = dict.fromkeys(Band, 0)
    for score, n in counts.items():
        if n < 0:
            raise ScoreError(f"The score {score} has a negative number of answers.")
        totals[scale.band(scale.check(score))] += n
    return totals[Band.HIGH], totals[Band.MIDDLE], totals[Band.LOW]


def _shares(one: tuple[int, int, int], two: tuple[int, int, int]) -> Difference:
    k1, n1, k2, n2 = one[0], sum(one), two[0], sum(two)
    interval, test = newcombe(k1, n1, k2, n2), two_proportions(k1, n1, k2, n2)
    if interval is None or test is None:
        return _nothing("newcombe")
    return Difference(
        value=100 * test.difference,
        low=100 * interval.low,
        high=100 * interval.high,
        p=test.p,
        n=(n1, n2),
        method="newcombe",
        verdict=Verdict.SAME,
    )


def _nps(one: tuple[int, int, int], two: tuple[int, int, int]) -> Difference:
    raw = nps_difference(one, two)
    adjusted = nps_difference(one, two, adjusted=True)
    if raw is None or adjusted is None:
        return _nothing("adjusted_wald")
    reach = Z95 * adjusted.se
    return Difference(
        value=raw.difference,
        low=max(-200.0, adjusted.difference - reach),
        high=min(200.0, adjusted.difference + reach),
        p=adjusted.p,
        n=(sum(one), sum(two)),
        method="adjusted_wald",
        verdict=Verdict.SAME,
    )


def _nothing(method: str) -> Difference:
    return Difference(None, None, None, None, (0, 0), method, Verdict.TOO_FEW)


def _verdict(found: Difference, sizes: tuple[int, int]) -> Verdict:
    if found.value is None or min(sizes) < FEWEST_TO_JUDGE:
        return Verdict.TOO_FEW
    if found.p is None or found.p >= SIGNIFICANT or not _excludes_zero(found):
        return Verdict.SAME
    return Verdict.BETTER if found.value > 0 else Verdict.WORSE


def _excludes_zero(found: Difference) -> bool:
    low, high = found.low, found.high
    return (
        low is not None
        and high is not None
        and math.copysign(1, low) == (math.copysign(1, high))
    )
