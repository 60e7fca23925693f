"""Scores of survey answers: which are valid, what they mean, how they add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ScoreError(ValueError):
    """A score or a scale that cannot be accepted; the text is for people."""


class Kind(StrEnum):
    CSAT = "csat"
    NPS = "nps"
    CES = "ces"
    TEXT = "text"
    CHOICE = "choice"


class Band(StrEnum):
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


@dataclass(frozen=True)
class Scale:
    kind: Kind
    low: int
    high: int
    top_from: int  # first score of the top box; on a reversed scale its last
    reversed: bool = False  # True: a low score is the good one

    def check(self, score: object) -> int:
        raise NotImplementedError

    def is_top(self, score: int) -> bool:
        raise NotImplementedError

    def band(self, score: int) -> Band:
        raise NotImplementedError


DEFAULT_SCALES = {
    Kind.CSAT: Scale(Kind.CSAT, 1, 5, 4),
    Kind.NPS: Scale(Kind.NPS, 0, 10, 9),
    Kind.CES: Scale(Kind.CES, 1, 7, 5),
}


@dataclass(frozen=True)
class Summary:
    value: float | None  # CSAT, CES: percent 0..100 in the top box; NPS: -100..100
    n: int
    low: float | None  # 95 % interval of the value
    high: float | None
    method: str
    mean: float | None  # plain mean of the scores
    distribution: tuple[tuple[int, int], ...]  # (score, answers), whole scale
    sd: float | None  # sample standard deviation of the scores; None under 2
    net: float | None  # percent in the high band minus percent in the low band


def summary(kind: Kind, scale: Scale, counts: Mapping[int, int]) -> Summary:
    raise NotImplementedError
