"""The library of metrics: every one with its latest value and its last 13 months."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from crmkpi.lib.charts import sparkline
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics.behind import main_axes
from metrics.catalog import FAMILIES, METRICS
from metrics.dimensions import Cut
from metrics.engine.firsts import first_days_of
from metrics.figures import backing, figure_of
from metrics.measures.base import Cells
from metrics.metric import Metric
from metrics.owners import owners
from metrics.queries import Asked, Value, read_values
from metrics.row_columns import FACTS
from metrics.scopes import COMPANY_KEY, Scope

MONTHS = 13  # so that a month stands beside the same one a year before


@dataclass(frozen=True)
class Entry:
    """One metric of the library."""

    metric: Metric
    value: Value | None = None  # None for readers without figures
    text: str = ""
    unit: str = ""
    backing: str = ""
    spark: SafeString | str = ""
    needs: tuple[str, ...] = ()  # records of which none has been imported
    owner: User | None = None  # who answers for its definition


@dataclass(frozen=True)
class Family:
    """A chapter of the library."""

    key: str
    title: str
    entries: list[Entry]


def definitions(access: Access, text: str = "") -> list[Family]:
    """Return the families of the catalogue with the metrics that a text finds.

    Every word has to be in title, key, definition or formula.

    Empty: a family without such a metric is not listed.

    Queries: those of METRICS.readable and owners.
    """
    readable, held = METRICS.readable(access), owners()
    return _families(
        Entry(metric, owner=held.get(key))
        for key, metric in readable.items()
        if _is(metric, text)
    )


def library(
    *,
    access: Access,
    scope: Scope,
    period: Period | None,
    text: str = "",
    calendar: Calendar,
    currency: str,
    today: int,
    now: datetime,
) -> list[Family]:
    """Return the same with the values of a scope: of the period, and month by month.

    Customers followed from month to month are drawn for company and teams alone, where
    each month with anything in it is stored once it is settled: a share of one that is
    not has nothing to draw. Months before the first row in the scope are not asked for.

    Queries: 1 for what has been imported, and those of read_values.
    """
    readable = METRICS.readable(access).values()
    metrics = [metric for metric in readable if _is(metric, text)]
    months = _months(calendar, today)
    firsts = first_days_of([COMPANY_KEY, scope.key])
    anywhere, here = firsts[COMPANY_KEY], firsts[scope.key]
    shown: list[Asked] = [(metric.key, scope.key, period) for metric in metrics]
    drawn = [
        (metric.key, scope.key, month)
        for metric in metrics
        for month in _months_of(metric, scope, months, first=_first_day(metric, here))
    ]
    values = read_values(
        [*shown, *drawn],
        today=today,
        now=now,
        stored_only={each for each in drawn if _is_settled(each, today)} - {*shown},
        first_days=anywhere,
    )
    return _families(
        _entry(
            metric,
            values[metric.key, scope.key, period],
            [values.get((metric.key, scope.key, month)) for month in months],
            _missing(metric, anywhere),
            currency,
        )
        for metric in metrics
    )


def _is(metric: Metric, text: str) -> bool:
    told = " ".join(
        [metric.key, str(metric.title), str(metric.text), str(metric.formula)]
    )
    return all(word in told.casefold() for word in text.casefold().split())


def _families(entries: Iterable[Entry]) -> list[Family]:
    by_key: dict[str, list[Entry]] = {key: [] for key in FAMILIES}
    for entry in entries:
        by_key[entry.metric.family].append(entry)
    return [
        Family(key, str(FAMILIES[key]), some) for key, some in by_key.items() if some
    ]


def _months(calendar: Calendar, today: int) -> list[Period]:
    months = [calendar.period(today, Grain.MONTH)]
    while len(months) < MONTHS:
        months.append(calendar.previous(months[-1]))
    return months[::-1]


def _months_of(
    metric: Metric, scope: Scope, months: list[Period], *, first: int | None
) -> list[Period]:
    """Return the months that are drawn of a metric."""
    is_stored = scope.cut in (Cut.COMPANY, Cut.TEAM)
    if first is None or (metric.reads_rows and not is_stored):
        return []
    return [month for month in months if month.end > first]


def _is_settled(asked: Asked, today: int) -> bool:
    """Whether a month that is not stored has no value; a count of none is 0 there."""
    key, _scope, month = asked
    metric = METRICS[key]
    is_sum = getattr(metric.expression, "is_sum", False)
    if month is None or is_sum or not metric.reads_rows:
        return False
    return month.end + metric.matures_after <= today


def _entry(
    metric: Metric,
    value: Value,
    months: list[Value | None],
    needs: tuple[str, ...],
    currency: str,
) -> Entry:
    shown = figure_of(value.value, metric.unit, currency)
    drawn = [month.value if month else None for month in months]
    spark: SafeString | str = ""
    if any(number is not None for number in drawn):
        title = _("%(metric)s, last 13 months, the last one still open")
        spark = sparkline(drawn, open_last=True, title=title % {"metric": metric.title})
    return Entry(
        metric,
        value,
        shown.text,
        shown.unit,
        backing(metric, value),
        spark,
        () if value.has_value else needs,
    )


def _axes(metric: Metric) -> list[type[Cells]]:
    """Return the axes whose rows a metric needs, by way of its inputs if it has any."""
    if not metric.is_derived:
        return main_axes(metric)
    return [axis for key in metric.inputs for axis in _axes(METRICS[key])]


def _first_day(metric: Metric, firsts: dict[str, int | None]) -> int | None:
    days = [firsts[axis.key()] for axis in _axes(metric)]
    return min((day for day in days if day is not None), default=None)


def _missing(metric: Metric, firsts: dict[str, int | None]) -> tuple[str, ...]:
    """Return which records a metric waits for."""
    absent = [
        str(FACTS[axis.fact].plural)
        for axis in _axes(metric)
        if firsts[axis.key()] is None
    ]
    return tuple(dict.fromkeys(absent))
