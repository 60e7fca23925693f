"""Which days a value covers: the window of a metric within what was asked for."""

from crmkpi.lib.periods import UNDATED, Calendar, Grain, Period
from metrics.expressions import Span
from metrics.metric import Metric

BEGINNING = UNDATED  # the start of a window that takes everything before its end
GRAINS = (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK)


def days_of(metric: Metric, start: int, end: int, as_of: int) -> tuple[int, int]:
    """Return the days [start, end) that a metric takes of those asked for.

    A metric with a trailing window takes that many days up to the end, whatever the
    start; nothing after the day `as_of` counts.
    """
    last = min(end, as_of + 1)
    return (last - metric.trailing if metric.trailing else start), last


def span_of(
    metric: Metric, start: int, end: int, *, as_of: int, calendar: Calendar
) -> Span:
    """Return the days of a metric with those of the period it follows.

    The period before is the calendar's when the days asked for are one of its periods,
    else as many days; of an open period only the part that has elapsed is compared.

    Empty: all rows (from the beginning) follow nothing: the days before are none.

    Example: May 2026 read on 10 May is 1 to 10 May, and before it 1 to 10 April.
    """
    first, last = days_of(metric, start, end, as_of)
    if first == BEGINNING:
        return Span(first, last, first, first)
    if metric.trailing:
        return Span(first, last, first - metric.trailing, first)
    before = calendar.previous(calendar_period(start, end, calendar))
    if last >= end:
        return Span(first, last, before.start, before.end)
    elapsed = max(last - first, 0)
    return Span(first, last, before.start, min(before.start + elapsed, before.end))


def calendar_period(start: int, end: int, calendar: Calendar) -> Period:
    """Return the calendar's period of these days, else a free range."""
    for grain in GRAINS:
        period = calendar.period(start, grain)
        if (period.start, period.end) == (start, end):
            return period
    return Period(start, max(end, start + 1))
