"""Turning the cells of a table into the values of a record's fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from crmkpi.crm.ingest.mapping import MappingError, TableMapping
from crmkpi.crm.ingest.registry import Field, Kind, Record, RowError
from crmkpi.lib.periods import from_day, local_day
from crmkpi.lib.values import (
    ValueFault,
    is_missing,
    parse_bool,
    parse_date,
    parse_decimal,
    parse_duration,
    parse_instant,
    parse_text,
)

BETWEEN = " / "  # joins the cells that identify a row

Cells = Sequence[str]


@dataclass(frozen=True)
class _Source:
    """Where a field's text comes from, and how it is read."""

    name: str
    places: tuple[int, ...]  # of cells, joined by a blank; none: the constant
    headings: str
    constant: str
    words: dict[str, str | None]
    read: Callable[[str], Any]


class Reader:
    """Turns the cells of a table into the values of a record's fields.

    Raises: MappingError when the table does not have the columns named.
    """

    def __init__(
        self,
        record: Record,
        mapping: TableMapping,
        headings: Sequence[str],
        *,
        zone: str,
    ) -> None:
        self.width = len(headings)
        self._places: dict[str, int] = {}
        for place, heading in enumerate(headings):
            self._places.setdefault(heading_key(heading), place)
        self._headings = headings
        columns = mapping.columns
        if mapping.by_name:
            columns = self._by_name(record, mapping)
        self._sources = self._bind(record, mapping, columns, mapping.zone or zone)
        self._identity = [self._place(heading) for heading in mapping.identity]
        used = {place for source in self._sources for place in source.places}
        used.update(self._identity)
        self.ignored = [
            heading for place, heading in enumerate(headings) if place not in used
        ]
        self._of_field = {source.name: source.headings for source in self._sources}

    def heading_of(self, field: str) -> str:
        """Return the heading that a field was read from, for messages."""
        return self._of_field.get(field) or field

    def values(
        self, number: int, cells: Cells
    ) -> tuple[dict[str, Any], list[RowError]]:
        """Return the typed values of a row, and what could not be read."""
        values: dict[str, Any] = {}
        errors: list[RowError] = []
        if len(cells) > self.width:
            extra = " ".join(cells[self.width :]).strip()
            reason = _("The row has more cells than there are headings.")
            return values, [RowError(number, "", extra[:200], reason)]
        for source in self._sources:
            places = source.places
            if len(places) == 1:
                text = cells[places[0]]
            elif places:
                text = " ".join(
                    filter(None, (cells[place].strip() for place in places))
                )
            else:
                text = source.constant
            text = text.strip()
            if source.words:
                text = _translated(text, source.words)
            if is_missing(text):
                values[source.name] = None
                continue
            try:
                values[source.name] = source.read(text)
            except ValueFault as fault:
                errors.append(
                    RowError(number, source.headings, text[:200], fault.reason)
                )
        if self._identity:
            parts = [cells[place].strip() for place in self._identity]
            if any(parts):
                values["external_id"] = BETWEEN.join(parts)
        return values, errors

    def _by_name(
        self, record: Record, mapping: TableMapping
    ) -> dict[str, tuple[str, ...]]:
        """Take headings for field names; a heading that is none is a mistake."""
        identity = {heading_key(heading) for heading in mapping.identity}
        fields = {name_key(name): name for name in record.field_names}
        found: dict[str, tuple[str, ...]] = {}
        strange = []
        for heading in self._headings:
            name = fields.get(name_key(heading))
            if name is not None and name not in mapping.constants:
                found[heading] = (name,)
            elif name is None and heading_key(heading) not in identity:
                strange.append(heading)
        if strange:
            raise MappingError(
                _(
                    "The record %(record)s has no field “%(name)s”. Name the columns "
                    "in a mapping, or use the fields as headings: %(known)s."
                )
                % {
                    "record": record.name,
                    "name": strange[0],
                    "known": ", ".join(record.field_names),
                }
            )
        return found

    def _bind(
        self,
        record: Record,
        mapping: TableMapping,
        columns: Mapping[str, Sequence[str]],
        zone: str,
    ) -> list[_Source]:
        places: dict[str, list[int]] = {}
        for heading, fields in columns.items():
            for name in fields:
                places.setdefault(name, []).append(self._place(heading))
        sources = []
        for one in record.fields:
            if one.name in places or one.name in mapping.constants:
                at = tuple(places.get(one.name, ()))
                sources.append(
                    _Source(
                        one.name,
                        at,
                        ", ".join(self._headings[place] for place in at) or one.name,
                        mapping.constants.get(one.name, ""),
                        mapping.values.get(one.name, {}),
                        _reading(one, mapping, zone),
                    )
                )
        return sources

    def _place(self, heading: str) -> int:
        place = self._places.get(heading_key(heading))
        if place is None:
            raise MappingError(
                _("The table has no column “%(name)s”. Its columns are: %(known)s.")
                % {"name": heading, "known": ", ".join(self._headings)}
            )
        return place


def heading_key(heading: str) -> str:
    """Return a heading as headings are compared: "Deal Owner:*" is "deal owner"."""
    return " ".join(heading.strip("\ufeff \t:*").split()).casefold()


def name_key(name: str) -> str:
    """Return a heading as field names are compared: "External_ID" is "external id"."""
    return heading_key(name).replace("_", " ")


def _translated(text: str, words: Mapping[str, str | None]) -> str:
    if text in words:
        return words[text] or ""
    for theirs, ours in words.items():
        if theirs.casefold() == text.casefold():
            return ours or ""
    return text


def _reading(one: Field, mapping: TableMapping, zone: str) -> Callable[[str], Any]:
    """Return how the texts of a field are read; equal texts are read once."""
    order, decimal = mapping.date_order, mapping.decimal
    read: Callable[[str], Any]
    match one.kind:
        case Kind.WHOLE if one.is_duration:
            read = parse_duration
        case Kind.WHOLE:

            def read(text: str) -> Any:
                return _whole(text, decimal)
        case Kind.NUMBER | Kind.MONEY:

            def read(text: str) -> Any:
                return parse_decimal(text, decimal)
        case Kind.YES_NO:
            read = parse_bool
        case Kind.DAY:

            def read(text: str) -> Any:
                return _day(text, order, zone)
        case Kind.INSTANT:

            def read(text: str) -> Any:
                return _instant(text, order, zone)
        case _:
            return lambda text: parse_text(text, one.max_length)
    return lru_cache(maxsize=4096)(read)


def _whole(text: str, decimal: str) -> int:
    value = parse_decimal(text, decimal)
    if value != value.to_integral_value():
        raise ValueFault(_("“%(text)s” is not a whole number.") % {"text": text[:40]})
    return int(value)


def _day(text: str, order: str, zone: str) -> date:
    if ":" not in text:
        return parse_date(text, order)
    return from_day(local_day(parse_instant(text, order, zone), zone))


def _instant(text: str, order: str, zone: str) -> date:
    """Return an instant, or a day where no time is told: that is a local one."""
    if ":" not in text:
        return parse_date(text, order)
    return parse_instant(text, order, zone)
