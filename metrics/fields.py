"""A value in the unit of a metric, typed as people write it and printed back."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import get_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import HOUR, MINUTE, Unit
from crmkpi.lib.values import ValueFault, parse_decimal, parse_duration

HINTS: dict[Unit, str | Promise] = {
    Unit.PERCENT: _("Per cent, for example 71 or 71.5."),
    Unit.POINTS: _("Points from −100 to 100."),
    Unit.SECONDS: _("For example 6:15 (minutes and seconds), 31.4 h or 45 s."),
    Unit.DAYS: _("Days, for example 51.8."),
    Unit.MONEY: _("An amount in %(currency)s."),
    Unit.MONEY_PER_DAY: _("An amount in %(currency)s a day."),
}
_SUFFIXES = {"h": HOUR, "min": MINUTE, "m": MINUTE, "s": 1}
_WITH_SUFFIX = re.compile(r"(.*?)\s*(h|min|m|s)", re.IGNORECASE)
_MINUTES = re.compile(r"[0-9]{1,4}:[0-5][0-9]")


class ValueField(forms.Field):
    """A number of a target; cleaned to a Decimal in the metric's unit, or None."""

    def __init__(self, *, unit: Unit, currency: str, **options: Any) -> None:
        self.unit = unit
        hint = HINTS.get(unit)
        if hint is not None:
            options.setdefault("help_text", str(hint) % {"currency": currency})
        widget = forms.TextInput(attrs={"maxlength": "40", "autocomplete": "off"})
        super().__init__(widget=widget, **options)

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return read_value(text[:100], self.unit)
        except ValueFault as fault:
            raise forms.ValidationError(fault.reason, code="invalid") from fault

    def prepare_value(self, value: Any) -> Any:
        return write_value(value, self.unit) if isinstance(value, Decimal) else value


def read_value(text: str, unit: Unit) -> Decimal:
    """Return a value as people write it in the unit of a metric.

    Raises: ValueFault in words.
    Example: "6:15" in seconds is 375, "31.4 h" is 113040, "71 %" is 71.
    """
    text = text.strip()
    if unit is Unit.PERCENT:
        text = text.removesuffix("%").strip()
    if unit is Unit.SECONDS:
        return _seconds(text)
    return parse_decimal(text, get_format("DECIMAL_SEPARATOR"))


def _seconds(text: str) -> Decimal:
    if _MINUTES.fullmatch(text):
        minutes, _colon, seconds = text.partition(":")
        return Decimal(int(minutes) * MINUTE + int(seconds))
    if match := _WITH_SUFFIX.fullmatch(text):
        number = parse_decimal(match[1], get_format("DECIMAL_SEPARATOR"))
        return number * _SUFFIXES[match[2].lower()]
    return Decimal(parse_duration(text))


def write_value(value: Decimal, unit: Unit) -> str:
    """Return a value as read_value takes it back: 375 seconds as "6:15"."""
    if unit is Unit.SECONDS and value == value.to_integral_value() and value >= MINUTE:
        whole = int(value)
        if whole < HOUR:
            return f"{whole // MINUTE}:{whole % MINUTE:02d}"
        minutes, seconds = divmod(whole % HOUR, MINUTE)
        return f"{whole // HOUR}:{minutes:02d}:{seconds:02d}"
    plain = value.quantize(Decimal("0.000001")).normalize()
    places = max(0, -int(plain.as_tuple().exponent))
    return number_format(plain, decimal_pos=places, use_l10n=True, force_grouping=False)
