"""How a number came about: rows in, rows left out, what was counted and divided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.accounts.access import Access
from crmkpi.accounts.queries import get_organisation
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Period
from metrics import pickers
from metrics.behind import Part, has_parts
from metrics.catalog import METRICS
from metrics.expressions import Balance, Derived
from metrics.figures import (
    count_text,
    day_text,
    figure_of,
    interval_text,
    reading_name,
    span_text,
    text_of,
)
from metrics.metric import Metric
from metrics.queries import MONEY, Asked, Value, get_metric, read_values
from metrics.scopes import Scope
from metrics.tallies import Tallied, tallied


@dataclass(frozen=True)
class Line:
    """One line of the sum."""

    label: str
    text: str
    kind: str = ""  # "less": taken away; "total": the line below a rule
    count: int | None = None  # the rows of the line, taken-away ones negative
    part: Part | None = None  # the rows that the list shows for it
    metric: str = ""  # whose passport explains it further


@dataclass(frozen=True)
class Passport:
    """Everything that a reader needs to believe or to doubt a number."""

    metric: Metric
    scope: Scope
    period: Period | None
    span: str  # the days it covers so far
    value: Value
    text: str
    unit: str
    interval: str
    lines: list[Line]
    counted: int | None  # None for what has no rows of its own
    matches: bool  # whether the rows are as many as the number says
    notes: list[str]

    @property
    def query(self) -> str:
        return pickers.query(self.scope, self.period)

    @property
    def has_rows(self) -> bool:
        return self.counted is not None

    @property
    def counted_text(self) -> str:
        return count_text(self.counted or 0)


def passport(
    key: str,
    *,
    scope: Scope,
    period: Period | None,
    access: Access,
    today: int,
    now: datetime,
    rows: list[Tallied] | None = None,
) -> Passport:
    """Return how the value of a metric came about.

    The lines add up: rows found, less each exclusion, less those too young to count,
    is what was counted; and what stands above the line divided by it is the value.
    `rows` may be given by who has counted them already.

    Queries: those of tallied, 1 for each axis, and those of read_values.

    Raises: UnknownMetric.
    """
    metric = get_metric(key)
    asked: list[Asked] = [(key, scope.key, period)]
    asked += [(name, scope.key, period) for name in metric.inputs]
    values = read_values(asked, today=today, now=now, stats=bool(metric.inputs))
    value = values[asked[0]]
    currency = get_organisation().currency
    if rows is None:
        rows = tallied(metric, scope.key, period, access=access, today=today)
    span = span_text(period, today=today)
    counted = sum(each.whole.counted for each in rows)
    if isinstance(metric.expression, Derived):
        inputs = [values[name, scope.key, period] for name in metric.inputs]
        lines = list(_inputs(metric, metric.expression, inputs, value, currency))
    else:
        within = "" if period is None else span
        lines = list(_sum(metric, rows, value, counted, within, currency))
    matches = value.n is None or not rows or counted == value.n
    shown = figure_of(value.value, metric.unit, currency)
    return Passport(
        metric=metric,
        scope=scope,
        period=period,
        span=span,
        value=value,
        text=shown.text,
        unit=shown.unit,
        interval=interval_text(value, currency),
        lines=lines,
        counted=counted if rows else None,
        matches=matches,
        notes=list(_notes(metric, rows, value, counted, matches)),
    )


def _notes(
    metric: Metric,
    rows: list[Tallied],
    value: Value,
    counted: int,
    matches: bool,
) -> Iterator[str]:
    """Return what else a reader has to know."""
    if value.status == "low_n":
        yield _("Too few to judge: fewer than %(n)s %(rows)s.") % {
            "n": metric.min_n,
            "rows": metric.denominator,
        }
    if undated := sum(each.rows.undated.count() for each in rows):
        yield ngettext(
            "%(n)s more row has no known day, so it is in no period.",
            "%(n)s more rows have no known day, so they are in no period.",
            undated,
        ) % {"n": count_text(undated)}
    if not matches:
        yield _("Rows have changed since this was computed; the number follows soon.")
    seen = sum(each.seen.counted for each in rows)
    if seen < counted:
        yield _("You may open %(seen)s of the rows.") % {"seen": count_text(seen)}


def _sum(
    metric: Metric,
    rows: list[Tallied],
    value: Value,
    counted: int,
    span: str,
    currency: str,
) -> Iterator[Line]:
    found = sum(each.whole.found for each in rows)
    yield Line(_first_label(metric, rows, span), count_text(found), count=found)
    less: dict[str, int] = {}
    for each in rows:
        for out in each.whole.left_out:
            less[out.name] = less.get(out.name, 0) + out.count
    for name, count in less.items():
        yield _less(name, count, Part.OUT)
    if young := sum(each.whole.parts[Part.YOUNG] for each in rows):
        yield _less(_("Too recent to tell"), young, Part.YOUNG)
    yield Line(_("Counted"), count_text(counted), "total", counted, Part.COUNTED)
    yield from _above(metric, rows, value, currency)


def _less(name: str, count: int, part: Part) -> Line:
    return Line(name, f"−{count_text(count)}", "less", -count, part)


def _first_label(metric: Metric, rows: list[Tallied], span: str) -> str:
    what = capfirst(str(metric.denominator))
    if not span:
        return _("%(rows)s, all days") % {"rows": what}
    if not metric.is_state or not rows:
        return _("%(rows)s, %(period)s") % {"rows": what, "period": span}
    return _("%(rows)s at the end of %(day)s") % {
        "rows": what,
        "day": day_text(rows[0].rows.end - 1),
    }


def _above(
    metric: Metric, rows: list[Tallied], value: Value, currency: str
) -> Iterator[Line]:
    """Return the lines from what was counted to the value."""
    if metric.additivity == "S" or (metric.additivity == "A" and _is_count(metric)):
        return  # what was counted is the value
    result = text_of(value.value, metric.unit, currency)
    upper = _amount(metric, value.numerator, currency)
    name = capfirst(str(metric.numerator))
    if metric.additivity == "A":
        yield Line(name, upper, "total")
        return
    if isinstance(metric.expression, Balance):
        parts = (Part.ABOVE, Part.AGAINST)
        plus, minus = (sum(each.whole.parts[part] for each in rows) for part in parts)
        for label, count, part in zip(metric.sides, (plus, minus), parts, strict=True):
            yield Line(capfirst(str(label)), count_text(count), count=count, part=part)
        upper = f"({count_text(plus)} − {count_text(minus)})"
    else:
        yield Line(name, upper, part=Part.ABOVE if has_parts(metric) else None)
    if value.denominator is None:
        yield Line(value.reason or _("No value"), result, "total")
        return
    lower = count_text(value.denominator)
    yield Line(f"{upper} ÷ {lower}", result, "total")


def _amount(metric: Metric, amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return _("none")
    unit = metric.unit if metric.unit in MONEY else Unit.COUNT
    return text_of(amount, unit, currency)


def _is_count(metric: Metric) -> bool:
    return metric.unit is Unit.COUNT


def _inputs(
    metric: Metric,
    expression: Derived,
    inputs: list[Value],
    value: Value,
    currency: str,
) -> Iterator[Line]:
    """Return the values that another one is calculated from."""
    for name, each in zip(expression.inputs, inputs, strict=True):
        key, _colon, stat = name.partition(":")
        source = METRICS[key]
        amount = each.stats.get(stat) if stat else each.value
        label = str(source.title)
        if stat:
            label = f"{label}, {reading_name(stat).lower()}"
        yield Line(label, text_of(amount, source.unit, currency), metric=key)
    result = text_of(value.value, metric.unit, currency)
    yield Line(str(metric.title), result, "total")
