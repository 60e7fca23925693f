"""How far a key result has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from objectives.scoring.targets import Number, Target


@dataclass(frozen=True)
class Milestone:
    weight: Decimal
    done: bool
    due_day: int | None = None  # done by the end of this day


def progress(
    target: Target, value: Number | None, *, flow: bool = False
) -> Decimal | None:
    raise NotImplementedError


def hold_depth(target: Target, value: Number) -> Decimal:
    raise NotImplementedError


def clamp(p: Number, cap: Number = 1) -> Decimal:
    raise NotImplementedError


def milestone_progress(milestones: Iterable[Milestone]) -> Decimal | None:
    raise NotImplementedError


def ratio_value(days: Iterable[tuple[Number, Number]]) -> Decimal | None:
    raise NotImplementedError


def trailing(
    days: Iterable[tuple[int, Number, Number]], *, closed_to: int, window: int
) -> Decimal | None:
    raise NotImplementedError
