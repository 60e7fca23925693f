"""What lies behind a share: misses left, luck of small numbers, mix and rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from objectives.scoring.targets import Number


@dataclass(frozen=True)
class MissBudget:
    share: Decimal | None  # met share 0..1 so far
    allowed: int  # misses the whole period can bear
    used: int
    left: int  # negative when overdrawn
    required: Decimal | None  # share 0..1 the rest must reach; above 1 = lost


@dataclass(frozen=True)
class MixPart:
    segment: str
    mix: Decimal
    rate: Decimal


@dataclass(frozen=True)
class MixRate:
    parts: tuple[MixPart, ...]
    mix: Decimal
    rate: Decimal
    total: Decimal
    simpson: bool  # the whole moved against every one of its segments


def miss_budget(
    target_share: Number, met: int, total: int, expected_more: int
) -> MissBudget:
    raise NotImplementedError


def shrunk_rate(
    k: Number, n: Number, team_rate: Number, prior: Number
) -> Decimal | None:
    raise NotImplementedError


def mix_and_rate(
    before: Mapping[str, tuple[Number, Number]],
    after: Mapping[str, tuple[Number, Number]],
) -> MixRate | None:
    raise NotImplementedError
