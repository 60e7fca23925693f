"""How a number came about: rows in, rows left out, what was counted and divided."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation
from crmkpi.accounts.queries import get_organisation
from crmkpi.crm.models import ImportRun
from crmkpi.crm.queries.figures import FigureLine, line_of, may_read_figures
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Period
from metrics import pickers
from metrics.behind import Part, has_parts, main_axes
from metrics.catalog import METRICS
from metrics.engine.cell_values import DAYS
from metrics.engine.spans import BEGINNING
from metrics.expressions import (
    Amount,
    Balance,
    Cohort,
    Derived,
    FromRows,
    Level,
    PerDay,
    Ratio,
)
from metrics.figures import (
    count_text,
    day_text,
    figure_of,
    interval_text,
    reading_name,
    span_text,
    text_of,
)
from metrics.metric import Above, Metric
from metrics.queries import MONEY, Asked, Value, get_metric, read_values
from metrics.row_columns import FACTS
from metrics.scopes import Scope
from metrics.tallies import Tallied, tallied
from metrics.why.earlier import Revised, revised

FIGURES_SHOWN = 12  # of those from outside, before "and 3 more figures"


@dataclass(frozen=True)
class Line:
    """One line of the sum."""

    label: str
    text: str
    kind: str = ""  # "less": taken away; "total": the line below a rule
    count: int | None = None  # the rows of the line, taken-away ones negative
    part: Part | None = None  # the rows that the list shows for it
    metric: str = ""  # whose passport explains it further
    kind_of_rows: str = ""  # which list of rows, where there is more than one


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
    revised: Revised | None = None  # it moved after its period was closed
    figures: list[FigureLine] = field(
        default_factory=list
    )  # from outside, taken for it

    @property
    def query(self) -> str:
        return pickers.query(self.scope, self.period)

    @property
    def first_figures(self) -> list[FigureLine]:
        return self.figures[:FIGURES_SHOWN]

    @property
    def more_figures(self) -> int:
        return max(0, len(self.figures) - FIGURES_SHOWN)

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

    Queries: those of tallied, 1 for each axis, 1 for figures from outside, and those of
    read_values.

    Raises: UnknownMetric.
    """
    metric = get_metric(key)
    asked: list[Asked] = [(key, scope.key, period)]
    asked += [(name, scope.key, period) for name in metric.inputs]
    tells = isinstance(metric.expression, PerDay | FromRows)
    values = read_values(
        asked, today=today, now=now, stats=tells or bool(metric.inputs)
    )
    value = values[asked[0]]
    organisation = get_organisation()
    currency = organisation.currency
    if rows is None:
        rows = tallied(metric, scope.key, period, access=access, today=today)
    span = span_text(period, today=today)
    counted = sum(each.whole.counted for each in _divided_by(rows))
    if isinstance(metric.expression, Derived):
        inputs = [values[name, scope.key, period] for name in metric.inputs]
        lines = list(_inputs(metric, metric.expression, inputs, value, currency))
    elif isinstance(metric.expression, FromRows):
        inputs = [values[name, scope.key, period] for name in metric.inputs]
        lines = list(_found(metric, inputs, value, currency))
    else:
        within = "" if period is None else span
        lines = list(_sum(metric, rows, value, counted, within, currency))
    matches = value.n is None or not _counts_rows(metric, rows) or counted == value.n
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
        notes=list(_notes(metric, rows, value, counted, matches, organisation)),
        revised=revised([asked[0]]).get(asked[0]),
        figures=_figures(metric, period, access=access, today=today),
    )


def _figures(
    metric: Metric, period: Period | None, *, access: Access, today: int
) -> list[FigureLine]:
    """Return the figures from outside behind a value, for those who may read them.

    Queries: 1 for metrics that take any.
    """
    taken = getattr(metric.expression, "figures", None)
    if taken is None or not may_read_figures(access):
        return []
    start = BEGINNING if period is None else period.start
    end = today + 1 if period is None else min(period.end, today + 1)
    return [line_of(each) for each in taken(start, end)]


def _notes(
    metric: Metric,
    rows: list[Tallied],
    value: Value,
    counted: int,
    matches: bool,
    organisation: Organisation,
) -> Iterator[str]:
    """Return what else a reader has to know."""
    zone = ZoneInfo(organisation.zone)
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
    if (arrived := _newest(metric)) is not None:
        yield _("The newest rows of this kind arrived on %(at)s.") % {
            "at": date_format(timezone.localtime(arrived, zone), "j M Y H:i")
        }
    if not matches:
        yield _("Rows have changed since this was computed; the number follows soon.")
    seen = sum(each.seen.counted for each in _divided_by(rows))
    if seen < counted:
        yield _("You may open %(seen)s of the rows.") % {"seen": count_text(seen)}


def _counts_rows(metric: Metric, rows: list[Tallied]) -> bool:
    """Whether the number is divided by rows, each once, so that they can be compared.

    Of money, and of sums in which a row may stand twice, they cannot.
    """
    match metric.expression:
        case Ratio(count=count) if rows and count is not None:
            return True
    if not rows or metric.below_unit is not Unit.COUNT:
        return False
    if isinstance(metric.expression, FromRows):
        return False
    match metric.expression:
        case Ratio(denominator=lower) if metric.above is not Above.PART:
            return len(lower.terms) == len(lower.axes)
    return True


def _divided_by(rows: list[Tallied]) -> list[Tallied]:
    """Return the kinds of rows that are divided by, or that simply count."""
    return [each for each in rows if not each.rows.is_above_only]


def _newest(metric: Metric) -> datetime | None:
    """Return when an import last brought new rows of a metric, or None. Queries: 1."""
    records = {FACTS[axis.fact].record for axis in main_axes(metric)}
    if not records:
        return None
    runs = ImportRun.objects.filter(
        record__in=records, state=ImportRun.State.DONE, rows_new__gt=0
    )
    newest: datetime | None = runs.aggregate(at=Max("finished_at"))["at"]
    return newest


def _sum(
    metric: Metric,
    tallied_rows: list[Tallied],
    value: Value,
    counted: int,
    span: str,
    currency: str,
) -> Iterator[Line]:
    rows = _divided_by(tallied_rows)
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
    for each in tallied_rows:
        if each.rows.is_above_only:
            yield from _other_rows(each, span)
    yield from _above(metric, rows, value, currency)


def _other_rows(each: Tallied, span: str) -> Iterator[Line]:
    """Return the lines of rows that stand only above the line."""
    what = capfirst(str(FACTS[each.rows.axis.fact].plural))
    kind = each.rows.kind
    label = f"{what}, {span}" if span else _("%(rows)s, all days") % {"rows": what}
    found = each.whole.found
    yield Line(label, count_text(found), count=found, kind_of_rows=kind)
    for out in each.whole.left_out:
        yield _less(out.name, out.count, Part.OUT)
    counted = each.whole.counted
    yield Line(
        _("Counted"), count_text(counted), "total", counted, Part.COUNTED, "", kind
    )


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
    match metric.expression:
        case Level() | Amount(count=None) | Cohort(is_sum=True, above=None):
            return  # what was counted is the value
    result = text_of(value.value, metric.unit, currency)
    upper = _amount(metric, value.numerator, currency)
    name = capfirst(str(metric.numerator))
    if isinstance(metric.expression, Amount) or _is_cohort_sum(metric):
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
    if (days := value.stats.get(DAYS)) is not None:
        divided_by = text_of(days, Unit.DAYS, currency)
        yield Line(f"{upper} ÷ {divided_by}", result, "total")
        return
    if value.denominator is None:
        yield Line(value.reason or _("No value"), result, "total")
        return
    lower = text_of(value.denominator, metric.below_unit, currency)
    yield Line(f"{upper} ÷ {lower}", result, "total")


def _amount(metric: Metric, amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return _("none")
    unit = metric.above_unit or (metric.unit if metric.unit in MONEY else Unit.COUNT)
    return text_of(amount, unit, currency)


def _is_cohort_sum(metric: Metric) -> bool:
    return isinstance(metric.expression, Cohort) and metric.expression.is_sum


def _found(
    metric: Metric, inputs: list[Value], value: Value, currency: str
) -> Iterator[Line]:
    """Return the lines of what a rule written in Python took and found."""
    for key, each in zip(metric.inputs, inputs, strict=True):
        source = METRICS[key]
        text = text_of(each.value, source.unit, currency)
        yield Line(str(source.title), text, metric=key)
    for name, amount in value.stats.items():
        text = text_of(amount, metric.unit_of(name), currency)
        yield Line(reading_name(name), text)
    result = text_of(value.value, metric.unit, currency)
    if value.numerator is None or value.denominator is None:
        yield Line(str(metric.title), result, "total")
        return
    upper = _amount(metric, value.numerator, currency)
    lower = text_of(value.denominator, metric.below_unit, currency)
    yield Line(capfirst(str(metric.numerator)), upper)
    yield Line(capfirst(str(metric.denominator)), lower)
    yield Line(f"{upper} ÷ {lower}", result, "total")


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
        yield Line(label, text_of(amount, source.unit_of(stat), currency), metric=key)
    result = text_of(value.value, metric.unit, currency)
    yield Line(str(metric.title), result, "total")
