"""What the engine knows of key results: one batch of questions for any number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crmkpi.lib.periods import Calendar, Grain, Period
from metrics.catalog import METRICS
from metrics.metric import Metric
from metrics.pickers import COMPARISONS, compared_with, same_part
from metrics.queries import Asked, Value, read_values
from objectives.models import KeyResult, TargetVersion
from objectives.scoring.expected import DAYS_LEARNT

WEEKS_SEEN = 26  # closed weeks behind a forecast of a level


@dataclass(frozen=True)
class Span:
    """The days of a cycle as they stand on a local day."""

    start: int
    end: int  # half-open
    today: int
    is_stopped: bool = False  # closed by people before its end

    @property
    def closed_to(self) -> int:
        """Return the first day that has not closed, within the cycle."""
        return max(self.start, min(self.today, self.end))

    @property
    def has_closed_day(self) -> bool:
        return self.closed_to > self.start

    @property
    def has_begun(self) -> bool:
        return self.today >= self.start

    @property
    def is_over(self) -> bool:
        return self.is_stopped or self.today >= self.end


@dataclass(frozen=True)
class Figures:
    """The values of one key result.

    Empty: `closed` is None before the first day has closed, `now` before the cycle
    has begun.
    """

    closed: Value | None = None
    now: Value | None = None
    days: list[tuple[int, Value]] = field(default_factory=list)  # closed, in order
    last_year: list[tuple[int, Value]] = field(default_factory=list)
    weeks: list[tuple[Period, Value]] = field(default_factory=list)  # closed, in order
    compared: dict[str, Value] = field(default_factory=dict)  # by key of COMPARISONS


@dataclass(frozen=True)
class _Questions:
    closed: Period | None
    now: Period | None
    days: list[Period]
    last_year: list[Period]
    weeks: list[Period]
    compared: dict[str, Period]

    def all(self) -> list[Period]:
        ends = [each for each in (self.closed, self.now) if each is not None]
        others = self.compared.values()
        return [*ends, *self.days, *self.last_year, *self.weeks, *others]


def value_period(key_result: KeyResult, start: int, end: int) -> Period:
    """Return the days whose value counts at the close of the day before `end`."""
    window = key_result.window_days
    return Period(end - window if window else start, end)


def read_figures(
    asked: Iterable[tuple[KeyResult, Span, TargetVersion]],
    *,
    calendar: Calendar,
    today: int,
    now: datetime,
) -> dict[int, Figures]:
    """Return the figures of key results with a metric, by primary key.

    Queries: those of read_values, once for all.
    """
    questions = {
        key_result.pk: (
            key_result,
            _questions(key_result, span, version, calendar),
        )
        for key_result, span, version in asked
        if key_result.metric in METRICS
    }
    wanted: list[Asked] = [
        (key_result.metric, key_result.scope, period)
        for key_result, question in questions.values()
        for period in question.all()
    ]
    found = read_values(wanted, today=today, now=now) if wanted else {}
    return {
        pk: _figures(key_result, question, found)
        for pk, (key_result, question) in questions.items()
    }


def _questions(
    key_result: KeyResult, span: Span, version: TargetVersion, calendar: Calendar
) -> _Questions:
    metric, closed_to = METRICS[key_result.metric], span.closed_to
    days: list[Period] = []
    last_year: list[Period] = []
    if key_result.is_flow:
        days = _each_day(min(span.start, closed_to - DAYS_LEARNT), closed_to)
        if version.curve == TargetVersion.Curve.LAST_YEAR:
            before = calendar.same_last_year(Period(span.start, span.end))
            last_year = _each_day(before.start, before.end)
    elif is_share(metric) and not key_result.window_days:
        days = _each_day(span.start, closed_to)
    return _Questions(
        closed=(
            value_period(key_result, span.start, closed_to)
            if span.has_closed_day
            else None
        ),
        now=(
            value_period(key_result, span.start, min(span.today + 1, span.end))
            if span.has_begun
            else None
        ),
        days=days,
        last_year=last_year,
        weeks=[] if key_result.is_flow else _closed_weeks(key_result, span, calendar),
        compared=_compared(key_result, span, calendar),
    )


def _compared(
    key_result: KeyResult, span: Span, calendar: Calendar
) -> dict[str, Period]:
    """Return the days to compare the closed ones with: as many of another period.

    Example: of Q1 2026 closed to 12 February, 43 days, the 43 first days of Q4 2025.
    """
    if not span.has_closed_day:
        return {}
    cycle = _on_calendar(Period(span.start, span.end), calendar)
    found: dict[str, Period] = {}
    for name in COMPARISONS:
        part = same_part(
            compared_with(cycle, calendar, name), cycle, until=span.closed_to
        )
        if part is not None:
            found[name] = value_period(key_result, part.start, part.end)
    return found


def _on_calendar(period: Period, calendar: Calendar) -> Period:
    """Return the quarter, year, month or week that has these days, if one has."""
    for grain in (Grain.QUARTER, Grain.YEAR, Grain.MONTH, Grain.WEEK):
        known = calendar.period(period.start, grain)
        if known.start == period.start and known.end == period.end:
            return known
    return period


def is_share(metric: Metric) -> bool:
    """Whether the metric is a part of its cases, 0 to 100 percent."""
    is_ratio = type(metric.expression).__name__ == "Ratio"
    return is_ratio and metric.unit == "percent" and metric.below_unit == "count"


def _each_day(start: int, end: int) -> list[Period]:
    return [Period(day, day + 1) for day in range(start, end)]


def _closed_weeks(
    key_result: KeyResult, span: Span, calendar: Calendar
) -> list[Period]:
    """Return the last closed weeks, or what a trailing window saw at their ends."""
    first = span.closed_to - 7 * WEEKS_SEEN
    weeks = [
        week
        for week in calendar.periods(first, span.closed_to, Grain.WEEK)
        if first <= week.start and week.end <= span.closed_to
    ]
    window = key_result.window_days
    return [Period(week.end - window, week.end) for week in weeks] if window else weeks


def _figures(
    key_result: KeyResult, question: _Questions, found: Mapping[Asked, Value]
) -> Figures:
    def value(period: Period) -> Value:
        return found[key_result.metric, key_result.scope, period]

    return Figures(
        closed=None if question.closed is None else value(question.closed),
        now=None if question.now is None else value(question.now),
        days=[(day.start, value(day)) for day in question.days],
        last_year=[(day.start, value(day)) for day in question.last_year],
        weeks=[(week, value(week)) for week in question.weeks],
        compared={name: value(part) for name, part in question.compared.items()},
    )
