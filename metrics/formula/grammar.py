"""What formulas may be made of: limits, functions, tokens, and what a fault says."""

from decimal import Decimal
from typing import NamedTuple

LONGEST = 500  # characters
MOST_TOKENS = 200
DEEPEST = 20  # brackets within brackets
LARGEST = Decimal(10) ** 15  # of numbers written and of results
WITHIN = Decimal(10) ** 30  # of anything on the way to a result
MOST_PLACES = 6  # that round() keeps

# How many values each function takes: at least, at most.
FUNCTIONS: dict[str, tuple[int, int]] = {
    "min": (1, MOST_TOKENS),
    "max": (1, MOST_TOKENS),
    "abs": (1, 1),
    "round": (1, 2),
    "coalesce": (1, MOST_TOKENS),
    "safe_div": (2, 3),
}
WORDS = ("if", "else")


class FormulaError(ValueError):
    """What is wrong with a formula, where, and how to mend it."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position  # characters before the fault

    @property
    def message(self) -> str:
        return str(self.args[0])


class Token(NamedTuple):
    kind: str  # number, name, sign or end
    text: str
    at: int


def short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:19]}…"
