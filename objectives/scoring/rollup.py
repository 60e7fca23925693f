"""One score and one status for an objective, from those of its parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from objectives.scoring.status import KrStatus
from objectives.scoring.targets import Number


class NoScore(StrEnum):
    NO_WEIGHT = "no_weight"  # every part is watch only, or there is none
    NO_DATA = "no_data"
    LOW_COVERAGE = "low_coverage"  # parts with data hold under half of the weight


@dataclass(frozen=True)
class Part:
    weight: Decimal  # relative; 0 = watch only
    progress: Decimal | None  # raw, not clamped
    status: KrStatus
    pace: Decimal | None = None  # from judged_pace


@dataclass(frozen=True)
class Pips:
    ok: int
    watch: int
    off: int
    none: int


@dataclass(frozen=True)
class Rollup:
    progress: Decimal | None  # 0..cap
    coverage: Decimal | None  # share 0..1 of the weight that has data
    status: KrStatus
    pips: Pips
    reason: NoScore | None = None  # why there is no score to rely on


def roll_up(parts: Iterable[Part], cap: Number = 1) -> Rollup:
    raise NotImplementedError
