"""The rows that moved a number, as a reader may see them: what they were and are."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import F, Model
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation, Team, User
from crmkpi.crm.models import Exclusion
from crmkpi.crm.querysets import FactQuerySet
from crmkpi.lib.bulk import KeysIn
from metrics.dimensions import DIMENSIONS
from metrics.row_columns import FACTS, FactRows, Kind
from metrics.row_lists import Cell, written_as
from metrics.why.records import Added, Columns, Record, Touch, column, parent_of
from metrics.why.split import (
    Cause,
    Moved,
    Numbers,
    Part,
    moving,
    records_of,
    sides,
)
from metrics.why.who import Who

MOST = 50  # rows of one part that are listed


@dataclass(frozen=True)
class Line:
    """One thing that moved a number."""

    name: str  # what its source calls it; a dash for readers who must not know
    kind: str  # "deals"
    customer: Cell | None
    changes: list[str]  # "Agent: Alice → Bob"
    at: datetime | None
    by: str
    numbers: Numbers | None  # what it did to both sides


@dataclass(frozen=True)
class Lines:
    """The rows of one part."""

    shown: list[Line]
    more: int  # beyond those shown, that may be seen
    hidden: int  # that the reader may not open


def may_see(model: type[Model], row: Columns, access: Access) -> bool:
    """Whether a reader may see a row as it was: as FactQuerySet.visible_to."""
    if access.sees_company:
        return True
    agent = getattr(model, "agent_path", None)
    if agent:
        people = set(access.agent_ids)
        if access.own_team_ids:
            people.add(access.user_id)
        if row.get(f"{agent}_id") in people:
            return True
    return any(
        row.get(f"{path}_id") in access.team_ids
        for path in getattr(model, "team_paths", ())
    )


def lines_of(part: Part, *, access: Access, org: Organisation, metric: Any) -> Lines:
    """Return the rows of a part that the reader may see, the latest change first.

    Queries: about 10, whatever their number.
    """
    seen = [each for each in records_of(part) if _is_open(each.record, access)]
    hidden = len({(each.record.axis, each.record.key) for each in part.moved})
    hidden -= len({(each.record.axis, each.record.key) for each in seen})
    both = sides(metric.expression)
    came: list[tuple[Added, list[dict[str, Any]]]] = []
    more = max(0, len(seen) - MOST)
    room = MOST - len(seen[:MOST])
    for added in part.added:
        if both is None:
            continue
        rows = moving(added, both, added.days)
        visible = cast(FactQuerySet, rows.rows).visible_to(access)
        count, may = rows.rows.count(), visible.count()
        hidden += count - may
        names = [*_names(added.axis.fact), "one_above", "one_below"]
        found = list(visible.order_by("-added_at", "-pk").values("pk", *names)[:room])
        room -= len(found)
        more += may - len(found)
        came.append((added, found))
    writer = _Writer(seen[:MOST], came, access, org)
    return Lines(list(writer.lines()), more, hidden)


def _is_open(record: Record, access: Access) -> bool:
    rows = [*record.then, *record.now]
    return any(may_see(record.axis.fact, row, access) for row in rows)


def _names(model: type[Model]) -> list[str]:
    fields = {field.attname for field in model._meta.concrete_fields}
    return [name for name in ("added_at", "import_run_id") if name in fields]


class _Writer:
    """Writes lines with the names that their rows need, read once for all."""

    def __init__(
        self,
        moved: list[Moved],
        came: list[tuple[Added, list[dict[str, Any]]]],
        access: Access,
        org: Organisation,
    ) -> None:
        self.moved, self.came, self.access, self.org = moved, came, access, org
        touches = [touch for each in moved for touch in self._touches(each.record)]
        touches += [_coming(row) for _added, rows in came for row in rows]
        self.who = Who(touches)
        self.names = _identities(
            [(each.record.axis.fact, each.record.key) for each in moved]
            + [(added.axis.fact, row["pk"]) for added, rows in came for row in rows]
        )
        self.labels = _labels(
            [row for each in moved for row in (*each.record.then, *each.record.now)],
            [each.record.axis for each in moved],
        )

    def lines(self) -> Iterator[Line]:
        for each in self.moved:
            record = each.record
            fact = FACTS[record.axis.fact]
            name, customer = self._name(record.axis.fact, record.key, record)
            touches = self._touches(record)
            last = touches[-1] if touches else None
            yield Line(
                name,
                str(fact.plural),
                customer,
                list(self._changes(each)),
                last.at if last else None,
                self.who.of(last) if last else "",
                each.now if each.now else None,
            )
        for added, rows in self.came:
            fact = FACTS[added.axis.fact]
            for row in rows:
                name, customer = self._name(added.axis.fact, row["pk"], None)
                touch = _coming(row)
                numbers = Numbers(int(row["one_above"]), int(row["one_below"]))
                yield Line(
                    name,
                    str(fact.plural),
                    customer,
                    [_("came")],
                    touch.at,
                    self.who.of(touch),
                    numbers,
                )

    def _touches(self, record: Record) -> list[Touch]:
        """Return what happened to a record, its coming too."""
        came = [
            _coming(row)
            for row in record.now
            if row.get("added_at") and not record.then
        ]
        return sorted([*record.touches, *came], key=lambda touch: touch.at)

    def _name(
        self, model: type[Model], key: int, record: Record | None
    ) -> tuple[str, Cell | None]:
        fact = FACTS[model]
        if fact.hides_customers and self.access.is_agent_only:
            return "–", None
        name, customer = self.names.get((model, key), ("", None))
        if not name and record is not None:
            rows = [*record.now, *record.then]
            name = next(
                (row["external_id"] for row in rows if row.get("external_id")), ""
            )
        return name or "–", customer

    def _changes(self, moved: Moved) -> Iterator[str]:
        """Yield what differs between a record then and now, one column each."""
        record, cause = moved.record, moved.cause
        if not record.now:
            yield _("deleted")
            return
        if not record.then:
            yield _("came")
            return
        if not (len(record.then) == len(record.now) == 1):
            yield _("its stretches were cut anew")
            return
        (old,), (new,) = record.then, record.now
        if cause is Cause.DELETION and new.get("exclusion"):
            yield _("left out: %(reason)s") % {
                "reason": Exclusion(new["exclusion"]).label
            }
        for heading, name, kind, choices in self._columns(record.axis):
            if old.get(name) == new.get(name) or (name == "exclusion" and new[name]):
                continue
            yield _("%(column)s: %(old)s → %(new)s") % {
                "column": heading,
                "old": self._text(old.get(name), kind, name, choices),
                "new": self._text(new.get(name), kind, name, choices),
            }

    def _columns(self, axis: Any) -> Iterator[tuple[str, str, Kind, Mapping[Any, Any]]]:
        """Yield the columns that a change is told by: heading, name, kind, choices."""
        yield str(_("Day")), axis.when, Kind.DAY, {}
        yield str(_("Agent")), column(axis, axis.agent), Kind.TEXT, {}
        yield str(_("Team")), column(axis, axis.team()), Kind.TEXT, {}
        fields = {field.attname for field in axis.fact._meta.concrete_fields}
        if "exclusion" in fields:
            reasons = dict(Exclusion.choices)
            yield str(_("Counted")), "exclusion", Kind.TEXT, reasons
        told = {axis.when}
        fact: FactRows = FACTS[axis.fact]
        for each in fact.columns:
            if each.path in fields and each.path not in told:
                told.add(each.path)
                yield str(each.heading), each.path, each.kind, each.choices
        for cut in axis.cuts:
            dimension = DIMENSIONS[cut]
            name = column(axis, axis.column(cut))
            if name not in told:
                labels: dict[int, str] = {}
                if dimension.choices is not None:
                    labels = {one.value: str(one.label) for one in dimension.choices}
                yield str(dimension.label), name, Kind.TEXT, labels

    def _text(
        self, value: Any, kind: Kind, name: str, choices: Mapping[Any, Any]
    ) -> str:
        if value is None or value == "":
            return _("none")
        if (name, value) in self.labels:
            return self.labels[name, value]
        if choices:
            return str(choices.get(value, value))
        return written_as(kind, value, self.org)


def _coming(row: Mapping[str, Any]) -> Touch:
    return Touch(row["added_at"], Cause.NEW, row.get("import_run_id"), None)


def _identities(
    wanted: Iterable[tuple[type[Model], int]],
) -> dict[tuple[type[Model], int], tuple[str, Cell | None]]:
    """Return what sources call records, and their customers. Queries: 1 a fact."""
    by_model: dict[type[Model], set[int]] = {}
    for model, key in wanted:
        by_model.setdefault(model, set()).add(key)
    found: dict[tuple[type[Model], int], tuple[str, Cell | None]] = {}
    for model, keys in by_model.items():
        fact, own = FACTS[model], parent_of(model)
        lookups = [own, *fact.identity.lookups]
        has_customer = fact.customer is not None
        if has_customer:
            way = (fact.customer or "").replace(".", "__")
            lookups += [f"{way}__name", f"{way}_id"] if way else ["name", "pk"]
        rows = model._default_manager.filter(
            KeysIn([F(own)], [(key,) for key in sorted(keys)])
        )
        for key, name, *customer in rows.values_list(*lookups):
            cell = (
                Cell(customer[0], customer=customer[1])
                if has_customer and customer[1]
                else None
            )
            found[model, key] = (str(name), cell)
    return found


def _labels(rows: Iterable[Columns], axes: Iterable[Any]) -> dict[tuple[str, Any], str]:
    """Return the names of agents, teams and members among the columns of rows.

    Queries: 1 for each kind.
    """
    held = list(rows)
    found: dict[tuple[str, Any], str] = {}
    for axis in set(axes):
        sources: list[tuple[str, Any, str]] = [
            (column(axis, axis.agent), User.objects.all(), "name"),
            (column(axis, axis.team()), Team.objects.all(), "name"),
        ]
        for cut in axis.cuts:
            dimension = DIMENSIONS[cut]
            if dimension.model is not None:
                name = column(axis, axis.column(cut))
                sources.append((name, dimension.members(), dimension.names[0]))
        for name, members, called in sources:
            ids = {row.get(name) for row in held} - {None}
            if ids:
                named = members.filter(pk__in=ids).values_list("pk", called)
                found |= {(name, pk): str(text) for pk, text in named}
    return found
