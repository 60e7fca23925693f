"""What rules on metrics have to read: closed periods, values, last days with rows."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Max

from crmkpi.lib.periods import UNDATED, Calendar, Grain, Period, day_start
from metrics.catalog import METRICS
from metrics.freshness import Freshness
from metrics.measures import AXES
from metrics.metric import Metric
from metrics.queries import Value
from metrics.scopes import COMPANY_KEY, ScopeKey
from metrics.trends import CHOICES

GRAINS = {key: grain for key, (grain, _count) in CHOICES.items()}
CLOSED = {grain: count - 1 for grain, count in CHOICES.values()}  # as the trend has


def closed_periods(
    metric: Metric, grain: Grain, count: int, *, calendar: Calendar, today: int
) -> list[Period]:
    """Return the last periods whose values are final, oldest first.

    What matures after 90 days is judged so much later.
    """
    open_one = calendar.period(today - metric.matures_after, grain)
    found = [calendar.previous(open_one)]
    while len(found) < count:
        found.append(calendar.previous(found[-1]))
    return found[::-1]


def axes_of(metric: Metric) -> frozenset[str]:
    """Return the axes of a metric and of all it is calculated from."""
    return metric.axes.union(
        *(axes_of(METRICS[key]) for key in metric.inputs if key in METRICS)
    )


def last_days(
    wanted: Collection[tuple[str, ScopeKey]], *, today: int
) -> dict[tuple[str, ScopeKey], int | None]:
    """Return the last day with rows of each metric and scope, up to today.

    Empty: None where there never were any.
    Queries: 1 for each axis and scope.
    """
    by_axis: dict[tuple[str, ScopeKey], int | None] = {}
    found: dict[tuple[str, ScopeKey], int | None] = {}
    for key, scope in wanted:
        days = []
        for axis in axes_of(METRICS[key]):
            if (axis, scope) not in by_axis:
                by_axis[axis, scope] = _last_day(axis, scope, today)
            days.append(by_axis[axis, scope])
        found[key, scope] = max((day for day in days if day is not None), default=None)
    return found


def days_with_rows(
    metric: Metric, scope: ScopeKey, *, since: int, today: int
) -> set[int]:
    """Return the days on which there were rows. Queries: 1 for each axis."""
    found: set[int] = set()
    for axis in axes_of(metric):
        cells = AXES[axis]._default_manager.filter(
            cut=scope.cut,
            member=scope.member,
            other=scope.other,
            grain=int(Grain.DAY),
            start__gte=since,
            start__lte=today,
        )
        found |= set(cells.values_list("start", flat=True))
    return found


def _last_day(axis: str, scope: ScopeKey, today: int) -> int | None:
    cells = AXES[axis]._default_manager.filter(
        cut=scope.cut,
        member=scope.member,
        other=scope.other,
        grain=int(Grain.DAY),
        start__gt=UNDATED,
        start__lte=today,
    )
    day: int | None = cells.aggregate(last=Max("start"))["last"]
    return day


@dataclass(frozen=True)
class Trust:
    """How far values can be trusted to be complete."""

    zone: str
    fresh: dict[str, Freshness]  # by metric
    reach: dict[str, int | None]  # last day with any row of the company, by metric

    def is_late(self, value: Value) -> bool:
        """Whether rows may be missing from a closed period.

        That is so when its source was already late when the period closed, and of a
        count of nothing when the whole company has had no row of the kind since.
        """
        if value.period is None:
            return False
        fresh = self.fresh.get(value.key)
        end = value.period.end
        if fresh is not None and fresh.is_stale(day_start(end, self.zone)):
            return True
        reach = self.reach.get(value.key)
        return value.value == 0 and (reach is None or reach < value.period.start)


def company_reach(keys: Collection[str], *, today: int) -> dict[str, int | None]:
    """Return the last day with rows of the company by metric."""
    days = last_days([(key, COMPANY_KEY) for key in keys], today=today)
    return {key: day for (key, _scope), day in days.items()}
