"""How rows of a fact are written: what is new goes in, what differs is changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from crmkpi.crm import changes
from crmkpi.crm.exclusions import passed_on
from crmkpi.crm.forgotten import new_ids
from crmkpi.crm.ingest.registry import Batch, Counts, Row
from crmkpi.crm.ingest.writers.place import Columns, Place, Values
from crmkpi.crm.ingest.writers.rules import stored_moment
from crmkpi.crm.models import Exclusion, Fact, Source
from crmkpi.crm.removal import remove
from crmkpi.crm.restamp import TEAMS_LOCK
from crmkpi.lib import bulk
from crmkpi.lib.bulk import KeysIn

NO_RATE = _("Amounts left out because no exchange rate is known for their day")


@dataclass
class Written:
    """What writing a batch did to the rows of the fact itself."""

    new: dict[int, Columns] = field(default_factory=dict)  # by primary key
    changed: dict[int, tuple[Columns, Columns]] = field(default_factory=dict)
    same: dict[int, Columns] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)  # as they came, by primary key

    def has_new_owner(self, key: int) -> bool:
        """Whether a row that was there before has another owner now."""
        old, new = self.changed.get(key, ({}, {}))
        return bool(old) and old["agent_id"] != new["agent_id"]

    @property
    def touched(self) -> dict[int, Columns]:
        return self.new | {key: new for key, (_old, new) in self.changed.items()}


class FactWriter:
    """Writes rows of one fact model.

    A subclass says how values become columns (`build`), what they must obey together
    (`check`), and what else follows from them (`follow`). Fields that a table does not
    have keep what is stored (`kept` gives it back as values).
    """

    model: ClassVar[type[Fact]]
    # Columns that follow from other rows; writing leaves them as they are.
    managed: ClassVar[tuple[str, ...]] = ()
    # The field whose value the days of a row may not lie before.
    begins: ClassVar[str] = ""
    # Whether rows take over industry and segment of the customer they name.
    follows_customer: ClassVar[bool] = False
    # Whether something follows for the customer from all of its rows together.
    moves_customer: ClassVar[bool] = False
    # Whether rows are people, who may have been erased.
    names_people: ClassVar[bool] = False
    # Texts that stay blank in rows about somebody who was erased.
    withheld: ClassVar[tuple[str, ...]] = ()

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        """Raise RowFault when values that are right alone do not go together."""

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        """Return the columns of a row; `old` are those stored."""
        raise NotImplementedError

    def kept(self, old: Columns, place: Place) -> Values:
        """Return stored values of the fields that no single column holds."""
        return {}

    def follow(self, written: Written, place: Place) -> set[int]:
        """Write what follows from rows; return the keys of those it changed."""
        return set()

    def write(self, batch: Batch) -> Counts:
        bulk.hold(TEAMS_LOCK, shared=True)
        place = Place.load(batch)
        written, counts = Written(), Counts()
        self._know_customers(place, (row.values.get("customer") for row in batch.rows))
        pending = {row.values["external_id"]: row for row in batch.rows}
        for told, external_id in self._renamed(batch.source, pending).items():
            row = pending.pop(told)
            if external_id is None:
                counts.erased += 1
                continue
            values = row.values | {"external_id": external_id}
            pending[external_id] = Row(row.number, values)
        while pending:
            pending = self._write_once(pending, place, written, counts)
        self._announce(written, place)
        followed = self.follow(written, place) & written.same.keys()
        counts.warn(NO_RATE, _without_rate(written))
        counts.new += len(written.new)
        counts.changed += len(written.changed) + len(followed)
        counts.same += len(written.same) - len(followed)
        return counts

    def delete(self, source: Source, external_ids: Sequence[str], now: datetime) -> int:
        """Delete rows with all that follows from them. Raises: StillNamed."""
        bulk.hold(TEAMS_LOCK, shared=True)
        ids = set(self._ids_now(source, external_ids).values())
        rows = changes.rows_by_key(
            self._called(source, filter(None, ids)), for_update=True
        )
        remove(self.model, rows, now=now)
        return len(rows)

    def known(self, source: Source, external_ids: Iterable[str]) -> dict[str, Values]:
        """Return the rows that are there, by id, with when they began.

        Queries: 2, and 1 for people who were erased
        """
        columns = [name for name in self._beginning() if name in self._attnames()]
        ids = self._ids_now(source, external_ids)
        rows = {
            row["external_id"]: self._begun(row) if self.begins else {}
            for row in self._called(source, filter(None, ids.values())).values(
                "external_id", *columns
            )
        }
        return {
            told: rows[now] if now else {}
            for told, now in ids.items()
            if now is None or now in rows
        }

    def _ids_now(
        self, source: Source, external_ids: Iterable[str]
    ) -> dict[str, str | None]:
        """Return what rows are called now, also those that kept their ids."""
        ids: dict[str, str | None] = {each: each for each in external_ids}
        return ids | self._renamed(source, ids)

    def _renamed(
        self, source: Source, external_ids: Iterable[str]
    ) -> dict[str, str | None]:
        """Return what rows are called now whose ids told whose they are.

        Shape: by the id of the source; None for people who were erased, whom nothing
        that is told of them brings back.
        Queries: 1, and 1 for those who may have been erased
        """
        record = self.model._meta.model_name or ""
        found = new_ids(record, external_ids, source_id=source.pk)
        if not found or not self.names_people:
            return dict(found)
        rows = self._called(source, found.values()).exclude(erased_at=None)
        erased = set(rows.values_list("external_id", flat=True))
        return {told: None if now in erased else now for told, now in found.items()}

    def _beginning(self) -> tuple[str, str]:
        name = self.begins.removesuffix("_day")
        return f"{name}_at", f"{name}_day"

    def _begun(self, old: Columns) -> Values:
        return {self.begins: stored_moment(old, self.begins.removesuffix("_day"))}

    def _attnames(self) -> set[str]:
        return {field.attname for field in self.model._meta.concrete_fields}

    def _write_once(
        self, pending: dict[str, Row], place: Place, written: Written, counts: Counts
    ) -> dict[str, Row]:
        """Write rows and return those that somebody else inserted meanwhile.

        (1) read and lock what is there, (2) change what differs, (3) insert the rest.
        """
        names, pick = changes.columns(self.model), changes.picker(self.model)
        stored = self._stored(place.batch.source, pending)
        if self.follows_customer or self.moves_customer:
            at = changes.position(self.model, "customer_id")
            self._know_customers(place, (row[at] for _key, row in stored.values()))
        updates, inserts = [], []
        for external_id, row in pending.items():
            key, before = stored.get(external_id, (None, None))
            old = None if before is None else dict(zip(names, before, strict=True))
            new = self._columns(row.values, old, place)
            after = pick(new)
            if key is None or old is None:
                inserts.append((external_id, row, new, after))
                continue
            written.rows[key] = row
            if after == before:
                written.same[key] = new
            else:
                written.changed[key] = (old, new)
                updates.append((key, *after))
        self._update(updates, place.batch)
        return self._insert(inserts, place, written)

    def _know_customers(self, place: Place, keys: Iterable[int | None]) -> None:
        if self.follows_customer or self.moves_customer:
            place.know_customers(keys)

    def _update(self, rows: list[tuple[Any, ...]], batch: Batch) -> None:
        marks = (batch.now, batch.run.pk if batch.run else None)
        bulk.update_rows(
            self.model,
            ["id"],
            [*changes.columns(self.model), "written_at", "import_run_id"],
            [(*row, *marks) for row in rows],
        )

    def _insert(
        self,
        inserts: list[tuple[str, Row, Columns, tuple[Any, ...]]],
        place: Place,
        written: Written,
    ) -> dict[str, Row]:
        batch = place.batch
        marks = (batch.now, batch.run.pk if batch.run else None, batch.now)
        made = set(
            bulk.insert_new(
                self.model,
                [
                    *changes.columns(self.model),
                    "written_at",
                    "import_run_id",
                    "added_at",
                ],
                [(*after, *marks) for _id, _row, _new, after in inserts],
            )
        )
        keys = self._keys(batch.source, [one[0] for one in inserts])
        again = {}
        for external_id, row, new, _after in inserts:
            key = keys[external_id]
            if key in made:
                written.new[key] = new
                written.rows[key] = row
            else:
                again[external_id] = row
        return again

    def _columns(self, values: Values, old: Columns | None, place: Place) -> Columns:
        if old is not None and len(values) < len(place.batch.record.fields):
            values = self._filled(values, old, place)
        new = self.build(values, old, place)
        new["source_id"] = place.batch.source.pk
        new["external_id"] = values["external_id"]
        exclusion = values.get("exclusion") or Exclusion.NONE
        if "exclusion" in new:  # the row itself says why it cannot count
            exclusion = exclusion or new["exclusion"]
        new["exclusion"] = passed_on(
            int(exclusion),
            is_test_customer=new.get("customer_id") in place.test_accounts,
        )
        for name, default in self._defaults.items():
            new.setdefault(name, old[name] if old else default)
        if self.withheld and place.is_about_erased(new):
            new.update(dict.fromkeys(self.withheld, ""))
        return new

    def _filled(self, values: Values, old: Columns, place: Place) -> Values:
        kept = self.kept(old, place)
        for one in place.batch.record.fields:
            if one.name not in values:
                kept.setdefault(one.name, old[one.column] if one.column else None)
        if (
            self.follows_customer
            and values.get("customer", old["customer_id"]) != (old["customer_id"])
        ):
            kept["industry"] = kept["segment"] = None  # they were the other customer's
        if kept.get("exclusion") in (Exclusion.NO_RATE, Exclusion.CUSTOMER):
            kept["exclusion"] = None
        return kept | values

    @cached_property
    def _defaults(self) -> Columns:
        """What the columns hold at first that follow from other rows."""
        fields = [self.model._meta.get_field(name) for name in self.managed]
        return {
            name: field.get_default()  # type: ignore[union-attr]
            for name, field in zip(self.managed, fields, strict=True)
        }

    def _stored(
        self, source: Source, external_ids: Iterable[str]
    ) -> dict[str, tuple[int, changes.Row]]:
        at = changes.position(self.model, "external_id")
        rows = self._called(source, external_ids)
        found = changes.rows_by_key(rows, for_update=True)
        return {row[at]: (key, row) for key, row in found.items()}

    def _keys(self, source: Source, external_ids: Iterable[str]) -> dict[str, int]:
        rows = self._called(source, external_ids)
        return dict(rows.values_list("external_id", "pk"))

    def _called(
        self, source: Source, external_ids: Iterable[str]
    ) -> models.QuerySet[Any]:
        keys = [(external_id,) for external_id in external_ids]
        return self.model._base_manager.filter(
            KeysIn([F("external_id")], keys), source=source
        )

    def _announce(self, written: Written, place: Place) -> None:
        row = changes.picker(self.model)
        now = place.batch.now
        changes.announce(
            self.model,
            before={},
            after=map(row, written.new.values()),
            now=now,
            cause="import",
        )
        changes.announce(
            self.model,
            before={key: row(old) for key, (old, _new) in written.changed.items()},
            after=[row(new) for _old, new in written.changed.values()],
            now=now,
            cause="edit",
        )


def _without_rate(written: Written) -> int:
    rows = (written.touched | written.same).values()
    return sum(row["exclusion"] == Exclusion.NO_RATE for row in rows)
