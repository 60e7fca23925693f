"""Days, grains, periods and the organisation's calendar."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum

UNDATED = -1_000_000
FIRST_DAY = 7305  # 1990-01-01
LAST_DAY = 32871  # 2059-12-31


class PeriodError(ValueError):
    """A text that names no period, with words for the user."""


class Grain(IntEnum):
    LEAF = 0
    DAY = 1
    WEEK = 2
    MONTH = 3
    QUARTER = 4
    YEAR = 5


def to_day(value: date) -> int:
    raise NotImplementedError


def from_day(day: int) -> date:
    raise NotImplementedError


def local_day(instant: datetime, zone: str) -> int:
    raise NotImplementedError


def day_start(day: int, zone: str) -> datetime:
    raise NotImplementedError


@dataclass(frozen=True)
class Period:
    start: int
    end: int
    grain: Grain | None = None
    fiscal_month: int = field(default=1, compare=False, repr=False)

    def __contains__(self, day: int) -> bool:
        raise NotImplementedError

    @property
    def first_date(self) -> date:
        raise NotImplementedError

    @property
    def last_date(self) -> date:
        raise NotImplementedError

    @property
    def days(self) -> int:
        raise NotImplementedError

    @property
    def label(self) -> str:
        raise NotImplementedError

    @property
    def key(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Calendar:
    week_start: int = 0
    fiscal_month: int = 1

    def row(self, day: int) -> tuple[int, int, int, int, int]:
        raise NotImplementedError

    def start_of(self, day: int, grain: Grain) -> int:
        raise NotImplementedError

    def period(self, day: int, grain: Grain) -> Period:
        raise NotImplementedError

    def previous(self, period: Period) -> Period:
        raise NotImplementedError

    def next(self, period: Period) -> Period:
        raise NotImplementedError

    def same_last_year(self, period: Period) -> Period:
        raise NotImplementedError

    def periods(self, start: int, end: int, grain: Grain) -> list[Period]:
        raise NotImplementedError

    def parse(self, text: str, *, today: int) -> Period:
        raise NotImplementedError
