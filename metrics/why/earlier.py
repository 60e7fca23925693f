"""What a number was before: earlier computations of the same scope and period."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Max

from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.periods import Period
from metrics.engine import versions
from metrics.models import Revision, Snapshot
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
    """That a closed figure moved: how often, and when last."""

    count: int
    at: datetime


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
    rows = Revision.objects.filter(version__key=key, **place)
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
    current = versions.current_versions().get(key)
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
    counted = rows.order_by().values_list("version__key", *KEY)
    found: dict[Asked, Revised] = {}
    for key, *where, count, at in counted.annotate(Count("pk"), Max("at")):
        for each in by_place[tuple(where)]:
            if each[0] == key:
                found[each] = Revised(count, at)
    return found


def _numbers(above: int | None, below: int | None) -> Numbers | None:
    return None if above is None else Numbers(above, below or 0)
