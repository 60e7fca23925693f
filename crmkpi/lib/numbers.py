"""Numbers as people read them: value with its unit and the right number of digits.

Separators follow the active language; the minus sign is a real one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache

from babel import Locale
from babel.numbers import get_currency_symbol
from django.utils.formats import number_format
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from crmkpi.lib.money import digits as currency_digits
from crmkpi.lib.money import format_money

Number = Decimal | float | int

MINUTE = 60
HOUR = 3600


class Unit(StrEnum):
    PERCENT = "percent"  # 0..100
    POINTS = "points"  # NPS, −100..100
    SCORE = "score"
    COUNT = "count"
    MONEY = "money"  # currency minor units
    SECONDS = "seconds"
    DAYS = "days"
    MONEY_PER_DAY = "money_per_day"  # currency minor units
    RATIO = "ratio"
    INDEX = "index"


@dataclass(frozen=True)
class Figure:
    text: str  # the number, with sign and separators
    unit: str  # what to print lighter behind it; empty when the text says it all


def figure(
    value: Number | None,
    unit: Unit,
    *,
    currency: str = "EUR",
    signed: bool = False,
    compact: bool = False,
    digits: int | None = None,
) -> Figure:
    """Return the number as printed, apart from its unit.

    Shape: 94.7 %, 95 %, +26 (NPS always signed), 12 s, 6:15 min, 31.4 h, 51.8 days,
    1,310, €1,310.50, with `compact` €1.2m. One decimal for percentages, scores, days
    and hours, left out when it is 0 and the number is 10 or more; `digits` fixes it.
    A percentage near 0 or 100 gets up to four decimals, so that 99.97 is not "100".
    Unit: money in minor units, percentages 0..100.
    Empty: "no value".
    Raises: ValueError for a value that is not finite.
    Example: `figure(375, Unit.SECONDS) == Figure("6:15", "min")`
    """
    if value is None:
        return Figure(_("no value"), "")
    is_signed = signed or unit == Unit.POINTS
    return _written(
        _exact(value), unit, currency, is_signed, compact, digits, get_language()
    )


# A page prints the same numbers in cell, chart and sentence, and again when it is
# loaded anew; writing one takes longer than fetching its row.
@lru_cache(maxsize=8192)
def _written(
    amount: Decimal,
    unit: Unit,
    currency: str,
    is_signed: bool,
    compact: bool,
    digits: int | None,
    language: str | None,
) -> Figure:
    """Return a figure in the active language, which must be the one given."""
    text, suffix = _WRITERS[unit](abs(amount), currency, compact, digits)
    return Figure(_with_sign(text, amount, is_signed), suffix)


def difference(
    value: Number | None,
    unit: Unit,
    *,
    currency: str = "EUR",
    relative: bool = False,
) -> str:
    """Return a change as one signed text.

    Shape: "+0.4 pts" (percentages), "+5" (NPS), "−6 s", "+3.1 h", "+12", "−€4.10";
    with `relative` the value is a change in percent: "−9 %".
    Empty: "no value".
    Raises: ValueError for a value that is not finite.
    Example: `difference(-6, Unit.SECONDS) == "−6 s"`
    """
    if value is None:
        return _("no value")
    amount = _exact(value)
    size = abs(amount)
    if relative:
        text = f"{_plain(size, 0 if size >= 1 or not size else 1)} %"
    elif unit == Unit.PERCENT:
        text = _("%(number)s pts") % {"number": _plain(size, 1)}
    else:
        text = " ".join(filter(None, _WRITERS[unit](size, currency, False, None)))
    return _with_sign(text, amount, True)


def chance_words(p: float) -> str:
    """Return a chance in words.

    Shape: under 5 % very unlikely, under 20 unlikely, under 40 less than even, to 60
    toss-up, to 80 better than even, to 95 likely, above very likely.
    Unit: 0..1.
    Raises: ValueError outside 0..1.
    Example: `chance_words(0.0008) == "very unlikely"`
    """
    if not 0 <= p <= 1:
        raise ValueError("a chance lies between 0 and 1")
    if p < 0.05:
        return _("very unlikely")
    if p < 0.20:
        return _("unlikely")
    if p < 0.40:
        return _("less than even")
    if p <= 0.60:
        return _("toss-up")
    if p <= 0.80:
        return _("better than even")
    return _("likely") if p <= 0.95 else _("very likely")


def _exact(value: Number) -> Decimal:
    # By way of text: 84.1 means 84.1, not the binary fraction nearest to it.
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    if not amount.is_finite():
        raise ValueError("a figure is a finite number")
    return amount


def _round(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _plain(value: Decimal, places: int) -> str:
    # Django cuts digits off instead of rounding, so round first.
    rounded = _round(value, places)
    return number_format(rounded, decimal_pos=places, force_grouping=True)


def _with_sign(text: str, amount: Decimal, signed: bool) -> str:
    if not any(character in "123456789" for character in text):
        return text  # a number that prints as zero has no sign
    if amount < 0:
        return f"−{text}"
    return f"+{text}" if signed else text


def _tenths(value: Decimal, digits: int | None) -> str:
    if digits is not None:
        return _plain(value, digits)
    rounded = _round(value, 1)
    whole = not value or (rounded >= 10 and rounded % 1 == 0)
    return _plain(value, 0 if whole else 1)


def _percent(
    value: Decimal, currency: str, compact: bool, digits: int | None
) -> tuple[str, str]:
    if digits is None and value not in (0, 100):
        for places in range(1, 5):
            if _round(value, places) not in (0, 100):
                return _tenths(value, None if places == 1 else places), "%"
    return _tenths(value, digits), "%"


def _score(
    value: Decimal, currency: str, compact: bool, digits: int | None
) -> tuple[str, str]:
    return _tenths(value, digits), ""


def _whole(
    value: Decimal, currency: str, compact: bool, digits: int | None
) -> tuple[str, str]:
    if compact and _round(value, 0) >= 1000:
        return _short(value), ""
    return _plain(value, digits or 0), ""


def _ratio(
    value: Decimal, currency: str, compact: bool, digits: int | None
) -> tuple[str, str]:
    return _plain(value, 2 if digits is None else digits), ""


def _days(
    value: Decimal, currency: str, compact: bool, digits: int | None
) -> tuple[str, str]:
    text = _tenths(value, digits)
    return text, _("day") if text == "1" else _("days")


def _seconds(
    value: Decimal, currency: str, compact: bool, digits: int | None
) -> tuple[str, str]:
    whole = int(_round(value, 0))
    if whole < MINUTE:
        return str(whole), _("s")
    if whole < HOUR:
        return _clock(whole), _("min")
    return _tenths(value / HOUR, digits), _("h")


def _money(
    value: Decimal, currency: str, compact: bool, digits: int | None
) -> tuple[str, str]:
    if not compact:
        return format_money(int(_round(value, 0)), currency, locale=_locale()), ""
    major = value.scaleb(-currency_digits(currency))
    if _round(major, 0) >= 1000:
        number = _short(major)
    else:
        number = _plain(major, 0 if major >= 100 or not major else 2)
    return _with_currency(number, currency), ""


def _money_per_day(
    value: Decimal, currency: str, compact: bool, digits: int | None
) -> tuple[str, str]:
    return _money(value, currency, compact, digits)[0], _("a day")


_Writer = Callable[[Decimal, str, bool, int | None], tuple[str, str]]
_WRITERS: dict[Unit, _Writer] = {
    Unit.PERCENT: _percent,
    Unit.POINTS: _whole,
    Unit.SCORE: _score,
    Unit.COUNT: _whole,
    Unit.MONEY: _money,
    Unit.SECONDS: _seconds,
    Unit.DAYS: _days,
    Unit.MONEY_PER_DAY: _money_per_day,
    Unit.RATIO: _ratio,
    Unit.INDEX: _score,
}


def _clock(seconds: int) -> str:
    return f"{seconds // MINUTE}:{seconds % MINUTE:02d}"


def _short(value: Decimal) -> str:
    """Return a number from 1,000 up with three digits and a letter: 1.23m."""
    patterns = (
        (9, _("%(number)sbn")),
        (6, _("%(number)sm")),
        (3, _("%(number)sk")),
    )
    # Round to three digits first, so that 999,900 becomes 1m and not 1000k.
    value = _round(value, 2 - value.adjusted())
    power, pattern = next(
        (power, pattern) for power, pattern in patterns if value.adjusted() >= power
    )
    scaled = value.scaleb(-power)
    places = max(0, 2 - scaled.adjusted())
    while places and _round(scaled, places) == _round(scaled, places - 1):
        places -= 1
    return pattern % {"number": _plain(scaled, places)}


def _locale() -> str:
    return to_locale(get_language() or "en")


def _with_currency(number: str, currency: str) -> str:
    locale = Locale.parse(_locale())
    symbol = get_currency_symbol(currency, locale=locale)
    if not locale.currency_formats["standard"].pattern.startswith("¤"):
        return f"{number}\N{NO-BREAK SPACE}{symbol}"
    gap = "\N{NO-BREAK SPACE}" if symbol[-1].isalpha() else ""
    return f"{symbol}{gap}{number}"
