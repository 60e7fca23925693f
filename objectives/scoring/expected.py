"""How far a key result should have come by the last closed day."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from objectives.scoring.progress import Milestone, progress, weight_share
from objectives.scoring.targets import (
    HOLDS,
    ONE,
    ZERO,
    Curve,
    Direction,
    Number,
    ScoringError,
    Target,
    TargetError,
    decimal,
    is_paced,
    needed,
)

MONDAY_TO_FRIDAY = (ONE,) * 5 + (ZERO,) * 2
DAYS_TO_LEARN = 8 * 7  # under eight weeks a profile would be chance
DAYS_LEARNT = 13 * 7


def expected_share(
    target: Target,
    *,
    start: int,
    end: int,
    closed_to: int,
    flow: bool,
    business_days: tuple[Number, Number] | None = None,
    last_year: Sequence[Number] = (),
) -> Decimal | None:
    """Return the progress expected at the end of the last closed day.

    Follows the curve of the target. A straight line counts business days for a
    flow when they are given as (total, elapsed), calendar days otherwise. Last
    year's curve needs last year's daily amounts, and without any falls back to
    the straight line. Milestones have `expected_milestones`.

    Unit: share, 1 = the target.
    Empty: None for holds, which are due from day one and not paced, and for
    milestones.
    Time: start <= day < end; days before closed_to have closed.
    Raises: TargetError for an unknown curve or one that lacks its steps.
    """
    if target.direction is Direction.MILESTONE:
        return None
    if target.direction in HOLDS and not flow:
        return None
    curve = _curve(target)
    if curve is Curve.STEPS:
        return expected_steps(target, closed_to)
    if curve is Curve.POINTS:
        return expected_points(target, start=start, closed_to=closed_to)
    if curve is Curve.NONE_UNTIL:
        return expected_none_until(start, end, closed_to, _steps(target)[0][0])
    if curve is Curve.LAST_YEAR:
        shape = expected_last_year(last_year, closed_to - start)
        if shape is not None:
            return shape
    if flow and business_days is not None:
        share = expected_business(*business_days)
        if share is not None:
            return share
    return expected_calendar(start, end, closed_to)


def expected_value(target: Target, expected: Number | None) -> Decimal | None:
    """Return the value that stands for an expected progress, for charts and words.

    Unit: that of the metric.
    Empty: None for None, and for targets that are not paced.
    Example: increase 78 to 88, expected 0.5: 83
    """
    if expected is None or not is_paced(target.direction, flow=True):
        return None
    share = decimal(expected, "expected progress")
    goal = needed(target.target, "target")
    if target.direction is Direction.AT_LEAST:
        return share * goal
    start = needed(target.baseline, "starting value")
    return start + share * (goal - start)


def _curve(target: Target) -> Curve:
    try:
        return Curve(target.curve)
    except ValueError as error:
        raise TargetError(f"There is no curve called {target.curve}.") from error


def _steps(target: Target) -> list[tuple[int, Decimal]]:
    if not target.steps:
        raise TargetError("This curve needs at least one step.")
    return sorted(target.steps)


def _within(share: Decimal) -> Decimal:
    return min(ONE, max(ZERO, share))


def expected_calendar(start: int, end: int, closed_to: int) -> Decimal:
    """Return the share of the period's days that have closed.

    Unit: share 0..1.
    Time: start <= day < end; days before closed_to have closed.
    Raises: ScoringError when the period has no day.
    Example: Q1 2026 at the close of 14 February: 45 / 90 = 0.5
    """
    if end <= start:
        raise ScoringError("A period ends after it starts.")
    return _within(Decimal(closed_to - start) / (end - start))


def expected_business(
    business_days_total: Number, business_days_elapsed: Number
) -> Decimal | None:
    """Return the share of the period's business days that have closed.

    Unit: share 0..1.
    Empty: None when the period has no business day.
    Raises: ScoringError for a negative total.
    Example: 31 of 63: 0.4921
    """
    total = decimal(business_days_total, "number of business days")
    if total < 0:
        raise ScoringError("The number of business days cannot be negative.")
    if not total:
        return None
    return _within(decimal(business_days_elapsed, "business days so far") / total)


def expected_steps(target: Target, closed_to: int) -> Decimal:
    """Return the progress due by the steps whose days have closed.

    Empty: 0 before the first step.
    Raises: TargetError without steps.
    Example: increase 78 to 88, 80 due on 31 January: 0 until that day has
    closed, then (80 - 78) / 10 = 0.2
    """
    due = ZERO
    for day, value in _steps(target):
        if day < closed_to:
            due = _due(target, value)
    return due


def _due(target: Target, value: Number) -> Decimal:
    # Steps only pace journeys and flows; an "at least" with steps is a flow.
    return progress(target, value, flow=True) or ZERO


def expected_points(target: Target, *, start: int, closed_to: int) -> Decimal:
    """Return the progress due on the straight lines between the steps.

    The line begins at 0 as the period starts and is level after the last step.

    Raises: TargetError without steps.
    Example: increase 78 to 88, 80 due by the end of the 10th day: at the close
    of the 5th day 0.1
    """
    corners = [(start, ZERO)]
    corners += [(day + 1, _due(target, value)) for day, value in _steps(target)]
    for (left, due), (right, next_due) in pairwise(corners):
        if closed_to < right:
            elapsed = max(0, closed_to - left)
            return due + (next_due - due) * elapsed / (right - left)
    return corners[-1][1]


def expected_none_until(start: int, end: int, closed_to: int, until: int) -> Decimal:
    """Return 0 up to a day, then the share of the days from it to the end.

    Example: period of days 0 to 10, until 6, closed_to 8: 2 / 4 = 0.5
    """
    first = max(start, until)
    if first >= end:
        return ONE if closed_to >= end else ZERO
    return expected_calendar(first, end, closed_to)


def expected_last_year(amounts: Sequence[Number], elapsed: int) -> Decimal | None:
    """Return the share that had come by the same day of the period last year.

    Shape: amounts are last year's daily amounts in order (of a level: its daily
    changes); elapsed days have closed this year.
    Unit: share 0..1.
    Empty: None when last year's amounts add up to 0 or less.
    Example: amounts 1, 3, 4, 8 after two days: 4 / 16 = 0.25
    """
    exact = [decimal(amount, "amount of last year") for amount in amounts]
    total = sum(exact, ZERO)
    if total <= 0:
        return None
    return _within(sum(exact[: max(0, elapsed)], ZERO) / total)


def expected_milestones(
    milestones: Iterable[Milestone], closed_to: int
) -> Decimal | None:
    """Return the weight that was due as a share of the whole weight.

    Unit: share 0..1.
    Empty: None without weight, or when no milestone has a due day.
    Time: a milestone is due once its due day has closed.
    """
    items = list(milestones)
    if all(item.due_day is None for item in items):
        return None
    return weight_share(
        (item.weight, item.due_day is not None and item.due_day < closed_to)
        for item in items
    )


def weekday_profile(
    values: Sequence[Number], *, first_day: int, holidays: frozenset[int] = frozenset()
) -> tuple[Decimal, ...]:
    """Return how much each weekday counts, learnt from a flow's daily values.

    Reads the last 13 weeks. Holidays teach nothing. Weekdays that bring
    something average 1; a week of refunds counts as nothing, not as less.

    Shape: values are consecutive days from first_day; seven weights, Monday first.
    Empty: Monday to Friday 1 each under eight weeks or when nothing happened.
    """
    if len(values) < DAYS_TO_LEARN:
        return MONDAY_TO_FRIDAY
    sums, counts = [ZERO] * 7, [0] * 7
    skipped = max(0, len(values) - DAYS_LEARNT)
    for day, value in enumerate(values[skipped:], start=first_day + skipped):
        if day not in holidays:
            sums[_weekday(day)] += decimal(value)
            counts[_weekday(day)] += 1
    means = [
        max(ZERO, total / count) if count else ZERO
        for total, count in zip(sums, counts, strict=True)
    ]
    busy = sum(1 for mean in means if mean)
    if not busy:
        return MONDAY_TO_FRIDAY
    return tuple(mean * busy / sum(means, ZERO) for mean in means)


def _weekday(day: int) -> int:
    return (day + 3) % 7  # day 0, 1 January 1970, was a Thursday


def weighted_days(
    start: int,
    end: int,
    *,
    profile: Sequence[Decimal] = MONDAY_TO_FRIDAY,
    holidays: frozenset[int] = frozenset(),
) -> Decimal:
    """Return the business days of a period, each counted by its weekday's weight.

    Unit: days.
    Time: start <= day < end; holidays count 0.
    Example: Q1 2026 with 1 January off: 63
    """
    return sum(
        (profile[_weekday(day)] for day in range(start, end) if day not in holidays),
        ZERO,
    )


def joiner_target(
    target: Number, business_days_present: Number, business_days_total: Number
) -> Decimal | None:
    """Return a person's flow target for the part of the period they are there.

    Ratio and hold targets are the same for everybody and do not come here.

    Empty: None when the period has no business day.
    Raises: ScoringError when someone is there for more days than there are.
    Example: 60 with 32 of 63 business days: 30.48
    """
    present = decimal(business_days_present, "business days present")
    total = decimal(business_days_total, "business days of the period")
    if not 0 <= present <= total:
        raise ScoringError("The days present lie between 0 and those of the period.")
    return decimal(target, "target") * present / total if total else None
