"""The rows behind a number as a reader sees them: paged, or whole for a file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
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
from crmkpi.lib.periods import UNDATED, from_day
from metrics.behind import (
    Behind,
    Part,
    Rows,
    adds,
    conditions_of,
    counts,
    has_parts,
    visible,
)
from metrics.expressions import Amount, Balance, FromRows, Mean, linears
from metrics.figures import count_text
from metrics.measures.base import Cells, Total
from metrics.metric import Metric
from metrics.queries import MONEY
from metrics.row_columns import FACTS, REASON, Column, Kind, columns_of
from metrics.tallies import Tallied, reason_of

PER_PAGE = 50
NEWEST, OLDEST = "-day", "day"
FROM_DATABASE = 2_000  # rows of a file that are held at once


@dataclass(frozen=True)
class Cell:
    """What stands in one place of the list."""

    text: str
    is_number: bool = False
    is_day: bool = False  # dates stay on one line
    customer: int | None = None  # whose page shows more


@dataclass(frozen=True)
class Tab:
    """One of the lists that together are the rows: which part, of which kind."""

    key: str
    label: str
    count: str
    is_current: bool


@dataclass(frozen=True)
class RowList:
    """One list of rows of a number, of one axis and part."""

    axis: type[Cells]
    columns: list[Column]
    held: Rows  # in their order
    count: int
    kind: str
    parts: list[Tab]
    kinds: list[Tab]  # of a metric that counts rows of several kinds

    @property
    def rows(self) -> Rows:
        """Return tuples of the lookups of all columns, one after another."""
        return self.held.values_list(
            *(name for column in self.columns for name in column.lookups)
        )

    @property
    def count_text(self) -> str:
        return count_text(self.count)


def row_list(
    metric: Metric,
    tallied: list[Tallied],
    *,
    access: Access,
    part: str = "",
    kind: str = "",
    order: str = NEWEST,
) -> RowList | None:
    """Return the list of rows that the reader may see, of one part and kind.

    A part or kind that the metric does not have is passed over for the first.

    Empty: None for what is calculated from other metrics, and for a scope that the
    rows do not carry.

    Queries: none until rows are read.
    """
    if not tallied:
        return None
    named = {kind_of(each.rows): each for each in tallied}
    chosen = named.get(kind, tallied[0])
    labels = _parts(metric)
    current = Part(part) if part in labels else Part.COUNTED
    axis = chosen.rows.axis
    columns = _columns(metric, chosen.rows, current, access)
    sign = "" if order == OLDEST else "-"
    rows = visible(chosen.rows, access, current).order_by(
        f"{sign}{axis.when}", f"{sign}pk"
    )
    return RowList(
        axis,
        columns,
        rows,
        chosen.seen.parts[current],
        chosen.rows.kind,
        [
            Tab(key, label, count_text(chosen.seen.parts[key]), key is current)
            for key, label in labels.items()
        ],
        [
            Tab(
                key,
                capfirst(_called(each.rows)),
                count_text(each.seen.counted),
                each is chosen,
            )
            for key, each in (named.items() if len(named) > 1 else ())
        ],
    )


def page_of(
    found: RowList, number: str | None, organisation: Organisation
) -> Page[Any]:
    """Return one page, its objects being lists of cells. Queries: 2."""
    paginator = Paginator(found.held, PER_PAGE)
    paginator.count = found.count  # which the tally knows
    page = paginator.get_page(number)
    write = [_cell_writer(found.axis, each, organisation) for each in found.columns]
    keys = _keys_of(found, (page.number - 1) * PER_PAGE)
    rows = found.rows.filter(pk__in=keys)
    page.object_list = [_written(found, write, row) for row in rows]
    return page


def plain_page(
    found: RowList, number: int, organisation: Organisation
) -> list[list[Any]]:
    """Return one page of the rows as plain values. Queries: 2."""
    write = [_plain_writer(found.axis, each, organisation) for each in found.columns]
    rows = found.rows.filter(pk__in=_keys_of(found, (number - 1) * PER_PAGE))
    return [_written(found, write, row) for row in rows]


def kind_of(rows: Behind) -> str:
    """Return the name of the kind of rows, where a number has several."""
    return rows.kind


def _keys_of(found: RowList, offset: int) -> list[int]:
    """Return the primary keys of the page that begins with a row. Queries: 1.

    Names are looked up for these rows alone, not for all that are passed over, and of
    these there are the fewer: rows are counted off from the nearer end.
    """
    keys = found.held.values_list("pk", flat=True)
    size = max(min(PER_PAGE, found.count - offset), 0)
    if not size:
        return []
    after = found.count - offset - size
    if after < offset:
        keys, offset = keys.reverse(), after
    return list(keys[offset : offset + size])


def file_of(found: RowList, organisation: Organisation) -> Iterator[list[Any]]:
    """Return every row as plain values for a file, read bit by bit. Queries: 1."""
    write = [_plain_writer(found.axis, each, organisation) for each in found.columns]
    for row in found.rows.iterator(chunk_size=FROM_DATABASE):
        yield _written(found, write, row)


def headings(found: RowList) -> list[str]:
    return [str(column.heading) for column in found.columns]


ADDS = "adds"  # what a row adds above the line: no column of the fact
COUNTS = "counts"  # what it adds below


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
        excluded, conditions = conditions_of(rows.axis)
        needed = (excluded, *(column for column, _wanted in conditions))
        columns.insert(1, Column(_("Reason"), REASON, reason=needed))
    elif part is not Part.YOUNG:
        added = [
            *_adds_column(metric, rows, columns),
            *_counts_column(metric, rows),
        ]
        # "Answered" above the line says more than the fact's own "Answered".
        headings = {each.heading for each in added}
        columns = [each for each in columns if each.heading not in headings]
        columns[1:1] = added
    return columns


def _called(rows: Behind) -> str:
    """Return what the rows of one kind are called."""
    title = rows.cohort.title if rows.cohort is not None else ""
    return str(title or FACTS[rows.axis.fact].plural)


def _adds_column(
    metric: Metric, rows: Behind, columns: Sequence[Column]
) -> Iterator[Column]:
    """Yield the column of what each row adds above the line, where that is not plain.

    Empty: when every row simply counts, or adds what another column shows.
    """
    summed = _summed(metric, rows)
    if adds(rows) is None or (summed and summed in {each.path for each in columns}):
        return
    heading = capfirst(str(metric.numerator))
    if isinstance(metric.expression, FromRows):
        is_money = rows.cohort is not None and rows.cohort.is_money
        yield Column(
            capfirst(_called(rows)), ADDS, Kind.MONEY if is_money else Kind.NUMBER
        )
    elif isinstance(metric.expression, Balance):
        yield Column(_("Counts"), ADDS, choices=_sides())
    elif has_parts(metric):
        yield Column(heading, ADDS, Kind.YES_NO)
    else:
        yield Column(heading, ADDS, _kind_of(metric.above_unit or metric.unit))


def _counts_column(metric: Metric, rows: Behind) -> Iterator[Column]:
    """Yield the column of what each row adds below the line, where that is not 1."""
    if counts(rows) is not None:
        kind = _kind_of(metric.below_unit)
        yield Column(capfirst(str(metric.denominator)), COUNTS, kind)


def _kind_of(unit: Unit) -> Kind:
    if unit in MONEY:
        return Kind.MONEY
    return Kind.SECONDS if unit is Unit.SECONDS else Kind.NUMBER


def _sides() -> dict[int, str]:
    return {1: _("for it"), 0: _("neither"), -1: _("against it")}


def _summed(metric: Metric, rows: Behind) -> str:
    """Return the one column that is summed above the line, or nothing."""
    if not isinstance(metric.expression, Amount | Mean):
        return ""
    terms = linears(metric.expression)[0].terms
    measure = rows.axis._meta.get_field(terms[0][0].name)
    if len(terms) > 1 or not isinstance(measure, Total) or len(measure.columns) > 1:
        return ""
    return measure.columns[0]


Values = Sequence[Any]  # what the lookups of one column found
Writer = Callable[[Values], Any]


def _written(found: RowList, writers: list[Writer], row: Values) -> list[Any]:
    cells, at = [], 0
    for column, write in zip(found.columns, writers, strict=True):
        end = at + len(column.lookups)
        cells.append(write(row[at:end]))
        at = end
    return cells


def _reader(axis: type[Cells], column: Column) -> Writer:
    """Return what reads the value of a column: None when there is nothing."""
    if column.path == REASON:
        return lambda values: reason_of(axis, values[0], list(values[1:]))
    if column.choices:
        return lambda values: column.choices.get(values[0], values[0])
    return lambda values: values[0]


def _cell_writer(axis: type[Cells], column: Column, org: Organisation) -> Writer:
    """Return what writes a column for a page."""
    read, is_number = _reader(axis, column), column.is_number
    is_customer = column.kind is Kind.CUSTOMER

    def write(values: Values) -> Cell:
        value = read(values)
        if value is None or value == "":
            return Cell("–", is_number)
        text = written_as(column.kind, value, org)
        return Cell(
            text,
            is_number=is_number,
            is_day=column.kind is Kind.DAY,
            customer=values[1] if is_customer else None,
        )

    return write


def written_as(kind: Kind, value: Any, org: Organisation) -> str:
    """Return a value of a row as people read it."""
    match kind:
        case Kind.DAY:
            return _("unknown") if value == UNDATED else _day(from_day(value))
        case Kind.INSTANT:
            return str(format_date(_local(value, org), "j M Y H:i"))
        case Kind.MONEY:
            return figure(value, Unit.MONEY, currency=org.currency).text
        case Kind.SECONDS:
            shown = figure(value, Unit.SECONDS)
            return f"{shown.text} {shown.unit}"
        case Kind.SHARE:
            shown = figure(Decimal(value) / 100, Unit.PERCENT)
            return f"{shown.text} {shown.unit}"
        case Kind.YES_NO:
            return _("yes") if value else _("no")
    return str(value)


def _plain_writer(axis: type[Cells], column: Column, org: Organisation) -> Writer:
    """Return what writes a column for a file."""
    read = _reader(axis, column)
    yes, no = _("yes"), _("no")
    writers: dict[Kind, Callable[[Any], Any]] = {
        Kind.DAY: lambda day: "" if day == UNDATED else from_day(day).isoformat(),
        Kind.INSTANT: lambda at: _local(at, org).strftime("%Y-%m-%d %H:%M"),
        Kind.MONEY: lambda amount: to_major(amount, org.currency),
        Kind.YES_NO: lambda is_so: yes if is_so else no,
        Kind.SECONDS: lambda seconds: seconds,
        Kind.SHARE: lambda share: Decimal(share) / 100,
        Kind.NUMBER: lambda number: number,
    }
    write = writers.get(column.kind, str)

    def written(values: Values) -> Any:
        value = read(values)
        return "" if value is None else write(value)

    return written


def _local(value: datetime, org: Organisation) -> datetime:
    return value.astimezone(ZoneInfo(org.zone))


def _day(value: date) -> str:
    return str(format_date(value, "j M Y"))
