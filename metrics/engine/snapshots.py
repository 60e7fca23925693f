"""Second stage: stored values follow their cells, and say what they were before.

Runs after the first stage has committed, in a slot of its own: a value may need cells
of several axes, which no first-stage transaction sees together.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Max, Q

from crmkpi.accounts.queries import get_calendar, get_organisation, today
from crmkpi.lib import bulk
from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.periods import UNDATED, Calendar, Grain
from metrics.catalog import METRICS
from metrics.dimensions import Cut
from metrics.engine import versions
from metrics.engine.cells import CellKey
from metrics.engine.compute import Computed, Request, compute
from metrics.measures import AXES
from metrics.measures.base import Cells
from metrics.metric import Metric
from metrics.models import (
    Cause,
    MetricVersion,
    Pin,
    Revision,
    Slot,
    Snapshot,
    StalePair,
)
from metrics.scopes import ScopeKey
from metrics.signals import snapshots_changed

LOCK = "snapshots"  # the slot that a worker locks while it works here
CLAIM = 5_000
STORED_CUTS = (Cut.COMPANY, Cut.TEAM)
STORED_GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
PINNED_GRAINS = (Grain.WEEK, *STORED_GRAINS)
COLUMNS = (
    "end",
    "numerator",
    "denominator",
    "n",
    "cases",
    "value",
    "low",
    "high",
    "method",
    "stats",
    "status",
    "as_of_day",
    "computed_at",
)
KEY = ("version_id", "cut", "member", "other", "grain", "start")


class Target(NamedTuple):
    """One snapshot to be computed."""

    metric: str
    scope: ScopeKey
    grain: Grain
    start: int


def note_stale(axis: type[Cells], causes: dict[CellKey, str]) -> None:
    """Write down the pairs whose snapshots a change of cells may concern.

    Queries: 2
    """
    pinned = _pinned_scopes()
    rows = [
        (axis.key(), cut, member, other, grain, start, cause)
        for (cut, member, grain, start, other), cause in causes.items()
        if start != UNDATED and _is_stored(ScopeKey(cut, member, other), grain, pinned)
    ]
    _insert_pairs(rows)


def note_all_stale(axis: type[Cells], cut: Cut, *, cause: str) -> None:
    """Write down every pair of an axis that has cells or snapshots, after a rebuild.

    Queries: 3
    """
    pinned = _pinned_scopes()
    cuts = [Cut.COMPANY, Cut.TEAM, Cut.AGENT] if cut is Cut.AGENT else [cut]
    cells = axis._default_manager.filter(
        cut__in=[int(each) for each in cuts],
        grain__in=[int(grain) for grain in PINNED_GRAINS],
        start__gt=UNDATED,
    )
    if not pinned:
        cells = cells.filter(cut__in=STORED_CUTS)
    columns = ("cut", "member", "other", "grain", "start")
    keys = set(cells.values_list(*columns))
    held = Snapshot.objects.filter(
        cut__in=[int(each) for each in cuts],
        version__key__in=metrics_by_axis().get(axis.key(), ()),
    )
    keys |= set(held.values_list(*columns))
    _insert_pairs(
        [
            (axis.key(), *key, cause)
            for key in sorted(keys)
            if _is_stored(ScopeKey(key[0], key[1], key[2]), key[3], pinned)
        ]
    )


def _insert_pairs(rows: Sequence[tuple[object, ...]]) -> None:
    columns = ("axis", "cut", "member", "other", "grain", "start", "cause")
    bulk.insert_rows(StalePair, columns, rows)


def _pinned_scopes() -> set[ScopeKey]:
    return {ScopeKey(*key) for key in Pin.objects.values_list("cut", "member", "other")}


def _is_stored(scope: ScopeKey, grain: int, pinned: set[ScopeKey]) -> bool:
    if scope.cut in STORED_CUTS and grain in STORED_GRAINS:
        return True
    return grain in PINNED_GRAINS and scope in pinned


def work_off_pairs(*, now: datetime) -> int:
    """Bring the snapshots of the oldest stale pairs up to date; return the pairs done.

    Queries: about 10 and those of compute.
    """
    with transaction.atomic():
        lock = Slot.objects.select_for_update(skip_locked=True).filter(axis=LOCK)
        if lock.first() is None:
            return 0
        rows = list(
            StalePair.objects.order_by("id").values_list(
                "id", "axis", "cut", "member", "other", "grain", "start", "cause"
            )[:CLAIM]
        )
        if not rows:
            return 0
        StalePair.objects.filter(pk__in=[row[0] for row in rows]).delete()
        organisation = get_organisation()
        targets = _targets(rows, get_calendar(organisation), today(now, organisation))
        store(targets, now=now)
    return len(rows)


def _targets(
    rows: Iterable[tuple[int, str, int, int, int, int, int, str]],
    calendar: Calendar,
    as_of: int,
) -> dict[Target, str]:
    """Return the snapshots that stale pairs concern, each with the cause."""
    dependents = metrics_by_axis()
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
    return targets


def _starts(
    metric: Metric, grain: Grain, start: int, calendar: Calendar, as_of: int
) -> list[int]:
    """Return the periods that a change in one period concerns.

    A state at a date carries a change on to every later date.
    """
    if start > as_of:
        return []
    if not reaches_forward(metric):
        return [start]
    return [each.start for each in calendar.periods(start, as_of + 1, grain)]


def reaches_forward(metric: Metric) -> bool:
    """Whether a change on one day changes the values of later periods too."""
    if metric.is_state or metric.reads_rows:
        return True
    return any(reaches_forward(METRICS[key]) for key in metric.inputs)


def metrics_by_axis() -> dict[str, list[str]]:
    """Return which metrics a change on each axis concerns, through inputs too."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, metric in METRICS.items():
        for axis in _axes(metric):
            found[axis].append(key)
    return found


def _axes(metric: Metric) -> frozenset[str]:
    return metric.axes.union(*(_axes(METRICS[key]) for key in metric.inputs))


def _pins() -> set[tuple[str, ScopeKey]]:
    rows = Pin.objects.values_list("metric", "cut", "member", "other")
    return {(metric, ScopeKey(*key)) for metric, *key in rows}


def store(targets: dict[Target, str], *, now: datetime) -> int:
    """Compute snapshots, write those that changed and the revisions of closed ones.

    Returns how many changed.
    """
    if not targets:
        return 0
    organisation = get_organisation()
    calendar, as_of = get_calendar(organisation), today(now, organisation)
    versions_by_key = versions.current_versions()
    requests = {
        target: Request(
            target.metric,
            target.scope,
            target.start,
            calendar.period(target.start, target.grain).end,
        )
        for target in targets
        if target.metric in versions_by_key
    }
    computed = compute(requests.values(), as_of=as_of)
    old = _stored(requests, versions_by_key)
    rows, revisions = [], []
    for target, request in requests.items():
        result = computed[request]
        version = versions_by_key[target.metric]
        key = (version.pk, *target.scope, int(target.grain), target.start)
        row = snapshot_row(result, request.end, as_of=as_of, now=now)
        before = old.get(key)
        if before is None and _is_empty(result):
            continue  # an empty value is stored only in the place of another one
        if before is not None and _same(before, row):
            if before.as_of_day == as_of:
                continue
            row = (*row[:-1], before.computed_at)  # only seen to be still right
        elif before is not None and _was_closed(before, METRICS[target.metric]):
            revisions.append(_revision(before, result, targets[target], now))
        rows.append((*key, *row))
    bulk.upsert(Snapshot, KEY, COLUMNS, rows)
    Revision.objects.bulk_create(revisions)
    if rows:
        _announce(rows, now=now)
    return len(rows)


def _is_empty(computed: Computed) -> bool:
    return not (computed.numerator or computed.value or computed.cases)


def _announce(rows: list[tuple[object, ...]], *, now: datetime) -> None:
    scopes = {ScopeKey(row[1], row[2], row[3]) for row in rows}  # type: ignore[arg-type]
    versions.bump({(key.cut, key.member, 0, 0, key.other) for key in scopes}, now=now)
    snapshots_changed.send(sender=Snapshot, scopes=scopes, now=now)


def _stored(
    requests: Iterable[Target], versions_by_key: dict[str, MetricVersion]
) -> dict[tuple[int, ...], Snapshot]:
    keys = [
        (
            versions_by_key[each.metric].pk,
            *each.scope,
            int(each.grain),
            each.start,
        )
        for each in requests
    ]
    found = Snapshot.objects.filter(KeysIn([F(name) for name in KEY], keys))
    return {
        tuple(getattr(snapshot, name) for name in KEY): snapshot for snapshot in found
    }


def snapshot_row(
    computed: Computed, end: int, *, as_of: int, now: datetime
) -> tuple[object, ...]:
    """Return the columns of a snapshot in the order of COLUMNS."""
    stats = {
        name: None if value is None else str(value)
        for name, value in computed.stats.items()
    }
    if computed.reason:
        stats["reason"] = computed.reason
    return (
        end,
        computed.numerator,
        computed.denominator,
        computed.n,
        computed.cases,
        computed.value,
        computed.low,
        computed.high,
        computed.method,
        stats,
        computed.status,
        as_of,
        now,
    )


def _same(before: Snapshot, row: tuple[object, ...]) -> bool:
    return all(
        getattr(before, name) == value
        for name, value in zip(COLUMNS[:-2], row[:-2], strict=True)
    )


def _was_closed(before: Snapshot, metric: Metric) -> bool:
    """Whether the period was over and mature when the old value was computed."""
    return (
        before.grain >= Grain.MONTH
        and before.as_of_day >= before.end + metric.matures_after
        and before.status != Snapshot.Status.ERROR
    )


def _revision(
    before: Snapshot, computed: Computed, cause: str, now: datetime
) -> Revision:
    """Return the record of a closed figure that moved; a new row there came late."""
    return Revision(
        version_id=before.version_id,
        cut=before.cut,
        member=before.member,
        other=before.other,
        grain=before.grain,
        start=before.start,
        old_numerator=before.numerator,
        old_denominator=before.denominator,
        old_value=before.value,
        new_numerator=computed.numerator,
        new_denominator=computed.denominator,
        new_value=computed.value,
        cause=Cause.LATE if cause == Cause.NEW else cause,
        at=now,
    )


def pin(metric: str, scope: ScopeKey, *, now: datetime) -> bool:
    """Have the weeks and up of a metric stored for a scope; compute what there is.

    Returns whether it was not pinned yet.
    """
    _row, created = Pin.objects.get_or_create(
        metric=metric, cut=scope.cut, member=scope.member, other=scope.other
    )
    if created:
        store(dict.fromkeys(history(metric, scope, now=now), Cause.NEW), now=now)
    return created


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
        for axis in _axes(metric)
    ]
    return min((day for day in days if day is not None), default=None)


def turn_the_day(*, now: datetime) -> int:
    """Compute anew what time alone changes: open periods and those just matured.

    Run after each local midnight; running it twice changes nothing. Returns how many
    snapshots were looked at.
    """
    organisation = get_organisation()
    as_of = today(now, organisation)
    longest = max(metric.matures_after for metric in METRICS.values()) + 1
    open_or_young = Q(end__gt=F("as_of_day") - longest)
    current = versions.current_versions()
    keys = {version.pk: key for key, version in current.items()}
    rows = Snapshot.objects.filter(
        open_or_young, as_of_day__lt=as_of, version__in=keys
    ).values_list("version_id", "cut", "member", "other", "grain", "start")
    targets = {
        Target(keys[version], ScopeKey(cut, member, other), Grain(grain), start)
        for version, cut, member, other, grain, start in rows
    }
    targets |= _new_periods(as_of)
    with transaction.atomic():
        return store(dict.fromkeys(targets, Cause.NEW), now=now)


def _new_periods(as_of: int) -> set[Target]:
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
