"""From figures and a target to the judgement of one key result; no database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from crmkpi.lib.business_time import BusinessCalendar
from crmkpi.lib.periods import from_day
from metrics.catalog import METRICS
from metrics.metric import Metric
from metrics.queries import Value
from objectives import scoring
from objectives.figures import Figures, Span, is_share
from objectives.models import KeyResult
from objectives.scoring import Direction, Forecast, KrStatus, Target
from objectives.scoring.expected import MONDAY_TO_FRIDAY
from objectives.scoring.targets import HOLDS, ONE, ZERO


@dataclass(frozen=True)
class Judgement:
    """What the numbers say of a key result; values in the metric's unit."""

    status: KrStatus
    value_now: Decimal | None = None
    closed: Value | None = None
    value: Decimal | None = None
    progress: Decimal | None = None
    expected: Decimal | None = None
    expected_value: Decimal | None = None
    pace: Decimal | None = None
    forecast: Forecast | None = None
    weeks: int = 0
    weeks_in_band: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Working:
    """The days on which something is expected to happen."""

    business: BusinessCalendar

    def is_working(self, day: int) -> bool:
        return self.business.is_business_day(day)

    @cached_property
    def profile(self) -> tuple[Decimal, ...]:
        """Return 1 for each weekday with opening hours, Monday first."""
        found = tuple(ONE if hours else ZERO for hours in self.business.hours)
        return found if any(found) else MONDAY_TO_FRIDAY


def judge_milestones(
    milestones: Sequence[scoring.Milestone], target: Target, span: Span
) -> Judgement:
    """Return the judgement of a key result that consists of milestones."""
    done = scoring.milestone_progress(milestones)
    expected = scoring.expected_milestones(milestones, span.closed_to)
    status = scoring.status(
        target=target,
        progress=done,
        expected=expected,
        n=None,
        min_n=0,
        flow=False,
        stale=False,
        closed=span.is_over,
        reach=None,
        has_data=done is not None,
    )
    return Judgement(
        status=status,
        value_now=done,
        value=done,
        progress=done,
        expected=expected,
        pace=scoring.judged_pace(target, progress=done, expected=expected),
        reason="" if done is not None else _("There are no milestones yet."),
    )


def judge(
    key_result: KeyResult,
    target: Target,
    figures: Figures,
    span: Span,
    working: Working,
    *,
    stale: bool = False,
) -> Judgement:
    """Return the judgement of a key result with a metric.

    Time: value_now runs to now, all else to the end of the last closed day.
    """
    return _Judge(key_result, target, figures, span, working, stale).run()


@dataclass(frozen=True)
class _Judge:
    key_result: KeyResult
    target: Target
    figures: Figures
    span: Span
    working: Working
    stale: bool

    @cached_property
    def metric(self) -> Metric:
        return METRICS[self.key_result.metric]

    @property
    def flow(self) -> bool:
        return self.key_result.is_flow

    def run(self) -> Judgement:
        closed, now = self.figures.closed, self.figures.now
        value_now = None if now is None else now.value
        if closed is None:
            return Judgement(
                KrStatus.TOO_EARLY, value_now=value_now, reason=self._not_begun()
            )
        if closed.value is None:
            status = KrStatus.NO_RESULT if self.span.is_over else KrStatus.NO_DATA
            return Judgement(
                status, value_now=value_now, closed=closed, reason=closed.reason
            )
        progress = scoring.progress(self.target, closed.value, flow=self.flow)
        expected = self._expected()
        forecast = None if self.span.is_over or self.stale else self._forecast(closed)
        weeks = self._weeks_of_cycle()
        return Judgement(
            status=self._status(closed, progress, expected, forecast),
            value_now=value_now,
            closed=closed,
            value=closed.value,
            progress=progress,
            expected=expected,
            expected_value=self._expected_value(expected),
            pace=scoring.judged_pace(
                self.target, progress=progress, expected=expected, flow=self.flow
            ),
            forecast=forecast,
            weeks=len(weeks),
            weeks_in_band=sum(map(self._is_in_band, weeks)),
            reason=_("No news from the source.") if self.stale else "",
        )

    def _not_begun(self) -> str:
        if not self.span.has_begun:
            return _("The cycle begins on %(day)s.") % {
                "day": date_format(from_day(self.span.start), "j M Y")
            }
        return _("No day of the cycle has closed yet.")

    def _status(
        self,
        closed: Value,
        progress: Decimal | None,
        expected: Decimal | None,
        forecast: Forecast | None,
    ) -> KrStatus:
        # A total is not a sample: nothing about it is uncertain for being small.
        is_sample = self.metric.additivity not in ("A", "S")
        return scoring.status(
            target=self.target,
            progress=progress,
            expected=expected,
            n=closed.n if is_sample else None,
            min_n=self.metric.min_n,
            flow=self.flow,
            stale=self.stale,
            closed=self.span.is_over,
            reach=None if forecast is None else forecast.reach,
            has_data=True,
            value=closed.value,
        )

    # What is expected by now

    def _expected(self) -> Decimal | None:
        return scoring.expected_share(
            self.target,
            start=self.span.start,
            end=self.span.end,
            closed_to=self.span.closed_to,
            flow=self.flow,
            business_days=self._business_days() if self.flow else None,
            last_year=[value.value or ZERO for _day, value in self.figures.last_year],
        )

    def _expected_value(self, expected: Decimal | None) -> Decimal | None:
        if not scoring.is_paced(self.target.direction, flow=self.flow):
            return None
        return scoring.expected_value(self.target, expected)

    def _business_days(self) -> tuple[Decimal, Decimal]:
        """Return the weighted business days of the cycle, and those that closed."""
        span, profile = self.span, self._profile
        holidays = self.working.business.holidays

        def weight(start: int, end: int) -> Decimal:
            return scoring.weighted_days(start, end, profile=profile, holidays=holidays)

        return weight(span.start, span.end), weight(span.start, span.closed_to)

    @cached_property
    def _profile(self) -> tuple[Decimal, ...]:
        """Return how much each weekday counts: learnt, else by the opening hours."""
        known = [
            (day, each.value)
            for day, each in self.figures.days
            if each.value is not None
        ]
        if not self.flow or not known:
            return self.working.profile
        learnt = scoring.weekday_profile(
            [value for _day, value in known],
            first_day=known[0][0],
            holidays=self.working.business.holidays,
        )
        return self.working.profile if learnt is MONDAY_TO_FRIDAY else learnt

    # Where it is likely to end

    def _forecast(self, closed: Value) -> Forecast | None:
        if self.flow:
            return self._forecast_flow(closed)
        if self.key_result.window_days or self.metric.is_state:
            return scoring.forecast_level(
                self._week_values(), self._weeks_left(), self.target
            )
        if is_share(self.metric):
            return self._forecast_share(closed)
        if self.metric.additivity in ("R", "M"):
            return self._forecast_mean()
        return None  # of cohorts and of what is calculated from other metrics

    def _forecast_flow(self, closed: Value) -> Forecast | None:
        """Return the run-rate; what came on a day off counts with the day before."""
        amounts: list[Decimal] = []
        early = ZERO
        for day, each in self.figures.days:
            if day < self.span.start:
                continue
            amount = each.value or ZERO
            if self._weight(day):
                amounts.append(amount + early)
                early = ZERO
            elif amounts:
                amounts[-1] += amount
            else:
                early += amount
        left = sum(
            1 for day in range(self.span.closed_to, self.span.end) if self._weight(day)
        )
        return scoring.forecast_flow(closed.value or ZERO, amounts, left, self.target)

    def _weight(self, day: int) -> Decimal:
        if day in self.working.business.holidays:
            return ZERO
        return self._profile[from_day(day).weekday()]

    def _forecast_share(self, closed: Value) -> Forecast | None:
        total, elapsed = self._business_days()
        cases = int(closed.denominator or 0)
        if not elapsed or not cases:
            return None
        days = [
            (int(each.numerator or 0), int(each.denominator or 0))
            for _day, each in self.figures.days
        ]
        if any(not 0 <= part <= whole for part, whole in days):
            return None
        remaining = round(cases * (total - elapsed) / elapsed)
        return scoring.forecast_ratio(days, remaining, self.target, scale=100)

    def _forecast_mean(self) -> Forecast | None:
        """Return the mean at the end when the rest runs at the level of late weeks.

        The part that has been fixes a share of the result, so the forecast is of the
        rest alone, against what the rest must reach.
        """
        closed = self.figures.closed
        total, elapsed = self._business_days()
        if closed is None or closed.value is None or not 0 < elapsed < total:
            return None
        fixed = elapsed / total
        rest = _rest_target(self.target, closed.value, fixed)
        ahead = scoring.forecast_level(self._week_values(), self._weeks_left(), rest)
        if ahead is None:
            return None
        return _mapped(
            ahead,
            lambda x: float(fixed * (closed.value or ZERO)) + float(1 - fixed) * x,
        )

    def _week_values(self) -> list[Decimal]:
        return [
            each.value for _week, each in self.figures.weeks if each.value is not None
        ]

    def _weeks_left(self) -> int:
        return -(-(self.span.end - self.span.closed_to) // 7)

    # How a hold has been kept

    def _weeks_of_cycle(self) -> list[Decimal]:
        if self.target.direction not in HOLDS or self.flow:
            return []
        return [
            each.value
            for week, each in self.figures.weeks
            if each.value is not None and week.start >= self.span.start
        ]

    def _is_in_band(self, value: Decimal) -> bool:
        return scoring.progress(self.target, value) == ONE


def _rest_target(target: Target, value: Decimal, fixed: Decimal) -> Target:
    """Return what the rest must reach for the whole to end on target.

    Example: at least 90 with 80 in the first half: the second half needs 100.
    """

    def needed(whole: Decimal | None) -> Decimal | None:
        return None if whole is None else (whole - fixed * value) / (1 - fixed)

    if target.direction is Direction.RANGE:
        return replace(target, low=needed(target.low), high=needed(target.high))
    goal, start = target.target, target.baseline
    is_up = target.direction is Direction.AT_LEAST or (
        start is not None and goal is not None and goal > start
    )
    direction = Direction.AT_LEAST if is_up else Direction.AT_MOST
    return Target(direction, target=needed(goal))


def _mapped(forecast: Forecast, change: Callable[[float], float]) -> Forecast:
    return replace(
        forecast,
        value=change(forecast.value),
        low=change(forecast.low),
        high=change(forecast.high),
        low_50=change(forecast.low_50),
        high_50=change(forecast.high_50),
    )
