"""Rows as they were at an instant beside what they are now, record by record.

A record is what people would call one thing: a ticket with all its spells, a deal with
its stages, an answer. A row was there at an instant if it had come by then; what it was
is told by its first image after the instant, else by the row itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import F, Model, Q, QuerySet

from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.columns import column_of, related_model
from metrics.dimensions import Cut
from metrics.engine import one_row
from metrics.engine.ancestry import Ancestry
from metrics.engine.images import kept_columns
from metrics.engine.rows import scope_filter
from metrics.expressions import Linear
from metrics.measures.base import Cells
from metrics.models import RowImage
from metrics.row_columns import FACTS
from metrics.scopes import ScopeKey

Columns = dict[str, Any]


class Days(NamedTuple):
    """The days [start, end) whose rows count."""

    start: int
    end: int

    def __contains__(self, day: object) -> bool:
        return isinstance(day, int) and self.start <= day < self.end

    def hull(self, other: "Days") -> "Days":
        return Days(min(self.start, other.start), max(self.end, other.end))


class Touch(NamedTuple):
    """One change of a row: when, what kind, by which import or person."""

    at: datetime
    cause: str
    run_id: int | None
    actor_id: int | None


@dataclass
class Record:
    """One thing that changed: its rows on one axis then and now."""

    axis: type[Cells]
    key: int
    then: list[Columns] = field(default_factory=list)
    now: list[Columns] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)  # oldest first
    is_older: bool = False  # it was there at the instant, maybe with other rows


@dataclass(frozen=True)
class Added:
    """Rows of an axis that came after the instant and did not change since."""

    axis: type[Cells]
    days: Days
    rows: QuerySet[Any]  # of the scope, also of other days


@dataclass(frozen=True)
class Place:
    """Where rows count: one axis, one scope."""

    axis: type[Cells]
    scope: ScopeKey
    ancestry: Ancestry

    def holds(self, row: Columns) -> bool:
        """Whether a row belongs to the scope, by the tree of teams of its day."""
        axis, scope = self.axis, self.scope
        if scope.cut == Cut.COMPANY:
            return True
        if scope.cut == Cut.TEAM:
            return self._is_below(scope.member, row)
        if scope.cut == Cut.AGENT:
            return (row[column(axis, axis.agent)] or 0) == scope.member
        member = row[column(axis, axis.column(Cut(scope.cut)))] or 0
        is_there = not scope.other or self._is_below(scope.other, row)
        return bool(member == scope.member) and is_there

    def _is_below(self, team: int, row: Columns) -> bool:
        axis, day = self.axis, row[self.axis.when]
        own = row[column(axis, axis.team())]
        return day is not None and team in self.ancestry.above(own, day)

    def counts(self, row: Columns, days: Days) -> bool:
        """Whether a row counts in the scope on the days. Raises: CannotTell."""
        if row[self.axis.when] not in days or not self.holds(row):
            return False
        return one_row.holds(self.axis.base, self.axis.fact, row)

    def adds(self, rows: Iterable[Columns], linear: Linear, days: Days) -> int:
        """Return what rows add to a sum over the days. Raises: CannotTell."""
        return sum(
            one_row.adds(linear, self.axis, row)
            for row in rows
            if row[self.axis.when] in days and self.holds(row)
        )


@cache
def parent_of(model: type[Model]) -> str:
    """Return the column with the record a row belongs to; "pk" for one of its own."""
    path = FACTS[model].identity.path
    name, dot, _rest = path.partition(".")
    if not dot:
        return "pk"
    return column_of(model, name)


def column(axis: type[Cells], name: str) -> str:
    return column_of(axis.fact, name)


def place(axis: type[Cells], scope: ScopeKey) -> Place:
    """Return where the rows of an axis count for a scope. Queries: 1 for teams."""
    return Place(axis, scope, Ancestry([scope]))


def changed_records(
    where: Place, days: Days, *, since: datetime, linears: Sequence[Linear] = ()
) -> list[Record]:
    """Return the records with rows that changed, came or went since an instant.

    Only those of which a row counts on these days, then or now; rows that merely came
    are not among them where a row is a record of its own: `added_rows` has those.

    Queries: 4, 1 more for each table that conditions look into, 1 for when parents
    came.
    """
    axis = where.axis
    paths = sorted(one_row.paths_of(axis, linears))
    images = _images(where, days, since)
    by_row: dict[int, list[RowImage]] = defaultdict(list)
    for image in images:
        by_row[image.row].append(image)
    found: dict[int, Record] = {}
    now = {row["pk"]: row for row in _current(axis, set(by_row), paths)}
    then = {
        pk: _since_added(axis, now.get(pk, {}))
        | some[0].columns
        | {"pk": pk, "added_at": some[0].added_at}
        for pk, some in by_row.items()
        if _was_there(some[0].added_at, since)
    }
    _look_up(axis, then.values(), paths)
    for pk, some in by_row.items():
        held = [each[pk] for each in (then, now) if pk in each]
        columns = held[-1] if held else some[0].columns | {"pk": pk}
        record = _record(found, axis, columns)
        record.then += [then[pk]] if pk in then else []
        record.now += [now[pk]] if pk in now else []
        record.touches += [
            Touch(each.at, each.cause, each.run_id, each.actor_id) for each in some
        ]
    if parent_of(axis.fact) != "pk":
        for row in _values(_came(where, days, since), axis, paths):
            if row["pk"] not in by_row:
                _record(found, axis, row).now.append(row)
    _note_age(axis, found.values(), since)
    for each in found.values():
        each.touches.sort(key=lambda touch: touch.at)
    return list(found.values())


def added_rows(
    where: Place, days: Days, hull: Days, *, since: datetime
) -> Added | None:
    """Return the rows that came since an instant and stayed what they were.

    Empty: None where rows belong to a record, with which they are told.
    """
    if parent_of(where.axis.fact) != "pk":
        return None
    changed = _since(where.axis, since).values("row")
    rows = _came(where, hull, since).filter(where.axis.base).exclude(pk__in=changed)
    return Added(where.axis, days, rows)


def instants(axis: type[Cells], *, first: datetime, last: datetime) -> set[datetime]:
    """Return when rows of an axis came or changed between two instants. Queries: 2."""
    label = axis.fact._meta.label_lower
    found = set(
        RowImage.objects.filter(model=label, at__gte=first, at__lte=last)
        .order_by()
        .values_list("at", flat=True)
        .distinct()[:50]
    )
    came = axis.fact._default_manager.filter(added_at__gte=first, added_at__lte=last)
    found |= set(came.order_by().values_list("added_at", flat=True).distinct()[:50])
    return found


def _since(axis: type[Cells], since: datetime) -> QuerySet[RowImage]:
    return RowImage.objects.filter(model=axis.fact._meta.label_lower, at__gt=since)


def _on(axis: type[Cells], days: Days) -> Q:
    return Q(**{f"{axis.when}__gte": days.start, f"{axis.when}__lt": days.end})


def _came(where: Place, days: Days, since: datetime) -> QuerySet[Any]:
    rows = where.axis.fact._default_manager.filter(_on(where.axis, days))
    return rows.filter(scope_filter(where.axis, where.scope), added_at__gt=since)


def _images(where: Place, days: Days, since: datetime) -> Iterator[RowImage]:
    """Return all images since an instant of rows that are, or were, on the days."""
    axis, images = where.axis, _since(where.axis, since)
    were = images.filter(first_day__lt=days.end, last_day__gte=days.start)
    rows = set(were.order_by().values_list("row", flat=True))
    here = axis.fact._default_manager.filter(_on(axis, days))
    here = here.filter(scope_filter(axis, where.scope), pk__in=images.values("row"))
    rows |= set(here.order_by().values_list("pk", flat=True))
    wanted = KeysIn([F("row")], [(row,) for row in sorted(rows)])
    return iter(images.filter(wanted).order_by("row", "at", "pk"))


def _current(
    axis: type[Cells], keys: set[int], paths: Sequence[str]
) -> Iterator[Columns]:
    wanted = KeysIn([F("pk")], [(key,) for key in sorted(keys)])
    yield from _values(axis.fact._base_manager.filter(wanted), axis, paths)


def _values(
    rows: QuerySet[Any], axis: type[Cells], paths: Sequence[str]
) -> Iterator[Columns]:
    fields = {field.attname for field in axis.fact._meta.concrete_fields}
    more = {"added_at", "import_run_id"} & fields
    names = dict.fromkeys(("pk", *kept_columns(axis.fact), *more, *paths))
    yield from rows.order_by("pk").values(*names)


def _since_added(axis: type[Cells], now: Columns) -> Columns:
    """Return what an image lacks of columns that are younger: as the row is now."""
    return {name: now.get(name) for name in kept_columns(axis.fact)}


def _was_there(added_at: datetime | None, since: datetime) -> bool:
    return added_at is None or added_at <= since


def _record(found: dict[int, Record], axis: type[Cells], row: Columns) -> Record:
    key = row[parent_of(axis.fact)]
    return found.setdefault(key, Record(axis, key))


def _look_up(axis: type[Cells], rows: Iterable[Columns], paths: Sequence[str]) -> None:
    """Fill in what conditions see in other tables, as it is today."""
    held = list(rows)
    for path in paths:
        name, _dunder, rest = path.partition("__")
        key = column_of(axis.fact, name)
        wanted = KeysIn(
            [F("pk")], [(row[key],) for row in held if row[key] is not None]
        )
        others = related_model(axis.fact, name)._base_manager.filter(wanted)
        values = dict(others.values_list("pk", rest))
        for row in held:
            row[path] = values.get(row[key])


def _note_age(axis: type[Cells], records: Iterable[Record], since: datetime) -> None:
    """Say of each record whether it was there at the instant already."""
    held = list(records)
    for each in held:
        each.is_older = bool(each.then)
    name = parent_of(axis.fact)
    if name == "pk":
        return
    young = [each for each in held if not each.is_older]
    parent = related_model(axis.fact, name.removesuffix("_id"))
    wanted = KeysIn([F("pk")], [(each.key,) for each in young])
    rows = parent._base_manager.filter(wanted)
    added = dict(rows.values_list("pk", "added_at"))
    for each in young:
        each.is_older = each.key in added and _was_there(added[each.key], since)
