"""A customer's purchases in the four numbers that the models are fitted to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class History:
    """What a customer has bought up to and with one day.

    Purchases of one day count once; their amounts are added up.
    """

    frequency: int  # purchases after the first
    recency: float  # weeks from the first purchase to the last
    age: float  # weeks from the first purchase to the day
    value: float | None  # mean of the purchases after the first; None: none is known


def history(amounts: Mapping[int, float | None], *, until: int) -> History | None:
    """Return the history of one customer from the amounts by day of purchase.

    Empty: None for a customer who has not bought up to and with the day `until`.
    An amount that is not known or not positive counts as a purchase without value.

    Source: Fader, Hardie and Lee 2005; the first purchase is left out of both.

    Example: 5 on day 0, 20 on day 14 and 30 on day 28, seen on day 42:
    History(frequency=2, recency=4.0, age=6.0, value=25.0).
    """
    days = sorted(day for day in amounts if day <= until)
    if not days:
        return None
    first, *repeats = days
    values = [amount for day in repeats if (amount := amounts[day] or 0) > 0]
    return History(
        frequency=len(repeats),
        recency=(days[-1] - first) / DAYS_OF_WEEK,
        age=(until - first) / DAYS_OF_WEEK,
        value=sum(values) / len(values) if values else None,
    )


def correlation(histories: Iterable[History]) -> float | None:
    """Return how far customers who buy more often also spend more each time.

    Unit: −1..1, over those who came back.
    Empty: None for fewer than three, or where all are equal in one of the two.

    Example: frequencies 1, 2, 3 with values 10, 20, 30 give 1.0.
    """
    pairs = [
        (each.frequency, each.value)
        for each in histories
        if each.frequency and each.value is not None
    ]
    if len(pairs) < 3:
        return None
    mean_x = sum(x for x, _y in pairs) / len(pairs)
    mean_y = sum(y for _x, y in pairs) / len(pairs)
    both = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    xx = sum((x - mean_x) ** 2 for x, _y in pairs)
    yy = sum((y - mean_y) ** 2 for _x, y in pairs)
    return None if not xx or not yy else float(both / (xx * yy) ** 0.5)
