"""Which stored values there are, and which of them a change concerns."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max

from crmkpi.accounts.queries import get_calendar, get_organisation, today
from crmkpi.lib.periods import UNDATED, Calendar, Grain
from metrics.catalog import METRICS
from metrics.dimensions import Cut
from metrics.expressions import Cohort, PerDay
from metrics.measures import AXES
from metrics.metric import Metric
from metrics.models import Pin, Snapshot
from metrics.scopes import ScopeKey

STORED_CUTS = (Cut.COMPANY, Cut.TEAM)
STORED_GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
PINNED_GRAINS = (Grain.WEEK, *STORED_GRAINS)

# A row of StalePair: id, axis, cut, member, other, grain, start, cause.
Pair = tuple[int, str, int, int, int, int, int, str]


class Target(NamedTuple):
    """One snapshot to be computed."""

    metric: str
    scope: ScopeKey
    grain: Grain
    start: int


def targets_of(
    rows: Collection[Pair],
    calendar: Calendar,
    as_of: int,
) -> dict[Target, str]:
    """Return the snapshots that stale pairs concern, each with the cause."""
    dependents = metrics_by_axis() | metrics_by_input()
    pins = _pins()
    targets: dict[Target, str] = {}
    for _id, axis, cut, member, other, grain, start, cause in rows:
        scope = ScopeKey(cut, member, other)
        for key in dependents.get(axis, ()):
            by_rule = cut in STORED_CUTS and grain in STORED_GRAINS
            if not by_rule and (key, scope) not in pins:
                continue
            for each in _starts(METRICS[key], Grain(grain), start, calendar, as_of):
                targets.setdefault(Target(key, scope, Grain(grain), each), cause)
    return _where_days_changed(rows, dependents) | targets


def _where_days_changed(
    rows: Collection[Pair], dependents: dict[str, list[str]]
) -> dict[Target, str]:
    """Return the stored snapshots that the company's first row gives or takes days.

    What is divided by days counts those since that row. When it comes or goes, other
    scopes have other days in a period though none of their own cells changed.

    Queries: none without a change that early; else 2 for each metric divided by days.
    """
    changed: dict[str, tuple[int, str]] = {}
    for _id, axis, cut, _member, _other, grain, start, cause in rows:
        if cut == Cut.COMPANY and grain == Grain.MONTH:
            for key in filter(_is_since_first, dependents.get(axis, ())):
                changed[key] = min((start, cause), changed.get(key, (start, cause)))
    targets: dict[Target, str] = {}
    for key, (start, cause) in changed.items():
        first = first_day(METRICS[key])
        if first is None or start <= first:
            targets |= dict.fromkeys(_held(key, since=start), cause)
    return targets


def _is_since_first(key: str) -> bool:
    """Whether days since the company's first row are in a metric or its inputs."""
    expression = METRICS[key].expression
    if isinstance(expression, PerDay) and not expression.is_worked:
        return True
    return any(_is_since_first(each) for each in METRICS[key].inputs)


def _held(key: str, *, since: int) -> list[Target]:
    columns = ("cut", "member", "other", "grain", "start")
    held = Snapshot.objects.filter(version__key=key, end__gt=since)
    return [
        Target(key, ScopeKey(cut, member, other), Grain(grain), start)
        for cut, member, other, grain, start in held.values_list(*columns)
    ]


def _starts(
    metric: Metric, grain: Grain, start: int, calendar: Calendar, as_of: int
) -> list[int]:
    """Return the periods that a change in one period concerns.

    A state at a date carries a change on to every later date; what follows rows too,
    unless it says for how long. What follows rows for some days is changed by what
    happens that much later.
    """
    if start > as_of:
        return []
    if not reaches_forward(metric):
        return [start]
    first, last = start - followed_for(metric), as_of + 1
    if isinstance(metric.expression, Cohort) and metric.expression.lasts is not None:
        own = calendar.period(start, grain)
        last = min(last, own.end + metric.expression.lasts)
    return [each.start for each in calendar.periods(first, last, grain)]


def followed_for(metric: Metric) -> int:
    """Return how many days after a row other rows still decide what it adds."""
    own = metric.matures_after if metric.reads_rows else 0
    return max([own, *(followed_for(METRICS[key]) for key in metric.inputs)])


def reaches_forward(metric: Metric) -> bool:
    """Whether a change on one day changes the values of later periods too."""
    if metric.is_state or metric.reads_rows:
        return True
    return any(reaches_forward(METRICS[key]) for key in metric.inputs)


def metrics_by_axis() -> dict[str, list[str]]:
    """Return which metrics a change on each axis concerns, through inputs too."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, metric in METRICS.everything().items():
        for axis in axes_of(metric):
            found[axis].append(key)
    return found


def metrics_by_input() -> dict[str, list[str]]:
    """Return which metrics another definition of each concerns, itself included."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, metric in METRICS.everything().items():
        for needed in _needed(metric):
            found[needed].append(key)
    return found


def _needed(metric: Metric) -> set[str]:
    """Return the metrics whose other definition concerns one: itself and its inputs."""
    return {metric.key}.union(*(_needed(METRICS[key]) for key in metric.inputs))


def axes_of(metric: Metric) -> frozenset[str]:
    return metric.axes.union(*(axes_of(METRICS[key]) for key in metric.inputs))


def _pins() -> set[tuple[str, ScopeKey]]:
    rows = Pin.objects.values_list("metric", "cut", "member", "other")
    return {(metric, ScopeKey(*key)) for metric, *key in rows}


def history(metric: str, scope: ScopeKey, *, now: datetime) -> list[Target]:
    """Return every snapshot a pinned metric of a scope has, from its first row on."""
    organisation = get_organisation()
    calendar, as_of = get_calendar(organisation), today(now, organisation)
    first = first_day(METRICS[metric])
    if first is None:
        return []
    return [
        Target(metric, scope, grain, period.start)
        for grain in PINNED_GRAINS
        for period in calendar.periods(first, as_of + 1, grain)
    ]


def first_day(metric: Metric) -> int | None:
    """Return the first dated day with a row for a metric. Queries: 1 for each axis."""
    days = [
        AXES[axis]
        ._default_manager.filter(
            cut=Cut.COMPANY, member=0, grain=Grain.DAY, start__gt=UNDATED
        )
        .order_by("start")
        .values_list("start", flat=True)
        .first()
        for axis in axes_of(metric)
    ]
    return min((day for day in days if day is not None), default=None)


def begun_since(as_of: int) -> set[Target]:
    """Return the periods that began since the newest stored one, for every series."""
    calendar = get_calendar(get_organisation())
    series = Snapshot.objects.order_by().values_list(
        "version__key", "cut", "member", "other", "grain"
    )
    return {
        Target(key, ScopeKey(cut, member, other), Grain(grain), period.start)
        for key, cut, member, other, grain, newest in series.annotate(Max("start"))
        if key in METRICS
        for period in calendar.periods(newest, as_of + 1, Grain(grain))
    }
