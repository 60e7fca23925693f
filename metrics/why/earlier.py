"""What a number was before: earlier computations of the same scope and period."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.periods import Period
from metrics.engine import versions
from metrics.models import Cause, Revision, Snapshot
from metrics.scopes import ScopeKey
from metrics.why.split import Numbers

KEY = ("cut", "member", "other", "grain", "start")

Asked = tuple[str, ScopeKey, Period | None]


@dataclass(frozen=True)
class Earlier:
    """A value as it was stored until an instant."""

    key: str  # how addresses name it: "r12" a revision, "v3" by another definition
    version: int
    numbers: Numbers | None  # None: it had no value
    value: Decimal | None  # money in minor units
    since: datetime  # from when on it was right
    until: datetime
    cause: str  # what replaced it, as the engine noted


@dataclass(frozen=True)
class Revised:
    """That a closed figure moved: how often, when last, and what moved it then."""

    count: int
    at: datetime
    cause: str  # a value of metrics.models.Cause

    @property
    def what(self) -> str:
        """Return the last cause in words, "rows that arrived late"."""
        return str(Cause(self.cause).label).lower()


def earlier_computations(
    key: str, scope: ScopeKey, period: Period | None
) -> list[Earlier]:
    """Return what a metric of a scope and period was stored as before, latest first.

    Empty: for periods that are not stored, such as free ranges.

    Queries: 3.
    """
    if period is None or period.grain is None:
        return []
    place = dict(zip(KEY, (*scope, int(period.grain), period.start), strict=True))
    current = versions.current_versions().get(key)
    rows = Revision.objects.filter(version__key=key, **place)
    # What this metric's own other definition replaced, the snapshot it left tells.
    rows = rows.filter(~Q(cause=Cause.DEFINITION) | Q(version=current))
    found = []
    last: datetime | None = None
    for row in rows.select_related("version").order_by("at", "pk"):
        found.append(
            Earlier(
                f"r{row.pk}",
                row.version.number,
                _numbers(row.old_numerator, row.old_denominator),
                row.old_value,
                row.old_computed_at or last or row.at,
                row.at,
                row.cause,
            )
        )
        last = row.at
    older = Snapshot.objects.filter(version__key=key, **place).exclude(version=current)
    found += [
        Earlier(
            f"v{row.version.number}",
            row.version.number,
            _numbers(row.numerator, row.denominator),
            row.value,
            row.computed_at,
            current.since if current else row.computed_at,
            "definition",
        )
        for row in older.select_related("version")
    ]
    return sorted(found, key=lambda each: each.until, reverse=True)


def revised(
    asked: Iterable[Asked],
) -> dict[Asked, Revised]:
    """Return which of some values moved after their period had closed.

    Empty: a value that never moved is not among them. Queries: 1.
    """
    by_place: dict[tuple[int, ...], set[Asked]] = defaultdict(set)
    for key, scope, period in asked:
        if period is not None and period.grain is not None:
            place = (*scope, int(period.grain), period.start)
            by_place[place].add((key, scope, period))
    if not by_place:
        return {}
    rows = Revision.objects.filter(
        KeysIn([F(name) for name in KEY], list(by_place)),
        version__key__in={key for some in by_place.values() for key, *_rest in some},
    )
    found: dict[Asked, Revised] = {}
    columns = rows.order_by("at", "pk").values_list("version__key", *KEY, "at", "cause")
    for key, *where, at, cause in columns:
        for each in by_place[tuple(where)]:
            if each[0] == key:
                count = found[each].count if each in found else 0
                found[each] = Revised(count + 1, at, cause)
    return found


def with_revisions(rows: QuerySet[Any], *, period: Period) -> QuerySet[Any]:
    """Annotate rows with how often their figure of a period moved after its close.

    For models that name a metric and a scope (metric, cut, member, other); `revised_of`
    reads it. Queries: none of its own.
    """
    moved = Revision.objects.filter(
        version__key=OuterRef("metric"),
        cut=OuterRef("cut"),
        member=OuterRef("member"),
        other=OuterRef("other"),
        grain=int(period.grain or 0),
        start=period.start,
    )
    counted = moved.order_by().values("version__key").annotate(n=Count("pk"))
    last = moved.order_by("-at", "-pk")
    annotated: QuerySet[Any] = rows.annotate(
        revisions=Subquery(counted.values("n")),
        revised_at=Subquery(last.values("at")[:1]),
        revised_by=Subquery(last.values("cause")[:1]),
    )
    return annotated


def revised_of(row: Any) -> Revised | None:
    """Return what `with_revisions` found for a row; None for a figure that stood."""
    if not row.revisions:
        return None
    return Revised(row.revisions, row.revised_at, row.revised_by)


def _numbers(above: int | None, below: int | None) -> Numbers | None:
    return None if above is None else Numbers(above, below or 0)
