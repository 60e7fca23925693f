"""When things happen at Fjordlight: its calendar, its seasons and its turning points.

Everything is drawn from generators that are named after what they are for, so that a
day comes out the same however many days are told before or after it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from math import exp
from random import Random
from zoneinfo import ZoneInfo

from crmkpi.lib.business_time import BusinessCalendar, hours_from_json
from crmkpi.lib.periods import Calendar, Grain, from_day, local_day, to_day

ZONE = "Europe/Berlin"
HOURS = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
EVENING = 18 * 60  # up to which minute a past day is told
YEARS = 2  # of history before the quarter of the story


@dataclass(frozen=True)
class Season:
    """How busy days are by weekday and by month, 1 being an ordinary one."""

    week: tuple[float, ...]
    year: tuple[float, ...]


SERVICE = Season(
    (1.25, 1.08, 1.0, 0.98, 0.92, 0.16, 0.08),
    (1.14, 1.02, 0.99, 0.94, 0.92, 0.87, 0.80, 0.82, 0.98, 1.06, 1.16, 1.24),
)
SALES = Season(
    (1.05, 1.1, 1.08, 1.05, 0.85, 0.02, 0.01),
    (0.92, 0.98, 1.06, 1.02, 1.0, 0.98, 0.78, 0.72, 1.08, 1.16, 1.2, 1.06),
)
SHOP = Season(
    (1.12, 1.04, 1.0, 1.0, 0.95, 0.55, 0.45),
    (0.94, 0.92, 0.96, 0.9, 0.86, 0.8, 0.74, 0.82, 1.02, 1.16, 1.38, 1.52),
)


def draw(*stream: object) -> Random:
    """Return the generator of a stream: the same numbers for the same name."""
    return Random(":".join(str(part) for part in stream))  # noqa: S311  (no secrets)


def number(rng: Random, expected: float) -> int:
    """Return how many of something happen when so many are expected."""
    if expected > 30:
        return max(0, round(rng.gauss(expected, expected**0.5)))
    limit, count, product = exp(-expected), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


@dataclass(frozen=True)
class Story:
    """Two years of Fjordlight and what comes after, as told in one month.

    The turning points count from the first day of that month. A scale other than 1
    makes more or fewer customers and contacts, with the same people at work.
    """

    month: int  # a local day, the first of its month
    scale: float = 1

    @classmethod
    def told_on(cls, day: int, *, scale: float = 1) -> "Story":
        """Return the story as it is told on any day of a month."""
        return cls(Calendar().start_of(day, Grain.MONTH), scale)

    @cached_property
    def quarter(self) -> int:
        """The first day of the quarter in which the story is told."""
        return Calendar().start_of(self.month, Grain.QUARTER)

    @cached_property
    def start(self) -> int:
        """The first day of the history."""
        first = from_day(self.quarter)
        return to_day(first.replace(year=first.year - YEARS))

    @cached_property
    def help_centre(self) -> int:
        """When a new help centre made service better."""
        return _monday(self.month - 250)

    @cached_property
    def playbook(self) -> int:
        """When Sales began to qualify leads by a common playbook."""
        return _monday(self.month - 190)

    @cached_property
    def transfer(self) -> int:
        """When one agent went over to another team."""
        return _monday(self.month - 365)

    @cached_property
    def regrouping(self) -> int:
        """When the team Onboarding went from Sales to Customer Success."""
        return Calendar().start_of(self.quarter - 100, Grain.QUARTER)

    @cached_property
    def recent(self) -> int:
        """The first day of what the telephone system keeps for half a year only."""
        return _monday(self.month - 26 * 7)

    @cached_property
    def recall(self) -> int:
        """When a recall began that one team has not coped with since."""
        return _monday(self.month - 8 * 7)

    @cached_property
    def newcomer(self) -> int:
        """The first day of the agent of whom little can be said yet."""
        return _monday(self.month - 2 * 7)

    def grown(self, day: int) -> float:
        """Return how large the company is, 1 in the month of the story."""
        passed = (day - self.start) / (self.month - self.start)
        return 0.84 + 0.16 * min(1.1, max(-0.5, passed))

    def expected(self, day: int, total: float, season: Season) -> float:
        """Return how many of `total` things of the whole history fall on a day."""
        share = busy(season, day) * self.grown(day) / _busy_days(self, season)
        return total * self.scale * share


@cache
def _busy_days(story: Story, season: Season) -> float:
    days = range(story.start, story.month)
    return sum(busy(season, day) * story.grown(day) for day in days)


def effect(day: int, event: int, *, days: int = 28) -> float:
    """Return how far the effect of an event has come: 0 before it, 1 after `days`."""
    return min(1.0, max(0.0, (day - event) / days))


@cache
def busy(season: Season, day: int) -> float:
    """Return how busy a day is, 1 being an ordinary one."""
    when = from_day(day)
    if is_holiday(day):
        return season.year[when.month - 1] * min(season.week)
    quiet = 0.45 if (when.month, when.day) >= (12, 24) else 1.0
    return season.year[when.month - 1] * season.week[when.weekday()] * quiet


@cache
def business_calendar() -> BusinessCalendar:
    """Return the business hours of Fjordlight, for the years that can be told."""
    days = frozenset(day for year in range(2015, 2060) for day, _name in holidays(year))
    return BusinessCalendar(ZONE, hours_from_json(HOURS), days)


def is_holiday(day: int) -> bool:
    return day in business_calendar().holidays


def holidays(year: int) -> list[tuple[int, str]]:
    """Return the public holidays of Berlin in a year as `(day, name)`."""
    easter = easter_sunday(year)
    found = [
        (date(year, 1, 1), "New Year's Day"),
        (date(year, 3, 8), "Women's Day"),
        (easter - timedelta(days=2), "Good Friday"),
        (easter + timedelta(days=1), "Easter Monday"),
        (date(year, 5, 1), "Labour Day"),
        (easter + timedelta(days=39), "Ascension Day"),
        (easter + timedelta(days=50), "Whit Monday"),
        (date(year, 10, 3), "German Unity Day"),
        (date(year, 12, 25), "Christmas Day"),
        (date(year, 12, 26), "Second Day of Christmas"),
    ]
    # Two may fall on one day: Ascension was on 1 May in 2008.
    return sorted({to_day(when): name for when, name in found}.items())


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the western churches.

    Source: the rule of Meeus, Jones and Butcher for the Gregorian calendar
    Example: `easter_sunday(2026) == date(2026, 4, 5)`
    """
    golden, century = year % 19, year // 100
    skipped, rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - skipped - moon + 15) % 30
    fourths, left = divmod(year % 100, 4)
    weekday = (32 + 2 * rest + 2 * fourths - epact - left) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def _noon(day: int) -> datetime:
    noon = datetime.combine(from_day(day), time(12), ZoneInfo(ZONE))
    return noon.astimezone(UTC)


def at(day: int, minute: float) -> datetime:
    """Return the instant at a minute of a local day, to the second.

    Time: clocks change at night, when nobody here works; minutes count from noon.
    """
    return _noon(day) + timedelta(seconds=round((minute - 720) * 60))


def evening_of(day: int) -> datetime:
    """Return the instant up to which a past day is told."""
    return at(day, EVENING)


def day_of(instant: datetime) -> int:
    """Return Fjordlight's local day of an instant."""
    return local_day(instant, ZONE)


def _monday(day: int) -> int:
    """Return the last Monday up to a day."""
    return day - from_day(day).weekday()
