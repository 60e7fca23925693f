"""The shape of a value outside: the same for commands, the API and exports."""

from decimal import Decimal
from typing import Any

from crmkpi.lib.periods import Period
from metrics.behind import ExclusionCount
from metrics.queries import Value
from metrics.scopes import Scope

Json = dict[str, Any]


def as_json(
    value: Value,
    scope: Scope,
    period: Period | None,
    exclusions: list[ExclusionCount],
    *,
    stat: str | None = None,
) -> Json:
    """Return a value as JSON: numbers as numbers, dates both inclusive.

    With `stat` the value is that of the reading so called.

    Raises: KeyError for a reading that the metric does not have.
    """
    shown = value.value if stat in (None, "value") else value.stats[stat]
    interval = None
    if value.low is not None and stat in (None, "value", "mean"):
        interval = {
            "low": number(value.low),
            "high": number(value.high),
            "method": value.method,
        }
    return {
        "key": value.key,
        "scope": scope.text,
        "from": None if period is None else period.first_date.isoformat(),
        "to": None if period is None else period.last_date.isoformat(),
        "value": number(shown),
        "numerator": number(value.numerator),
        "denominator": number(value.denominator),
        "n": value.n,
        "status": value.status,
        "reason": value.reason or None,
        "interval": interval,
        "stats": {name: number(each) for name, each in value.stats.items()},
        "unit": value.unit.value,
        "version": value.version,
        "computed_at": value.computed_at.isoformat(),
        "exclusions": [{"name": each.name, "count": each.count} for each in exclusions],
    }


def number(value: Decimal | None) -> int | float | None:
    """Return a whole number as int, any other as float, None as None."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
