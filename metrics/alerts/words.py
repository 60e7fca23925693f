"""Rules on metrics and their news in words, in the active language."""

from decimal import Decimal

from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.lib.numbers import Unit, difference
from crmkpi.lib.periods import Grain, from_day
from metrics.alerts.judging import Found
from metrics.alerts.models import AlertRule
from metrics.fields import write_value
from metrics.figures import backing, figure_of, text_of
from metrics.metric import Metric
from metrics.noise import Limits
from metrics.queries import MONEY, minor

Kind, Side = AlertRule.Kind, AlertRule.Side


def each_text(grain: int) -> str:
    return {
        Grain.DAY: _("each day"),
        Grain.WEEK: _("each week"),
        Grain.MONTH: _("each month"),
        Grain.QUARTER: _("each quarter"),
    }.get(Grain(grain), "")


def limit_text(rule: AlertRule, metric: Metric, currency: str) -> str:
    """Return what a rule holds the figure against, without its rhythm.

    Example: "below 80 %", "more than 5 % up", "no rows for 3 days".
    """
    if rule.kind == Kind.SIGNAL:
        return _("more than the usual ups and downs")
    if rule.kind == Kind.FRESHNESS:
        days = int(rule.threshold or 1)
        return ngettext(
            "no rows for %(days)d day", "no rows for %(days)d days", days
        ) % {"days": days}
    if rule.kind == Kind.VALUE:
        limit = exact_text(rule.threshold or Decimal(0), metric.unit, currency)
        words = (
            _("above %(limit)s") if rule.side == Side.ABOVE else _("below %(limit)s")
        )
        return words % {"limit": limit}
    words = {
        Side.ABOVE: _("up by more than %(size)s"),
        Side.BELOW: _("down by more than %(size)s"),
        Side.EITHER: _("changed by more than %(size)s"),
    }[Side(rule.side)]
    return words % {"size": size_text(rule, metric, currency)}


def condition_text(rule: AlertRule, metric: Metric, currency: str) -> str:
    """Return what a rule looks for and how often: "below 80 %, each week"."""
    limit = limit_text(rule, metric, currency)
    if rule.kind == Kind.FRESHNESS:
        return limit
    return f"{limit}, {each_text(rule.grain)}"


def size_text(rule: AlertRule, metric: Metric, currency: str) -> str:
    size = rule.threshold or Decimal(0)
    if rule.is_relative:
        return exact_text(size, Unit.PERCENT, currency)
    if metric.unit is Unit.PERCENT:
        return _("%(number)s pts") % {"number": write_value(size, Unit.PERCENT)}
    return exact_text(size, metric.unit, currency)


def exact_text(value: Decimal, unit: Unit, currency: str) -> str:
    """Return a number that somebody typed with all its digits.

    Example: 71.25 per cent is "71.25 %", which as a value of a metric is "71.3 %".
    """
    if unit in (*MONEY, Unit.SECONDS):
        return text_of(value, unit, currency)
    shown = figure_of(value, unit, currency)
    return f"{write_value(value, unit)} {shown.unit}".rstrip()


def title_text(name: str, limit: str, *, is_firing: bool) -> str:
    """Return the heading of a notice: "CSAT, Support Berlin: below 80 %"."""
    if is_firing:
        return f"{name}: {limit}"[:300]
    return _("%(name)s: back to normal") % {"name": name[:200]}


def found_text(
    rule: AlertRule, metric: Metric, found: Found, currency: str, *, is_firing: bool
) -> str:
    """Return what was seen, and what the rule looks for.

    Example: "Week 7 2026: 71.2 %, 412 answers."
    """
    if rule.kind == Kind.FRESHNESS:
        return _rows_text(found, is_firing=is_firing)
    value = found.value
    if value is None or value.period is None:
        return ""
    under = backing(metric, value)
    said = text_of(value.value, metric.unit, currency)
    said = (
        f"{value.period.label}: {said}, {under}"
        if under
        else (f"{value.period.label}: {said}")
    )
    if value.is_partial:
        said = _("%(said)s, still open") % {"said": said}
    more = _more_text(rule, metric, found, currency)
    limit = "" if is_firing else _not_any_more(rule, metric, currency)
    return " ".join(f"{each}." for each in (said, more, limit) if each)


def _more_text(rule: AlertRule, metric: Metric, found: Found, currency: str) -> str:
    if found.change is not None and found.before is not None:
        change = _change_text(found.change, rule.is_relative, metric, currency)
        period = found.before.period.label if found.before.period else ""
        before = text_of(found.before.value, metric.unit, currency)
        return _("%(change)s against %(period)s with %(before)s") % {
            "change": change,
            "period": period,
            "before": before,
        }
    if found.limits is not None:
        return _usual_text(found, found.limits, metric, currency)
    return ""


def _usual_text(found: Found, limits: Limits, metric: Metric, currency: str) -> str:
    """Say what is usual; a value within it was one of many on one side of the mean."""
    low, mean, high = (
        text_of(Decimal(str(end)), metric.unit, currency)
        for end in (limits.low, limits.mean, limits.high)
    )
    if not found.is_run:
        return _("Usually between %(low)s and %(high)s") % {"low": low, "high": high}
    said = (
        _("8 or more in a row lie above the mean of %(mean)s")
        if found.is_above
        else _("8 or more in a row lie below the mean of %(mean)s")
    )
    return said % {"mean": mean}


def _not_any_more(rule: AlertRule, metric: Metric, currency: str) -> str:
    limit = limit_text(rule, metric, currency)
    return _("The alert was: %(limit)s") % {"limit": limit}


def _rows_text(found: Found, *, is_firing: bool) -> str:
    if found.last_day is None:
        return ""
    day = str(format_date(from_day(found.last_day), "D j M Y"))
    if is_firing:
        return _("The last rows are of %(day)s.") % {"day": day}
    return _("Rows have come again, the last of %(day)s.") % {"day": day}


def _change_text(
    change: Decimal, is_relative: bool, metric: Metric, currency: str
) -> str:
    if is_relative:
        return difference(change, Unit.PERCENT, relative=True)
    value = minor(change, currency) if metric.unit in MONEY else change
    return difference(value, metric.unit, currency=currency)


def name_text(metric: Metric, scope_label: str) -> str:
    return f"{capfirst(str(metric.title))}, {scope_label}"
