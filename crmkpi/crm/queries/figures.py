"""Reads for the pages on figures from outside."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import AuditEvent
from crmkpi.accounts.queries.audit import AuditLine, audit_lines
from crmkpi.crm.figures import (
    BRAND,
    KIND_NAMES,
    Kind,
    kind_of,
    plain,
    subject_of,
    title_of,
)
from crmkpi.crm.models import MarketFigure
from crmkpi.lib.numbers import Unit, figure
from crmkpi.lib.periods import Period, from_day

PER_PAGE = 50
HEADINGS = (  # the fields of the record market_figure, so that a file comes in again
    "external_id",
    "metric",
    "subject",
    "value",
    "out_of",
    "unit",
    "first_day",
    "last_day",
    "origin",
)


@dataclass(frozen=True)
class FigureLine:
    """One figure as the list shows it."""

    pk: int
    kind: str
    title: str
    subject: str
    value: str
    days: str
    origin: str
    author: str
    is_left_out: bool


def may_read_figures(access: Access) -> bool:
    """Whether the reader may see figures from outside: they are the company's."""
    return access.sees_company


def may_enter_figures(access: Access) -> bool:
    """Whether the reader may enter them: who manages the whole company."""
    return access.sees_company and access.manages


def figures(*, access: Access, kind: str = "", text: str = "") -> QuerySet[Any]:
    """Return the figures that match, the latest days first."""
    found: QuerySet[Any] = MarketFigure.objects.visible_to(access).select_related(
        "author", "source"
    )
    if kind:
        found = found.filter(_of_kind(Kind(kind)))
    for word in text.split()[:5]:
        found = found.filter(
            Q(metric_key__icontains=word)
            | Q(subject__icontains=word)
            | Q(origin__icontains=word)
        )
    return found.order_by("-end_day", "metric_key", "subject", "-pk")


def figures_page(found: QuerySet[Any], *, number: str | None) -> Page[Any]:
    """Return a page of figures, its objects being lines. Queries: 2."""
    page = Paginator(found, PER_PAGE).get_page(number)
    page.object_list = [line_of(each) for each in page.object_list]
    return page


def line_of(row: MarketFigure) -> FigureLine:
    return FigureLine(
        pk=row.pk,
        kind=str(KIND_NAMES[kind_of(row.metric_key)]),
        title=title_of(row.metric_key),
        subject=row.subject,
        value=_value_text(row),
        days=Period(row.first_day, row.end_day).label,
        origin=row.origin,
        author=str(row.author or row.source),
        is_left_out=bool(row.exclusion),
    )


def figures_file(found: QuerySet[Any]) -> Iterator[list[Any]]:
    """Return figures as rows of a file that can be imported again. Queries: 1."""
    for row in found.iterator(chunk_size=2_000):
        yield [
            row.external_id,
            row.metric_key,
            row.subject,
            plain(row.value),
            plain(row.out_of),
            row.unit,
            from_day(row.first_day).isoformat(),
            from_day(row.end_day - 1).isoformat(),
            row.origin,
        ]


def history_of(pk: int) -> list[AuditLine]:
    """Return who entered and changed a figure, latest first. Queries: 2."""
    events: Iterable[AuditEvent] = AuditEvent.objects.filter(
        subject=subject_of(pk)
    ).select_related("actor")
    return audit_lines(events)


def _of_kind(kind: Kind) -> Q:
    own = {
        Kind.MARKET: ["market_size"],
        Kind.AUDIT: ["data_accuracy"],
        Kind.BRAND: list(BRAND),
    }
    if kind in own:
        return Q(metric_key__in=own[kind])
    return ~Q(metric_key__in=[key for keys in own.values() for key in keys])


def _value_text(row: MarketFigure) -> str:
    """Return the value as people read it: "38,000,000 EUR", "18 of 20"."""
    number = _grouped(row.value)
    if row.out_of is not None:
        return f"{number} / {_grouped(row.out_of)}"
    return f"{number} {row.unit}".rstrip()


def _grouped(value: Any) -> str:
    digits = len(plain(value).partition(".")[2])
    return figure(value, Unit.COUNT, digits=digits).text
