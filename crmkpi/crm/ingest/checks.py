"""Values as fields take them: each kind checked, with words for what is wrong."""

from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.crm.ingest.fields import folded
from crmkpi.crm.ingest.registry import Field, Kind, Record, RowFault
from crmkpi.crm.models import Member
from crmkpi.lib.periods import FIRST_DAY, LAST_DAY, from_day
from crmkpi.lib.values import ValueFault, is_missing, parse_text

Check = Callable[[Any], Any]

_FIRST, _LAST = from_day(FIRST_DAY), from_day(LAST_DAY)


REQUIRED = gettext_lazy("This is required.")


class Unfit(ValueError):
    """A value that its field does not take."""


class Checker:
    """Checks the rows of a record; `now` is in the organisation's zone."""

    def __init__(self, record: Record, now: datetime) -> None:
        self.record, self.now = record, now
        self._checks = {field.name: _check_of(field) for field in record.fields}
        self._required = [field.name for field in record.fields if field.required]
        self._past = [
            field.name
            for field in record.fields
            if field.kind is Kind.INSTANT and not field.future
        ]
        # Clocks and zones may differ by a day.
        self._future = now.astimezone(UTC) + timedelta(days=1)
        self._last_day = now.date() + timedelta(days=1)

    def checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of a row as they are written, references still as texts.

        Shape: only fields that the row has; blank texts are None; external_id always.
        Raises: RowFault for an unknown field, an unfit value, a required one left
        blank, and for values that do not go together.
        """
        checks = self._checks
        good: dict[str, Any] = {}
        for name, value in values.items():
            check = checks.get(name)
            if check is None:
                raise RowFault(name, _("There is no such field."))
            if value is not None and value != "":
                try:
                    value = check(value)
                except Unfit as fault:
                    raise RowFault(name, str(fault)) from None
            good[name] = None if value == "" else value
        if self.record.natural_key and good.get("external_id") is None:
            good["external_id"] = _natural_key(self.record, good)
        for name in self._required:
            if good.get(name) is None and (name in good or name == "external_id"):
                raise RowFault(name, REQUIRED)
        for name in self._past:
            value = good.get(name)
            if value is not None and self._is_future(value):
                raise RowFault(name, _("This lies in the future."))
        self.record.writer.check(good, self.now)
        return good

    def lacking(self, values: Mapping[str, Any]) -> str | None:
        """Return a required field that the table of a row does not have."""
        for name in self._required:
            if name not in values:
                return name
        return None

    def _is_future(self, value: date) -> bool:
        if isinstance(value, datetime):
            return value >= self._future
        return value > self._last_day


def identity_of(record: Record, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what no two rows of one import may have in common."""
    return tuple([values.get(name) for name in record.identity])


def _natural_key(record: Record, values: Mapping[str, Any]) -> str | None:
    parts = [values.get(name) for name in record.natural_key]
    if all(part is None for part in parts):
        return None
    return " / ".join("" if part is None else str(part) for part in parts)[:200]


def _check_of(field: Field) -> Check:
    match field.kind:
        case Kind.TEXT:
            return _text(field.max_length)
        case Kind.REFERENCE:
            return _member if field.to in Member.Dimension.values else _reference
        case Kind.WHOLE:
            return _whole(field.low, field.high)
        case Kind.NUMBER | Kind.MONEY:
            return _number
        case Kind.YES_NO:
            return _yes_no
        case Kind.DAY:
            return _day
        case Kind.INSTANT:
            return _instant
        case Kind.CHOICE:
            return _choice(field)


def _text(longest: int) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise Unfit(_("This must be text."))
        try:
            return parse_text(value, longest)
        except ValueFault as fault:
            raise Unfit(fault.reason) from None

    return check


_short_text = _text(200)


def _reference(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    found: str = _short_text(value)
    return found


def _member(value: Any) -> str:
    """Return the name of a member; nothing for words that say nothing."""
    found = _reference(value).strip()
    return "" if is_missing(found) or not found.strip("0-. ") else found


def _whole(low: int | None, high: int | None) -> Check:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unfit(_("This must be a whole number."))
        if low is not None and value < low:
            raise Unfit(_("This must be %(n)s or more.") % {"n": low})
        if high is not None and value > high:
            raise Unfit(_("This must be %(n)s or less.") % {"n": high})
        return value

    return check


def _number(value: Any) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise Unfit(_("This must be a number."))
    return value


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit(_("This must be yes or no."))
    return value


def _day(value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Unfit(_("This must be a day."))
    if not _FIRST <= value <= _LAST:
        raise Unfit(_out_of_range())
    return value


def _instant(value: Any) -> date:
    if not isinstance(value, datetime):
        if not isinstance(value, date):
            raise Unfit(_("This must be a day, with or without a time."))
        return _day(value)
    if value.tzinfo is None:
        raise Unfit(_("This must name its time zone."))
    # A day's margin, for nobody knows here on which local day it falls.
    if not _FIRST < value.date() < _LAST:
        raise Unfit(_out_of_range())
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _out_of_range() -> str:
    years = {"first": _FIRST.year, "last": _LAST.year}
    return _("This must lie between %(first)d and %(last)d.") % years


def _choice(field: Field) -> Check:
    choices, values = field.choices, frozenset(field.choices.values())

    def check(value: Any) -> Any:
        if isinstance(value, str):
            found = choices.get(value)
            if found is None:
                found = choices.get(folded(value))
            if found is not None:
                return found
        elif _is_one(value) and value in values:
            return value
        raise Unfit(
            _("This must be one of: %(words)s.") % {"words": ", ".join(field.words)}
        )

    return check


def _is_one(value: Any) -> bool:
    """Tell whether a value can be a choice: no list, no object, no yes or no."""
    return isinstance(value, Hashable) and not isinstance(value, bool)
