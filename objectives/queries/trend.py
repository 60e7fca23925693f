"""The trend of one key result: closed weeks, the open one, its target and forecast."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crmkpi.accounts.models import Organisation
from crmkpi.accounts.queries import get_calendar, today
from crmkpi.lib.numbers import HOUR, MINUTE, Unit
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics.queries import Value, read_values
from objectives.aims import target_of, version_in_force
from objectives.figures import value_period
from objectives.lines import KeyResultLine, chance_sentence
from objectives.models import Evaluation, KeyResult, TargetVersion
from objectives.printing import Print, chance_text, day_text
from objectives.scoring import Direction, Target, is_paced

WEEKS_BEFORE = 13


@dataclass(frozen=True)
class TrendRow:
    """One week in the table beside the trend."""

    last_day: int
    label: str
    is_open: bool
    part: str  # numerator, or what the week brought
    whole: str  # denominator
    value: str
    target: str
    expected: str


@dataclass(frozen=True)
class Trend:
    """The trend of a key result: for Chart.js, as a table and in words."""

    key_result: KeyResult
    spec: dict[str, Any]
    rows: list[TrendRow]
    headline: str
    detail: str
    axis_unit: str  # what the axis counts where its numbers are not those of texts
    has_parts: bool  # whether the table has numerators and denominators
    is_total: bool  # whether the line adds up over the cycle
    has_pace: bool
    has_forecast: bool

    @property
    def is_empty(self) -> bool:
        return all(value is None for value in self.spec["values"])


def trend(
    line: KeyResultLine,
    *,
    versions: Sequence[TargetVersion],
    organisation: Organisation,
    now: datetime,
) -> Trend:
    """Return the trend of a key result with a metric.

    A total is shown as it adds up through the cycle, all else week by week from 13
    weeks before the cycle on.

    Queries: those of read_values.
    """
    return _Builder(
        line.key_result,
        line.evaluation,
        list(versions),
        Print.of(line.key_result.metric, organisation.currency),
        get_calendar(organisation),
        today(now, organisation),
        now,
    ).build()


@dataclass(frozen=True)
class _Builder:
    key_result: KeyResult
    evaluation: Evaluation | None
    versions: list[TargetVersion]
    printed: Print
    calendar: Calendar
    today: int
    now: datetime

    def build(self) -> Trend:
        weeks = self._weeks()
        values = self._read(weeks)
        numbers = self._line(weeks, values)
        first_open = next(
            (at for at, week in enumerate(weeks) if week.end > self.today), len(weeks)
        )
        targets = [self._target_on(week) for week in weeks]
        pace = self._pace(weeks)
        fan = self._fan(weeks, numbers)
        spec: dict[str, Any] = {
            "name": self.key_result.title,
            "labels": [day_text(week.end - 1) for week in weeks],
            "values": [self._at(number) for number in numbers],
            "texts": [
                None if number is None else self.printed.text(number)
                for number in numbers
            ],
            "targets": [self._at(target) for target in targets],
            "target_label": self._target_label(),
            **self._side(),
        }
        if self.key_result.is_flow:
            spec["min"] = 0
        if first_open < len(weeks) and self.today < self.cycle.end:
            spec["open_from"] = first_open
        if pace:
            spec["pace"] = [self._at(number) for number in pace]
        if fan:
            spec |= fan
        if marks := self._marks(weeks):
            spec["marks"] = marks
        return Trend(
            key_result=self.key_result,
            spec=spec,
            rows=self._rows(weeks, values, numbers, targets, pace),
            headline=self._headline(),
            detail=self._detail(),
            axis_unit=self._axis[1],
            has_parts=self._has_parts(values),
            is_total=self.key_result.is_flow,
            has_pace=bool(pace),
            has_forecast=bool(fan),
        )

    @property
    def _axis(self) -> tuple[int, str]:
        """Return what the axis is divided by, and the unit that it then counts."""
        target = self._target(self.cycle.end - 1)
        size = None if target is None else target.target or target.high
        if self.printed.unit is not Unit.SECONDS or size is None or size < MINUTE:
            return 1, ""
        return (MINUTE, _("in minutes")) if size < HOUR else (HOUR, _("in hours"))

    def _at(self, number: Decimal | None) -> float | None:
        return None if number is None else float(number) / self._axis[0]

    @property
    def cycle(self) -> Period:
        return self.key_result.objective.cycle.period

    def _weeks(self) -> list[Period]:
        """Return the weeks shown; those of a total are cut to the cycle's days."""
        start, end = self.cycle.start, self.cycle.end
        if not self.key_result.is_flow:
            first = self.calendar.start_of(start, Grain.WEEK) - 7 * WEEKS_BEFORE
            return self.calendar.periods(first, end, Grain.WEEK)
        return [
            Period(max(week.start, start), min(week.end, end))
            for week in self.calendar.periods(start, end, Grain.WEEK)
        ]

    def _read(self, weeks: list[Period]) -> list[Value | None]:
        begun = [week for week in weeks if week.start <= self.today]
        asked = {week: self._asked(week) for week in begun}
        found = read_values(
            [
                (self.key_result.metric, self.key_result.scope, period)
                for period in asked.values()
            ],
            today=self.today,
            now=self.now,
        )
        scope, metric = self.key_result.scope, self.key_result.metric
        return [
            found[metric, scope, asked[week]] if week in asked else None
            for week in weeks
        ]

    def _asked(self, week: Period) -> Period:
        if not self.key_result.window_days:
            return week
        end = min(week.end, self.today + 1)
        return value_period(self.key_result, week.start, end)

    def _line(
        self, weeks: list[Period], values: list[Value | None]
    ) -> list[Decimal | None]:
        numbers = [None if value is None else value.value for value in values]
        if not self.key_result.is_flow:
            return numbers
        added, total = list[Decimal | None](), Decimal(0)
        for week, number in zip(weeks, numbers, strict=True):
            if week.start > self.today:
                added.append(None)
                continue
            total += number or 0
            added.append(total)
        has_any = any(number is not None for number in numbers)
        return added if has_any else [None] * len(numbers)

    # Target, expected path and forecast

    def _target(self, day: int) -> Target | None:
        version = version_in_force(self.versions, day)
        return None if version is None else target_of(self.key_result, version)

    def _target_on(self, week: Period) -> Decimal | None:
        last = min(week.end, self.cycle.end) - 1
        if last < self.cycle.start or (target := self._target(last)) is None:
            return None
        return target.low if target.direction is Direction.RANGE else target.target

    def _target_label(self) -> str:
        target = self._target(self.cycle.end - 1)
        if target is None:
            return ""
        if target.direction is Direction.RANGE:
            return _("From %(value)s") % {"value": self.printed.text(target.low)}
        return _("Target %(value)s") % {"value": self.printed.text(target.target)}

    def _side(self) -> dict[str, str]:
        """Return on which side of the target it is met; of a range on neither."""
        target = self._target(self.cycle.end - 1)
        if target is None or target.direction is Direction.RANGE:
            return {}
        is_up = target.direction in (Direction.INCREASE, Direction.AT_LEAST)
        return {"target_side": "above" if is_up else "below"}

    def _pace(self, weeks: list[Period]) -> list[Decimal | None]:
        """Return the straight path from the start to the target in force."""
        target = self._target(min(self.today, self.cycle.end - 1))
        flow = self.key_result.is_flow
        if target is None or not is_paced(target.direction, flow=flow):
            return []
        goal, start = target.target, target.baseline or Decimal(0)
        if goal is None:
            return []
        found: list[Decimal | None] = []
        for week in weeks:
            gone = min(week.end, self.cycle.end) - self.cycle.start
            share = Decimal(gone) / self.cycle.days
            found.append(start + (goal - start) * share if gone > 0 else None)
        return found

    def _fan(
        self, weeks: list[Period], numbers: list[Decimal | None]
    ) -> dict[str, list[float | None]]:
        """Return the way from the value so far to the forecast of the end."""
        found = self.evaluation
        if found is None or found.forecast is None or found.value_closed is None:
            return {}
        last = max(
            (at for at, week in enumerate(weeks) if week.start < found.closed_to),
            default=0,
        )
        steps = len(weeks) - 1 - last
        if steps < 1:
            return {}
        scale = self._axis[0]
        start = float(found.value_closed) / scale

        def way(end: Decimal | None, power: float) -> list[float | None]:
            middle = float(found.forecast or 0) / scale
            shares = [step / steps for step in range(steps + 1)]
            tip = float(end or 0) / scale - middle
            return [None] * last + [
                start + (middle - start) * share + tip * math.pow(share, power)
                for share in shares
            ]

        return {
            "mid": way(found.forecast, 1),
            "low80": way(found.forecast_low, 0.5),
            "high80": way(found.forecast_high, 0.5),
            "low50": way(found.forecast_low_50, 0.5),
            "high50": way(found.forecast_high_50, 0.5),
        }

    def _marks(self, weeks: list[Period]) -> list[dict[str, Any]]:
        """Return the days on which the target changed."""
        found = []
        for version in self.versions[1:]:
            at = next(
                (at for at, week in enumerate(weeks) if version.effective_day in week),
                None,
            )
            if at is not None:
                label = _("Target changed, %(day)s") % {
                    "day": day_text(version.effective_day)
                }
                found.append({"at": at, "label": label})
        return found

    # Words and table

    def _headline(self) -> str:
        found = self.evaluation
        if found is None or found.reach is None:
            return ""
        return _("%(chance)s to reach the target: %(number)s.") % {
            "chance": chance_sentence(found),
            "number": chance_text(found.reach),
        }

    def _detail(self) -> str:
        found = self.evaluation
        if found is None:
            return ""
        if found.forecast is None:
            if found.status in ("met", "partly", "missed", "no_result", "cancelled"):
                return ""
            return _("No forecast yet: it needs eight closed periods with data.")
        text = _("At the present pace it ends near %(value)s (%(low)s to %(high)s).")
        words = text % {
            "value": self.printed.text(found.forecast),
            "low": self.printed.text(found.forecast_low),
            "high": self.printed.text(found.forecast_high),
        }
        return f"{words} {_('Rough: few days so far.')}" if found.is_rough else words

    def _has_parts(self, values: list[Value | None]) -> bool:
        return not self.key_result.is_flow and any(
            value is not None and value.denominator is not None for value in values
        )

    def _rows(
        self,
        weeks: list[Period],
        values: list[Value | None],
        numbers: list[Decimal | None],
        targets: list[Decimal | None],
        pace: list[Decimal | None],
    ) -> list[TrendRow]:
        found = []
        for at, (week, value) in enumerate(zip(weeks, values, strict=True)):
            if value is None:
                continue
            found.append(
                TrendRow(
                    last_day=week.end - 1,
                    label=day_text(week.end - 1, year=True),
                    is_open=week.end > self.today,
                    part=self._part(value),
                    whole=_plain(value.denominator),
                    value=self._text(numbers[at]),
                    target=self._text(targets[at]),
                    expected=self._text(pace[at]) if pace else "",
                )
            )
        return found[::-1]

    def _part(self, value: Value) -> str:
        if self.key_result.is_flow:
            return self._text(value.value)
        return _plain(value.numerator)

    def _text(self, number: Decimal | None) -> str:
        return "–" if number is None else self.printed.text(number)


def _plain(number: Decimal | None) -> str:
    return "–" if number is None else f"{number:,.0f}".replace("-", "−")
