"""The one door for rows: checked as a whole, then written in one go or in parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation, today
from crmkpi.crm import changes
from crmkpi.crm.ingest import checks
from crmkpi.crm.ingest.references import MADE, References
from crmkpi.crm.ingest.registry import (
    OWN_SOURCES,
    Batch,
    Counts,
    Kind,
    Record,
    Row,
    RowError,
    RowFault,
    get_record,
)
from crmkpi.crm.ingest.writers.base import FactWriter
from crmkpi.crm.members import folded
from crmkpi.crm.models import ImportRun, Source
from crmkpi.crm.rhythm import with_day


@dataclass
class Outcome:
    """What became of the rows of one import."""

    new: int = 0
    changed: int = 0
    same: int = 0
    erased: int = 0  # of somebody who was erased: left as they are
    refused: list[RowError] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)  # sentence -> rows

    @property
    def refused_rows(self) -> int:
        """How many rows were refused; one row may have several errors."""
        return len({error.row for error in self.refused})

    @property
    def taken(self) -> int:
        """How many rows were good, whether or not they said anything new."""
        return self.new + self.changed + self.same + self.erased

    def add(self, counts: Counts) -> None:
        self.new += counts.new
        self.changed += counts.changed
        self.same += counts.same
        self.erased += counts.erased
        for sentence, rows in counts.warnings.items():
            self.warnings[sentence] = self.warnings.get(sentence, 0) + rows


def ingest(
    record: str,
    rows: Iterable[Mapping[str, object]],
    *,
    source: str,
    now: datetime,
    actor: User | None = None,
    run: ImportRun | None = None,
    first_row: int = 2,
    partial: bool = False,
) -> Outcome:
    """Write rows of a record, all of them or none, in one transaction.

    Rows are keyed on (source, external id): what is there and equal stays untouched,
    what differs is changed, fields that a row does not have keep what is stored. With
    `partial` the good rows are taken although others are refused.

    Shape: a row maps field names to typed values (text, int, Decimal, bool, date,
    aware datetime); other records are named by id or name
    Time: a date in place of an instant is that local day
    Raises: UnknownRecord
    Example: `ingest("product", [{"name": "Kettle", "list_price": Decimal(30)}],
    source="shop", now=now).new == 1`
    """
    with transaction.atomic():
        intake = Intake(
            get_record(record), ensure_source(source), now=now, run=run, actor=actor
        )
        good = intake.check(enumerate(rows, first_row))
        outcome = intake.outcome
        refused = intake.refuse_late()
        outcome.refused.sort(key=lambda error: error.row)
        if outcome.refused and not partial:
            return outcome
        intake.write([row for row in good if row.number not in refused])
        intake.finish()
        if run is None:
            note_success(intake.source.pk, now=now)
    return outcome


def note_success(source_id: int, *, now: datetime) -> Source:
    """Note that a source came through; call it inside the transaction."""
    source = Source.objects.select_for_update(no_key=True).get(pk=source_id)
    source.last_success_at = now
    source.came_days = with_day(source.came_days, today(now, get_organisation()))
    source.save(update_fields=["last_success_at", "came_days"])
    return source


def delete_records(
    record: str, external_ids: Sequence[str], *, source: str, now: datetime
) -> int:
    """Delete rows that a source calls so, with what follows from them.

    Returns how many there were. Raises: UnknownRecord; StillNamed for records that
    others rest on.
    """
    with transaction.atomic():
        found = Source.objects.filter(slug=slug_of(source)).first()
        if found is None:
            return 0
        return get_record(record).writer.delete(found, external_ids, now)


def slug_of(source: str) -> str:
    """Return the short name of a source.

    Raises: ValueError when nothing is left, or for a source of our own.
    """
    slug = slugify(source)[:64]
    if not slug:
        raise ValueError(_("Give the source a name of letters or digits."))
    if slug in OWN_SOURCES:
        raise ValueError(
            _("This source is that of %(owner)s; choose another name.")
            % {"owner": OWN_SOURCES[slug]}
        )
    return slug


def ensure_source(source: str) -> Source:
    """Return the source of this name, made when it is new."""
    found, _new = Source.objects.get_or_create(
        slug=slug_of(source), defaults={"name": source.strip()[:200]}
    )
    return found


class Intake:
    """One import: rows are checked in any number of parts, then written in as many.

    `check` may not be called again once `write` was. Each part of writing is one
    transaction of the caller.
    """

    def __init__(
        self,
        record: Record,
        source: Source,
        *,
        now: datetime,
        run: ImportRun | None = None,
        actor: User | None = None,
    ) -> None:
        self.actor = actor
        self.record, self.source, self.now, self.run = record, source, now, run
        self.outcome = Outcome()
        local_now = now.astimezone(ZoneInfo(get_organisation().zone))
        self._checker = checks.Checker(record, local_now)
        self._references = References(source, now)
        self._rows_of: dict[tuple[Any, ...], int] = {}  # identity -> row number
        self._names: set[str] = set()  # ids and names of the rows of this import
        self._late: list[tuple[int, str, str]] = []  # rows that name such a row
        self._waiting: list[Row] = []
        self._own = [
            one.name
            for one in record.fields
            if one.kind is Kind.REFERENCE and one.to == record.name
        ]
        self._named = [
            one
            for one in record.fields
            if one.kind is Kind.REFERENCE
            and one.to not in MADE
            and one.name not in self._own
        ]

    def check(self, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> list[Row]:
        """Return the rows that can be written; what is wrong goes to the outcome."""
        good: list[Row] = []
        for number, values in rows:
            try:
                row = Row(number, self._checker.checked(values))
            except RowFault as fault:
                self._refuse(number, fault, values)
                continue
            try:
                self._check_identity(row)
            except RowFault as fault:
                self._refuse(number, fault, row.values)
            else:
                good.append(row)
        refused = self._check_partial(good) | self._check_references(good)
        return [row for row in good if row.number not in refused] if refused else good

    def refuse_late(self) -> set[int]:
        """Refuse rows that name a row of this record which never came.

        Call it when all rows are checked. Returns their numbers.
        """
        refused = set()
        for number, name, text in self._late:
            if folded(text) not in self._names:
                reason = self._references.missing(self.record.name, [text])[text]
                self.outcome.refused.append(RowError(number, name, text, reason))
                refused.add(number)
        return refused

    def write(self, rows: Sequence[Row]) -> None:
        """Write checked rows."""
        if rows:
            counts = self._write(rows)
            self._waiting += counts.waiting
            self.outcome.add(counts)

    def finish(self) -> None:
        """Write rows again that named others of their record which came later."""
        if self._waiting:
            self._write(self._waiting)
            self._waiting = []

    def _write(self, rows: Sequence[Row]) -> Counts:
        resolved = self._resolved(rows)
        batch = Batch(
            self.record, self.source, resolved, self.now, self.run, self._references
        )
        with changes.made_by(run=self.run, actor=self.actor):
            return self.record.writer.write(batch)

    def _resolved(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows with primary keys in place of what references are called.

        Those of rows still to come stay texts.
        """
        resolved = [Row(row.number, dict(row.values)) for row in rows]
        for one in self.record.fields:
            if one.kind is not Kind.REFERENCE:
                continue
            name = one.name
            # In the order of the rows: the first spelling of a new name is kept.
            values = dict.fromkeys([row.values.get(name) for row in rows])
            texts = [value for value in values if isinstance(value, str)]
            if not texts:
                continue
            keys = self._references.keys(one.to, texts)
            for row in resolved:
                value = row.values.get(name)
                if isinstance(value, str):
                    row.values[name] = keys.get(value, value)
        return resolved

    def _check_identity(self, row: Row) -> None:
        identity = checks.identity_of(self.record, row.values)
        first = self._rows_of.setdefault(identity, row.number)
        if first != row.number:
            raise RowFault(
                self.record.identity[0],
                _("Row %(row)d has the same id.") % {"row": first},
            )
        if self._own:
            for name in ("external_id", "name"):
                if row.values.get(name):
                    self._names.add(folded(row.values[name]))

    def _check_partial(self, rows: Sequence[Row]) -> set[int]:
        """Check rows of a table that lacks fields against what is stored."""
        writer = self.record.writer
        begins = writer.begins if isinstance(writer, FactWriter) else ""
        partial = [
            row
            for row in rows
            if self._checker.lacking(row.values)
            or (begins and begins not in row.values)
        ]
        stored: Mapping[str, dict[str, Any]] = {}
        if partial and isinstance(writer, FactWriter):
            ids = [row.values["external_id"] for row in partial]
            stored = writer.known(self.source, ids)
        refused = set()
        for row in partial:
            try:
                self._check_against(stored.get(row.values.get("external_id", "")), row)
            except RowFault as fault:
                self._refuse(row.number, fault, row.values)
                refused.add(row.number)
        return refused

    def _check_against(self, stored: dict[str, Any] | None, row: Row) -> None:
        lacking = self._checker.lacking(row.values)
        if stored is not None:
            self.record.writer.check(stored | row.values, self._checker.now)
        elif lacking is not None:
            raise RowFault(lacking, checks.REQUIRED)

    def _check_references(self, rows: Sequence[Row]) -> set[int]:
        refused = set()
        for one in self._named:
            texts = {row.values[one.name] for row in rows if row.values.get(one.name)}
            missing = self._references.missing(one.to, texts) if texts else {}
            if not missing:
                continue
            for row in rows:
                reason = missing.get(row.values.get(one.name) or "")
                if reason is not None:
                    refused.add(row.number)
                    text = row.values[one.name]
                    self.outcome.refused.append(
                        RowError(row.number, one.name, text, reason)
                    )
        for name in self._own:
            texts = {row.values[name] for row in rows if row.values.get(name)}
            missing = self._references.missing(self.record.name, texts)
            self._late += [
                (row.number, name, row.values[name])
                for row in rows
                if row.values.get(name) in missing
            ]
        return refused

    def _refuse(self, row: int, fault: RowFault, values: Mapping[str, Any]) -> None:
        value = values.get(fault.column)
        text = "" if value is None else str(value)[:200]
        self.outcome.refused.append(RowError(row, fault.column, text, fault.reason))
