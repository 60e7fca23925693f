"""A metric over consecutive periods: for the chart, its table and its file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

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


@dataclass(frozen=True)
class Point:
    """One period of a trend."""

    period: Period
    label: str  # short, for an axis
    value: Value
    text: str
    backing: str


@dataclass(frozen=True)
class Trend:
    """The periods up to the one that is shown, oldest first."""

    grain: Grain
    points: list[Point]

    @property
    def has_values(self) -> bool:
        return any(point.value.has_value for point in self.points)

    def chart(self, metric: Metric) -> dict[str, Any]:
        """Return what charts.js draws. Empty: a missing value is a gap."""
        open_from = next(
            (at for at, each in enumerate(self.points) if each.value.is_partial), None
        )
        return {
            "name": str(metric.title),
            "labels": [point.label for point in self.points],
            "values": [
                None if point.value.value is None else float(point.value.value)
                for point in self.points
            ],
            "texts": [
                f"{point.text}, {point.backing}" if point.backing else point.text
                for point in self.points
            ],
            "open_from": open_from,
        }


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
