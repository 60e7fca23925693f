"""From sums to values: the one place where a number comes into being.

Pages, the API, commands and stored snapshots all go through `compute`.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.lib.periods import Calendar
from metrics.catalog import METRICS
from metrics.dimensions import DIMENSIONS, Cut
from metrics.engine import distribution
from metrics.engine.arithmetic import Computed, missing
from metrics.engine.cell_values import cell_values
from metrics.engine.derived_values import (
    derive,
    in_order,
    medians_needed,
    with_inputs,
)
from metrics.engine.firsts import Days, first_days
from metrics.engine.once import reading
from metrics.engine.requests import Request, Setting
from metrics.engine.routing import computing
from metrics.engine.row_values import cohort_values, rule_values
from metrics.engine.windows import Window
from metrics.expressions import Cohort, FromRows
from metrics.metric import Distribution
from metrics.splits import can_be_cut


@computing()
def compute(
    requests: Iterable[Request],
    *,
    as_of: int,
    stats: bool = True,
    calendar: Calendar | None = None,
    firsts: Days | None = None,
) -> dict[Request, Computed]:
    """Return the value of every request, rows up to and with the day `as_of`.

    The calendar of the organisation and the company's first days may be given by who
    has read them already.

    Time: days after `as_of` do not count; a metric that matures after W days leaves
    out the last W days and says how many cases wait.

    Queries: 1 for the organisation, 1 for the first days, those of read_windows and of
    read_cohorts, those of each rule written in Python; with `stats` 1 more for each
    distribution.

    Example: win_rate over a window with 107 won and 45 lost deals is
    Computed(status="ok", value=Decimal("70.394737"), numerator=107, denominator=152).
    """
    asked = list(dict.fromkeys(requests))
    with reading():
        found = _values(asked, as_of, stats, calendar, firsts)
    return {request: found[request] for request in asked}


def _values(
    asked: list[Request],
    as_of: int,
    stats: bool,
    calendar: Calendar | None,
    firsts: Days | None,
) -> dict[Request, Computed]:
    """Return the values of requests and of those that they are calculated from."""
    everything = with_inputs(asked)
    derived = [each for each in everything if METRICS[each.metric].is_derived]
    plain = [each for each in everything if not METRICS[each.metric].is_derived]
    reasons = {each: _not_split(each) for each in plain}
    found = {each: missing("error", why) for each, why in reasons.items() if why}
    possible = [each for each, why in reasons.items() if not why]
    axes = {axis for each in possible for axis in METRICS[each.metric].axes}
    setting = Setting(
        as_of=as_of,
        stats=stats,
        calendar=calendar or get_calendar(get_organisation()),
        firsts=first_days(axes) if firsts is None else firsts,
    )
    summed, cohorts, rules, rules_beside = _by_kind(possible)
    found |= cell_values(summed, setting)
    found |= cohort_values(cohorts, setting)
    found |= rule_values(rules, setting, found)
    medians = set(medians_needed(derived))
    timed = [each for each in possible if stats or each in medians]
    found |= _with_quantiles(timed, found, setting)
    for request in in_order(derived):
        found[request] = derive(request, found)
    return found | rule_values(rules_beside, setting, found)


def _by_kind(
    requests: Iterable[Request],
) -> tuple[list[Request], list[Request], list[Request], list[Request]]:
    """Return what is summed, cohorts, rules, and rules that take other metrics."""
    summed, cohorts, rules, rules_beside = [], [], [], []
    for request in requests:
        match METRICS[request.metric].expression:
            case Cohort():
                cohorts.append(request)
            case FromRows(inputs=()):
                rules.append(request)
            case FromRows():
                rules_beside.append(request)
            case _:
                summed.append(request)
    return summed, cohorts, rules, rules_beside


def _not_split(request: Request) -> str:
    """Say why a metric has no value of a scope that its rows do not carry."""
    metric, cut = METRICS[request.metric], Cut(request.scope.cut)
    if can_be_cut(metric, cut):
        return ""
    if cut is Cut.TEAM:
        return _("Not counted for single teams.")
    if cut is Cut.AGENT:
        return _("Not counted for single agents.")
    return _("Not split by %(dimension)s.") % {
        "dimension": str(DIMENSIONS[cut].label).lower()
    }


def _with_quantiles(
    requests: Iterable[Request], found: dict[Request, Computed], setting: Setting
) -> dict[Request, Computed]:
    """Return values with the median and the 90th percentile of their rows.

    Queries: 1 for each distribution.
    """
    by_kind: dict[Distribution, dict[Request, Window]] = {}
    for request in requests:
        metric = METRICS[request.metric]
        if metric.distribution is None or request not in found:
            continue
        start, mature, _end = setting.days(request, metric)
        window = Window(metric.distribution.axis, request.scope, start, mature)
        by_kind.setdefault(metric.distribution, {})[request] = window
    result = {}
    for wanted, windows in by_kind.items():
        quantiles = distribution.read_quantiles(wanted, set(windows.values()))
        for request, window in windows.items():
            computed = found[request]
            stats = computed.stats | quantiles[window]
            result[request] = replace(computed, stats=stats)
    return result
