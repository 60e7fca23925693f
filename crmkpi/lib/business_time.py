"""Business hours: how much working time lies between two instants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Hours = tuple[tuple[tuple[int, int], ...], ...]


class HoursError(ValueError):
    """Business hours that cannot be read, with words for the user."""


def hours_from_json(data: Mapping[str, Any]) -> Hours:
    raise NotImplementedError


@dataclass(frozen=True)
class BusinessCalendar:
    zone: str
    hours: Hours
    holidays: frozenset[int] = frozenset()

    def seconds_between(self, start: datetime, end: datetime) -> int:
        raise NotImplementedError

    def is_business_day(self, day: int) -> bool:
        raise NotImplementedError

    def business_days(self, start: int, end: int) -> int:
        raise NotImplementedError

    def add_seconds(self, start: datetime, seconds: int) -> datetime:
        raise NotImplementedError
