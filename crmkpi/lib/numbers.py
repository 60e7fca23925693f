"""Numbers as text: value with its unit and the right number of digits."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Number = Decimal | float | int


class Unit(StrEnum):
    PERCENT = "percent"
    POINTS = "points"
    SCORE = "score"
    COUNT = "count"
    MONEY = "money"
    SECONDS = "seconds"
    DAYS = "days"
    MONEY_PER_DAY = "money_per_day"
    RATIO = "ratio"
    INDEX = "index"


@dataclass(frozen=True)
class Figure:
    text: str
    unit: str


def figure(
    value: Number | None,
    unit: Unit,
    *,
    currency: str = "EUR",
    signed: bool = False,
    compact: bool = False,
    digits: int | None = None,
) -> Figure:
    raise NotImplementedError


def difference(
    value: Number | None,
    unit: Unit,
    *,
    currency: str = "EUR",
    relative: bool = False,
) -> str:
    raise NotImplementedError


def chance_words(p: float) -> str:
    raise NotImplementedError
