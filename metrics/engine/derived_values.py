"""Values that are calculated from other values of the same scope and days."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import cast

from django.utils.translation import gettext as _

from crmkpi.accounts.queries import get_organisation
from crmkpi.lib.money import to_major
from crmkpi.lib.numbers import Unit
from metrics.catalog import METRICS
from metrics.engine.arithmetic import SIX, Computed, missing, six
from metrics.engine.requests import Request
from metrics.expressions import Derived, Written
from metrics.formula import FormulaError
from metrics.metric import Metric

Found = Mapping[Request, Computed]


def with_inputs(requests: Iterable[Request]) -> list[Request]:
    """Return the requests with those that they are calculated from."""
    todo, seen = list(requests), dict[Request, None]()
    while todo:
        request = todo.pop()
        if request in seen:
            continue
        seen[request] = None
        todo += [request._replace(metric=key) for key in METRICS[request.metric].inputs]
    return list(seen)


def medians_needed(requests: Iterable[Request]) -> list[Request]:
    """Return the requests whose median a derived one is calculated from."""
    return [
        request._replace(metric=name.partition(":")[0])
        for request in requests
        for name in _derived(request).inputs
        if ":" in name
    ]


def in_order(requests: Iterable[Request]) -> list[Request]:
    """Return requests so that what one is calculated from comes before it."""
    return sorted(requests, key=lambda each: _depth(each.metric))


def derive(request: Request, found: Found) -> Computed:
    """Return a value calculated from those found."""
    expression = _derived(request)
    if isinstance(expression, Written):
        return _calculate(request, expression, found)
    inputs, n = [], []
    for name in expression.inputs:
        key, _colon, stat = name.partition(":")
        computed = found[request._replace(metric=key)]
        inputs.append(computed.stats.get(stat) if stat else computed.value)
        n.append(computed.n)
        if inputs[-1] is None:
            reason = _no_value_of(METRICS[key], computed)
            return missing("no_data", reason)
    value = expression.compute(*inputs)
    if value is None:
        return missing("no_data", _("It would be divided by nothing."))
    smallest = min((each for each in n if each is not None), default=None)
    enough = smallest is None or smallest >= METRICS[request.metric].min_n
    return Computed(
        status="ok" if enough else "low_n", value=value.quantize(SIX), n=smallest
    )


def _calculate(request: Request, written: Written, found: Found) -> Computed:
    """Return the result of a formula over the values of the same scope."""
    metric = METRICS[request.metric]
    inputs = {key: found[request._replace(metric=key)] for key in metric.inputs}
    for key, computed in inputs.items():
        if computed.status == "error":
            return missing("error", _no_value_of(METRICS[key], computed))
    try:
        value = written.compute(
            *(_shown(METRICS[key], each.value) for key, each in inputs.items())
        )
    except FormulaError as error:
        return missing("error", error.message)
    if value is None:
        for key, computed in inputs.items():
            if computed.value is None:
                reason = _no_value_of(METRICS[key], computed)
                return missing("no_data", reason)
        return missing("no_data", _("It would be divided by nothing."))
    counts = [each.n for each in inputs.values() if each.n is not None]
    enough = not counts or min(counts) >= metric.min_n
    return Computed(
        status="ok" if enough else "low_n",
        value=six(value / _unit(metric)),
        n=min(counts, default=None),
    )


def _shown(metric: Metric, value: Decimal | None) -> Decimal | None:
    """Return a value as pages show it: money in the organisation's currency."""
    return None if value is None else value * _unit(metric)


def _unit(metric: Metric) -> Decimal:
    if metric.unit not in (Unit.MONEY, Unit.MONEY_PER_DAY):
        return Decimal(1)
    return to_major(1, get_organisation().currency)


def _no_value_of(metric: Metric, computed: Computed) -> str:
    return _("%(metric)s has no value here: %(reason)s") % {
        "metric": metric.title,
        "reason": computed.reason,
    }


def _derived(request: Request) -> Derived:
    return cast(Derived, METRICS[request.metric].expression)


def _depth(key: str) -> int:
    return 1 + max((_depth(each) for each in METRICS[key].inputs), default=-1)
