"""A metric over consecutive periods: for the chart, its table and its file."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crmkpi.lib.numbers import HOUR, MINUTE, Unit
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics.figures import backing, day_text, text_of
from metrics.metric import Metric
from metrics.noise import ENDS, Limits, limits_of, limits_text
from metrics.queries import Asked, Value, read_values
from metrics.scopes import Scope
from metrics.why.earlier import Revised, revised

# The grain of the trend beside a period of another grain, and how many of them.
BESIDE = {
    Grain.DAY: (Grain.DAY, 28),
    Grain.WEEK: (Grain.WEEK, 13),
    Grain.MONTH: (Grain.WEEK, 13),
    Grain.QUARTER: (Grain.WEEK, 13),
    Grain.YEAR: (Grain.MONTH, 13),
}
CHOICES = {
    "day": (Grain.DAY, 28),
    "week": (Grain.WEEK, 13),
    "month": (Grain.MONTH, 13),
    "quarter": (Grain.QUARTER, 9),
}


@dataclass(frozen=True)
class Point:
    """One period of a trend."""

    period: Period
    label: str  # short, for an axis
    value: Value
    text: str
    backing: str
    revised: Revised | None = None  # it moved after the period was closed


@dataclass(frozen=True)
class Chart:
    """What charts.js draws, and in what its axis counts."""

    unit: str
    spec: dict[str, Any]


@dataclass(frozen=True)
class Trend:
    """The periods up to the one that is shown, oldest first."""

    grain: Grain
    points: list[Point]
    limits: Limits | None = None  # None: too few closed periods
    limits_text: str = ""

    @property
    def has_values(self) -> bool:
        return any(point.value.has_value for point in self.points)

    def chart(self, metric: Metric, currency: str) -> Chart:
        """Return what is drawn of the trend. Empty: a missing value is a gap."""
        values = [
            None if point.value.value is None else float(point.value.value)
            for point in self.points
        ]
        known = [value for value in values if value is not None]
        divisor, unit = _axis_unit(metric.unit, max(known, default=0.0), currency)
        low, high = _bounds(metric.unit, [*known, *self._usual])
        open_from = next(
            (at for at, each in enumerate(self.points) if each.value.is_partial), None
        )
        return Chart(
            unit,
            {
                "name": str(metric.title),
                "labels": [point.label for point in self.points],
                "values": [
                    None if value is None else value / divisor for value in values
                ],
                "texts": [_point_text(point) for point in self.points],
                "open_from": open_from,
                "min": low,
                "max": high,
            }
            | self._noise(divisor),
        )

    @property
    def _usual(self) -> list[float]:
        """Return the ends of the band of the usual ups and downs, if there is one."""
        return [self.limits.low, self.limits.high] if self.limits else []

    def _noise(self, divisor: float) -> dict[str, Any]:
        """Return the band of the usual ups and downs and what lies outside it."""
        if self.limits is None:
            return {}
        count = len(self.points)
        return {
            "noise_low": [self.limits.low / divisor] * count,
            "noise_high": [self.limits.high / divisor] * count,
            "signals": sorted(self.limits.signals),
        }


def _point_text(point: Point) -> str:
    """Return what is said of a point: "94.7 %, 1,240 of 1,310, revised"."""
    mark = _("revised") if point.revised else ""
    return ", ".join(filter(None, (point.text, point.backing, mark)))


def grain_beside(
    period: Period | None, asked: str, metric: Metric
) -> tuple[Grain, int]:
    """Return the grain and length of the trend: the one asked for, else what fits.

    What looks back over a year hardly moves from week to week: months tell it.
    """
    if asked in CHOICES:
        return CHOICES[asked]
    if period is None or period.grain is None or metric.trailing:
        return CHOICES["month"]
    return BESIDE[period.grain]


def trend(
    metric: Metric,
    *,
    scope: Scope,
    period: Period | None,
    asked: str = "",
    calendar: Calendar,
    currency: str,
    today: int,
    now: datetime,
) -> Trend:
    """Return the trend that ends with a period, or today while it is open.

    Queries: those of read_values and 1.
    """
    grain, count = grain_beside(period, asked, metric)
    last = today if period is None else min(period.end - 1, today)
    spans = [calendar.period(last, grain)]
    while len(spans) < count:
        spans.append(calendar.previous(spans[-1]))
    spans.reverse()
    wanted: list[Asked] = [(metric.key, scope.key, span) for span in spans]
    values = read_values(wanted, today=today, now=now)
    moved = revised(wanted)
    points = [
        Point(
            span,
            short_label(span),
            value,
            text_of(value.value, metric.unit, currency),
            backing(metric, value),
            moved.get((metric.key, scope.key, span)),
        )
        for span, value in zip(spans, values.values(), strict=True)
    ]
    limits = limits_of([point.value for point in points])
    return Trend(grain, points, limits, _in_words(limits, metric, points, currency))


def _in_words(
    limits: Limits | None, metric: Metric, points: list[Point], currency: str
) -> str:
    if limits is None:
        return ""
    low, high = (
        text_of(Decimal(str(end)), metric.unit, currency)
        for end in (limits.low, limits.high)
    )
    return limits_text(limits, low, high, [point.label for point in points])


def _axis_unit(unit: Unit, largest: float, currency: str) -> tuple[float, str]:
    """Return by what values are divided for the axis, and what that is called."""
    if unit is Unit.SECONDS:
        if largest < 2 * MINUTE:
            return 1, _("in seconds")
        if largest < 2 * HOUR:
            return MINUTE, _("in minutes")
        return HOUR, _("in hours")
    names = {
        Unit.PERCENT: _("in per cent"),
        Unit.POINTS: _("in points"),
        Unit.DAYS: _("in days"),
        Unit.MONEY: _("in %(currency)s") % {"currency": currency},
        Unit.MONEY_PER_DAY: _("in %(currency)s a day") % {"currency": currency},
    }
    return 1, names.get(unit, "")


def _bounds(unit: Unit, values: list[float]) -> tuple[float | None, float | None]:
    """Return where the axis must end, where room around the line would pass it.

    Example: rates of 60 and 100 per cent end at 100, and start where they like.
    """
    if not values:
        return None, None
    room = (max(values) - min(values)) / 10
    lowest, highest = ENDS.get(unit, (0.0, None))
    low = lowest if min(values) >= lowest > min(values) - room else None
    if highest is None or max(values) + room <= highest:
        return low, None
    return low, highest


def short_label(period: Period) -> str:
    """Return the name of a period for an axis: "13 Feb", "Q1 2026"."""
    if period.grain in (Grain.DAY, Grain.WEEK):
        return day_text(period.start)
    return period.label


def grain_name(grain: Grain) -> str:
    return {
        Grain.DAY: _("Days"),
        Grain.WEEK: _("Weeks"),
        Grain.MONTH: _("Months"),
        Grain.QUARTER: _("Quarters"),
    }[grain]
