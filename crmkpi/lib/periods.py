"""Days, grains, periods and the organisation's calendar.

A day is an integer, days since 1970-01-01; a period is half-open, `[start, end)`.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

UNDATED = -1_000_000  # the fact happened, its day is unknown
FIRST_DAY = 7305  # 1990-01-01, the first day the product accepts
LAST_DAY = 32871  # 2059-12-31, the last one

_EPOCH = date(1970, 1, 1).toordinal()

Row = tuple[int, int, int, int, int]  # starts of the day, week, month, quarter, year


class PeriodError(ValueError):
    """A text or a choice that names no period, in words for the user."""


class Grain(IntEnum):
    LEAF = 0  # the finest cells, stored by day; has no periods of its own
    DAY = 1
    WEEK = 2
    MONTH = 3
    QUARTER = 4
    YEAR = 5


_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def to_day(value: date) -> int:
    """Return the day number of a date; a datetime counts with the date it shows.

    Example: `to_day(date(1970, 1, 2)) == 1`
    """
    return value.toordinal() - _EPOCH


def from_day(day: int) -> date:
    """Return the date of a day number.

    Raises: PeriodError for a number beyond the years 1 to 9999, UNDATED included.
    """
    try:
        return date.fromordinal(day + _EPOCH)
    except (ValueError, OverflowError) as error:
        raise PeriodError(_("This day is not in the calendar.")) from error


def local_day(instant: datetime, zone: str) -> int:
    """Return the day that the wall clock of the zone shows at the instant.

    Raises: ValueError for an instant without an offset.
    Example: `local_day(datetime(1970, 1, 1, 23, 30, tzinfo=UTC), "Europe/Berlin") == 1`
    """
    if instant.tzinfo is None:
        raise ValueError("local_day needs an instant with an offset")
    return to_day(instant.astimezone(ZoneInfo(zone)))


def day_start(day: int, zone: str) -> datetime:
    """Return the UTC instant at which the local day begins.

    Time: where clocks jump over midnight the day begins with its first existing
    minute; a day the zone left out altogether (Kiritimati, 31 December 1994) begins
    and ends at the same instant. Where midnight comes twice the first one counts.
    """
    midnight = datetime.combine(from_day(day), time.min, ZoneInfo(zone))
    return midnight.astimezone(UTC)


@dataclass(frozen=True)
class Period:
    """Whole local days, half-open.

    Raises: ValueError when the end is not after the start.
    """

    start: int  # first day
    end: int  # day after the last one
    grain: Grain | None = None  # none for a range chosen by hand
    # Needed to name quarters and years only, so not part of what the period is.
    fiscal_month: int = field(default=1, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a period ends after it starts")

    def __contains__(self, day: int) -> bool:
        return self.start <= day < self.end

    @property
    def first_date(self) -> date:
        return from_day(self.start)

    @property
    def last_date(self) -> date:
        return from_day(self.end - 1)

    @property
    def days(self) -> int:
        return self.end - self.start

    @property
    def label(self) -> str:
        """Name the period for people.

        Shape: "2026", "Q1 2026", "February 2026", "Week 7 2026", "13 Feb 2026",
        "1 Feb 2026 to 13 Feb 2026"; "FY 2026" and "Q1 FY 2026" when the fiscal year
        does not begin in January, after the calendar year in which it begins.
        """
        match self.grain:
            case Grain.YEAR:
                return self._year_label
            case Grain.QUARTER:
                return _("Q%(number)d %(year)s") % {
                    "number": self._quarter,
                    "year": self._year_label,
                }
            case Grain.MONTH:
                return str(format_date(self.first_date, "F Y"))
            case Grain.WEEK:
                year, week = _week_of(self.start)
                return _("Week %(week)d %(year)d") % {"week": week, "year": year}
        if self.days == 1:
            return _day_label(self.start)
        return _("%(first)s to %(last)s") % {
            "first": _day_label(self.start),
            "last": _day_label(self.end - 1),
        }

    @property
    def key(self) -> str:
        """Return the text for addresses that `Calendar.parse` reads back.

        Shape: "2026", "2026-Q1", "2026-02", "2026-W07", "2026-02-13",
        "2026-02-01..2026-02-13".
        """
        match self.grain:
            case Grain.YEAR:
                return f"{self._year:04d}"
            case Grain.QUARTER:
                return f"{self._year:04d}-Q{self._quarter}"
            case Grain.MONTH:
                return f"{self.first_date:%Y-%m}"
            case Grain.WEEK:
                return "{:04d}-W{:02d}".format(*_week_of(self.start))
            case Grain.DAY:
                return self.first_date.isoformat()
        return f"{self.first_date.isoformat()}..{self.last_date.isoformat()}"

    @property
    def _year(self) -> int:
        first = self.first_date
        return first.year if first.month >= self.fiscal_month else first.year - 1

    @property
    def _quarter(self) -> int:
        return (self.first_date.month - self.fiscal_month) % 12 // 3 + 1

    @property
    def _year_label(self) -> str:
        if self.fiscal_month == 1:
            return str(self._year)
        return _("FY %(year)d") % {"year": self._year}


@dataclass(frozen=True)
class Calendar:
    """How the organisation cuts days into weeks, quarters and years.

    A fiscal year is named after the calendar year in which it starts: with
    `fiscal_month=4`, "FY 2026" runs from 1 April 2026 to 31 March 2027 and its first
    quarter is April to June 2026. Months are calendar months. A week belongs to the
    year, and has the number, of its fourth day; for weeks from Monday that is ISO 8601.

    Raises: ValueError for a weekday beyond 0 to 6 or a month beyond 1 to 12.
    """

    week_start: int = 0  # 0 = Monday … 6 = Sunday
    fiscal_month: int = 1  # first month of the fiscal year

    def __post_init__(self) -> None:
        if self.week_start not in range(7):
            raise ValueError("a week starts on a day from 0 (Monday) to 6 (Sunday)")
        if self.fiscal_month not in range(1, 13):
            raise ValueError("a fiscal year starts in a month from 1 to 12")

    def row(self, day: int) -> Row:
        """Return the starts of the day, week, month, quarter and year of a day.

        Empty: UNDATED belongs to nothing, so all five are UNDATED.
        """
        return _starts(self.week_start, self.fiscal_month)[day]

    def start_of(self, day: int, grain: Grain) -> int:
        """Return the first day of the period that holds the day.

        Empty: UNDATED stays UNDATED.
        Example: `Calendar().start_of(to_day(date(2026, 2, 13)), Grain.MONTH)` is
        the day number of 1 February 2026, 20485.
        """
        if grain <= Grain.DAY:
            return day
        return _starts(self.week_start, self.fiscal_month)[day][grain - 1]

    def period(self, day: int, grain: Grain) -> Period:
        """Return the period of that grain which holds the day.

        Raises: PeriodError for UNDATED or the leaf grain, which have no period.
        """
        if grain == Grain.LEAF or day == UNDATED:
            raise PeriodError(_("An unknown day belongs to no period."))
        start = self.start_of(day, grain)
        return Period(start, _end_of(start, grain), grain, self.fiscal_month)

    def previous(self, period: Period) -> Period:
        """Return the period before: same grain, or as many days for a free range."""
        if period.grain is None:
            return Period(period.start - period.days, period.start)
        return self.period(period.start - 1, period.grain)

    def next(self, period: Period) -> Period:
        """Return the period after: same grain, or as many days for a free range."""
        if period.grain is None:
            return Period(period.end, period.end + period.days)
        return self.period(period.end, period.grain)

    def same_last_year(self, period: Period) -> Period:
        """Return the period to compare with a year earlier.

        A week goes back 52 weeks, never a calendar year, so that no week is lost or
        met twice; after a year of 53 weeks the week numbers differ by one. Everything
        else keeps its dates, 29 February becoming 28 February.
        """
        if period.grain == Grain.WEEK:
            return self.period(period.start - 364, Grain.WEEK)
        if period.grain is not None:
            return self.period(_year_before(period.start), period.grain)
        last = _year_before(period.end - 1)
        return Period(_year_before(period.start), last + 1)

    def periods(self, start: int, end: int, grain: Grain) -> list[Period]:
        """Return the periods of a grain that touch the days `[start, end)`, in order.

        Empty: no days, no periods.
        """
        found: list[Period] = []
        day = start
        while day < end:
            found.append(self.period(day, grain))
            day = found[-1].end
        return found

    def parse(self, text: str, *, today: int) -> Period:
        """Return the period that a text from an address names.

        Shape: what `Period.key` writes, a range with both days included, or one of
        today, yesterday, this-week, this-month, this-quarter, this-year, last-week,
        last-month, last-quarter, last-year.
        Raises: PeriodError for anything else and for days before 1990 or after 2059.
        Example: `Calendar().parse("2026-02", today=0).days == 28`
        """
        text = text.strip()
        period = self._parse_word(text.lower(), today) or self._parse_key(text)
        if period is None:
            raise PeriodError(
                _("“%(text)s” is no period. Try 2026, 2026-Q1, 2026-02 or 2026-W07.")
                % {"text": text[:40]}
            )
        if period.start < FIRST_DAY or period.end > LAST_DAY + 1:
            raise PeriodError(_("Choose days between 1990 and 2059."))
        return period

    def _parse_word(self, word: str, today: int) -> Period | None:
        if word == "today":
            return self.period(today, Grain.DAY)
        if word == "yesterday":
            return self.period(today - 1, Grain.DAY)
        which, _dash, name = word.partition("-")
        grain = _WORDS.get(name)
        if grain is None or which not in {"this", "last"}:
            return None
        current = self.period(today, grain)
        return current if which == "this" else self.previous(current)

    def _parse_key(self, text: str) -> Period | None:
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        part = match.groupdict()
        try:
            return self._named(part)
        except PeriodError:
            raise
        except ValueError as error:
            raise PeriodError(
                _("“%(text)s” is not in the calendar.") % {"text": text}
            ) from error

    def _named(self, part: dict[str, str | None]) -> Period:
        if part["day"] and part["last"]:
            return _free_range(part["day"], part["last"])
        if part["day"]:
            return self.period(to_day(date.fromisoformat(part["day"])), Grain.DAY)
        year = int(part["year"] or 0)
        if part["month"]:
            return self.period(to_day(date(year, int(part["month"]), 1)), Grain.MONTH)
        if part["week"]:
            return self._week(year, int(part["week"]))
        start = to_day(date(year, self.fiscal_month, 1))
        if part["quarter"]:
            months = 3 * (int(part["quarter"]) - 1)
            return self.period(_add_months(start, months), Grain.QUARTER)
        return self.period(start, Grain.YEAR)

    def _week(self, year: int, week: int) -> Period:
        # 4 January is always in week 1, wherever the week begins.
        first = self.start_of(to_day(date(year, 1, 4)), Grain.WEEK)
        period = self.period(first + 7 * (week - 1), Grain.WEEK)
        if _week_of(period.start) != (year, week):
            raise ValueError("no such week in this year")
        return period


_WORDS = {
    "week": Grain.WEEK,
    "month": Grain.MONTH,
    "quarter": Grain.QUARTER,
    "year": Grain.YEAR,
}
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_KEY = re.compile(
    rf"(?P<day>{_DATE})(?:\.\.(?P<last>{_DATE}))?"
    r"|(?P<year>[0-9]{4})"
    r"(?:-Q(?P<quarter>[1-4])|-W(?P<week>[0-9]{2})|-(?P<month>[0-9]{2}))?"
)


class _Starts(dict[int, Row]):
    """Rows of one calendar, worked out once a day and kept for the accepted days."""

    def __init__(self, week_start: int, fiscal_month: int) -> None:
        super().__init__({UNDATED: (UNDATED,) * 5})
        self._week_start = week_start
        self._fiscal_month = fiscal_month

    def __missing__(self, day: int) -> Row:
        value = from_day(day)
        week = day - (value.weekday() - self._week_start) % 7
        month = day - value.day + 1
        into_year = (value.month - self._fiscal_month) % 12
        row = (
            day,
            week,
            month,
            _add_months(month, -(into_year % 3)),
            _add_months(month, -into_year),
        )
        if FIRST_DAY <= day <= LAST_DAY:
            self[day] = row
        return row


@lru_cache(maxsize=84)  # 7 weekdays x 12 months: every calendar there is
def _starts(week_start: int, fiscal_month: int) -> _Starts:
    return _Starts(week_start, fiscal_month)


def _add_months(first_of_month: int, months: int) -> int:
    value = from_day(first_of_month)
    index = value.year * 12 + value.month - 1 + months
    return to_day(date(index // 12, index % 12 + 1, 1))


def _end_of(start: int, grain: Grain) -> int:
    if grain == Grain.DAY:
        return start + 1
    if grain == Grain.WEEK:
        return start + 7
    return _add_months(start, _MONTHS[grain])


def _year_before(day: int) -> int:
    value = from_day(day)
    if (value.month, value.day) == (2, 29):
        value -= timedelta(days=1)
    return to_day(value.replace(year=value.year - 1))


def _week_of(start: int) -> tuple[int, int]:
    fourth = from_day(start + 3)
    return fourth.year, (fourth.timetuple().tm_yday - 1) // 7 + 1


def _free_range(first: str, last: str) -> Period:
    start, end = to_day(date.fromisoformat(first)), to_day(date.fromisoformat(last))
    if end < start:
        raise PeriodError(_("The last day is before the first."))
    return Period(start, end + 1)


def _day_label(day: int) -> str:
    return str(format_date(from_day(day), "j M Y"))
