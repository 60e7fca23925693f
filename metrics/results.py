"""The shape of a value outside: the same for commands, the API and exports."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from crmkpi.lib.periods import Period
from metrics.behind import ExclusionCount
from metrics.metric import Metric
from metrics.passports import Passport
from metrics.queries import Value
from metrics.row_lists import PER_PAGE, RowList, headings
from metrics.scopes import Scope
from metrics.splits import dimensions_of, readings_of
from metrics.why.earlier import Asked, Revised

Json = dict[str, Any]


def as_json(
    value: Value,
    scope: Scope,
    period: Period | None,
    exclusions: list[ExclusionCount],
    *,
    stat: str | None = None,
    revised: Revised | None = None,
) -> Json:
    """Return a value as JSON: numbers as numbers, dates both inclusive.

    With `stat` the value is that of the reading so called.

    Empty: none for a reading that the value does not have.
    """
    shown = value.value if stat in (None, "value") else value.stats.get(stat)
    has_interval = stat in (None, "value", "mean")
    return {
        "key": value.key,
        "scope": scope.text,
        **_days(period),
        **_numbers(value),
        "value": number(shown),
        "interval": _interval(value) if has_interval else None,
        "stats": {name: number(each) for name, each in value.stats.items()},
        "unit": value.unit.value,
        "version": value.version,
        "computed_at": value.computed_at.isoformat(),
        "exclusions": [{"name": each.name, "count": each.count} for each in exclusions],
        **_revised(revised),
    }


def series_as_json(
    metric: Metric,
    scope: Scope,
    grain: str,
    values: Sequence[Value],
    revised: Mapping[Asked, Revised],
) -> Json:
    """Return the values of one metric and scope over consecutive periods as JSON."""
    return {
        "key": metric.key,
        "scope": scope.text,
        "grain": grain,
        "unit": metric.unit.value,
        "version": max(value.version for value in values),
        "points": [
            {
                **_days(value.period),
                **_numbers(value),
                "interval": _interval(value),
                "is_partial": value.is_partial,
                **_revised(revised.get((metric.key, scope.key, value.period))),
            }
            for value in values
        ],
    }


def passport_as_json(found: Passport) -> Json:
    """Return how a number adds up as JSON, its words in the active language."""
    metric, value = found.metric, found.value
    return {
        "key": metric.key,
        "scope": found.scope.text,
        **_days(found.period),
        **_numbers(value),
        "interval": _interval(value),
        "version": value.version,
        "computed_at": value.computed_at,
        "definition": {
            "title": str(metric.title),
            "text": str(metric.text),
            "formula": str(metric.formula),
            "includes": str(metric.includes),
            "excludes": str(metric.excludes),
            "source": str(metric.source),
        },
        "lines": [
            {
                "label": line.label,
                "text": line.text,
                "count": line.count,
                "metric": line.metric or None,
            }
            for line in found.lines
        ],
        "notes": found.notes,
    }


def rows_as_json(
    metric: Metric,
    scope: Scope,
    period: Period | None,
    found: RowList,
    page: int,
    rows: list[list[Any]],
) -> Json:
    """Return a page of the rows behind a number as JSON, a list of values each."""
    return {
        "key": metric.key,
        "scope": scope.text,
        **_days(period),
        "kind": found.kind,
        "kinds": [tab.key for tab in found.kinds] or [found.kind],
        "part": next(tab.key for tab in found.parts if tab.is_current),
        "count": found.count,
        "page": page,
        "pages": max(-(-found.count // PER_PAGE), 1),
        "columns": headings(found),
        "rows": [
            [number(each) if isinstance(each, Decimal) else each for each in row]
            for row in rows
        ],
    }


def metric_as_json(metric: Metric, *, version: int) -> Json:
    """Return a declaration of the catalogue as JSON, in the active language."""
    return {
        "key": metric.key,
        "title": str(metric.title),
        "family": metric.family,
        "unit": metric.unit.value,
        "better": metric.better.value,
        "additivity": metric.additivity,
        "text": str(metric.text),
        "formula": str(metric.formula),
        "includes": str(metric.includes),
        "excludes": str(metric.excludes),
        "source": str(metric.source),
        "min_n": metric.min_n,
        "matures_after": metric.matures_after,
        "readings": readings_of(metric),
        "dimensions": [dimension.key for dimension in dimensions_of(metric)],
        "version": version,
    }


def _revised(revised: Revised | None) -> Json:
    """Return how often a closed figure moved, and when last."""
    return {
        "revised_at": revised.at.isoformat() if revised else None,
        "revisions": revised.count if revised else 0,
    }


def _days(period: Period | None) -> Json:
    return {
        "from": None if period is None else period.first_date.isoformat(),
        "to": None if period is None else period.last_date.isoformat(),
    }


def _numbers(value: Value) -> Json:
    return {
        "value": number(value.value),
        "numerator": number(value.numerator),
        "denominator": number(value.denominator),
        "n": value.n,
        "status": value.status,
        "reason": value.reason or None,
        "is_recalculating": value.is_recalculating,
    }


def _interval(value: Value) -> Json | None:
    if value.low is None:
        return None
    return {
        "low": number(value.low),
        "high": number(value.high),
        "method": value.method,
    }


def number(value: Decimal | None) -> int | float | None:
    """Return a whole number as int, any other as float, None as None."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
