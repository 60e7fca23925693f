"""A metric over consecutive periods: for the chart, its table and its file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from crmkpi.lib.numbers import HOUR, MINUTE, Unit
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics.figures import backing, day_text, text_of
from metrics.metric import Metric
from metrics.queries import Asked, Value, read_values
from metrics.scopes import Scope

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


# Between which values a unit lies; all others begin at 0.
ENDS: dict[Unit, tuple[float, float | None]] = {
    Unit.PERCENT: (0, 100),
    Unit.POINTS: (-100, 100),
}


@dataclass(frozen=True)
class Point:
    """One period of a trend."""

    period: Period
    label: str  # short, for an axis
    value: Value
    text: str
    backing: str


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
        low, high = _bounds(metric.unit, known)
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
                "texts": [
                    f"{point.text}, {point.backing}" if point.backing else point.text
                    for point in self.points
                ],
                "open_from": open_from,
                "min": low,
                "max": high,
            },
        )


def grain_beside(period: Period | None, asked: str) -> tuple[Grain, int]:
    """Return the grain and length of the trend: the one asked for, else what fits."""
    if asked in CHOICES:
        return CHOICES[asked]
    if period is None or period.grain is None:
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

    Queries: those of read_values.
    """
    grain, count = grain_beside(period, asked)
    last = today if period is None else min(period.end - 1, today)
    spans = [calendar.period(last, grain)]
    while len(spans) < count:
        spans.append(calendar.previous(spans[-1]))
    spans.reverse()
    wanted: list[Asked] = [(metric.key, scope.key, span) for span in spans]
    values = read_values(wanted, today=today, now=now)
    return Trend(
        grain,
        [
            Point(
                span,
                short_label(span),
                value,
                text_of(value.value, metric.unit, currency),
                backing(metric, value),
            )
            for span, value in zip(spans, values.values(), strict=True)
        ],
    )


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
