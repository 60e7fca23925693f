"""Values of what is summed: read from cells, each expression by its arithmetic."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple, cast

from django.utils.translation import gettext as _

from metrics.catalog import METRICS
from metrics.engine.arithmetic import (
    SIX,
    Computed,
    balance_of,
    mean_of,
    missing,
    nothing_to_divide,
    ratio_of,
)
from metrics.engine.reads import Read, merged, reads_of
from metrics.engine.requests import Request, Setting
from metrics.engine.spans import BEGINNING
from metrics.engine.windows import Sums, Window, read_days, read_windows
from metrics.expressions import (
    Amount,
    Balance,
    Expression,
    Level,
    Mean,
    PerDay,
    Ratio,
    Standing,
    linears,
)
from metrics.metric import Metric

DAYS = "days"  # the reading that says by how many days was divided


class _Part(NamedTuple):
    """One expression of a request over the windows it reads."""

    expression: Expression
    reads: tuple[Read, ...]
    all_cases: tuple[Read, ...]  # the same, immature days included


@dataclass(frozen=True)
class _Read:
    """The sums of all windows, and the days with rows of those divided by days."""

    sums: dict[Window, Sums]
    days: dict[tuple[Window, str], int]


def cell_values(
    requests: Iterable[Request], setting: Setting
) -> dict[Request, Computed]:
    """Return the value of every request whose metric is summed from cells.

    Queries: those of read_windows and of read_days.
    """
    parts: dict[Request, list[tuple[str, _Part]]] = {}
    windows: set[Window] = set()
    measures: dict[str, set[str]] = defaultdict(set)
    for request in requests:
        metric = METRICS[request.metric]
        named = [("", metric.expression), *(metric.variants if setting.stats else ())]
        parts[request] = [(name, _part(request, each, setting)) for name, each in named]
        for _name, part in parts[request]:
            windows |= {each.window for each in (*part.reads, *part.all_cases)}
            for linear in linears(part.expression):
                for ref in linear.refs:
                    measures[ref.axis].add(ref.name)
    sums = read_windows(windows, measures, setting.calendar)
    read = _Read(sums, _read_days(part for some in parts.values() for _, part in some))
    return {
        request: _evaluate_all(request, some, read, setting)
        for request, some in parts.items()
    }


def _part(request: Request, expression: Expression, setting: Setting) -> _Part:
    metric = METRICS[request.metric]
    start, mature, end = setting.days(request, metric)
    if isinstance(expression, Level | Standing):
        start = BEGINNING
    return _Part(
        expression,
        reads_of(expression, request.scope, start, mature),
        reads_of(expression, request.scope, start, end),
    )


def _read_days(parts: Iterable[_Part]) -> dict[tuple[Window, str], int]:
    """Return how many days have rows, for what is divided by these."""
    return read_days(
        (each.window, ref.name)
        for part in parts
        if isinstance(part.expression, PerDay) and part.expression.is_worked
        for each in part.reads
        for ref in (part.expression.count or part.expression.total).refs
    )


def _evaluate_all(
    request: Request,
    parts: list[tuple[str, _Part]],
    read: _Read,
    setting: Setting,
) -> Computed:
    metric = METRICS[request.metric]
    (_main, part), *others = parts
    computed = _evaluate(request, metric, part, read, setting)
    if not setting.stats:
        return computed
    stats = computed.stats | {
        name: _evaluate(
            request, replace(metric, unit=metric.unit_of(name)), other, read, setting
        ).value
        for name, other in others
    }
    if isinstance(metric.expression, Mean):
        stats = {"mean": computed.value} | stats
    return replace(computed, stats=stats)


def _evaluate(
    request: Request, metric: Metric, part: _Part, read: _Read, setting: Setting
) -> Computed:
    total = merged(part.reads, read.sums)
    everything = merged(part.all_cases, read.sums)
    match part.expression:
        case Amount() | Level():
            return _amount(request, metric, part.expression, total, everything, setting)
        case Ratio():
            return ratio_of(metric, part.expression, total, everything)
        case PerDay():
            return _per_day(request, metric, part, total, read, setting)
        case Mean():
            return mean_of(metric, part.expression, total, everything)
        case Balance():
            return balance_of(metric, part.expression, total, everything)
    raise TypeError(f"no sums in {part.expression!r}")


def _per_day(
    request: Request,
    metric: Metric,
    part: _Part,
    sums: Sums,
    read: _Read,
    setting: Setting,
) -> Computed:
    """Return a sum divided by days.

    Example: 30 tickets in the 10 days of June that have passed are 3 a day; of an
    agent with calls on 8 of them 24 calls are 3 a day worked.
    """
    expression = cast(PerDay, part.expression)
    if reason := setting.no_rows_yet(request, metric):
        return missing("no_data", reason)
    total = expression.total.evaluate(sums)
    counted = expression.count or expression.total
    n = counted.evaluate(sums)
    (ref,), (only,) = counted.refs, part.reads
    window = only.window
    days = read.days.get((window, ref.name), 0)
    if not expression.is_worked:
        first = setting.first_dated(metric)
        first = setting.as_of + 1 if first is None else first
        days = window.end - max(window.start, first)
    if days <= 0:
        return replace(nothing_to_divide(metric, total, 0), denominator=None)
    return Computed(
        status="ok",
        value=(Decimal(total) / days).quantize(SIX),
        numerator=total,
        n=n,
        cases=n,
        stats={DAYS: Decimal(days)},
    )


def _amount(
    request: Request,
    metric: Metric,
    expression: Amount | Level,
    sums: Sums,
    everything: Sums,
    setting: Setting,
) -> Computed:
    if reason := setting.no_rows_yet(request, metric):
        return missing("no_data", reason)
    start, mature, _end = setting.days(request, metric)
    if metric.matures_after and mature <= start:
        return missing("immature", _("The period is too recent to tell."))
    if isinstance(expression, Level):
        value = expression.started.evaluate(sums) - expression.ended.evaluate(sums)
        n = cases = value
    else:
        value = expression.total.evaluate(sums)
        counted = expression.count or expression.total
        n, cases = counted.evaluate(sums), counted.evaluate(everything)
    return Computed(
        status="ok", value=Decimal(value), numerator=value, n=n, cases=cases
    )
