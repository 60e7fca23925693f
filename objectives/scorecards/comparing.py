"""One person beside the middle half of the team: intervals first, no rank, no names."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crmkpi.lib.charts import range_bar
from crmkpi.lib.numbers import Unit
from crmkpi.lib.statistics import middle_half
from metrics.metric import Better, Metric
from metrics.queries import Value
from objectives.printing import Print
from objectives.scoring import Direction, Target
from objectives.scoring.progress import hold_depth
from objectives.scoring.targets import HOLDS, JOURNEYS

FEWEST_ROWS = 5  # below which a person's value says nothing
FEWEST_COLLEAGUES = 5  # below which a middle half would give single people away

STEPS = (1, 2, 5)  # times a power of ten: where axes end
LEAST_SPAN = {  # of an axis, so that its ends do not print alike
    Unit.PERCENT: 10.0,
    Unit.POINTS: 10.0,
    Unit.SECONDS: 60.0,
    Unit.COUNT: 5.0,
    Unit.DAYS: 5.0,
    Unit.MONEY: 100.0,
}
CLOCK_STEPS = (10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True)
class Half:
    """The lower and the upper quartile of the colleagues."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Verdict:
    """What a person's value means, in words."""

    text: str
    notes: list[str]


def team_half(metric: Metric, values: Sequence[Value]) -> Half | None:
    """Return the middle half of the colleagues with enough rows.

    Five rows each; of totals one is enough, for to leave out small ones would make
    those of the team look larger than they are.

    Empty: None with fewer than five such colleagues.
    """
    fewest = 1 if is_total(metric) else FEWEST_ROWS
    known = [
        float(each.value)
        for each in values
        if each.value is not None and (each.n or 0) >= fewest
    ]
    if len(known) < FEWEST_COLLEAGUES:
        return None
    half = middle_half(known)
    if half is None:
        return None
    low, high = (Decimal(str(end)) for end in half)
    return Half(low, high)


def is_total(metric: Metric) -> bool:
    """Whether the value is a sum, which is no sample and has no interval."""
    return metric.additivity in ("A", "S")


def is_too_few(metric: Metric, me: Value) -> bool:
    return not is_total(metric) and (me.n or 0) < FEWEST_ROWS


def verdict(
    metric: Metric,
    me: Value,
    half: Half | None,
    target: Target | None,
    printed: Print,
) -> Verdict:
    """Return whether a value differs from the team's, and how it stands to a target."""
    if me.value is None:
        return Verdict(_("No value yet"), [me.reason] if me.reason else [])
    if is_too_few(metric, me):
        note = _("Five %(rows)s are needed; there are %(n)s.")
        rows = str(metric.denominator) or _("rows")
        return Verdict(_("Too few to judge"), [note % {"rows": rows, "n": me.n or 0}])
    aim = target_note(target, me, printed) if target else ""
    if half is None:
        if aim:
            return Verdict(aim, [_("Too few colleagues to compare with.")])
        return Verdict(_("Too few colleagues to compare"), [])
    found = _beside(metric, me, me.value, half, printed)
    return Verdict(found.text, [*found.notes, *([f"{aim}."] if aim else [])])


def _beside(
    metric: Metric, me: Value, value: Decimal, half: Half, printed: Print
) -> Verdict:
    low = value if me.low is None else me.low
    high = value if me.high is None else me.high
    ends = {"low": printed.text(half.low), "high": printed.text(half.high)}
    middle = _("The middle half of the team: %(low)s to %(high)s.") % ends
    if high < half.low:
        return Verdict(_side(metric, is_above=False), [middle])
    if low > half.high:
        return Verdict(_side(metric, is_above=True), [middle])
    same = _("No real difference from the team")
    if is_total(metric):
        same = _("About as many as the team")
    nearest = half.low if value < half.low else half.high
    mine, theirs = printed.text(value), printed.text(nearest)
    if half.low <= value <= half.high or mine == theirs:
        return Verdict(same, [middle])
    few = _("Too few %(rows)s to tell %(mine)s from %(theirs)s.") % {
        "rows": str(metric.denominator) or _("rows"),
        "mine": mine,
        "theirs": theirs,
    }
    return Verdict(same, [few])


def _side(metric: Metric, *, is_above: bool) -> str:
    if is_total(metric):
        if is_above:
            return _("More than the team's middle half")
        return _("Fewer than the team's middle half")
    if is_above == (metric.better == Better.HIGHER):
        return _("Better than the team's middle half")
    return _("Behind the team's middle half")


def target_note(target: Target, me: Value, printed: Print) -> str:
    """Return how a value stands to a target: reached, missed, or too close to tell.

    Empty: "" for a target without a number.
    """
    aim = _aim(target, printed)
    if me.value is None or not aim:
        return ""
    if _meets(target, me.value):
        return _("On target: %(aim)s") % {"aim": aim}
    ends = [end for end in (me.low, me.high) if end is not None]
    if any(_meets(target, end) for end in ends):
        return _("Target %(aim)s: too close to tell") % {"aim": aim}
    return _("Short of the target: %(aim)s") % {"aim": aim}


def _aim(target: Target, printed: Print) -> str:
    if target.direction is Direction.RANGE:
        if target.low is None or target.high is None:
            return ""
        ends = {"low": printed.text(target.low), "high": printed.text(target.high)}
        return _("%(low)s to %(high)s") % ends
    if target.target is None:
        return ""
    words = _("at least %(value)s") if _is_up(target) else _("at most %(value)s")
    return words % {"value": printed.text(target.target)}


def _is_up(target: Target) -> bool:
    return target.direction in (Direction.INCREASE, Direction.AT_LEAST)


def _meets(target: Target, value: Decimal) -> bool:
    if target.direction in HOLDS:
        return hold_depth(target, value) >= 1
    if target.direction not in JOURNEYS or target.target is None:
        return False
    if _is_up(target):
        return value >= target.target
    return value <= target.target


@dataclass(frozen=True)
class Range:
    """The drawing of one value beside the team, with what stands at its ends."""

    svg: SafeString
    left: str
    right: str


def drawn(
    metric: Metric,
    me: Value,
    half: Half | None,
    target: Target | None,
    printed: Print,
) -> Range | None:
    """Return a person's value, its interval, the team's middle half and the target.

    Better is always to the right. Too few rows give a hollow dot without interval.

    Empty: None without a value.
    """
    if me.value is None:
        return None
    is_sure = not is_too_few(metric, me)
    low, high = (me.low, me.high) if is_sure else (None, None)
    if is_sure and is_total(metric):
        low = high = me.value
    goal = target.target if target else None
    marks = [me.value, low, high, goal, *((half.low, half.high) if half else ())]
    known = [float(each) for each in marks if each is not None]
    left, right = axis_ends(known, metric.unit)
    if metric.better == Better.LOWER:
        left, right = right, left
    svg = range_bar(
        low=left,
        high=right,
        me=me.value,
        me_low=low,
        me_high=high,
        team_low=half.low if half else None,
        team_high=half.high if half else None,
        target=goal,
        title=_title(me, half, target if goal is not None else None, printed, low),
    )
    return Range(
        svg,
        printed.text(left, compact=True),
        printed.text(right, compact=True),
    )


def _title(
    me: Value,
    half: Half | None,
    target: Target | None,
    printed: Print,
    low: Decimal | None,
) -> str:
    parts = [printed.text(me.value)]
    if low is not None and me.low is not None and me.high is not None:
        parts.append(
            _("95 %% interval %(low)s to %(high)s")
            % {"low": printed.text(me.low), "high": printed.text(me.high)}
        )
    if half is not None:
        parts.append(
            _("middle half of the team %(low)s to %(high)s")
            % {"low": printed.text(half.low), "high": printed.text(half.high)}
        )
    if target is not None:
        parts.append(_("target %(aim)s") % {"aim": _aim(target, printed)})
    return "; ".join(parts)


def axis_ends(values: Sequence[float], unit: Unit) -> tuple[float, float]:
    """Return round numbers around values, with room at both ends.

    Shape: shares stay within 0 to 100, NPS within −100 to 100, all else above 0.
    Example: 73 to 94 in per cent is 60 to 100
    """
    low, high = min(values), max(values)
    span = max(high - low, abs(high) / 10, LEAST_SPAN.get(unit, 1.0))
    step = _step(span / 3, unit)
    left = step * math.floor((low - span / 10) / step)
    right = step * math.ceil((high + span / 10) / step)
    least = -100.0 if unit is Unit.POINTS else 0.0
    left = max(least, left)
    if unit in (Unit.PERCENT, Unit.POINTS):
        right = min(100.0, right)
    return left, max(right, left + step)


def _step(size: float, unit: Unit) -> float:
    """Return the next round number from a size up."""
    if unit is Unit.SECONDS:
        for step in CLOCK_STEPS:
            if step >= size:
                return float(step)
    power = 10.0 ** math.floor(math.log10(size))
    for factor in STEPS:
        if factor * power >= size:
            return factor * power
    return 10 * power
