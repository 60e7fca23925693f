"""Whether what a rule looks for holds: values in, a verdict out, no database.

Nobody can say of a value that is missing, too thin, not final or not trusted; such a
one is never taken for 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from crmkpi.lib.numbers import Unit
from metrics.alerts.kinds import Verdict
from metrics.alerts.models import AlertRule
from metrics.expressions import Amount
from metrics.metric import Metric
from metrics.noise import Limits, limits_of
from metrics.queries import Value

State, Side, Kind = AlertRule.State, AlertRule.Side, AlertRule.Kind

NO_DATA, FEW, EARLY, NO_BEFORE = "no_data", "few", "early", "no_before"
SHORT, LATE, GONE, NO_ROWS = "short", "late", "gone", "no_rows"


@dataclass(frozen=True)
class Found:
    """What a verdict rests on."""

    value: Value | None = None
    before: Value | None = None  # of the period before
    change: Decimal | None = None  # in per cent or in the unit of the metric
    is_above: bool | None = None
    limits: Limits | None = None
    is_run: bool = False  # a signal as one of a long row on one side of the mean
    last_day: int | None = None  # on which there were rows


def unknown(why: str, value: Value | None = None) -> Verdict:
    return Verdict(State.UNKNOWN, why, found=Found(value))


def reason_text(why: str) -> str:
    """Return in words why nobody can say. Empty: for no reason."""
    return {
        NO_DATA: _("There is no value for the last closed period."),
        FEW: _("The last closed period has too few rows to judge."),
        EARLY: _("The last period is not final yet."),
        NO_BEFORE: _("The period before has no value to compare with."),
        SHORT: _("Fewer than 8 closed periods have a value."),
        LATE: _("The data are late, so the last period may be incomplete."),
        GONE: _("The metric is gone."),
        NO_ROWS: _("There have never been rows."),
        "no_status": _("The key result has no status to judge yet."),
    }.get(why, "")


def least(rule: AlertRule, metric: Metric) -> int:
    """Return below how many rows a rule says nothing."""
    return metric.min_n if rule.min_n is None else max(rule.min_n, metric.min_n)


def doubt(value: Value | None, min_n: int) -> str:
    """Return why a value says nothing. Empty: for one that does."""
    if value is None or value.status in ("no_data", "error"):
        return NO_DATA
    if value.status == "immature":
        return EARLY
    if value.value is None:
        return NO_DATA
    if value.status == "low_n" or (value.n is not None and value.n < min_n):
        return FEW
    return ""


def grows(metric: Metric) -> bool:
    """Whether it counts things, so that an open period can only add to it."""
    expression = metric.expression
    return (
        isinstance(expression, Amount)
        and metric.unit is Unit.COUNT
        and all(count > 0 for _ref, count in expression.total.terms)
    )


def judge_value(
    rule: AlertRule, closed: Value | None, *, running: Value | None, min_n: int
) -> Verdict:
    """Return whether the value lies beyond the threshold.

    `running` is that of the open period, given only where it can but grow: it may
    already have passed the threshold and never is below it.

    Example: 71.2 % from 412 answers with "below 80" fires, from 12 nobody can say.
    """
    threshold = rule.threshold or Decimal(0)
    if running is not None and _has_passed(running, threshold, min_n):
        return Verdict(State.FIRING, found=Found(running))
    why = doubt(closed, min_n)
    if why or closed is None or closed.value is None:
        return unknown(why or NO_DATA, closed)
    is_above = rule.side == Side.ABOVE
    beyond = closed.value > threshold if is_above else closed.value < threshold
    return Verdict(State.FIRING if beyond else State.QUIET, found=Found(closed))


def _has_passed(running: Value, threshold: Decimal, min_n: int) -> bool:
    if doubt(running, min_n) or running.value is None:
        return False
    return running.value > threshold


def change_of(value: Decimal, before: Decimal, *, relative: bool) -> Decimal | None:
    """Return by how much a value differs from the one before.

    Empty: None for a share of 0.
    Example: 94 after 80 is 14 points or 17.5 per cent.
    """
    if not relative:
        return value - before
    return None if before == 0 else (value - before) / abs(before) * 100


def judge_change(
    rule: AlertRule, value: Value | None, before: Value | None, *, min_n: int
) -> Verdict:
    """Return whether a closed period differs from the one before by more than x."""
    why = doubt(value, min_n)
    if why or value is None or value.value is None:
        return unknown(why or NO_DATA, value)
    if doubt(before, min_n) or before is None or before.value is None:
        return unknown(NO_BEFORE, value)
    change = change_of(value.value, before.value, relative=rule.is_relative)
    if change is None:
        return unknown(NO_BEFORE, value)
    size = {
        Side.ABOVE: change,
        Side.BELOW: -change,
        Side.EITHER: abs(change),
    }[Side(rule.side)]
    fires = size > (rule.threshold or Decimal(0))
    return Verdict(
        State.FIRING if fires else State.QUIET,
        found=Found(value, before, change, is_above=change > 0),
    )


def judge_signal(values: Sequence[Value], *, min_n: int) -> Verdict:
    """Return whether the last of closed periods is a signal, as the trend tells it."""
    last = values[-1] if values else None
    why = doubt(last, min_n)
    if why or last is None:
        return unknown(why or NO_DATA, last)
    usable = [
        replace(each, status="low_n") if doubt(each, min_n) else each for each in values
    ]
    limits = limits_of(usable)
    if limits is None:
        return unknown(SHORT, last)
    at = len(values) - 1
    state = State.FIRING if limits.is_signal(at) else State.QUIET
    found = Found(
        last,
        is_above=limits.signals.get(at),
        limits=limits,
        is_run=at in limits.runs,
    )
    return Verdict(state, found=found)


def judge_rows(rule: AlertRule, last_day: int | None, *, today: int) -> Verdict:
    """Return whether so many whole days have passed without a row; today is open.

    Example: the last row came on Tuesday; on Friday two days have passed without.
    """
    if last_day is None:
        return unknown(NO_ROWS)
    missing = today - 1 - last_day
    fires = missing >= int(rule.threshold or 1)
    return Verdict(
        State.FIRING if fires else State.QUIET, found=Found(last_day=last_day)
    )
