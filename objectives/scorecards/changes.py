"""Whether a value got better: goodness, never the sign, and not what may be chance."""

import math
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from crmkpi.lib.numbers import Unit, difference
from metrics.metric import Better, Metric
from objectives.models import KeyResult
from objectives.printing import Print

Direction = KeyResult.Direction

GOODNESS: dict[str, Better] = {  # of a direction; none where a range is kept
    Direction.INCREASE.value: Better.HIGHER,
    Direction.AT_LEAST.value: Better.HIGHER,
    Direction.DECREASE.value: Better.LOWER,
    Direction.AT_MOST.value: Better.LOWER,
}
RELATIVE = (Unit.COUNT, Unit.MONEY, Unit.MONEY_PER_DAY)


@dataclass(frozen=True)
class Measured:
    """A value with its 95 % interval, in the metric's unit."""

    value: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Change:
    """A difference as a page prints it."""

    text: str  # "−0.8 pts", "−9 %"
    word: str  # "better", "worse", "no real change"
    look: str  # "better", "worse" or ""


def measured(
    metric: Metric | None,
    value: Decimal,
    low: Decimal | None,
    high: Decimal | None,
    n: int | None,
) -> Measured:
    """Return a value with its interval.

    A mean whose spread is not known is taken to vary as much as its size, which times
    seldom do: the interval is too wide rather than too narrow.

    Example: a mean of 360 s over 144 calls is 360 ± 1.96 × 360 ÷ 12, 301.2 to 418.8.
    """
    is_mean = metric is not None and metric.additivity == "M"
    if low is not None or not is_mean or not n or n < 2:
        return Measured(value, low, high)
    reach = Decimal("1.96") * abs(value) / Decimal(n).sqrt()
    return Measured(value, max(Decimal(0), value - reach), value + reach)


def change(
    now: Measured, before: Measured, *, better: str, printed: Print
) -> Change | None:
    """Return how a value differs from that of another period.

    Where both have intervals, a difference whose own interval holds 0 is no real
    change. Totals have none: they are what they are.

    Empty: None when there is nothing to divide a change in per cent by.
    Example: 94.7 % after 95.5 %, higher being better, is "−0.8 pts, worse".
    """
    gap = now.value - before.value
    text = _text(gap, before.value, printed)
    if text is None:
        return None
    if not any(digit in text for digit in "123456789"):
        return Change(text, _("no change"), "")
    if _may_be_chance(now, before):
        return Change(text, _("no real change"), "")
    if better not in (Better.HIGHER, Better.LOWER):
        return Change(text, _("more") if gap > 0 else _("less"), "")
    if (gap > 0) == (better == Better.HIGHER):
        return Change(text, _("better"), "better")
    return Change(text, _("worse"), "worse")


def _text(gap: Decimal, before: Decimal, printed: Print) -> str | None:
    if printed.unit not in RELATIVE:
        return printed.change(gap)
    if before <= 0:
        return None
    return difference(100 * gap / before, printed.unit, relative=True)


def _may_be_chance(now: Measured, before: Measured) -> bool:
    """Whether the interval of the difference holds 0.

    Its ends are found from those of the two values (for shares that is Newcombe's
    method 10), so that lopsided intervals stay lopsided.
    """
    if None in (now.low, now.high, before.low, before.high):
        return False
    value, low, high = _floats(now)
    value_0, low_0, high_0 = _floats(before)
    gap = value - value_0
    least = gap - math.hypot(value - low, high_0 - value_0)
    most = gap + math.hypot(high - value, value_0 - low_0)
    return least <= 0 <= most


def _floats(measured: Measured) -> tuple[float, float, float]:
    value = float(measured.value)
    low, high = measured.low, measured.high
    return (
        value,
        value if low is None else float(low),
        value if high is None else float(high),
    )
