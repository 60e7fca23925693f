"""How a number came about: rows in, rows left out, what was counted and divided."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation, User
from crmkpi.accounts.queries import get_organisation
from crmkpi.crm.models import ImportRun
from crmkpi.crm.queries.figures import FigureLine, line_of, may_read_figures
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Period
from metrics import pickers
from metrics.behind import main_axes
from metrics.engine.spans import BEGINNING
from metrics.expressions import (
    FromRows,
    PerDay,
    Ratio,
)
from metrics.figures import (
    count_text,
    figure_of,
    interval_text,
    span_text,
)
from metrics.metric import Above, Metric
from metrics.owners import owner_of
from metrics.passport_lines import Line, divided_by, lines_of
from metrics.queries import Asked, Value, get_metric, read_values
from metrics.row_columns import FACTS
from metrics.scopes import Scope
from metrics.tallies import Tallied, tallied
from metrics.why.earlier import Revised, revised

FIGURES_SHOWN = 12  # of those from outside, before "and 3 more figures"


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
    owner: User | None = None  # who answers for the definition
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

    Queries: those of tallied, 1 for each axis, 1 for figures from outside, 1 for who
    answers for it, and those of read_values.

    Raises: UnknownMetric.
    """
    metric = get_metric(key)
    asked: list[Asked] = [(name, scope.key, period) for name in (key, *metric.inputs)]
    tells = isinstance(metric.expression, PerDay | FromRows) or bool(metric.inputs)
    values = read_values(asked, today=today, now=now, stats=tells)
    value, *inputs = (values[each] for each in asked)
    organisation = get_organisation()
    currency = organisation.currency
    if rows is None:
        rows = tallied(metric, scope.key, period, access=access, today=today)
    span = span_text(period, today=today)
    counted = sum(each.whole.counted for each in divided_by(rows))
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
        lines=lines_of(
            metric,
            value,
            inputs=inputs,
            rows=rows,
            within="" if period is None else span,
            currency=currency,
        ),
        counted=counted if rows else None,
        matches=matches,
        notes=[
            *_of_its_rows(metric, period, today),
            *_notes(metric, rows, value, counted, matches, organisation),
        ],
        owner=owner_of(key),
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
    return [line_of(each) for each in taken(start, _end(period, today))]


def _of_its_rows(metric: Metric, period: Period | None, today: int) -> Iterator[str]:
    """Return what a metric says of where its rows come from. Queries: up to 1."""
    told = getattr(metric.expression, "note", None)
    if told is not None and (sentence := told(_end(period, today))):
        yield sentence


def _end(period: Period | None, today: int) -> int:
    """Return the day after the last one that counts."""
    return today + 1 if period is None else min(period.end, today + 1)


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
    seen = sum(each.seen.counted for each in divided_by(rows))
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
