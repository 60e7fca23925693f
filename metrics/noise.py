"""Which points of a trend are a signal, and which only the usual ups and downs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.lib.numbers import Unit
from crmkpi.lib.statistics import xmr
from metrics.queries import Value

FEWEST = 8  # closed periods below which nothing is called usual
ENDS: dict[Unit, tuple[float, float | None]] = {  # between which values a unit lies
    Unit.PERCENT: (0, 100),
    Unit.POINTS: (-100, 100),
}
FROM_NOTHING = (Unit.COUNT, Unit.SECONDS, Unit.DAYS)  # unless it has been below 0


@dataclass(frozen=True)
class Limits:
    """Between which values a series moves without anything having changed."""

    low: float  # in the unit of the values
    mean: float
    high: float
    signals: dict[int, bool]  # position in the series: whether it lies above the mean
    runs: frozenset[int] = frozenset()  # those within the limits, one of a long row

    def is_signal(self, position: int) -> bool:
        return position in self.signals


def limits_of(values: Sequence[Value]) -> Limits | None:
    """Return the natural limits of a series and its signals.

    Only closed periods with enough rows count: an open or thin one says nothing yet. A
    signal is a point beyond the limits, or the eighth in a row on one side.

    Empty: None below 8 such periods.

    Source: XmR limits, mean ± 2.66 × mean moving range (`crmkpi.lib.statistics.xmr`).

    Example: 86 88 85 87 89 86 88 84 87 86 moves between 80.10 and 93.10: no signal.
    """
    usable = [
        (position, float(value.value))
        for position, value in enumerate(values)
        if value.value is not None and value.status == "ok" and not value.is_partial
    ]
    if len(usable) < FEWEST:
        return None
    found = xmr([number for _position, number in usable])
    if found is None:
        return None
    lowest, highest = ENDS.get(values[0].unit, (None, None))
    never_negative = min(number for _position, number in usable) >= 0
    if never_negative and values[0].unit in FROM_NOTHING:
        lowest = 0
    low = found.low if lowest is None else max(found.low, lowest)
    high = found.high if highest is None else min(found.high, highest)
    signals = {
        usable[index][0]: usable[index][1] > found.mean for index in found.signals
    }
    numbers = dict(usable)
    within = frozenset(at for at in signals if found.low <= numbers[at] <= found.high)
    return Limits(low, found.mean, high, signals, within)


def limits_text(limits: Limits, low: str, high: str, labels: Sequence[str]) -> str:
    """Say in words what the limits tell; `labels` name the periods.

    Example: "Between 80.1 % and 93.1 % it only goes up and down as usual. One signal:
    16 Nov, above."
    """
    usual = _("Between %(low)s and %(high)s it only goes up and down as usual.")
    said = usual % {"low": low, "high": high}
    if not limits.signals:
        return f"{said} {_('No signal.')}"
    named = ", ".join(
        _signal_text(limits, position, labels[position])
        for position in sorted(limits.signals)
    )
    count = len(limits.signals)
    signals = ngettext("One signal: %(named)s.", "Signals: %(named)s.", count)
    return f"{said} {signals % {'named': named}}"


def _signal_text(limits: Limits, position: int, label: str) -> str:
    """Return where a signal lies, and why it is one if it lies within the limits."""
    is_above, is_run = limits.signals[position], position in limits.runs
    if is_run and is_above:
        return _("%(period)s, 8 or more above the mean in a row") % {"period": label}
    if is_run:
        return _("%(period)s, 8 or more below the mean in a row") % {"period": label}
    if is_above:
        return _("%(period)s, above") % {"period": label}
    return _("%(period)s, below") % {"period": label}
