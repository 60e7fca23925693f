"""Values as lines of a file, the same numbers as on pages and in the API."""

from typing import Any

from crmkpi.accounts.models import Organisation
from metrics.metric import Metric
from metrics.queries import Value
from metrics.results import number
from metrics.scopes import Scope

HEADINGS = [
    "key",
    "title",
    "scope",
    "from",
    "to",
    "value",
    "unit",
    "numerator",
    "denominator",
    "n",
    "low",
    "high",
    "status",
    "reason",
    "version",
]


def csv_headers(name: str, organisation: Organisation) -> dict[str, str]:
    """Return the headers of a file of figures; its name warns as pages do.

    Example: while all figures are recalculated, "metrics" gives
    {"Content-Disposition": 'attachment; filename="metrics-recalculating.csv"'}
    """
    if organisation.recalculating_since is not None:
        name = f"{name}-recalculating"
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}


def line(metric: Metric, scope: Scope, value: Value) -> list[Any]:
    """Return a value under HEADINGS: dates both inclusive, nothing for no value."""
    period = value.period
    return [
        metric.key,
        str(metric.title),
        scope.text,
        period.first_date.isoformat() if period else "",
        period.last_date.isoformat() if period else "",
        number(value.value),
        metric.unit.value,
        number(value.numerator),
        number(value.denominator),
        value.n,
        number(value.low),
        number(value.high),
        value.status,
        value.reason,
        value.version,
    ]
