"""Why a value changed, as JSON: numbers as numbers, the parts adding up."""

from decimal import Decimal
from typing import Any

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation
from crmkpi.lib.money import to_major
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Period
from metrics.metric import Metric
from metrics.queries import MONEY
from metrics.scopes import Scope
from metrics.why.earlier import Earlier
from metrics.why.explain import Explained
from metrics.why.lines import Line, Lines, lines_of

Json = dict[str, Any]


def changes_as_json(
    metric: Metric,
    scope: Scope,
    period: Period | None,
    found: Explained | None,
    earlier: list[Earlier],
    access: Access,
    org: Organisation,
) -> Json:
    """Return what moved a value, and what it was computed as before.

    Unit: as all values outside: money in the organisation's currency.
    """

    def told(value: Decimal | int | None, unit: Unit) -> int | float | None:
        if value is None:
            return None
        exact = Decimal(value)
        if unit in MONEY:
            exact *= to_major(1, org.currency)
        return int(exact) if exact == exact.to_integral_value() else float(exact)

    upper = metric.above_unit or (metric.unit if metric.unit in MONEY else Unit.COUNT)
    return {
        "key": metric.key,
        "scope": scope.text,
        "from": None if period is None else period.first_date.isoformat(),
        "to": None if period is None else period.last_date.isoformat(),
        "unit": metric.unit.value,
        "since": found.since.isoformat() if found else None,
        "old_value": told(found.old_value, metric.unit) if found else None,
        "value": told(found.new_value, metric.unit) if found else None,
        "change": told(found.change, metric.unit) if found else None,
        "note": (found.note or None) if found else None,
        "is_waiting": bool(found and found.is_waiting),
        "parts": [
            {
                "cause": part.cause.value,
                "metric": part.metric or None,
                "rows": part.count,
                "numerator": told(part.numbers.above, upper),
                "denominator": told(part.numbers.below, metric.below_unit),
                "value": told(part.value, metric.unit),
                **_lines(lines_of(part, access=access, org=org, metric=metric)),
            }
            for part in (found.parts if found else ())
        ],
        "earlier": [
            {
                "until": each.until.isoformat(),
                "value": told(each.value, metric.unit),
                "version": each.version,
                "cause": each.cause,
            }
            for each in earlier
        ],
    }


def _lines(lines: Lines) -> Json:
    return {
        "shown": [_line(each) for each in lines.shown],
        "more": lines.more,
        "hidden": lines.hidden,
    }


def _line(line: Line) -> Json:
    return {
        "record": line.name,
        "kind": line.kind,
        "changes": line.changes,
        "at": line.at.isoformat() if line.at else None,
        "by": line.by or None,
    }
