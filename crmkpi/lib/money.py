"""Money in minor units."""

from decimal import Decimal


class MoneyError(ValueError):
    """An amount or a currency that cannot be used."""


def digits(currency: str) -> int:
    raise NotImplementedError


def to_minor(amount: Decimal, currency: str) -> int:
    raise NotImplementedError


def to_major(minor: int, currency: str) -> Decimal:
    raise NotImplementedError


def format_money(minor: int, currency: str, *, locale: str = "en") -> str:
    raise NotImplementedError


def spread(amount: int, days: int) -> list[int]:
    raise NotImplementedError
