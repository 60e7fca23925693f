"""Scores of survey answers: which are valid, what they mean, how they add up."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crmkpi.lib.statistics import nps_score, wilson

SCALE_LOW, SCALE_HIGH = 0, 10  # no question offers more than eleven scores
NPS_LOW, NPS_HIGH, PROMOTERS_FROM, DETRACTORS_TO = 0, 10, 9, 6


class ScoreError(ValueError):
    """A score or a scale that cannot be accepted; the text is for people."""


class Kind(StrEnum):
    CSAT = "csat"
    NPS = "nps"
    CES = "ces"
    TEXT = "text"
    CHOICE = "choice"


SCORED = frozenset({Kind.CSAT, Kind.NPS, Kind.CES})


class Band(StrEnum):
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


@dataclass(frozen=True)
class Scale:
    """The scores a question offers and which of them count as good.

    Raises: ScoreError for a scale that cannot be asked, such as NPS from 1 to 10.
    """

    kind: Kind
    low: int
    high: int
    top_from: int  # first score of the top box; on a reversed scale its last
    reversed: bool = False  # True: a low score is the good one, as for effort 1-5

    def __post_init__(self) -> None:
        if self.kind not in SCORED:
            raise ScoreError("Only CSAT, NPS and CES questions have a scale.")
        if not SCALE_LOW <= self.low < self.high <= SCALE_HIGH:
            raise ScoreError(
                f"A scale runs upwards within {SCALE_LOW} to {SCALE_HIGH}, "
                f"not from {self.low} to {self.high}."
            )
        if self.kind is Kind.NPS:
            self._check_nps()
        whole_scale = self.high if self.reversed else self.low
        if not self.low <= self.top_from <= self.high or self.top_from == whole_scale:
            raise ScoreError("The top box is a part of the scale, not all of it.")

    def _check_nps(self) -> None:
        if (self.low, self.high) != (NPS_LOW, NPS_HIGH):
            raise ScoreError(
                f"NPS is asked from 0 to 10, not from {self.low} to {self.high}. "
                "Offer it as CSAT instead."
            )
        if self.top_from != PROMOTERS_FROM or self.reversed:
            raise ScoreError("NPS counts 9 and 10 as promoters; this is fixed.")

    def check(self, score: object) -> int:
        """Return a score that the scale offers, as an integer.

        Takes an integer or its plain digits, as a form or a link sends them.

        Raises: ScoreError for anything else: 6.5, "7 ", True, a score off the
        scale.
        Example: on 0 to 10, check("7") == 7
        """
        whole = _whole_number(score)
        if whole is None:
            raise ScoreError(f"A score is a whole number, not {score!r:.40}.")
        if not self.low <= whole <= self.high:
            shown = str(whole) if abs(whole) < 1_000_000 else "sent"
            raise ScoreError(
                f"The score {shown} is not on the scale from {self.low} to {self.high}."
            )
        return whole

    def is_top(self, score: int) -> bool:
        """Tell whether a score counts as good: satisfied, promoter, easy."""
        return score <= self.top_from if self.reversed else score >= self.top_from

    def band(self, score: int) -> Band:
        """Return the band that decides on the follow-up question.

        High is the top box, low the worse half of the scale; NPS has its own
        three groups. A score in the very middle of the scale is in the middle.

        Example: CSAT 1 to 5 with box 4: 1 and 2 low, 3 middle, 4 and 5 high
        """
        if self.is_top(score):
            return Band.HIGH
        if self.kind is Kind.NPS:
            return Band.LOW if score <= DETRACTORS_TO else Band.MIDDLE
        beyond_middle = 2 * score - (self.low + self.high)
        is_worse = beyond_middle > 0 if self.reversed else beyond_middle < 0
        return Band.LOW if is_worse else Band.MIDDLE


def _whole_number(score: object) -> int | None:
    if isinstance(score, int) and not isinstance(score, bool):
        return score
    if isinstance(score, str) and score.isascii() and score.isdigit():
        # "007" is no score anybody was offered, and huge digits need no reading.
        return int(score) if len(score) <= 2 and score == str(int(score)) else None
    return None


DEFAULT_SCALES = {
    Kind.CSAT: Scale(Kind.CSAT, 1, 5, 4),
    Kind.NPS: Scale(Kind.NPS, NPS_LOW, NPS_HIGH, PROMOTERS_FROM),
    Kind.CES: Scale(Kind.CES, 1, 7, 5),
}


@dataclass(frozen=True)
class Summary:
    value: float | None  # CSAT, CES: percent 0..100 in the top box; NPS: -100..100
    n: int  # answers with a score; skipped questions are not among them
    low: float | None  # 95 % interval of the value, in its unit
    high: float | None
    method: str  # of the interval: wilson or adjusted_wald
    mean: float | None  # plain mean of the scores
    distribution: tuple[tuple[int, int], ...]  # (score, answers), whole scale
    sd: float | None  # sample standard deviation of the scores; None under two
    net: float | None  # percent in the high band minus percent in the low band


def summary(kind: Kind, scale: Scale, counts: Mapping[int, int]) -> Summary:
    """Return what the answers to one scored question add up to.

    CSAT and CES are the share of answers in the top box with the Wilson interval;
    mean, spread and distribution stand beside it, because others report those
    under the same name. NPS is promoters minus detractors in percent of all
    answers with the adjusted Wald interval clipped to ±100; the score itself is
    not adjusted.

    Shape: counts are score to number of answers; scores left out count 0.
    Empty: value, interval, mean, sd and net None for no answers.
    Raises: ScoreError when kind and scale differ, for a score off the scale and
    for a negative count.
    Example: CSAT 5, 10, 15, 40, 30 for 1 to 5: 70 of 100 = 70 %, mean 3.80, net 55
    """
    if kind is not scale.kind:
        raise ScoreError(f"A {kind} question cannot use a {scale.kind} scale.")
    for score, answers in counts.items():
        scale.check(score)
        if answers < 0:
            raise ScoreError(f"The score {score} has a negative number of answers.")
    distribution = tuple(
        (score, counts.get(score, 0)) for score in range(scale.low, scale.high + 1)
    )
    n = sum(answers for _, answers in distribution)
    high, low = (
        _answers_in(band, scale, distribution) for band in (Band.HIGH, Band.LOW)
    )
    value, interval, method = _value(kind, high=high, low=low, n=n)
    return Summary(
        value=value,
        n=n,
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        method=method,
        mean=_mean(distribution, n),
        distribution=distribution,
        sd=_sd(distribution, n),
        net=100 * (high - low) / n if n else None,
    )


def _answers_in(
    band: Band, scale: Scale, distribution: tuple[tuple[int, int], ...]
) -> int:
    return sum(answers for score, answers in distribution if scale.band(score) is band)


def _value(
    kind: Kind, *, high: int, low: int, n: int
) -> tuple[float | None, tuple[float, float] | None, str]:
    """Return value, interval and method. The high band is the top box."""
    if kind is Kind.NPS:
        nps = nps_score(high, n - high - low, low)
        if nps is None:
            return None, None, "adjusted_wald"
        return nps.value, (nps.low, nps.high), "adjusted_wald"
    share = wilson(high, n)
    if share is None:
        return None, None, "wilson"
    return 100 * high / n, (100 * share.low, 100 * share.high), "wilson"


def _mean(distribution: tuple[tuple[int, int], ...], n: int) -> float | None:
    return sum(score * answers for score, answers in distribution) / n if n else None


def _sd(distribution: tuple[tuple[int, int], ...], n: int) -> float | None:
    if n < 2:
        return None
    total = sum(score * answers for score, answers in distribution)
    squares = sum(score**2 * answers for score, answers in distribution)
    # Whole numbers up to the last step, so that equal answers give exactly 0.
    return math.sqrt((n * squares - total**2) / (n * (n - 1)))
