"""How far a key result has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from objectives.scoring.targets import (
    HOLDS,
    ONE,
    ZERO,
    Direction,
    NoJourney,
    Number,
    ScoringError,
    Target,
    TargetError,
    decimal,
    is_paced,
    needed,
)

HIGHEST_CAP = Decimal("1.2")


@dataclass(frozen=True)
class Milestone:
    weight: Decimal
    done: bool
    due_day: int | None = None  # done by the end of this day


def progress(
    target: Target, value: Number | None, *, flow: bool = False
) -> Decimal | None:
    """Return how much of the target is reached, 1 being all of it.

    A journey's progress is signed and open at both ends: -0.2 is below where it
    began, 1.3 beyond the target. A hold's runs from 1 in the band down to 0 at
    the red limit. A milestone's value is the weight done; without a target it is
    the share done. `flow` says that the value is a total of events: "at least"
    so many of them is then a way to go from 0, not a band to keep.

    Unit: share, 1 = the target.
    Empty: None for no value. No cases never count as 0 nor as 1.
    Raises: NoJourney when a journey ends where it starts; TargetError when a
    number of the target is missing or on the wrong side; ScoringError for NaN.
    Example: decrease 420 to 360, value 390: (390 - 420) / (360 - 420) = 0.5
    """
    if value is None:
        return None
    exact = decimal(value)
    if is_paced(target.direction, flow=flow):
        return _travelled(target, exact)
    if target.direction in HOLDS:
        return min(ONE, max(ZERO, hold_depth(target, exact)))
    whole = ONE if target.target is None else needed(target.target, "target")
    if whole <= 0:
        raise TargetError("The milestones together need a weight above 0.")
    return exact / whole


def _travelled(target: Target, value: Decimal) -> Decimal:
    goal = needed(target.target, "target")
    if target.direction is Direction.AT_LEAST:
        start = ZERO
    else:
        start = needed(target.baseline, "starting value")
    if goal == start:
        raise NoJourney(
            "The target equals the starting value, so there is no way to go. "
            "Choose a hold instead: at least, at most or range."
        )
    return (value - start) / (goal - start)


def hold_depth(target: Target, value: Number) -> Decimal:
    """Return a hold's progress below 0 as well: 1 at the band, 0 at the red limit.

    Unit: share; at most 1, negative beyond the red limit.
    Raises: TargetError when a number is missing or the red limit is in the band.
    Example: at_least 95, red 90, value 93.5: 3.5 / 5 = 0.7
    """
    exact = decimal(value)
    low, red_low, high, red_high = _edges(target)
    if low is not None and exact < low:
        return _depth(exact, low, red_low)
    if high is not None and exact > high:
        return _depth(-exact, -high, None if red_high is None else -red_high)
    return ONE


def _edges(
    target: Target,
) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
    """Return low, its red limit, high, its red limit; None for an open side."""
    if target.direction is Direction.AT_LEAST:
        return needed(target.target, "target"), _optional(target.red), None, None
    if target.direction is Direction.AT_MOST:
        return None, None, needed(target.target, "target"), _optional(target.red)
    low, high = needed(target.low, "lower end"), needed(target.high, "upper end")
    if low > high:
        raise TargetError("The lower end of the range lies above the upper end.")
    return low, _optional(target.red_low), high, _optional(target.red_high)


def _optional(number: Number | None) -> Decimal | None:
    return None if number is None else decimal(number, "red limit")


def _depth(value: Decimal, edge: Decimal, red: Decimal | None) -> Decimal:
    """Return the depth of a value under the edge, red lying further under."""
    if red is not None and red > edge:
        raise TargetError("The red limit lies inside the band.")
    if red is None or red == edge:
        return -ONE
    return (value - red) / (edge - red)


def clamp(p: Number, cap: Number = 1) -> Decimal:
    """Return progress as roll-ups count it, within 0 and the cap.

    Raises: ScoringError for a cap outside 1 to 1.2: nobody makes up for a lost
    result by running far past another one.
    Example: clamp(1.3) == 1, clamp(-0.2) == 0, clamp(1.3, 1.2) == 1.2
    """
    limit = decimal(cap, "cap")
    if not ONE <= limit <= HIGHEST_CAP:
        raise ScoringError("The cap on progress lies between 1 and 1.2.")
    return min(limit, max(ZERO, decimal(p, "progress")))


def milestone_progress(milestones: Iterable[Milestone]) -> Decimal | None:
    """Return the weight done as a share of the whole weight.

    Empty: None without milestones or when none weighs anything.
    Example: weights 1, 1, 2, first and third done: 3 / 4 = 0.75
    """
    return weight_share((item.weight, item.done) for item in milestones)


def weight_share(items: Iterable[tuple[Number, bool]]) -> Decimal | None:
    """Return the weight of the items that count as a share of all weight.

    Empty: None without weight.
    Raises: ScoringError for a negative weight.
    """
    counted = whole = ZERO
    for number, counts in items:
        weight = decimal(number, "weight")
        if weight < 0:
            raise ScoringError("A weight cannot be negative.")
        whole += weight
        counted += weight if counts else ZERO
    return counted / whole if whole else None


def ratio_value(days: Iterable[tuple[Number, Number]]) -> Decimal | None:
    """Return the sum of the numerators over the sum of the denominators.

    Never a mean of daily ratios, which would weigh a quiet day like a busy one.

    Empty: None when the denominators add up to 0.
    Example: 9/10, 30/60, 0/0: 39 / 70 = 0.5571
    """
    numerator = denominator = ZERO
    for part, whole in days:
        numerator += decimal(part, "numerator")
        denominator += decimal(whole, "denominator")
    return numerator / denominator if denominator else None


def trailing(
    days: Iterable[tuple[int, Number, Number]], *, closed_to: int, window: int
) -> Decimal | None:
    """Return the ratio over the last `window` closed days.

    For journeys that would jump about from day to day, such as NPS over 90 days.

    Shape: days are (day, numerator, denominator), in any order.
    Empty: None when the window has no cases.
    Time: closed_to - window <= day < closed_to.
    Raises: ScoringError for a window under one day.
    Example: days 1, 2, 3 with 1/2, 3/4, 9/9, closed_to 3, window 2: 4 / 6
    """
    if window < 1:
        raise ScoringError("A trailing window has at least one day.")
    return ratio_value(
        (numerator, denominator)
        for day, numerator, denominator in days
        if closed_to - window <= day < closed_to
    )
