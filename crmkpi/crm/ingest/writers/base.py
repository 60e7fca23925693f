"""How rows of a fact are written: what is new goes in, what differs is changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import Organisation
from crmkpi.accounts.queries import get_business_calendar, get_organisation
from crmkpi.crm import changes
from crmkpi.crm.exchange import Amount, Exchange
from crmkpi.crm.ingest.registry import Batch, Counts, Row, RowFault
from crmkpi.crm.models import Customer, Exclusion, Fact, Source
from crmkpi.crm.removal import remove
from crmkpi.crm.restamp import TEAMS_LOCK
from crmkpi.crm.stamps import Stamper
from crmkpi.lib import bulk
from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.business_time import BusinessCalendar
from crmkpi.lib.money import MoneyError, digits, to_major, to_minor
from crmkpi.lib.periods import UNDATED, day_start, from_day, local_day, to_day

Values = dict[str, Any]  # of a row, by field name
Columns = dict[str, Any]  # of a stored row, by column
Moment = tuple[datetime | None, int | None]  # instant and local day
Traits = tuple[int | None, int | None, int | None]  # industry, region, segment

NO_RATE = _("Amounts left out because no exchange rate is known for their day")


@dataclass
class Place:
    """Where rows land: the organisation, its teams, and what is known of customers."""

    batch: Batch
    org: Organisation
    stamper: Stamper
    exchange: Exchange
    customers: dict[int, Traits] = field(default_factory=dict)
    stages: Any = None  # what the writer of opportunities has read of them

    @classmethod
    def load(cls, batch: Batch) -> "Place":
        """Return the place for a batch. Queries: 7."""
        org = get_organisation()
        return cls(batch, org, Stamper.load(), Exchange(org.currency))

    @cached_property
    def hours(self) -> BusinessCalendar | None:
        """The organisation's business hours, None when it has none."""
        calendar = get_business_calendar(self.org)
        return calendar if any(calendar.hours) else None

    @cached_property
    def today(self) -> int:
        return local_day(self.batch.now, self.org.zone)

    def moment(
        self, value: datetime | date | None, *, missing: int | None = None
    ) -> Moment:
        """Return the instant and local day of a value; a day alone begins it."""
        if value is None:
            return None, missing
        if isinstance(value, datetime):
            return value, local_day(value, self.org.zone)
        day = to_day(value)
        return day_start(day, self.org.zone), day

    def know_customers(self, keys: Iterable[int | None], *, lock: bool) -> None:
        """Read industry, region and segment of customers, locked if asked. Queries: 1.

        Whoever works out what follows for a customer locks it before any of its rows,
        so that two who bring in rows of one customer cannot block each other.
        """
        wanted = {key for key in keys if key is not None} - self.customers.keys()
        if wanted:
            found = changes.with_keys(Customer, wanted)
            rows = (changes.locked(found) if lock else found).values_list(
                "pk", "industry_id", "region_id", "segment_id"
            )
            self.customers |= {pk: (one, two, three) for pk, one, two, three in rows}

    def traits(self, customer_id: int | None) -> Traits:
        if customer_id is None:
            return None, None, None
        return self.customers[customer_id]


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
        rows = changes.rows_by_key(
            self._called(source, set(external_ids)), for_update=True
        )
        remove(self.model, rows, now=now)
        return len(rows)

    def known(self, source: Source, external_ids: Iterable[str]) -> dict[str, Values]:
        """Return the rows that are there, by id, with when they began.

        Queries: 1
        """
        columns = [name for name in self._beginning() if name in self._attnames()]
        rows = self._called(source, external_ids).values("external_id", *columns)
        if not self.begins:
            return {row["external_id"]: {} for row in rows}
        return {row["external_id"]: self._begun(row) for row in rows}

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
        names = changes.columns(self.model)
        stored = self._stored(place.batch.source, pending)
        if self.follows_customer or self.moves_customer:
            at = changes.position(self.model, "customer_id")
            self._know_customers(place, (row[at] for _key, row in stored.values()))
        updates, inserts = [], []
        for external_id, row in pending.items():
            key, before = stored.get(external_id, (None, None))
            old = None if before is None else dict(zip(names, before, strict=True))
            new = self._columns(row.values, old, place)
            after = tuple(new[name] for name in names)
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
            place.know_customers(keys, lock=self.moves_customer)

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
        marks = (batch.now, batch.run.pk if batch.run else None)
        made = set(
            bulk.insert_new(
                self.model,
                [*changes.columns(self.model), "written_at", "import_run_id"],
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
        new["exclusion"] = int(exclusion)
        for name in self.managed:
            new.setdefault(name, old[name] if old else self._default(name))
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
        if kept.get("exclusion") == Exclusion.NO_RATE:
            kept["exclusion"] = None
        return kept | values

    def _default(self, column: str) -> Any:
        fields = {one.attname: one for one in self.model._meta.concrete_fields}
        return fields[column].get_default()

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
        names = changes.columns(self.model)

        def row(values: Columns) -> changes.Row:
            return tuple(values[name] for name in names)

        now = place.batch.now
        changes.announce(
            self.model,
            before=[],
            after=[row(new) for new in written.new.values()],
            now=now,
            cause="import",
        )
        changes.announce(
            self.model,
            before=[row(old) for old, _new in written.changed.values()],
            after=[row(new) for _old, new in written.changed.values()],
            now=now,
            cause="edit",
        )


def _without_rate(written: Written) -> int:
    rows = (written.touched | written.same).values()
    return sum(row["exclusion"] == Exclusion.NO_RATE for row in rows)


def stored_moment(old: Columns, name: str) -> datetime | date | None:
    """Return an instant as a value, from its columns NAME_at and NAME_day."""
    at, day = old.get(f"{name}_at"), old.get(f"{name}_day")
    if at is None and day is not None and day != UNDATED:
        return from_day(day)
    return at


def stored_day(day: int | None) -> date | None:
    return None if day is None or day == UNDATED else from_day(day)


def day_of(value: date | None) -> int | None:
    return None if value is None else to_day(value)


def day_after(value: date | None) -> int | None:
    return None if value is None else to_day(value) + 1


def in_order(
    values: Mapping[str, Any], first: str, then: str, reason: Any, now: datetime
) -> None:
    """Raise RowFault when a value lies before another.

    Beside a day without a time, an instant counts by its day in the zone of `now`.
    """
    one, other = values.get(first), values.get(then)
    if one is None or other is None:
        return
    if isinstance(one, datetime) != isinstance(other, datetime):
        one, other = _date(one, now), _date(other, now)
    if other < one:
        raise RowFault(then, reason)


def _date(value: date, now: datetime) -> date:
    if isinstance(value, datetime):
        return value.astimezone(now.tzinfo).date()
    return value


def not_after(
    values: Mapping[str, Any], name: str, now: datetime, reason: Any = ""
) -> None:
    """Raise RowFault when something that has happened lies in the future."""
    value = values.get(name)
    if value is None:
        return
    if (_date(value, now) - now.date()).days > 1:
        raise RowFault(name, reason or _("This lies in the future."))


def seconds_between(start: datetime | None, end: datetime | None) -> int | None:
    """Return the seconds from one instant to another, None when the order is wrong.

    A day without a time begins at midnight and so may seem to lie before an instant.
    """
    if start is None or end is None or end < start:
        return None
    return int((end - start).total_seconds())


def days_between(start: int | None, end: int | None) -> int | None:
    """Return whole days from one known local day to another, None when unknown."""
    if start is None or end is None or UNDATED in (start, end) or end < start:
        return None
    return end - start


def check_amount(values: Mapping[str, Any], *names: str) -> None:
    """Raise RowFault for an unknown currency or an amount too large to keep."""
    currency = values.get("currency") or "EUR"
    try:
        digits(currency)
    except MoneyError as error:
        raise RowFault("currency", str(error)) from error
    for name in names:
        if values.get(name) is not None:
            try:
                to_minor(Decimal(values[name]), currency)
            except MoneyError as error:
                raise RowFault(name, str(error)) from error


def amount_columns(values: Values, day: int | None, place: Place) -> Columns:
    """Return amount, original_amount and original_currency of a row.

    An amount in a currency without a rate for its day leaves the row out of figures.
    """
    if values.get("amount") is None:
        return {
            "amount": None,
            "original_amount": None,
            "original_currency": "",
        }
    converted = convert(values["amount"], values, day, place)
    columns: Columns = {
        "amount": converted.amount,
        "original_amount": converted.original,
        "original_currency": converted.currency,
    }
    if converted.amount is None:
        columns["exclusion"] = Exclusion.NO_RATE
    return columns


def convert(amount: Decimal, values: Values, day: int | None, place: Place) -> Amount:
    when = place.today if day is None or day == UNDATED else day
    currency = values.get("currency") or ""
    return place.exchange.convert(Decimal(amount), currency, when)


def kept_amount(old: Columns) -> Values:
    """Return amount and currency as values."""
    if old["original_amount"] is None:
        return {"amount": None, "currency": None}
    currency = old["original_currency"]
    return {"amount": to_major(old["original_amount"], currency), "currency": currency}


def check_email(values: Mapping[str, Any]) -> None:
    if values.get("email"):
        try:
            validate_email(values["email"])
        except ValidationError:
            raise RowFault("email", _("This is not an e-mail address.")) from None
