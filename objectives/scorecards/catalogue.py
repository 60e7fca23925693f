"""What is known of a team without key results: every metric that has a value."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation
from crmkpi.accounts.queries import get_calendar
from crmkpi.lib.money import to_major
from crmkpi.lib.numbers import Figure
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics.catalog import FAMILIES, METRICS
from metrics.metric import Metric
from metrics.models import MetricVersion, Snapshot
from metrics.pickers import compared_with, query
from metrics.queries import MONEY
from metrics.scopes import Scope
from metrics.why.earlier import Revised, revised
from objectives.printing import Print, rests_on
from objectives.scorecards.changes import Change, Measured, change, measured
from objectives.scorecards.history import spark

MONTHS = 13
STORED = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)  # of every team, pinned or not


@dataclass(frozen=True)
class MetricRow:
    """One metric of a scope that no key result aims at."""

    key: str
    title: str | Promise
    now: Figure
    under: str  # what the value rests on: "38 of 44"
    spark: SafeString
    change: Change | None
    is_open: bool  # a total that will grow, so not compared with a whole period
    revised: Revised | None  # the figure moved after its period had closed
    metric_query: str  # of the metric's pages

    @property
    def passport_id(self) -> str:
        return f"passport-{self.key}"


@dataclass(frozen=True)
class Family:
    """The metrics of one part of the catalogue."""

    title: str | Promise
    rows: list[MetricRow]


@dataclass(frozen=True)
class Measurements:
    """What is measured of a scope without key results."""

    period: Period
    compare: Period | None
    families: list[Family]


def measurements(
    scope: Scope,
    *,
    access: Access,
    period: Period,
    comparison: str,
    organisation: Organisation,
    today: int,
) -> Measurements:
    """Return the metrics with a value in the period, by family.

    Only values that are stored for every team are read: of other periods than months,
    quarters and years those of the month. A total of a period that is still open is
    not compared with a whole one.

    Shape: families and metrics in the order of the catalogue.
    Empty: no families when no metric has a value.
    Queries: 1, 1 more for a period that has closed, and those of METRICS.readable
    """
    calendar = get_calendar(organisation)
    shown = _stored_period(period, calendar, today=today)
    compare = compared_with(shown, calendar, comparison)
    months = _months(min(today, shown.end - 1), calendar)
    stored = _read(scope, [*months, shown, *([compare] if compare else [])])
    maker = _Maker(scope, shown, compare, months, organisation.currency, today)
    is_closed = shown.end <= today
    moved = revised((key, scope.key, shown) for key in stored if is_closed)
    families: dict[str, list[MetricRow]] = defaultdict(list)
    for key, metric in METRICS.readable(access).items():
        row = maker.row(metric, stored.get(key, {}), moved.get((key, scope.key, shown)))
        if row is not None:
            families[metric.family].append(row)
    found = [
        Family(title, families[name])
        for name, title in FAMILIES.items()
        if name in families
    ]
    return Measurements(shown, compare, found)


def _stored_period(period: Period, calendar: Calendar, *, today: int) -> Period:
    """Return the period itself if values of every team are stored for it.

    Else the month of its last day that has begun.
    """
    if period.grain in STORED:
        return period
    return calendar.period(min(today, period.end - 1), Grain.MONTH)


Stored = Mapping[tuple[int, int], Any]  # grain and start to a snapshot


def _read(scope: Scope, periods: Iterable[Period]) -> dict[str, dict[Any, Snapshot]]:
    """Return the snapshots of a scope by metric, of its newest version. Queries: 1."""
    starts: dict[int, set[int]] = defaultdict(set)
    for period in periods:
        starts[int(period.grain or 0)].add(period.start)
    wanted = Q()
    for grain, some in starts.items():
        wanted |= Q(grain=grain, start__in=some)
    newer = MetricVersion.objects.filter(
        key=OuterRef("version__key"), number__gt=OuterRef("version__number")
    )
    rows = Snapshot.objects.filter(
        wanted,
        ~Exists(newer),
        cut=scope.key.cut,
        member=scope.key.member,
        other=scope.key.other,
    )
    found: dict[str, dict[Any, Snapshot]] = defaultdict(dict)
    for row in rows.select_related("version"):
        found[row.version.key][row.grain, row.start] = row
    return found


@dataclass(frozen=True)
class _Maker:
    """What turns stored values into rows."""

    scope: Scope
    period: Period
    compare: Period | None
    months: list[Period]
    currency: str
    today: int

    def row(
        self, metric: Metric, stored: Stored, moved: Revised | None
    ) -> MetricRow | None:
        """Return a metric with its past; None without a value in the period."""
        now = stored.get(_key(self.period))
        if now is None or now.value is None:
            return None
        unit = to_major(1, self.currency) if metric.unit in MONEY else Decimal(1)
        printed = Print.of(metric.key, self.currency)
        is_fair = self.period.end <= self.today or not metric.is_flow
        is_compared = is_fair and self.compare is not None
        before = stored.get(_key(self.compare)) if is_compared else None
        return MetricRow(
            key=metric.key,
            title=metric.title,
            now=printed.figure(now.value * unit, compact=True),
            under=rests_on(metric, now.numerator, now.denominator, now.n),
            spark=spark(
                str(metric.title),
                [_value(stored.get(_key(month)), unit) for month in self.months],
                printed=printed,
                goal=None,
                is_open=self.today in self.months[-1],
                steps=_("last 13 months"),
            ),
            change=_change(metric, now, before, unit, printed),
            is_open=not is_fair,
            revised=moved,
            metric_query=query(self.scope, self.period),
        )


def _change(
    metric: Metric, now: Any, before: Any, unit: Decimal, printed: Print
) -> Change | None:
    if before is None or before.value is None:
        return None
    return change(
        _measured(metric, now, unit),
        _measured(metric, before, unit),
        better=metric.better,
        printed=printed,
    )


def _measured(metric: Metric, row: Snapshot, unit: Decimal) -> Measured:
    return measured(
        metric,
        (row.value or Decimal(0)) * unit,
        None if row.low is None else row.low * unit,
        None if row.high is None else row.high * unit,
        row.n,
    )


def _value(row: Snapshot | None, unit: Decimal) -> Decimal | None:
    return None if row is None or row.value is None else row.value * unit


def _key(period: Period | None) -> tuple[int, int]:
    return (0, 0) if period is None else (int(period.grain or 0), period.start)


def _months(day: int, calendar: Calendar) -> list[Period]:
    months = [calendar.period(day, Grain.MONTH)]
    while len(months) < MONTHS:
        months.insert(0, calendar.previous(months[0]))
    return months
