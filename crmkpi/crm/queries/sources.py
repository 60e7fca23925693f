"""Reads for the data page: sources, what came from them, and imports."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.utils.functional import Promise

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team, User
from crmkpi.crm.ingest.registry import RECORDS
from crmkpi.crm.models import ImportRun, Source
from crmkpi.crm.rhythm import good_until
from crmkpi.lib.numbers import Unit, figure

PER_PAGE = 50


@dataclass(frozen=True)
class SourceLine:
    """A source and how fresh it is."""

    name: str
    slug: str
    last_success_at: datetime | None
    freshness: str  # "fresh", "stale" or "never"
    rows: int | None  # taken in by imports; None for those who may not know
    last_refused: int | None  # rows of the last import that were refused

    @property
    def badge(self) -> str:
        """Return the status that the page shows for it."""
        return {"fresh": "ok", "stale": "stale", "never": "no_data"}[self.freshness]

    @property
    def rows_text(self) -> str:
        return "–" if self.rows is None else figure(self.rows, Unit.COUNT).text


@dataclass(frozen=True)
class RecordCount:
    """How many rows of a record there are."""

    name: str
    label: str | Promise
    rows: int

    @property
    def text(self) -> str:
        return figure(self.rows, Unit.COUNT).text


def may_see_imports(access: Access) -> bool:
    """Whether the reader may know what was imported and see what was refused.

    Cells of refused rows may be of any team, so only those who see the company or
    arrange its settings may.
    """
    return access.sees_company or access.is_administrator


def sources(*, access: Access, now: datetime) -> list[SourceLine]:
    """Return all sources, stalest last success first. Queries: 1."""
    last = ImportRun.objects.filter(source=OuterRef("pk")).order_by("-started_at")
    found: QuerySet[Any] = Source.objects.annotate(
        taken=Sum("imports__rows_new"),
        last_refused=Subquery(last.values("rows_refused")[:1]),
    )
    knows = may_see_imports(access)
    lines = [
        SourceLine(
            name=source.name,
            slug=source.slug,
            last_success_at=source.last_success_at,
            freshness=_freshness(source, now),
            rows=source.taken if knows else None,
            last_refused=source.last_refused if knows else None,
        )
        for source in found.order_by("name", "pk")
    ]
    order = {"stale": 0, "never": 1, "fresh": 2}
    return sorted(lines, key=lambda line: order[line.freshness])


def record_counts() -> list[RecordCount]:
    """Return the rows of every record, by label. Queries: 1 for each record."""
    models = {"team": Team, "agent": User}
    found = []
    for name, record in RECORDS.items():
        model = record.model or models.get(name)
        if model is not None:
            rows = model._base_manager.count()
            found.append(RecordCount(name, record.label, rows))
    return sorted(found, key=lambda one: str(one.label))


def imports(
    *, source: Source | None = None, record: str = "", state: str = ""
) -> QuerySet[ImportRun]:
    """Return the imports that match, latest first."""
    found = ImportRun.objects.select_related("source", "actor")
    if source is not None:
        found = found.filter(source=source)
    if record:
        found = found.filter(record=record)
    if state:
        found = found.filter(state=state)
    return found.order_by("-started_at", "-pk")


def imports_page(
    found: QuerySet[ImportRun], *, number: str | int | None
) -> Page[ImportRun]:
    """Return a page of imports. Queries: 2."""
    return Paginator(found.defer("errors", "mapping"), PER_PAGE).get_page(number)


def _freshness(source: Source, now: datetime) -> str:
    if source.last_success_at is None:
        return "never"
    until = good_until(
        source.last_success_at, source.expected_every_days, source.came_days
    )
    return "stale" if until is not None and now > until else "fresh"
