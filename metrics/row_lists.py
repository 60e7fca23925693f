"""The rows behind a number as a reader sees them: paged, or whole for a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation
from crmkpi.lib.money import to_major
from crmkpi.lib.numbers import Unit, figure
from crmkpi.lib.periods import UNDATED, Period, from_day
from metrics.behind import (
    Behind,
    Part,
    Rows,
    adds,
    behind,
    has_parts,
    reason_of,
    visible,
)
from metrics.expressions import Amount, Balance, Mean, linears
from metrics.measures.base import Total
from metrics.metric import Metric
from metrics.queries import MONEY
from metrics.row_columns import FACTS, Column, Kind, columns_of
from metrics.scopes import Scope

PER_PAGE = 50
NEWEST, OLDEST = "-day", "day"
FROM_DATABASE = 2_000  # rows of a file that are held at once


@dataclass(frozen=True)
class Cell:
    """What stands in one place of the list."""

    text: str
    is_number: bool = False
    customer: int | None = None  # whose page shows more


@dataclass(frozen=True)
class Tab:
    """One of the lists that together are the rows: which part, of which kind."""

    key: str
    label: str
    count: int
    is_current: bool


@dataclass(frozen=True)
class RowList:
    """One list of rows of a number, of one axis and part."""

    columns: list[Column]
    rows: Rows
    behind: Behind
    parts: list[Tab]
    kinds: list[Tab]  # of a metric that counts rows of several kinds
    part: Part


def row_list(
    metric: Metric,
    *,
    scope: Scope,
    period: Period | None,
    access: Access,
    today: int,
    part: str = "",
    kind: str = "",
    order: str = NEWEST,
) -> RowList | None:
    """Return the list of rows that the reader may see, of one part and kind.

    A part or kind that the metric does not have is passed over for the first.

    Empty: None for what is calculated from other metrics, and for a scope that the
    rows do not carry.

    Queries: 1 for a team, 1 for each part, 1 for each kind.
    """
    found = behind(metric, scope.key, period, today=today)
    if not found:
        return None
    known = [each.axis._meta.model_name for each in found]
    chosen = found[known.index(kind) if kind in known else 0]
    kinds = [
        Tab(
            str(each.axis._meta.model_name),
            capfirst(str(FACTS[each.axis.fact].plural)),
            visible(each, access).count(),
            each is chosen,
        )
        for each in (found if len(found) > 1 else ())
    ]
    labels = _parts(metric)
    current = Part(part) if part in labels else Part.COUNTED
    parts = [
        Tab(key, label, visible(chosen, access, key).count(), key is current)
        for key, label in labels.items()
    ]
    columns = _columns(metric, chosen, current, access)
    joins = sorted({column.joins for column in columns} - {""})
    rows = visible(chosen, access, current).select_related(*joins)
    sign = "" if order == OLDEST else "-"
    rows = rows.order_by(f"{sign}{chosen.axis.when}", f"{sign}pk")
    return RowList(columns, rows, chosen, parts, kinds, current)


def page_of(
    found: RowList, number: str | None, organisation: Organisation
) -> Page[Any]:
    """Return one page, its objects being lists of cells. Queries: 2."""
    page = Paginator(found.rows, PER_PAGE).get_page(number)
    page.object_list = [
        [_cell(found, column, row, organisation) for column in found.columns]
        for row in page.object_list
    ]
    return page


def file_of(found: RowList, organisation: Organisation) -> Iterator[list[Any]]:
    """Return every row as plain values for a file, read bit by bit. Queries: 1."""
    for row in found.rows.iterator(chunk_size=FROM_DATABASE):
        yield [_plain(found, column, row, organisation) for column in found.columns]


def headings(found: RowList) -> list[str]:
    return [str(column.heading) for column in found.columns]


ADDS, REASON = "adds", "reason"  # columns that are no columns of the fact


def _parts(metric: Metric) -> dict[Part, str]:
    """Return the parts of the rows of a metric by what they are called."""
    found = {Part.COUNTED: _("Counted")}
    if isinstance(metric.expression, Balance):
        found[Part.ABOVE], found[Part.AGAINST] = (
            capfirst(str(side)) for side in metric.sides
        )
        found[Part.BELOW] = _("Neither")
    elif has_parts(metric):
        found[Part.ABOVE] = capfirst(str(metric.numerator))
        found[Part.BELOW] = _("Not %(what)s") % {"what": metric.numerator}
    found[Part.OUT] = _("Left out")
    if metric.matures_after:
        found[Part.YOUNG] = _("Too recent")
    return found


def _columns(metric: Metric, rows: Behind, part: Part, access: Access) -> list[Column]:
    columns = columns_of(rows.axis, hides_customers=access.is_agent_only)
    if part is Part.OUT:
        columns.insert(1, Column(_("Reason"), REASON))
    elif part is not Part.YOUNG and (added := _adds_column(metric, rows, columns)):
        # "Answered" above the line says more than the fact's own "Answered".
        columns = [each for each in columns if each.heading != added.heading]
        columns.insert(1, added)
    return columns


def _adds_column(
    metric: Metric, rows: Behind, columns: Sequence[Column]
) -> Column | None:
    """Return the column of what each row adds above the line, where that is not plain.

    Empty: when every row simply counts, or adds what another column shows.
    """
    if adds(rows) is None:
        return None
    if isinstance(metric.expression, Balance):
        return Column(_("Counts"), ADDS, choices=_sides())
    if has_parts(metric):
        return Column(capfirst(str(metric.numerator)), ADDS, Kind.YES_NO)
    if _summed(metric, rows) in {column.path for column in columns}:
        return None
    kind = Kind.NUMBER
    if metric.unit in MONEY:
        kind = Kind.MONEY
    elif metric.unit is Unit.SECONDS:
        kind = Kind.SECONDS
    return Column(capfirst(str(metric.numerator)), ADDS, kind)


def _sides() -> dict[int, str]:
    return {1: _("for it"), 0: _("neither"), -1: _("against it")}


def _summed(metric: Metric, rows: Behind) -> str:
    """Return the one column that is summed above the line, or nothing."""
    if not isinstance(metric.expression, Amount | Mean):
        return ""
    terms = linears(metric.expression)[0].terms
    measure = rows.axis._meta.get_field(terms[0][0].name)
    return measure.summed if len(terms) == 1 and isinstance(measure, Total) else ""


def _value(found: RowList, column: Column, row: Any) -> Any:
    if column.path == REASON:
        return reason_of(found.behind.axis, row)
    return column.of(row)


def _cell(found: RowList, column: Column, row: Any, org: Organisation) -> Cell:
    value = _value(found, column, row)
    if value is None or value == "":
        return Cell("–", column.is_number)
    match column.kind:
        case Kind.DAY:
            text = _("unknown") if value == UNDATED else _day(from_day(value))
        case Kind.INSTANT:
            text = str(format_date(_local(value, org), "j M Y H:i"))
        case Kind.MONEY:
            text = figure(value, Unit.MONEY, currency=org.currency).text
        case Kind.SECONDS:
            shown = figure(value, Unit.SECONDS)
            text = f"{shown.text} {shown.unit}"
        case Kind.YES_NO:
            text = _("yes") if value else _("no")
        case Kind.CUSTOMER:
            return Cell(str(value), customer=value.pk)
        case _:
            text = str(value)
    return Cell(text, column.is_number)


def _plain(found: RowList, column: Column, row: Any, org: Organisation) -> Any:
    value = _value(found, column, row)
    if value is None:
        return ""
    match column.kind:
        case Kind.DAY:
            return "" if value == UNDATED else from_day(value).isoformat()
        case Kind.INSTANT:
            return _local(value, org).isoformat(sep=" ", timespec="minutes")[:16]
        case Kind.MONEY:
            return to_major(value, org.currency)
        case Kind.YES_NO:
            return _("yes") if value else _("no")
        case Kind.SECONDS | Kind.NUMBER:
            return value
    return str(value)


def _local(value: datetime, org: Organisation) -> datetime:
    return value.astimezone(ZoneInfo(org.zone))


def _day(value: Any) -> str:
    return str(format_date(value, "j M Y"))
