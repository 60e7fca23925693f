"""What several writers do alike: order of days, amounts, durations, addresses."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.exchange import Amount
from crmkpi.crm.ingest.registry import RowFault
from crmkpi.crm.ingest.writers.place import Columns, Place, Values
from crmkpi.crm.models import Exclusion
from crmkpi.lib.money import MoneyError, digits, to_major, to_minor
from crmkpi.lib.periods import UNDATED, from_day, to_day


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


def amount_columns(
    values: Values, day: int | None, place: Place, *, name: str = "amount"
) -> Columns:
    """Return amount, original_amount and original_currency of a row.

    An amount in a currency without a rate for its day leaves the row out of figures.
    """
    if values.get(name) is None:
        return {
            name: None,
            "original_amount": None,
            "original_currency": "",
        }
    converted = convert(values[name], values, day, place)
    columns: Columns = {
        name: converted.amount,
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


def kept_amount(old: Columns, *, name: str = "amount") -> Values:
    """Return amount and currency as values."""
    if old["original_amount"] is None:
        return {name: None, "currency": None}
    currency = old["original_currency"]
    return {name: to_major(old["original_amount"], currency), "currency": currency}


def check_email(values: Mapping[str, Any]) -> None:
    if values.get("email"):
        try:
            validate_email(values["email"])
        except ValidationError:
            raise RowFault("email", _("This is not an e-mail address.")) from None
