"""What is asked of the engine, and what all that is asked at once shares."""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from crmkpi.lib.periods import UNDATED, Calendar
from metrics.engine.firsts import Days
from metrics.engine.spans import BEGINNING, days_of
from metrics.metric import Metric
from metrics.scopes import ScopeKey


class Request(NamedTuple):
    """One value that is asked for: a metric of a scope over days [start, end)."""

    metric: str
    scope: ScopeKey
    start: int  # BEGINNING takes all rows, those without a known day too
    end: int


@dataclass(frozen=True)
class Setting:
    """What holds for all requests of one computation."""

    as_of: int  # the last day whose rows count
    stats: bool  # whether the readings beside the values are wanted
    calendar: Calendar
    firsts: Days  # the first day with rows of each axis

    def days(self, request: Request, metric: Metric) -> tuple[int, int, int]:
        """Return the start and the ends of the window of mature rows and of all."""
        start, end = days_of(metric, request.start, request.end, self.as_of)
        return start, min(end, self.as_of + 1 - metric.matures_after), end

    def end(self, request: Request) -> int:
        """Return the day after the last one that counts."""
        return min(request.end, self.as_of + 1)

    def first_dated(self, metric: Metric) -> int | None:
        """Return the first known day with any row of a metric."""
        firsts = (self.firsts[axis] for axis in metric.axes)
        dated = [each for each in firsts if each is not None and each != UNDATED]
        return min(dated, default=None)

    def no_rows_yet(self, request: Request, metric: Metric) -> str:
        """Say why a count would be a guess: nothing imported, or not so far back."""
        if all(self.firsts[axis] is None for axis in metric.axes):
            return _("No rows of this kind have arrived yet.")
        _start, _mature, end = self.days(request, metric)
        if request.start != BEGINNING and end <= min(request.start, request.end):
            return _("The period has not begun.")
        first = self.first_dated(metric)
        if request.start != BEGINNING and first is not None and end <= first:
            return _("The first row of this kind is later.")
        return ""
