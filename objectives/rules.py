"""What a target may be: the same sentences for forms, services and imports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Period
from metrics.catalog import METRICS
from metrics.dimensions import DIMENSIONS, Cut
from metrics.measures import AXES
from metrics.metric import Metric
from metrics.splits import can_be_cut
from objectives.models import KeyResult, TargetVersion

Direction = KeyResult.Direction
PeriodValue = KeyResult.PeriodValue
Curve = TargetVersion.Curve
Faults = dict[str, str | Promise]  # a sentence for each field

MOST = Decimal(10) ** 15
HEAVIEST = Decimal(1000)
LIMITS: dict[Unit, tuple[int, int]] = {
    Unit.PERCENT: (0, 100),
    Unit.POINTS: (-100, 100),
}
NEEDS_STEPS = (Curve.STEPS, Curve.POINTS, Curve.NONE_UNTIL)


@dataclass(frozen=True)
class Numbers:
    """The numbers of a target version, in the metric's unit."""

    baseline: Decimal | None = None
    target: Decimal | None = None
    red: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    red_low: Decimal | None = None
    red_high: Decimal | None = None
    curve: str = Curve.LINEAR
    steps: tuple[tuple[int, Decimal], ...] = ()


@dataclass(frozen=True)
class Step:
    """A milestone to be."""

    title: str
    weight: Decimal = field(default=Decimal(1))
    due_day: int | None = None


def period_value_of(metric: Metric) -> str:
    """Return which value of a period counts for a metric."""
    if metric.is_flow:
        return PeriodValue.FLOW
    if metric.is_state:
        return PeriodValue.LEVEL
    return PeriodValue.RATIO if metric.additivity in "RM" else PeriodValue.DISTRIBUTION


def splits_by(metric: Metric, cut: Cut) -> bool:
    """Whether the rows of a metric know to which member of a cut they belong."""
    if metric.is_derived:
        return all(splits_by(METRICS[key], cut) for key in metric.inputs)
    if not can_be_cut(metric, cut):
        return False
    if cut not in DIMENSIONS:
        return True
    # Stored values are marked by what changes in their cut, on every axis they read.
    return all(cut in AXES[key].cuts for key in metric.axes)


def directions_for(metric: Metric) -> list[str]:
    """Return the directions that make sense for a metric.

    A total only grows through its cycle, so it cannot fall to a target, nor stay
    within a range from the first day on.
    """
    if metric.is_flow:
        return [Direction.AT_LEAST, Direction.INCREASE, Direction.AT_MOST]
    return [
        Direction.INCREASE,
        Direction.DECREASE,
        Direction.AT_LEAST,
        Direction.AT_MOST,
        Direction.RANGE,
    ]


def offered_for(metric: Metric) -> list[tuple[str, str | Promise]]:
    """Return the directions that a form offers, with their words.

    For a total, to increase to a number and to reach at least that much is the same.
    """
    words: dict[str, str | Promise] = dict(Direction.choices)
    if metric.is_flow:
        words[Direction.AT_LEAST] = _("Reach at least")
        return [(each, words[each]) for each in (Direction.AT_LEAST, Direction.AT_MOST)]
    return [(each, words[each]) for each in directions_for(metric)]


def settled(metric: Metric, direction: str, numbers: Numbers) -> Numbers:
    """Return the numbers that a direction needs, and none of the others.

    A total starts each cycle at 0, so that is where its journey begins.
    """
    kept = {name: getattr(numbers, name) for name in needed_for(metric, direction)}
    if direction == Direction.INCREASE and metric.is_flow:
        kept["baseline"] = Decimal(0)
    return Numbers(curve=numbers.curve, steps=numbers.steps, **kept)


def needed_for(metric: Metric, direction: str) -> tuple[str, ...]:
    """Return the names of the numbers that people set for a direction."""
    is_total = metric.is_flow and _is_counted_up(direction)
    return ("target",) if is_total else _NEEDED[direction]


def _is_counted_up(direction: str) -> bool:
    return direction in (Direction.INCREASE, Direction.AT_LEAST)


_NEEDED: dict[str, tuple[str, ...]] = {
    Direction.INCREASE: ("baseline", "target"),
    Direction.DECREASE: ("baseline", "target"),
    Direction.AT_LEAST: ("target", "red"),
    Direction.AT_MOST: ("target", "red"),
    Direction.RANGE: ("low", "high", "red_low", "red_high"),
}


def target_faults(
    metric: Metric, direction: str, numbers: Numbers, *, cycle: Period
) -> Faults:
    """Return what is wrong with a target; empty when nothing is.

    Shape: field names of Numbers, and "direction".
    """
    if direction not in directions_for(metric):
        return {"direction": _not_for(metric, direction)}
    numbers = settled(metric, direction, numbers)
    faults = _out_of_range(metric, numbers)
    if not faults:
        faults = _CHECKS[direction](numbers)
    if (
        not faults
        and metric.is_flow
        and numbers.target == 0
        and _is_counted_up(direction)
    ):
        faults = {"target": _("A total starts at 0. Enter a target above it.")}
    return faults | _curve_faults(numbers, cycle)


def _not_for(metric: Metric, direction: str) -> str | Promise:
    if direction == Direction.DECREASE:
        return _("A total only grows through the cycle. Choose “Keep at or below”.")
    if direction == Direction.RANGE:
        return _("A total starts at 0 in every cycle. Choose at least or at most.")
    return _("Choose a direction.")


def _out_of_range(metric: Metric, numbers: Numbers) -> Faults:
    least, most = LIMITS.get(metric.unit, (0, MOST))
    faults: Faults = {}
    for name in ("baseline", "target", "red", "low", "high", "red_low", "red_high"):
        value = getattr(numbers, name)
        if value is None:
            continue
        if not value.is_finite():
            faults[name] = _("Enter a number.")
        elif value < least:
            faults[name] = _("Enter %(least)s or more.") % {"least": least}
        elif value > most:
            faults[name] = _("Enter %(most)s or less.") % {"most": most}
    return faults


def _journey(numbers: Numbers) -> Faults:
    faults: Faults = {}
    if numbers.baseline is None:
        faults["baseline"] = _("Enter where it starts from.")
    if numbers.target is None:
        faults["target"] = _("Enter the target.")
    if not faults and numbers.baseline == numbers.target:
        faults["target"] = _(
            "The target equals the start, so there is no way to go. To keep a value, "
            "choose “Keep at or above”, “Keep at or below” or “Keep within a range”."
        )
    return faults


def _increase(numbers: Numbers) -> Faults:
    faults = _journey(numbers)
    if not faults and (numbers.target or 0) < (numbers.baseline or 0):
        faults["target"] = _("The target is below the start. Choose “Decrease to”.")
    return faults


def _decrease(numbers: Numbers) -> Faults:
    faults = _journey(numbers)
    if not faults and (numbers.target or 0) > (numbers.baseline or 0):
        faults["target"] = _("The target is above the start. Choose “Increase to”.")
    return faults


def _at_least(numbers: Numbers) -> Faults:
    if numbers.target is None:
        return {"target": _("Enter the value to keep.")}
    if numbers.red is not None and numbers.red >= numbers.target:
        return {"red": _("The red limit lies below the value to keep.")}
    return {}


def _at_most(numbers: Numbers) -> Faults:
    if numbers.target is None:
        return {"target": _("Enter the value to keep.")}
    if numbers.red is not None and numbers.red <= numbers.target:
        return {"red": _("The red limit lies above the value to keep.")}
    return {}


def _range(numbers: Numbers) -> Faults:
    faults: Faults = {}
    low, high = numbers.low, numbers.high
    if low is None:
        faults["low"] = _("Enter the lower end.")
    if high is None:
        faults["high"] = _("Enter the upper end.")
    if low is None or high is None:
        return faults
    if low >= high:
        return {"high": _("The upper end lies above the lower end.")}
    if numbers.red_low is not None and numbers.red_low >= low:
        faults["red_low"] = _("The lower red limit lies below the range.")
    if numbers.red_high is not None and numbers.red_high <= high:
        faults["red_high"] = _("The upper red limit lies above the range.")
    return faults


_CHECKS: dict[str, Callable[[Numbers], Faults]] = {
    Direction.INCREASE: _increase,
    Direction.DECREASE: _decrease,
    Direction.AT_LEAST: _at_least,
    Direction.AT_MOST: _at_most,
    Direction.RANGE: _range,
}


def _curve_faults(numbers: Numbers, cycle: Period) -> Faults:
    if numbers.curve not in Curve.values:
        return {"curve": _("Choose one of the curves.")}
    if numbers.curve in NEEDS_STEPS and not numbers.steps:
        return {"steps": _("This curve needs at least one day with its value.")}
    if any(day not in cycle for day, _value in numbers.steps):
        return {"steps": _("Every step lies within the cycle.")}
    return {}


def window_faults(metric: Metric, direction: str, window_days: int | None) -> Faults:
    """Return what is wrong with the days that a rate looks back."""
    if window_days is None:
        return {}
    journeys = (Direction.INCREASE, Direction.DECREASE)
    if direction not in journeys or metric.additivity not in "RM":
        return {"window_days": _("Only a rate or mean on its way looks back.")}
    if not 7 <= window_days <= 366:
        return {"window_days": _("Look back between 7 and 366 days.")}
    return {}


def weight_faults(weight: Decimal) -> Faults:
    if not weight.is_finite() or not 0 <= weight <= HEAVIEST:
        return {"weight": _("Enter a weight from 0 (watch only) to 1,000.")}
    return {}


def milestone_faults(steps: Sequence[Step], *, cycle: Period) -> Faults:
    """Return what is wrong with milestones, as one sentence."""
    if not steps:
        return {"milestones": _("Enter at least one milestone.")}
    if any(not step.title.strip() for step in steps):
        return {"milestones": _("Every milestone has a name.")}
    if any(weight_faults(step.weight) for step in steps) or not any(
        step.weight for step in steps
    ):
        return {"milestones": _("The milestones together need a weight above 0.")}
    if any(step.due_day is not None and step.due_day not in cycle for step in steps):
        return {"milestones": _("Every due day lies within the cycle.")}
    return {}
