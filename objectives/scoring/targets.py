"""What a key result aims at, and the numbers that scoring accepts."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TypeAlias

Number: TypeAlias = Decimal | float | int

ZERO = Decimal(0)
ONE = Decimal(1)


class ScoringError(ValueError):
    """A number or a combination of numbers that cannot be scored."""


class TargetError(ScoringError):
    """A target that lacks a number or contradicts itself."""


class NoJourney(TargetError):
    """A journey that ends where it starts: it should be a hold."""


class Direction(StrEnum):
    INCREASE = "increase"  # journey up, from baseline to target by the end
    DECREASE = "decrease"  # journey down
    AT_LEAST = "at_least"  # hold over the whole period, as are the next two
    AT_MOST = "at_most"
    RANGE = "range"
    MILESTONE = "milestone"


JOURNEYS = frozenset({Direction.INCREASE, Direction.DECREASE})
HOLDS = frozenset({Direction.AT_LEAST, Direction.AT_MOST, Direction.RANGE})


class Curve(StrEnum):
    LINEAR = "linear"  # share of the days (a flow: of the business days)
    STEPS = "steps"  # each step's value is due when its day has closed
    POINTS = "points"  # straight lines between the steps, such as month ends
    LAST_YEAR = "last_year"  # as the same period ran a year ago
    NONE_UNTIL = "none_until"  # nothing before the first step's day, then linear


@dataclass(frozen=True)
class Target:
    """One version of a key result's target, in the unit of its metric.

    A journey needs baseline and target (a flow starts each period at 0, so its
    baseline is 0); at_least and at_most need target and red; a range needs low
    and high, red_low and red_high. Without a red limit anything outside is red.
    """

    direction: Direction
    baseline: Decimal | None = None
    target: Decimal | None = None
    red: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    red_low: Decimal | None = None
    red_high: Decimal | None = None
    curve: str = Curve.LINEAR
    steps: tuple[tuple[int, Decimal], ...] = ()  # (day, value due by its end)


def decimal(number: Number, name: str = "value") -> Decimal:
    """Return the number as a finite Decimal.

    A float is read as it prints, so that 93.5 and 0.1 stay what people see.

    Raises: ScoringError for NaN, infinity, and True or False.
    Example: decimal(0.1) == Decimal("0.1")
    """
    if isinstance(number, bool):
        raise ScoringError(f"The {name} is yes or no, not a number.")
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if not exact.is_finite():
        raise ScoringError(f"The {name} is not a finite number.")
    return exact


def rounded(number: Decimal, places: Decimal) -> Decimal:
    """Return the number at so many places, a half going up to the better band.

    Beyond a million no band is near and the number is left as it is: a Decimal
    may not have the digits for the places.
    """
    if abs(number) > 1_000_000:
        return number
    return number.quantize(places, ROUND_HALF_UP)


def needed(number: Number | None, name: str) -> Decimal:
    """Return a number of a target as a Decimal.

    Raises: TargetError when it is missing.
    """
    if number is None:
        raise TargetError(f"The {name} is missing.")
    return decimal(number, name)


def is_paced(direction: Direction, *, flow: bool) -> bool:
    """Tell whether progress is compared with the time gone by.

    Journeys are. Of the holds only "at least so many" of a flow is: a total of
    events grows through the period and cannot hold its band from day one.
    """
    return direction in JOURNEYS or (flow and direction is Direction.AT_LEAST)


def as_hold(target: Target) -> Target:
    """Return a journey that ends where it starts as the hold that it means.

    For imported targets; forms refuse them.

    Raises: TargetError when the target is no such journey.
    Example: increase 90 to 90, red 85 becomes at_least 90, red 85
    """
    is_same = target.direction in JOURNEYS and (
        needed(target.baseline, "baseline") == needed(target.target, "target")
    )
    if not is_same:
        raise TargetError("Only a journey that ends where it starts becomes a hold.")
    up = target.direction is Direction.INCREASE
    direction = Direction.AT_LEAST if up else Direction.AT_MOST
    return replace(target, direction=direction, baseline=None)


def in_force(versions: tuple[tuple[int, Target], ...], day: int) -> Target:
    """Return the target that holds on a day.

    Shape: versions are (first day in force, target), oldest first.
    Time: a day before the first version gets the first version.
    Raises: TargetError without any version.
    """
    if not versions:
        raise TargetError("There is no target yet.")
    current = versions[0][1]
    for effective_day, target in versions:
        if effective_day <= day:
            current = target
    return current
