"""Cell texts read as values; what cannot be read says why.

All functions refuse a blank text: ask `is_missing` first, for missing is not zero.
Digits are those of ASCII. Blanks around a value do no harm.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crmkpi.lib.periods import FIRST_DAY, LAST_DAY, local_day, to_day

MISSING = frozenset({"", "n/a", "na", "?", "-", "null", "none"})

_YES = frozenset({"y", "yes", "true", "1"})
_NO = frozenset({"n", "no", "false", "0"})
_LARGEST_INT = 2**63 - 1  # what a database column of 64 bits holds
_LARGEST_DURATION = 100 * 366 * 86_400


class ValueFault(ValueError):
    """A cell that cannot be read; `reason` is a sentence for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_missing(raw: str) -> bool:
    """Return whether a cell means "no value": blank, n/a, na, ?, -, null, none."""
    return raw.strip().casefold() in MISSING


def parse_text(raw: str, max_length: int) -> str:
    """Return the text without blanks around it; a blank text is a text.

    Raises: ValueFault when it is longer than allowed (in characters) or holds NUL or
    half characters, which no database keeps.
    """
    text = raw.strip()
    if "\0" in text:
        raise ValueFault(_("The text holds a NUL character."))
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueFault(_("The text holds half of a character."))
    if len(text) > max_length:
        raise ValueFault(
            _("The text has %(length)d characters; %(limit)d are allowed.")
            % {"length": len(text), "limit": max_length}
        )
    return text


def parse_int(raw: str) -> int:
    """Return a whole number of plain digits, with a sign or without.

    Raises: ValueFault for anything else and beyond 64 bits.
    Example: `parse_int("-12") == -12`
    """
    text = _filled(raw)
    if not re.fullmatch(r"[+\-−]?[0-9]+", text):
        raise ValueFault(_("“%(text)s” is not a whole number.") % _short(text))
    # Python refuses to read thousands of digits; nobody means them.
    value = int(text.replace("−", "-")) if len(text) <= 40 else _LARGEST_INT + 1
    if abs(value) > _LARGEST_INT:
        raise ValueFault(_("“%(text)s” is too large.") % _short(text))
    return value


def parse_decimal(raw: str, decimal: str = ".") -> Decimal:
    """Return a number whose decimal sign is known, "." or ",".

    Shape: 1054, 1,054.00 (or 1.054,00), 1 054.00, 1'054.00, 1,00,000 as grouped in
    India, a sign in front or behind as "-5", "−5", "(5)", one currency sign before or
    after the number. A group of other than three digits is refused, for it tells that
    the decimal sign is another: "1,05" with "." is neither 1.05 nor 105.
    Raises: ValueFault with what is wrong; ValueError for another decimal sign.
    Example: `parse_decimal("$1,054.00") == Decimal("1054.00")`
    """
    if decimal not in _NUMBERS:
        raise ValueError("the decimal sign is a point or a comma")
    text = _filled(raw)
    body, negative = _unsigned(text)
    match = _NUMBERS[decimal].fullmatch(body)
    if match is None or len(body) > 40:
        raise ValueFault(_number_fault(text, body, decimal))
    whole = re.sub("[^0-9]", "", match["whole"] or "0")
    value = Decimal(f"{whole}.{match['part']}" if match["part"] else whole)
    return -value if negative and value else value


def parse_bool(raw: str) -> bool:
    """Return whether a cell says yes: y, yes, true, 1, or no: n, no, false, 0.

    Raises: ValueFault for anything else.
    """
    text = _filled(raw).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise ValueFault(_("“%(text)s” is neither yes nor no.") % _short(text))


def parse_date(raw: str, order: str = "YMD") -> date:
    """Return a date without time, written in the order YMD, DMY or MDY.

    Shape: separators - / or ., the same twice; the year has four digits. A text that
    begins with the year is read as year, month, day whatever the order.
    Raises: ValueFault for anything else, for a time behind the date and for days
    before 1990 or after 2059; ValueError for another order.
    Example: `parse_date("13.02.2026", "DMY") == date(2026, 2, 13)`
    """
    text = _filled(raw)
    pattern = _date_pattern(order)
    match = pattern.fullmatch(text)
    if match is None:
        if pattern.match(text):
            raise ValueFault(_("“%(text)s” has more than a date.") % _short(text))
        raise ValueFault(_date_fault(text, order))
    return _date(match, text, order)


def parse_instant(raw: str, order: str, zone: str) -> datetime:
    """Return an instant in UTC.

    Shape: a date as `parse_date` reads it, then, after a blank or T, H:MM or H:MM:SS
    with parts of a second, AM or PM, and an offset (Z, UTC, +02:00, +0200, +02).
    Time: without an offset the zone given. A date alone is its local midnight. Of a
    wall time that comes twice the first one counts; one that the clocks skip counts
    with the offset before the change, so 02:30 becomes 03:30.
    Raises: ValueFault for anything else and for days, in the zone given, before 1990
    or after 2059; ValueError for another order.
    Example: `parse_instant("2026-02-13 09:12:58", "YMD", "Europe/Berlin")` is
    2026-02-13 08:12:58 UTC
    """
    text = _filled(raw)
    match = _date_pattern(order).match(text)
    if match is None:
        raise ValueFault(_date_fault(text, order))
    day = _date(match, text, order)
    clock, offset = _clock_and_offset(text[match.end() :], text)
    wall = datetime.combine(day, time.min) + clock
    aware = wall.replace(tzinfo=ZoneInfo(zone) if offset is None else offset)
    instant = aware.astimezone(UTC)
    _check_day(local_day(instant, zone), text)
    return instant


def parse_duration(raw: str) -> int:
    """Return a duration in whole seconds, halves rounded up.

    Shape: seconds ("90", "90.5") or H:MM:SS, where hours may pass 24 ("31:24:00").
    Raises: ValueFault for anything else, negative ones and H:MM alone, of which nobody
    can tell hours from minutes.
    Example: `parse_duration("31:24:00") == 113040`
    """
    text = _filled(raw)
    if match := re.fullmatch(r"([0-9]{1,6}):([0-5]?[0-9]):([0-5]?[0-9])", text):
        hours, minutes, seconds = map(int, match.groups())
        total = hours * 3600 + minutes * 60 + seconds
    elif match := re.fullmatch(r"([0-9]{1,12})(?:\.([0-9])[0-9]{0,11})?", text):
        total = int(match[1]) + (int(match[2] or 0) >= 5)
    elif re.fullmatch(r"[0-9]+:[0-9]+", text):
        raise ValueFault(
            _("“%(text)s” may be hours or minutes. Write H:MM:SS or seconds.")
            % _short(text)
        )
    else:
        raise ValueFault(
            _("“%(text)s” is not a duration. Write seconds or H:MM:SS.") % _short(text)
        )
    if total > _LARGEST_DURATION:
        raise ValueFault(_("“%(text)s” is longer than a century.") % _short(text))
    return total


def _filled(raw: str) -> str:
    text = raw.strip()
    if not text:
        raise ValueFault(_("The cell is empty."))
    return text


def _short(text: str) -> dict[str, str]:
    return {"text": text if len(text) <= 40 else f"{text[:39]}…"}


# Numbers


def _number_pattern(decimal: str) -> re.Pattern[str]:
    comma = "," if decimal == "." else r"\."
    groups = "|".join(
        rf"[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+"
        for sign in (comma, "['’]", "[ \u00a0\u2009\u202f]")
    )
    indian = rf"[1-9][0-9]?(?:{comma}[0-9]{{2}})+{comma}[0-9]{{3}}"
    return re.compile(
        rf"(?=.)(?P<whole>[0-9]+|{groups}|{indian})?"
        rf"(?:{re.escape(decimal)}(?P<part>[0-9]+))?"
    )


_NUMBERS = {".": _number_pattern("."), ",": _number_pattern(",")}


def _unsigned(text: str) -> tuple[str, bool]:
    """Return the text without its signs, and whether they make it negative."""
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
    text, first = _without_sign(text)
    if text and unicodedata.category(text[0]) == "Sc":
        text = text[1:].lstrip()
    elif text and unicodedata.category(text[-1]) == "Sc":
        text = text[:-1].rstrip()
    second = None
    if first is None:
        text, second = _without_sign(text)
    sign = first if second is None else second
    if negative and sign is not None:
        return "", True  # "(-5)" says it twice; no number is left to read
    return text, negative or sign == "-"


def _without_sign(text: str) -> tuple[str, str | None]:
    for place in (0, -1):
        if text and text[place] in "+-−":
            rest = text[1:] if place == 0 else text[:-1]
            return rest.strip(), "+" if text[place] == "+" else "-"
    return text, None


def _number_fault(text: str, body: str, decimal: str) -> str:
    other = "," if decimal == "." else "."
    if re.fullmatch(r"[0-9]+(?:[.,][0-9]+)+", body):
        return _(
            "“%(text)s” does not fit the decimal sign “%(decimal)s”; perhaps it is "
            "written with “%(other)s”."
        ) % {**_short(text), "decimal": decimal, "other": other}
    if re.fullmatch(r"[0-9.,]+[eE][+-]?[0-9]+", body):
        return _("“%(text)s” is shortened; write the number in full.") % _short(text)
    return _("“%(text)s” is not a number.") % _short(text)


# Dates and times

_YEAR_FIRST = r"(?P<y>[0-9]{4})(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})"
_YEAR_LAST = r"(?P<a>[0-9]{1,2})(?P<t>[-/.])(?P<b>[0-9]{1,2})(?P=t)(?P<z>[0-9]{4})"
_DATES = {
    "YMD": re.compile(rf"{_YEAR_FIRST}(?![0-9])"),
    "DMY": re.compile(rf"(?:{_YEAR_FIRST}|{_YEAR_LAST})(?![0-9])"),
    "MDY": re.compile(rf"(?:{_YEAR_FIRST}|{_YEAR_LAST})(?![0-9])"),
}
_CLOCK = re.compile(
    r"(?:[Tt]|\s+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9])"
    r"(?::(?P<second>[0-5][0-9])(?:[.,](?P<part>[0-9]{1,9}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
    r"(?:\s*(?P<zero>[Zz]|UTC|GMT)"
    r"|\s*(?P<sign>[+\-−])(?P<oh>[0-9]{2}):?(?P<om>[0-5][0-9])?)?"
)


def _date_pattern(order: str) -> re.Pattern[str]:
    try:
        return _DATES[order]
    except KeyError:
        raise ValueError("the order of a date is YMD, DMY or MDY") from None


def _date(match: re.Match[str], text: str, order: str) -> date:
    part = match.groupdict()
    if part["y"]:
        year, month, day = part["y"], part["m"], part["d"]
    elif order == "DMY":
        year, month, day = part["z"], part["b"], part["a"]
    else:
        year, month, day = part["z"], part["a"], part["b"]
    try:
        value = date(int(year), int(month), int(day))
    except ValueError:
        raise ValueFault(
            _("“%(text)s” is not in the calendar, read as %(order)s.")
            % {**_short(text), "order": _order_words("YMD" if part["y"] else order)}
        ) from None
    _check_day(to_day(value), text)
    return value


def _check_day(day: int, text: str) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueFault(_("“%(text)s” is not between 1990 and 2059.") % _short(text))


def _date_fault(text: str, order: str) -> str:
    if re.match(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}(?![0-9])", text):
        return _("“%(text)s”: write the year with four digits.") % _short(text)
    return _("“%(text)s” is not a date written as %(order)s.") % {
        **_short(text),
        "order": _order_words(order),
    }


def _order_words(order: str) -> str:
    return {
        "YMD": _("year, month, day"),
        "DMY": _("day, month, year"),
        "MDY": _("month, day, year"),
    }[order]


def _clock_and_offset(rest: str, text: str) -> tuple[timedelta, timezone | None]:
    if not rest:
        return timedelta(0), None
    match = _CLOCK.fullmatch(rest)
    if match is None:
        raise ValueFault(_("“%(text)s” has no time that can be read.") % _short(text))
    part = match.groupdict()
    clock = timedelta(
        hours=_hour(int(part["hour"]), part["half"], text),
        minutes=int(part["minute"]),
        seconds=int(part["second"] or 0),
        microseconds=int((part["part"] or "0").ljust(6, "0")[:6]),
    )
    if part["zero"]:
        return clock, UTC
    if part["sign"] is None:
        return clock, None
    size = timedelta(hours=int(part["oh"]), minutes=int(part["om"] or 0))
    if size > timedelta(hours=15):
        raise ValueFault(_("“%(text)s” has an impossible offset.") % _short(text))
    return clock, timezone(size if part["sign"] == "+" else -size)


def _hour(hour: int, half: str | None, text: str) -> int:
    if half is None:
        if hour <= 23:
            return hour
    elif 1 <= hour <= 12:
        return hour % 12 + (12 if half in "Pp" else 0)
    raise ValueFault(_("“%(text)s” has an impossible hour.") % _short(text))
