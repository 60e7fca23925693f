"""One key result as a scorecard shows it: its line, its weeks, its change, its end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crmkpi.lib.business_time import BusinessCalendar
from crmkpi.lib.numbers import Figure
from crmkpi.lib.periods import Calendar, Period
from metrics.catalog import METRICS
from metrics.metric import Metric
from metrics.queries import MONEY
from metrics.scopes import Scope
from metrics.why.earlier import Revised, revised_of
from objectives.aims import target_of
from objectives.lines import KeyResultLine
from objectives.models import Cycle, KeyResult
from objectives.printing import Print
from objectives.scorecards.changes import (
    GOODNESS,
    Change,
    Measured,
    change,
    measured,
)
from objectives.scorecards.history import last_weeks, read_weeks, spark
from objectives.scorecards.outlook import Outlook, outlook
from objectives.scoring import Curve, Direction, KrStatus, Target, is_paced
from objectives.scoring.rollup import CLOSED


@dataclass(frozen=True)
class Row:
    """One key result of a scorecard."""

    line: KeyResultLine
    now: Figure | None  # with today so far; None without a value
    under: str  # what it rests on, "38 of 44"; of a total the target, "of 630"
    outlook: Outlook
    spark: SafeString | None  # None for what has no weeks
    change: Change | None  # None where there is nothing to compare with
    note: str  # whose number it is and of which cycle, where that is not the page's
    revised: Revised | None  # the figure moved after the page's period had closed


@dataclass(frozen=True)
class Rows:
    """What makes lines into rows."""

    scope: Scope  # of the page
    period: Period
    comparison: str  # a key of metrics.pickers.COMPARISONS
    today: int
    calendar: Calendar
    business: BusinessCalendar
    currency: str

    def build(self, lines: Iterable[KeyResultLine]) -> list[Row]:
        """Return a row for each line, in their order. Queries: 1."""
        known = list(lines)
        series = [
            (each.key_result.metric, each.key_result.scope)
            for each in known
            if each.key_result.metric
        ]
        weeks = read_weeks(series, self.weeks, currency=self.currency)
        return [
            self._row(line, weeks.get((line.key_result.metric, line.key_result.scope)))
            for line in known
        ]

    @cached_property
    def weeks(self) -> list[Period]:
        """Return the last weeks of the period, the present one included."""
        return last_weeks(min(self.today, self.period.end - 1), self.calendar)

    def _row(self, line: KeyResultLine, weeks: list[Decimal | None] | None) -> Row:
        target = _target(line)
        cycle = line.key_result.objective.cycle
        return Row(
            line=line,
            now=self._now(line),
            under=self._under(line, target),
            outlook=outlook(
                line,
                target,
                printed=self._printed(line),
                left=self._left(cycle),
            ),
            spark=self._spark(line, target, weeks) if weeks else None,
            change=self._change(line),
            note=self._note(line),
            revised=self._revised(line.key_result),
        )

    def _printed(self, line: KeyResultLine) -> Print:
        return Print.of(line.key_result.metric, self.currency)

    def _now(self, line: KeyResultLine) -> Figure | None:
        found, printed = line.evaluation, self._printed(line)
        value = None
        if found is not None:
            is_over = KrStatus(line.status) in CLOSED
            value = found.value_closed if is_over else found.value_now
        if value is None:
            return None
        if printed.unit in MONEY:  # to the cent it would not fit
            return printed.figure(value, compact=True)
        return line.now

    def _under(self, line: KeyResultLine, target: Target) -> str:
        flow = line.key_result.is_flow
        if flow and is_paced(target.direction, flow=flow):
            goal = self._printed(line).text(target.target, compact=True)
            return _("of %(target)s") % {"target": goal}
        return line.under

    def _spark(
        self, line: KeyResultLine, target: Target, weeks: list[Decimal | None]
    ) -> SafeString:
        return spark(
            line.key_result.title,
            weeks,
            printed=self._printed(line),
            goal=_weekly_goal(line, target),
            is_open=self.today in self.weeks[-1],
            steps=_("last 13 weeks"),
        )

    def _change(self, line: KeyResultLine) -> Change | None:
        found = line.evaluation
        if found is None or found.value_closed is None or line.is_stale:
            return None
        metric = METRICS.get(line.key_result.metric)
        before = _measured(metric, found.compared.get(self.comparison, {}))
        if before is None:
            return None
        return change(
            measured(metric, found.value_closed, found.low, found.high, found.n),
            before,
            better=GOODNESS.get(line.key_result.direction, ""),
            printed=self._printed(line),
        )

    def _left(self, cycle: Cycle) -> Decimal | None:
        """Return how many business days are to come for each that has closed."""
        closed_to = max(cycle.start_day, min(self.today, cycle.end_day))
        closed = self.business.business_days(cycle.start_day, closed_to)
        left = self.business.business_days(closed_to, cycle.end_day)
        return Decimal(left) / closed if closed else None

    def _note(self, line: KeyResultLine) -> str:
        each = line.key_result
        parts = []
        if each.metric and each.scope != self.scope.key:
            parts.append(line.scope_label)
        if not self._is_of_period(each):
            parts.append(each.objective.cycle.name)
        return " · ".join(parts)

    def _revised(self, key_result: KeyResult) -> Revised | None:
        """Return whether the figure moved, where it is that of the whole period."""
        is_whole = self._is_of_period(key_result) and not key_result.window_days
        return revised_of(key_result) if is_whole else None

    def _is_of_period(self, key_result: KeyResult) -> bool:
        cycle = key_result.objective.cycle
        return (cycle.start_day, cycle.end_day) == (self.period.start, self.period.end)


def _target(line: KeyResultLine) -> Target:
    if line.version is None or line.key_result.is_milestone:
        return Target(Direction.MILESTONE)
    return target_of(line.key_result, line.version)


def _weekly_goal(line: KeyResultLine, target: Target) -> Decimal | None:
    """Return the value a week needs: of a total the part of the target due in a week.

    Example: 630 in 90 days is 49 a week.
    """
    if target.target is None or line.key_result.metric not in METRICS:
        return None
    if not line.key_result.is_flow:
        return target.target
    if target.curve != Curve.LINEAR:
        return None
    return target.target * 7 / line.key_result.objective.cycle.period.days


def _measured(metric: Metric | None, kept: Mapping[str, Any]) -> Measured | None:
    """Return a stored value to compare with; None when there was none."""
    value, low, high = (
        None if kept.get(name) is None else Decimal(kept[name])
        for name in ("value", "low", "high")
    )
    if value is None:
        return None
    return measured(metric, value, low, high, kept.get("n"))
