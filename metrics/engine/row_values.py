"""Values of what has to be read from rows: cohorts, and rules written in Python."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import cast

from django.utils.translation import gettext as _

from metrics.catalog import METRICS
from metrics.engine.arithmetic import Computed, missing, of_outcome, of_sides
from metrics.engine.cohorts import CohortWindow, Sides, read_cohorts
from metrics.engine.requests import Request, Setting
from metrics.engine.spans import BEGINNING, span_of
from metrics.expressions import Cohort, FromRows, Outcome
from metrics.metric import Metric

_Pair = tuple[CohortWindow, CohortWindow]  # of mature rows, and of all


def cohort_values(
    requests: Iterable[Request], setting: Setting
) -> dict[Request, Computed]:
    """Return the value of every request whose metric follows a cohort.

    Queries: those of read_cohorts, and those of what cohorts tell of all their rows.
    """
    pairs = {each: _windows(each, METRICS[each.metric], setting) for each in requests}
    sides = read_cohorts(
        {
            (cohort, window)
            for request, pair in pairs.items()
            if pair
            for cohort in (_cohort(request), *_beside(request, setting).values())
            for window in pair
        }
    )
    found = {
        request: _value(request, pair, sides, setting)
        for request, pair in pairs.items()
    }
    return _told(found, setting)


def rule_values(
    requests: Iterable[Request],
    setting: Setting,
    found: Mapping[Request, Computed],
) -> dict[Request, Computed]:
    """Return the value of every request whose metric is a rule written in Python.

    `found` holds the values of the metrics that a rule takes as inputs.

    Queries: those of each rule.
    """
    by_metric: dict[str, list[Request]] = defaultdict(list)
    for request in requests:
        by_metric[request.metric].append(request)
    return {
        request: computed
        for key, some in by_metric.items()
        for request, computed in _load(METRICS[key], some, setting, found).items()
    }


def _cohort(request: Request) -> Cohort:
    return cast(Cohort, METRICS[request.metric].expression)


def _beside(request: Request, setting: Setting) -> dict[str, Cohort]:
    """Return the cohorts that are read beside the value, when stats are wanted."""
    variants = METRICS[request.metric].variants if setting.stats else ()
    return {name: each for name, each in variants if isinstance(each, Cohort)}


def _value(
    request: Request,
    pair: _Pair | None,
    sides: Mapping[tuple[Cohort, CohortWindow], Sides],
    setting: Setting,
) -> Computed:
    beside = _beside(request, setting)
    stats: dict[str, Decimal | None] = dict.fromkeys(beside)
    if pair is None:
        return replace(missing("no_data", _reaches_not_back()), stats=stats)
    metric = METRICS[request.metric]

    def of(cohort: Cohort) -> Computed:
        mature, everything = (sides[cohort, window] for window in pair)
        return of_sides(metric, cohort, mature, everything)

    computed = of(_cohort(request))
    if computed.value is not None:
        stats = {name: of(each).value for name, each in beside.items()}
    return replace(computed, stats=stats)


def _told(found: dict[Request, Computed], setting: Setting) -> dict[Request, Computed]:
    """Return values with what cohorts tell of all their rows, or why there are none."""
    ends: dict[Cohort, set[int]] = defaultdict(set)
    for request, computed in found.items():
        cohort = _cohort(request)
        if cohort.tells and (setting.stats or computed.value is None):
            ends[cohort].add(setting.end(request))
    told = {cohort: cohort.tells(some) for cohort, some in ends.items() if cohort.tells}
    result = dict(found)
    for request, computed in found.items():
        here = told.get(_cohort(request), {}).get(setting.end(request))
        if here is None:
            continue
        if computed.value is None:
            computed = replace(computed, reason=here.reason or computed.reason)
        if setting.stats:
            computed = replace(computed, stats={**computed.stats, **here.stats})
        result[request] = computed
    return result


def _load(
    metric: Metric,
    requests: Iterable[Request],
    setting: Setting,
    found: Mapping[Request, Computed],
) -> dict[Request, Computed]:
    rule = cast(FromRows, metric.expression)
    pairs = {each: _windows(each, metric, setting) for each in requests}
    usable = {
        pair[0]: tuple(found[request._replace(metric=key)] for key in rule.inputs)
        for request, pair in pairs.items()
        if pair is not None
    }
    given = usable if rule.inputs else set(usable)
    loaded: dict[CohortWindow, Outcome] = rule.load(given) if usable else {}
    return {
        request: missing("no_data", _reaches_not_back())
        if pair is None
        else of_outcome(metric, loaded[pair[0]])
        for request, pair in pairs.items()
    }


def _windows(request: Request, metric: Metric, setting: Setting) -> _Pair | None:
    """Return the window of mature rows and that of all rows.

    What follows customers from a date begins on the second day with any row when
    no start is given. Empty: None for what ends before anything has begun.
    """
    first = setting.first_dated(metric)
    if first is None:
        return None
    start = request.start
    if start == BEGINNING and _follows(metric):
        start = first + 1
    span = span_of(
        metric, start, request.end, as_of=setting.as_of, calendar=setting.calendar
    )
    if span.end <= max(span.start, first):
        return None
    mature = span._replace(end=min(span.end, setting.as_of + 1 - metric.matures_after))
    return CohortWindow(request.scope, mature), CohortWindow(request.scope, span)


def _follows(metric: Metric) -> bool:
    """Whether the rows are those that were there when the period began."""
    return isinstance(metric.expression, Cohort) and metric.expression.on is not None


def _reaches_not_back() -> str:
    return _("No rows of this kind reach back so far.")
