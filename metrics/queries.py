"""Reads: values for pages, the API and commands, from snapshots or cells alike."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.money import to_major
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Period
from metrics.behind import ExclusionCount, behind
from metrics.catalog import METRICS
from metrics.engine import versions
from metrics.engine.arithmetic import Computed
from metrics.engine.compute import compute
from metrics.engine.firsts import Days
from metrics.engine.once import once, reading
from metrics.engine.requests import Request
from metrics.engine.spans import BEGINNING
from metrics.metric import Metric
from metrics.models import MetricVersion, ScopeVersion, Snapshot
from metrics.scopes import Scope, ScopeKey
from metrics.tallies import tally

MONEY = (Unit.MONEY, Unit.MONEY_PER_DAY)
_KEY = ("version_id", "cut", "member", "other", "grain", "start")


class UnknownMetric(LookupError):
    """A key that is not in the catalogue."""


@dataclass(frozen=True)
class Value:
    """A number as a reader gets it.

    Unit: percentages 0–100, durations in seconds or days, money in the organisation's
    currency (major units).
    Empty: value None with a reason.
    """

    key: str
    scope: ScopeKey
    period: Period | None
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n: int | None
    cases: int | None  # with those too young to count
    status: str
    low: Decimal | None
    high: Decimal | None
    method: str
    unit: Unit
    version: int
    computed_at: datetime
    reason: str = ""
    stats: dict[str, Decimal | None] = field(default_factory=dict)
    is_partial: bool = False  # the period is still open
    from_snapshot: bool = False
    is_recalculating: bool = False  # it may follow other settings than today's

    @property
    def has_value(self) -> bool:
        return self.value is not None

    @property
    def is_uncertain(self) -> bool:
        return self.status == "low_n"


Asked = tuple[str, ScopeKey, Period | None]


def get_metric(key: str, access: Access | None = None) -> Metric:
    """Return a metric; for a reader only one that the reader may see.

    Raises: UnknownMetric naming the key.
    """
    is_open = access is None or METRICS.may_read(key, access)
    if not is_open or key not in METRICS:
        raise UnknownMetric(_("There is no metric “%(key)s”.") % {"key": key[:80]})
    return METRICS[key]


def read_value(
    key: str, scope: Scope, period: Period | None = None, *, today: int, now: datetime
) -> Value:
    """Return one value, with its median and variants. Queries: about 10."""
    get_metric(key)
    asked = (key, scope.key, period)
    return read_values([asked], today=today, now=now, stats=True)[asked]


@reading()
def read_values(
    asked: Iterable[Asked],
    *,
    today: int,
    now: datetime,
    stats: bool = False,
    snapshots: bool = True,
    stored_only: Collection[Asked] = (),
    first_days: Days | None = None,
) -> dict[Asked, Value]:
    """Return values by what was asked, whatever scope, grain or range.

    A stored snapshot is taken where there is one that time cannot have changed since;
    all else is computed from cells by the same code, so both are equal. With
    `snapshots` false, everything is computed. Of those in `stored_only` none is
    computed: it is left out where nothing is stored. `first_days` of the company may be
    given by who has read them already.

    Time: a period None takes all rows, those without a known day too.

    Queries: 1 for versions, 1 for snapshots, 1 for the organisation, and those of
    compute for what is not stored.
    """
    wanted = list(dict.fromkeys(asked))
    current = versions.current_versions()
    stored = _stored(wanted, current, today) if snapshots else {}
    found: dict[Asked, Value] = {}
    organisation = once("organisation", get_organisation)
    currency = organisation.currency
    for each, snapshot in stored.items():
        found[each] = _from_snapshot(each, snapshot, current, currency, today)
    rest = [each for each in wanted if each not in found and each not in stored_only]
    if rest:
        requests = {each: _request(each, today) for each in rest}
        computed = compute(
            requests.values(),
            as_of=today,
            stats=stats,
            calendar=get_calendar(organisation),
            firsts=first_days,
        )
        for each, request in requests.items():
            result = computed[request]
            found[each] = _value(each, result, current, currency, today, now)
    if organisation.recalculating_since is not None:
        found = {each: replace(it, is_recalculating=True) for each, it in found.items()}
    return {each: found[each] for each in wanted if each in found}


def _request(asked: Asked, today: int) -> Request:
    key, scope, period = asked
    if period is None:
        return Request(key, scope, BEGINNING, today + 1)
    return Request(key, scope, period.start, period.end)


def _stored(
    wanted: Sequence[Asked], current: dict[str, MetricVersion], today: int
) -> dict[Asked, Snapshot]:
    """Return the snapshots that are still right today."""
    keys = {
        (current[key].pk, *scope, int(period.grain), period.start): (key, scope, period)
        for key, scope, period in wanted
        if period is not None and period.grain is not None and key in current
    }
    if not keys:
        return {}
    rows = Snapshot.objects.filter(KeysIn([F(name) for name in _KEY], list(keys)))
    found: dict[Asked, Snapshot] = {}
    for row in rows:
        asked = keys[tuple(getattr(row, name) for name in _KEY)]
        settled = row.end + METRICS[asked[0]].matures_after
        if row.as_of_day >= min(settled, today):
            found[asked] = row
    return found


def _from_snapshot(
    asked: Asked,
    row: Snapshot,
    current: dict[str, MetricVersion],
    currency: str,
    today: int,
) -> Value:
    stats = {
        name: None if text is None else Decimal(text)
        for name, text in row.stats.items()
        if name != "reason"
    }
    computed = Computed(
        status=row.status,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        n=row.n,
        cases=row.cases,
        low=row.low,
        high=row.high,
        method=row.method,
        stats=stats,
        reason=row.stats.get("reason", ""),
    )
    value = _value(asked, computed, current, currency, today, row.computed_at)
    return Value(**{**value.__dict__, "from_snapshot": True})


def _value(
    asked: Asked,
    computed: Computed,
    current: dict[str, MetricVersion],
    currency: str,
    today: int,
    computed_at: datetime,
) -> Value:
    key, scope, period = asked
    metric = METRICS[key]
    version = current.get(key)
    return Value(
        key=key,
        scope=scope,
        period=period,
        value=_major(metric, computed.value, currency),
        numerator=_amount(
            computed.numerator, metric.above_unit or metric.unit, currency
        ),
        denominator=_amount(computed.denominator, metric.below_unit, currency),
        n=computed.n,
        cases=computed.cases,
        status=computed.status,
        low=_major(metric, computed.low, currency),
        high=_major(metric, computed.high, currency),
        method=computed.method,
        unit=metric.unit,
        version=version.number if version else 0,
        computed_at=computed_at,
        reason=computed.reason,
        stats={
            name: _in_major(metric.unit_of(name), each, currency)
            for name, each in computed.stats.items()
        },
        is_partial=period is not None and period.end > today,
    )


def _major(
    metric: Metric, value: Decimal | int | None, currency: str
) -> Decimal | None:
    return _in_major(metric.unit, value, currency)


def _in_major(unit: Unit, value: Decimal | int | None, currency: str) -> Decimal | None:
    """Return money in major units, all else as it is."""
    if value is None:
        return None
    return Decimal(value) * to_major(1, currency) if unit in MONEY else Decimal(value)


def minor(value: Decimal | float, currency: str) -> Decimal:
    """Return an amount in minor units, as figures are printed from."""
    return Decimal(str(value)) / to_major(1, currency)


def _amount(value: int | None, unit: Unit, currency: str) -> Decimal | None:
    """Return one side of a number, money in major units."""
    if value is None:
        return None
    return Decimal(value) * to_major(1, currency) if unit in MONEY else Decimal(value)


def exclusions(
    key: str, scope: ScopeKey, period: Period | None, *, today: int
) -> list[ExclusionCount]:
    """Return what was left out, by reason, and the rows without a known day.

    Empty: a reason that left nothing out is not listed.

    Queries: 2 for each axis.
    """
    found: list[ExclusionCount] = []
    for rows in behind(get_metric(key), scope, period, today=today):
        found += tally(rows).left_out
        if undated := rows.undated.count():
            found.append(ExclusionCount(str(_("Undated")), undated))
    return found


def scope_version(scope: ScopeKey) -> int:
    """Return the number that grows with every change of a scope. Queries: 1."""
    found = ScopeVersion.objects.filter(cut=scope.cut, member=scope.member)
    return found.values_list("number", flat=True).first() or 0
