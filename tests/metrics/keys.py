"""Which metrics a test goes through, and with what."""

from collections.abc import Iterable, Sequence
from itertools import cycle
from typing import Any

from metrics.behind import main_axes
from metrics.catalog import METRICS
from metrics.expressions import FromRows

KEYS = list(METRICS)
# Of these the rows add up to the number; what a rule makes of several sums has the
# rows of each sum.
WITH_ROWS = [
    key
    for key, metric in METRICS.items()
    if main_axes(metric) and not isinstance(metric.expression, FromRows)
]


def in_turn(keys: Iterable[str], ways: Sequence[Any]) -> list[Any]:
    """Return every key with one of the ways, these in turn: each is met often.

    Example: in_turn("abcd", "xy") is [("a", "x"), ("b", "y"), ("c", "x"), ("d", "y")].
    """
    return list(zip(keys, cycle(ways), strict=False))
