"""Throw made-up formulas at the evaluator: `python -m tests.metrics.fuzz 1000000`.

Every formula must give a number, nothing, or a FormulaError that points into it.
"""

import random
import sys
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from metrics.formula import LARGEST, FormulaError, parse

KNOWN = ("won", "lost", "leads", "csat", "missing", "zero", "huge")
VALUES = {
    "won": Decimal(3),
    "lost": Decimal("-1.25"),
    "leads": Decimal(40),
    "csat": Decimal("94.736842"),
    "missing": None,
    "zero": Decimal(0),
    "huge": Decimal(10) ** 14,
}
WORDS = [
    *KNOWN, *"+-*/(),", "<", "<=", "==", "!=", " if ", " else ", "min(", "max(",
    "abs(", "round(", "coalesce(", "safe_div(", "0", "1", "2.5", ".5", "100", "007",
    "1e9", "9" * 20,
]  # fmt: skip
WICKED = [
    "**", "//", "[", "]", "{", "}", "'", '"', "f'{won}'", ".__class__", "lambda: 1",
    "and", "or", "not", "is", "in", "None", "True", "__import__('os')", "won.real",
    "x:=1", "=", "\x00", "\n", "\\", "#", ";", "@", "~", "%", "^", "…", "×", "÷", "−",
    "½", "٣", "é", "\ud800", "\U0001f600", "9" * 300, "(" * 30, "-" * 60, "1j", "0x1f",
    "1_000", "yield", "await won", "*won", "won for won in won", "round(won, 99)", "if",
    "else", "a b", "9**9**9", "huge*huge*huge*huge", "1/3", "min()", "print(1)",
    "won(1)", "(1)(2)",
]  # fmt: skip
GOOD = [
    "won / (won + lost) * 100",
    "round(csat, 1) if leads >= 10 else coalesce(missing, zero, 0)",
    "safe_div(won, zero, -1) + abs(lost) * max(1, 2.5, won)",
    "min(won, leads) - -lost / 3",
    "1 if 0 < won <= 5 != leads else 2 if zero == 0 else 3",
]


@dataclass
class Fuzzed:
    """What came of the formulas."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0  # seconds
    slowest_text: str = ""


def fuzz(count: int, *, seed: int) -> Fuzzed:
    """Return what became of so many formulas.

    Raises: whatever else than FormulaError comes out, noting the formula.
    """
    made, found = random.Random(seed), Fuzzed()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _number in range(count):
            text = _formula(made)
            began = time.perf_counter()
            try:
                found.outcomes[_outcome(text)] += 1
            except BaseException as error:
                error.add_note(f"formula: {text!r}")
                raise
            took = time.perf_counter() - began
            if took > found.slowest:
                found.slowest, found.slowest_text = took, text
    return found


def _outcome(text: str) -> str:
    try:
        value = parse(text, KNOWN).evaluate(VALUES)
    except FormulaError as error:
        assert 0 <= error.position <= len(text), error.position
        assert error.message.strip()
        return "refused"
    if value is None:
        return "nothing"
    assert isinstance(value, Decimal)
    assert value.is_finite()
    assert abs(value) <= LARGEST
    return "a number"


def _formula(made: random.Random) -> str:
    kind = made.randrange(5)
    if kind == 0:
        return _grown(made, made.randrange(1, 5))
    if kind == 1:
        return _bent(made, made.choice(GOOD))
    if kind == 2:
        return _bent(made, _grown(made, 3))
    if kind == 3:
        words = made.choices(WORDS + WICKED, k=made.randrange(1, 25))
        return made.choice(["", " "]).join(words)
    return "".join(chr(made.randrange(1, 0x250)) for _ in range(made.randrange(0, 40)))


def _grown(made: random.Random, depth: int) -> str:
    """Return a formula that is right, as far as it fits."""
    if depth <= 0:
        return made.choice([*KNOWN, "0", "1", "2.5", "1000000", "0.001"])
    one, other = _grown(made, depth - 1), _grown(made, made.randrange(depth))
    sign = made.choice(["<", "<=", ">", ">=", "==", "!="])
    return made.choice(
        [
            f"{one} {made.choice('+-*/')} {other}",
            f"({one})",
            f"-{one}",
            f"{made.choice(['min', 'max', 'coalesce'])}({one}, {other})",
            f"round({one}, {made.randrange(7)})",
            f"abs({one})",
            f"safe_div({one}, {other})",
            f"({one} if {other} {sign} 2 else {other})",
        ]
    )


def _bent(made: random.Random, text: str) -> str:
    """Return a formula with something taken out, put in or doubled."""
    for _time in range(made.randrange(1, 4)):
        at = made.randrange(len(text) + 1)
        bend = made.randrange(4)
        if bend == 0:
            text = text[:at] + text[at + made.randrange(1, 4) :]
        elif bend == 1:
            text = text[:at] + made.choice(WORDS + WICKED) + text[at:]
        elif bend == 2:
            text = text[:at] + text[at:] * made.randrange(1, 4)
        else:
            text = text[at:] + text[:at]
        text = text[:3000]
    return text


if __name__ == "__main__":
    import django

    django.setup()
    result = fuzz(int(sys.argv[1]), seed=int(sys.argv[2]) if sys.argv[2:] else 1)
    told = ", ".join(f"{n:,} {what}" for what, n in result.outcomes.most_common())
    sys.stdout.write(
        f"{told}\nslowest: {result.slowest * 1000:.1f} ms {result.slowest_text!r}\n"
    )
