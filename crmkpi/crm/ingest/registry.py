"""What can be imported: records, their fields, and who writes them.

Every app registers its own records when it is ready; a reader of files or a page asks
here what a field is called and what it holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import ImportRun, Source

if TYPE_CHECKING:
    from crmkpi.crm.ingest.references import References

Words = str | Promise


class Kind(StrEnum):
    """What a field holds, in the words of `--fields`."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes or no"
    DAY = "day"
    INSTANT = "instant"
    CHOICE = "choice"
    REFERENCE = "reference"


@dataclass(frozen=True, eq=False)
class Field:
    """One named value of a record.

    A REFERENCE names another record of the same source by its id, or any by its name;
    a CHOICE is one of a few words. DAY and INSTANT are local to the organisation where
    they do not say otherwise.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    help: Words = ""
    unit: Words = ""
    to: str = ""  # REFERENCE: the record or open dimension it names
    choices: Mapping[str, Any] = field(default_factory=dict)  # folded word -> value
    words: tuple[str, ...] = ()  # the choices as listed to people
    low: int | None = None
    high: int | None = None
    max_length: int = 200
    future: bool = False  # INSTANT: may lie in the future
    is_duration: bool = False  # WHOLE: seconds, which may be written H:MM:SS
    column: str = ""  # attname that keeps the value; "" when several or none do

    @property
    def label(self) -> str:
        """Return the name as people read it: "Top from"."""
        return self.name.replace("_", " ").capitalize()


class Row(NamedTuple):
    """A row of a table: its number there and its values by field name.

    A field that the table does not have is not among the values; one that is blank is
    None. When rows are written, references hold primary keys.
    """

    number: int
    values: dict[str, Any]


class RowError(NamedTuple):
    """Why a row was refused; `value` is the text as it stood in the table."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class Counts:
    """What became of rows, and what people should know about them."""

    new: int = 0
    changed: int = 0
    same: int = 0
    erased: int = 0  # of somebody who was erased: left as they are
    warnings: dict[str, int] = field(default_factory=dict)  # sentence -> rows
    # Rows that name others of the same record which are still to come.
    waiting: list[Row] = field(default_factory=list)

    def warn(self, sentence: Words, rows: int = 1) -> None:
        if rows:
            self.warnings[str(sentence)] = self.warnings.get(str(sentence), 0) + rows


@dataclass(frozen=True)
class Batch:
    """Rows on their way in, with what is needed to place them."""

    record: "Record"
    source: Source
    rows: Sequence[Row]
    now: datetime
    run: ImportRun | None
    references: "References"


class Writer(Protocol):
    """Writes the rows of one record; called inside one transaction."""

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        """Raise RowFault when values that are right alone do not go together.

        `now` is in the organisation's zone.
        """

    def write(self, batch: Batch) -> Counts:
        """Write rows that have passed every check, and say what became of them."""

    def delete(self, source: Source, external_ids: Sequence[str], now: datetime) -> int:
        """Delete what the source calls so and return how many there were."""


class RowFault(ValueError):
    """Why a row cannot be taken: the field to blame and the reason in words."""

    def __init__(self, column: str, reason: Words) -> None:
        super().__init__(str(reason))
        self.column = column
        self.reason = str(reason)


@dataclass(frozen=True, eq=False)
class Record:
    """A kind of row that can be imported."""

    name: str  # one word for commands and addresses
    label: Words
    help: Words
    fields: tuple[Field, ...]
    writer: Writer
    model: type[models.Model] | None = None
    # The id of a row that comes without one: these values, joined.
    natural_key: tuple[str, ...] = ()
    # What no two rows of one import may have in common.
    identity: tuple[str, ...] = ("external_id",)

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


class UnknownRecord(LookupError):
    """No app registered a record of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("There is no record “%(name)s”. Records are: %(known)s.")
            % {"name": name, "known": ", ".join(RECORDS)}
        )

    def __str__(self) -> str:
        return str(self.args[0])


RECORDS: dict[str, Record] = {}
# Sources whose rows this installation makes itself, each with who does.
OWN_SOURCES: dict[str, Words] = {}


def register(record: Record) -> None:
    """Make a record known; a second one of the same name is a mistake of ours."""
    if record.name in RECORDS:
        raise ValueError(f"record {record.name} is registered twice")
    RECORDS[record.name] = record


def reserve_source(slug: str, owner: Words) -> None:
    """Keep a source for rows of our own, whose ids nobody else may use."""
    OWN_SOURCES[slug] = owner


def get_record(name: str) -> Record:
    """Return a registered record. Raises: UnknownRecord."""
    try:
        return RECORDS[name]
    except KeyError:
        raise UnknownRecord(name) from None
