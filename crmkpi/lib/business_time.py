"""Business hours: how much working time lies between two instants."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crmkpi.lib.periods import FIRST_DAY, LAST_DAY, from_day, local_day

Hours = tuple[tuple[tuple[int, int], ...], ...]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile("([0-9]{2}):([0-5][0-9])")
_DAY_MINUTES = 24 * 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000

# Open stretches of one day as microseconds since 1970, in order, not overlapping.
_Stretches = tuple[tuple[int, int], ...]


class HoursError(ValueError):
    """Business hours that cannot be used, in words for the user."""


def hours_from_json(data: Mapping[str, Any]) -> Hours:
    """Return the hours of seven weekdays, Monday first, from the stored form.

    Shape: `{"mon": [["09:00", "12:30"], ["13:00", "17:00"]], "tue": …}`; a weekday
    that is left out is closed, "24:00" ends at midnight.
    Unit: minutes from local midnight.
    Raises: HoursError naming the day and what is wrong with it.
    Example: `hours_from_json({"mon": [["09:00", "17:00"]]})[0] == ((540, 1020),)`
    """
    if not isinstance(data, Mapping):
        raise HoursError(_("Business hours are given by weekday."))
    for name in data:
        if name not in _WEEKDAYS:
            raise HoursError(
                _("“%(name)s” is not a weekday. Use mon, tue, wed, thu, fri, sat, sun.")
                % {"name": str(name)[:20]}
            )
    hours = tuple(
        tuple(_stretch(entry, name) for entry in _entries(data.get(name), name))
        for name in _WEEKDAYS
    )
    _check_hours(hours)
    return hours


@dataclass(frozen=True)
class BusinessCalendar:
    """Opening hours by weekday in one zone, less the holidays.

    Time: an hour that the clocks skip does not exist, one that comes twice counts
    twice when the opening hours run through it: each end is turned into an instant.
    An end within a repeated hour means its first passing.
    Keep one calendar for many durations: it remembers the days it worked out.
    Raises: HoursError when the hours are not seven days of stretches in order.
    """

    zone: str
    hours: Hours  # minutes from local midnight, by weekday, Monday first
    holidays: frozenset[int] = frozenset()  # local days

    def __post_init__(self) -> None:
        _check_hours(self.hours)

    def is_business_day(self, day: int) -> bool:
        """Return whether the calendar is open at all on the local day."""
        return bool(self.hours[from_day(day).weekday()]) and day not in self.holidays

    def business_days(self, start: int, end: int) -> int:
        """Return the number of business days in `[start, end)`.

        Empty: 0 when the end is not after the start.
        Example: Monday to Friday, the first quarter of 2026 with 1 January off: 63
        """
        if end <= start:
            return 0
        weeks, rest = divmod(end - start, 7)
        days = weeks * sum(map(bool, self.hours))
        days += sum(self._opens(day) for day in range(end - rest, end))
        return days - sum(
            start <= day < end and self._opens(day) for day in self.holidays
        )

    def seconds_between(self, start: datetime, end: datetime) -> int:
        """Return the whole business seconds from one instant to another.

        Empty: 0 when no opening hour lies between them, however long that is.
        Raises: ValueError when the end is before the start or an offset is missing.
        Example: open 9 to 17, from Friday 16:00 to Monday 10:00: 7,200
        """
        if end < start:
            raise ValueError("the end is before the start")
        first, last = self._day_of(start), self._day_of(end)
        begin, finish = _microseconds(start), _microseconds(end)
        total = 0
        for day in {first, last}:
            for opening, closing in self._days[day].stretches:
                total += max(0, min(closing, finish) - max(opening, begin))
        days = self._days
        for day in range(first + 1, last):
            total += days[day].length
        return total // _SECOND

    def add_seconds(self, start: datetime, seconds: int) -> datetime:
        """Return the instant at which so many business seconds have passed.

        Time: outside the hours the clock starts at the next opening, for 0 seconds
        too; a time that is up exactly at closing ends then, not at the next opening.
        Raises: HoursError when that is never or after 2059, ValueError for negative
        seconds or a missing offset.
        Example: open 9 to 17, Friday 16:00 and 7,200 seconds: Monday 10:00
        """
        if seconds < 0:
            raise ValueError("business time runs forward")
        if not any(self.hours):
            raise HoursError(_("The business hours never open."))
        left = seconds * _SECOND
        begin = _microseconds(start)
        day = self._day_of(start)
        while day <= LAST_DAY:
            for opening, closing in self._days[day].stretches:
                opening = max(opening, begin)
                if opening < closing:
                    if left <= closing - opening:
                        return _EPOCH + (opening + left) * _MICROSECOND
                    left -= closing - opening
            day += 1
        raise HoursError(_("This time lies beyond the year 2059."))

    def _opens(self, day: int) -> bool:
        # Day 0, 1 January 1970, was a Thursday.
        return bool(self.hours[(day + 3) % 7])

    def _day_of(self, instant: datetime) -> int:
        return local_day(instant, self.zone)

    @cached_property
    def _days(self) -> "_Days":
        return _Days(self)


@dataclass(frozen=True, slots=True)
class _Day:
    stretches: _Stretches
    length: int  # microseconds


class _Days(dict[int, _Day]):
    """The opening hours of each day as instants, worked out once."""

    def __init__(self, calendar: BusinessCalendar) -> None:
        super().__init__()
        self._hours = calendar.hours
        self._holidays = calendar.holidays
        self._zone = ZoneInfo(calendar.zone)

    def __missing__(self, day: int) -> _Day:
        stretches: _Stretches = ()
        if day not in self._holidays:
            date_ = from_day(day)
            pairs = (
                (self._instant(date_, opening), self._instant(date_, closing))
                for opening, closing in self._hours[date_.weekday()]
            )
            stretches = tuple(pair for pair in pairs if pair[0] < pair[1])
        value = _Day(
            stretches, sum(closing - opening for opening, closing in stretches)
        )
        if FIRST_DAY <= day <= LAST_DAY:
            self[day] = value
        return value

    def _instant(self, day: date, minutes: int) -> int:
        wall = datetime.combine(day, time.min) + timedelta(minutes=minutes)
        instant = wall.replace(tzinfo=self._zone).astimezone(UTC)
        shown = instant.astimezone(self._zone).replace(tzinfo=None)
        if shown != wall:
            return self._jump(instant, shown - wall)
        return _microseconds(instant)

    def _jump(self, after: datetime, gap: timedelta) -> int:
        """Return the instant of the clock change that skips a wall time.

        The instant given is less than the gap after it.
        """
        offset = after.astimezone(self._zone).utcoffset()
        low, high = _microseconds(after - gap), _microseconds(after)
        while high - low > _SECOND:
            middle = (low + high) // 2 // _SECOND * _SECOND
            local = (_EPOCH + middle * _MICROSECOND).astimezone(self._zone)
            if local.utcoffset() == offset:
                high = middle
            else:
                low = middle
        return high


def _microseconds(instant: datetime) -> int:
    if instant.tzinfo is None:
        raise ValueError("business time needs instants with an offset")
    return (instant - _EPOCH) // _MICROSECOND


def _check_hours(hours: Hours) -> None:
    if len(hours) != 7:
        raise HoursError(_("Business hours have seven days."))
    for name, day in zip(_WEEKDAYS, hours, strict=True):
        before = 0
        for opening, closing in day:
            if not 0 <= opening < closing <= _DAY_MINUTES:
                raise HoursError(
                    _("On %(day)s a closing time is not after its opening time.")
                    % {"day": name}
                )
            if opening < before:
                raise HoursError(
                    _("On %(day)s the times overlap or are not in order.")
                    % {"day": name}
                )
            before = closing


def _entries(value: object, name: str) -> list[Any] | tuple[Any, ...]:
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return value
    raise HoursError(
        _("On %(day)s a list of opening and closing times is expected.") % {"day": name}
    )


def _stretch(entry: object, name: str) -> tuple[int, int]:
    if not isinstance(entry, list | tuple) or len(entry) != 2:
        raise HoursError(
            _("On %(day)s each entry is one opening and one closing time.")
            % {"day": name}
        )
    return _minutes(entry[0], name), _minutes(entry[1], name)


def _minutes(text: object, name: str) -> int:
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match:
        value = int(match[1]) * 60 + int(match[2])
        if value <= _DAY_MINUTES:
            return value
    raise HoursError(
        _("On %(day)s “%(text)s” is not a time. Write 09:00.")
        % {"day": name, "text": str(text)[:20]}
    )
