"""Values as people read them: with unit, interval, count and change."""

from dataclasses import dataclass
from decimal import Decimal
from math import hypot

from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crmkpi.lib.numbers import Figure, Unit, difference, figure
from crmkpi.lib.periods import Grain, Period, from_day
from metrics.expressions import Cohort
from metrics.metric import SCORE, Better, Metric
from metrics.queries import MONEY, Value, minor

# Units whose values are compared by subtracting; all others in per cent of the other.
SUBTRACTED = (
    Unit.PERCENT,
    Unit.POINTS,
    Unit.SCORE,
    Unit.SECONDS,
    Unit.DAYS,
    Unit.RATIO,
    Unit.INDEX,
)


@dataclass(frozen=True)
class Change:
    """How a value differs from another, in words."""

    text: str = ""  # "+0.4 pts", "−9 %"; nothing where there is no other value
    word: str = ""  # better, worse, no real change, too few to compare, or nothing
    is_better: bool | None = None  # None: neither, or nobody can say


def figure_of(value: Decimal | None, unit: Unit, currency: str) -> Figure:
    """Return a value as printed, apart from its unit; money comes in major units."""
    if value is not None and unit in MONEY:
        value = minor(value, currency)
    return figure(value, unit, currency=currency)


def text_of(value: Decimal | None, unit: Unit, currency: str) -> str:
    """Return a value with its unit: "94.7 %", "6:15 min", "no value"."""
    shown = figure_of(value, unit, currency)
    return f"{shown.text} {shown.unit}".rstrip()


def count_text(count: Decimal | int) -> str:
    return figure(count, Unit.COUNT).text


def backing(metric: Metric, value: Value) -> str:
    """Return what stands under a value: "1,240 of 1,310", "412 answers", or nothing."""
    if value.value is None or value.n is None:
        return ""
    counted = value.denominator is not None and value.numerator is not None
    if counted and not _is_weighed(metric) and metric.unit is Unit.PERCENT:
        return _("%(part)s of %(whole)s") % {
            "part": _side_text(value.numerator, metric.above_unit),
            "whole": _side_text(value.denominator, metric.below_unit),
        }
    if metric.unit is Unit.COUNT and value.n == value.value:
        return ""  # the value is the count
    return f"{count_text(value.n)} {metric.denominator}"


def alone(metric: Metric, value: Value, currency: str) -> str:
    """Return what stands above a line with nothing below it, or nothing.

    Example: of a campaign that cost 81.75 and brought no lead "€81.75 for 0 leads".
    """
    if value.value is not None or not value.numerator or value.denominator:
        return ""
    unit = metric.above_unit or (metric.unit if metric.unit in MONEY else Unit.COUNT)
    return _("%(amount)s for 0 %(rows)s") % {
        "amount": text_of(value.numerator, unit, currency),
        "rows": metric.denominator,
    }


def _is_weighed(metric: Metric) -> bool:
    """Whether rows count by weights below the line, which say nothing to a reader."""
    expression = metric.expression
    is_cohort = isinstance(expression, Cohort) and expression.below is not None
    return is_cohort and metric.below_unit is Unit.COUNT


def _side_text(amount: Decimal | None, unit: Unit | None) -> str:
    if unit is Unit.SECONDS:
        return text_of(amount or Decimal(0), unit, "")
    return count_text(amount or 0)


def interval_text(value: Value, currency: str) -> str:
    """Return between which values the true one lies: "93.3 and 95.7", or nothing."""
    if value.low is None or value.high is None:
        return ""
    return _("%(low)s and %(high)s") % {
        "low": text_of(value.low, value.unit, currency),
        "high": text_of(value.high, value.unit, currency),
    }


def maturity_text(value: Value) -> str:
    """Return how many rows may count already, where some are too young; or nothing."""
    if value.cases is None or value.n is None or value.cases == value.n:
        return ""
    return _("%(mature)s of %(all)s are old enough to count") % {
        "mature": count_text(value.n),
        "all": count_text(value.cases),
    }


def change(value: Value, other: Value, metric: Metric, currency: str) -> Change:
    """Return how a value differs from that of another period.

    Rates, times and scores are subtracted; counts and money are compared in per cent.
    Where both have an interval, a difference within what chance makes of it is no real
    change; with too few rows on either side nobody can say.

    Example: 94.7 % after 95.5 % is "−0.8 pts" and worse, where higher is better.
    """
    if value.value is None or other.value is None:
        return Change()
    delta = value.value - other.value
    if metric.unit in SUBTRACTED:
        text = difference(delta, metric.unit, currency=currency)
    elif other.value == 0:
        return Change()
    else:
        percent = delta / abs(other.value) * 100
        text = difference(percent, metric.unit, relative=True)
    if "low_n" in (value.status, other.status):
        return Change(text, _("too few to compare"))
    if delta == 0 or _may_be_chance(value, other):
        return Change(text, _("no real change"))
    if metric.better in (Better.NONE, Better.RANGE):
        return Change(text, "")
    is_better = (delta > 0) == (metric.better is Better.HIGHER)
    return Change(text, _("better") if is_better else _("worse"), is_better)


def span_text(period: Period | None, *, today: int) -> str:
    """Return the days that a value covers so far.

    Example: on 13 February "Q1 2026 to 13 Feb"; of closed periods the label alone.
    """
    if period is None:
        return _("All days")
    if not period.start <= today < period.end - 1:
        return period.label
    if period.grain is None or period.grain is Grain.DAY:
        return Period(period.start, today + 1).label
    return _("%(period)s to %(day)s") % {
        "period": period.label,
        "day": day_text(today),
    }


def day_text(day: int) -> str:
    """Return a day without its year: "13 Feb"."""
    return str(format_date(from_day(day), "j M"))


def reading_name(name: str) -> str:
    """Return what a reading beside the value is called."""
    known = {
        "mean": _("Mean"),
        "median": _("Median"),
        "p90": _("90th percentile"),
        "business_hours": _("In business hours"),
        "of_all": _("Of all"),
        "in_all": _("Of all customers together"),
        "segments": _("Segments with 30 customers or more"),
        "best_segment": _("More than the mean in the best segment"),
        "by_orders": _("The same for the number of orders"),
        "by_stayed": _("The same for staying a customer"),
        "too_little_known": _("Customers of whom too little is known"),
        "at_risk": _("Customers with a chance of 50 % or more"),
        "holdout_error": _("Error when the last 90 days were foretold"),
        "brier_score": _("Brier score of these days (0 is best)"),
        "of_answered": _("Of answered calls"),
        "unanswered": _("Not answered yet"),
        "order_value": _("Mean order value"),
        "orders_a_year": _("Orders per customer-year"),
        "lifespan_years": _("Lifespan in years"),
        "yearly_churn": _("Churn of the year"),
        "is_capped": _("Lifespan capped at 5 years (1 is yes)"),
        "share_of_revenue": _("Share of all revenue"),
        "cost_unknown": _("Orders of unknown cost"),
        "channel:phone": _("By phone"),
        "channel:email": _("By e-mail"),
        "channel:chat": _("By chat"),
        "days": _("Days it is divided by"),
        "of_held": _("Of contacts put on hold"),
        "planned": _("Planned"),
        "peer_median": _("Median of competitors"),
        "rank": _("Rank, 1 being best"),
        "ranked": _("Of how many, ourselves included"),
        "awareness": _("Aided awareness"),
        "preference": _("Preference"),
        "price_premium": _("Price premium"),
        "nps": _("NPS as 0 to 100"),
        "unplanned": _("Not planned"),
    }
    if name.startswith(SCORE):
        return _("Answers of %(score)s") % {"score": name.removeprefix(SCORE)}
    return known.get(name) or capfirst(name.replace("_", " "))


def _may_be_chance(value: Value, other: Value) -> bool:
    """Whether two values with intervals are less apart than chance puts them."""
    if None in (value.low, value.high, other.low, other.high):
        return False
    reach = hypot(_reach(value), _reach(other))
    return abs(float((value.value or 0) - (other.value or 0))) < reach


def _reach(value: Value) -> float:
    """Return half the width of an interval."""
    return float((value.high or 0) - (value.low or 0)) / 2
