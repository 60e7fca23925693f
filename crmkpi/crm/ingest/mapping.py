"""How the columns of a table become the fields of a record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.crm.ingest.registry import Record

ORDERS = ("YMD", "DMY", "MDY")
KEYS = {  # of a mapping, with what each says
    "columns": gettext_lazy("which heading is which field, or a list of fields"),
    "constants": gettext_lazy("a field that has the same value in every row"),
    "values": gettext_lazy("of a field, your words and the ones they stand for"),
    "identity": gettext_lazy("headings whose values together are the id of a row"),
    "date_order": gettext_lazy("YMD, DMY or MDY, as dates are written; else YMD"),
    "decimal": gettext_lazy("the sign before decimals: a point, or a comma"),
    "zone": gettext_lazy("of times that do not say theirs; else the organisation's"),
}


class MappingError(ValueError):
    """A mapping that does not fit its record or its table, in words for the user."""


@dataclass(frozen=True)
class TableMapping:
    """What a mapping file says, checked against the record it is for."""

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)  # heading: fields
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str | None]] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    date_order: str = "YMD"
    decimal: str = "."
    zone: str = ""  # "": the organisation's
    by_name: bool = True  # no columns were named: headings are field names


def parse_mapping(data: Any, record: Record) -> TableMapping:
    """Return a mapping read from JSON, checked against its record.

    Raises: MappingError naming what is wrong and what is known instead.
    """
    if not isinstance(data, dict):
        raise MappingError(_("A mapping is an object with keys and values."))
    unknown = sorted(set(data) - set(KEYS))
    if unknown:
        raise MappingError(
            _("A mapping has no key “%(key)s”. Keys are: %(known)s.")
            % {"key": unknown[0], "known": ", ".join(KEYS)}
        )
    columns = _columns(data.get("columns", {}), record)
    constants = _constants(data.get("constants", {}), record)
    mapping = TableMapping(
        columns=columns,
        constants=constants,
        values=_values(data.get("values", {}), record),
        identity=_identity(data.get("identity", []), columns, constants),
        date_order=_one_of("date_order", data.get("date_order", "YMD"), ORDERS),
        decimal=_one_of("decimal", data.get("decimal", "."), (".", ",")),
        zone=_zone(data.get("zone", "")),
        by_name="columns" not in data,
    )
    for name in constants:
        if any(name in fields for fields in columns.values()):
            raise MappingError(
                _("The field “%(name)s” has both a column and a constant.")
                % {"name": name}
            )
    return mapping


def load_mapping(text: str, record: Record) -> TableMapping:
    """Return a mapping from the text of a JSON file. Raises: MappingError."""
    return parse_mapping(read_json(text), record)


def read_json(text: str) -> Any:
    """Return what a text of JSON holds.

    Raises: MappingError, also for what is JSON and cannot be stored.
    """
    try:
        data = json.loads(text)
        told = json.dumps(data, ensure_ascii=False)
        told.encode()
    except (ValueError, RecursionError) as error:
        raise MappingError(
            _("The mapping is not JSON: %(error)s") % {"error": _plain_reason(error)}
        ) from error
    if "\\u0000" in told:
        raise MappingError(_("A mapping holds no NUL characters."))
    return data


def _plain_reason(error: Exception) -> str:
    """Return why; an error of encoding would quote what cannot be shown."""
    if isinstance(error, UnicodeEncodeError):
        return _("it holds half a character")
    return str(error)


def _columns(data: Any, record: Record) -> dict[str, tuple[str, ...]]:
    if not isinstance(data, dict):
        raise MappingError(_("“columns” maps headings to fields."))
    found: dict[str, tuple[str, ...]] = {}
    for heading, fields in data.items():
        if fields is None:
            continue
        listed = fields if isinstance(fields, list) else [fields]
        for name in listed:
            _check_field(name, record)
        found[heading] = tuple(listed)
    return found


def _constants(data: Any, record: Record) -> dict[str, str]:
    if not isinstance(data, dict):
        raise MappingError(_("“constants” maps fields to values."))
    for name in data:
        _check_field(name, record)
    return {name: _plain(value) for name, value in data.items() if value is not None}


def _values(data: Any, record: Record) -> dict[str, dict[str, str | None]]:
    if not isinstance(data, dict) or not all(
        isinstance(words, dict) for words in data.values()
    ):
        raise MappingError(_("“values” maps fields to their values and ours."))
    for name in data:
        _check_field(name, record)
    return {
        name: {
            theirs.strip(): None if ours is None else _plain(ours)
            for theirs, ours in words.items()
        }
        for name, words in data.items()
    }


def _identity(
    data: Any, columns: Mapping[str, Sequence[str]], constants: Mapping[str, str]
) -> tuple[str, ...]:
    if not isinstance(data, list) or not all(isinstance(one, str) for one in data):
        raise MappingError(_("“identity” is a list of headings."))
    named = {name for fields in columns.values() for name in fields} | set(constants)
    if data and "external_id" in named:
        raise MappingError(
            _("Rows are identified by external_id or by “identity”, not by both.")
        )
    return tuple(data)


def _check_field(name: Any, record: Record) -> None:
    if not isinstance(name, str) or record.field(name) is None:
        raise MappingError(
            _("The record %(record)s has no field “%(name)s”. Fields are: %(known)s.")
            % {
                "record": record.name,
                "name": name,
                "known": ", ".join(record.field_names),
            }
        )


def _one_of(key: str, value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise MappingError(
            _("“%(key)s” is one of: %(known)s.")
            % {"key": key, "known": ", ".join(known)}
        )
    return str(value)


def _zone(value: Any) -> str:
    if value and value not in available_timezones():
        raise MappingError(
            _("The time zone “%(zone)s” is not known.") % {"zone": value}
        )
    return str(value or "")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    raise MappingError(_("“%(value)s” is not a plain value.") % {"value": value})
