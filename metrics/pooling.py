"""Small members of a split counted together, so that chance does not rank them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from metrics.metric import Metric
from metrics.queries import Value

SCALES = (1, 100)  # a value is its sides divided, or that in per cent
EXACT = Decimal("0.00001")  # values are kept to six digits


def small_ones(values: Sequence[Value], metric: Metric) -> list[Value]:
    """Return the members too small to be judged alone.

    Empty: for fewer than two of them, and for values that are more than one side
    divided by the other, which cannot be added up.
    """
    small = [value for value in values if value.status == "low_n"]
    return small if len(small) > 1 and _scale(small) is not None else []


def together(values: Sequence[Value], metric: Metric) -> Value:
    """Return one value for small members: their sums divided, never a mean of rates.

    Example: 3 of 4 in one region and 1 of 6 in another are 4 of 10 together, 40 %.

    Raises: ValueError for values that small_ones does not give.
    """
    scale = _scale(values)
    if scale is None:
        raise ValueError("these values cannot be added up")
    above = sum((value.numerator or Decimal(0) for value in values), Decimal(0))
    below = sum((value.denominator or Decimal(0) for value in values), Decimal(0))
    n = sum(value.n or 0 for value in values)
    return replace(
        values[0],
        value=above * scale / below,
        numerator=above,
        denominator=below,
        n=n,
        cases=sum(value.cases or 0 for value in values),
        status="low_n" if n < metric.min_n else "ok",
        low=None,
        high=None,
        method="",
        stats={},
    )


def _scale(values: Sequence[Value]) -> int | None:
    """Return what sides divided are multiplied by; None when that is not the value."""
    fitting = (scale for scale in SCALES if all(_fits(each, scale) for each in values))
    return next(fitting, None)


def _fits(value: Value, scale: int) -> bool:
    if value.value is None or value.numerator is None or not value.denominator:
        return False
    return abs(value.numerator * scale / value.denominator - value.value) <= EXACT
