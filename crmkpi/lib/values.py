"""Cell texts read as values; what cannot be read says why."""

from datetime import date, datetime
from decimal import Decimal

MISSING = frozenset({"", "n/a", "na", "?", "-", "null", "none"})


class ValueFault(ValueError):
    """A cell that cannot be read; `reason` is words for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_missing(raw: str) -> bool:
    raise NotImplementedError


def parse_text(raw: str, max_length: int) -> str:
    raise NotImplementedError


def parse_int(raw: str) -> int:
    raise NotImplementedError


def parse_decimal(raw: str, decimal: str = ".") -> Decimal:
    raise NotImplementedError


def parse_bool(raw: str) -> bool:
    raise NotImplementedError


def parse_date(raw: str, order: str = "YMD") -> date:
    raise NotImplementedError


def parse_instant(raw: str, order: str, zone: str) -> datetime:
    raise NotImplementedError


def parse_duration(raw: str) -> int:
    raise NotImplementedError
