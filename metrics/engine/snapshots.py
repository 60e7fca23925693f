"""Second stage: stored values follow their cells, and say what they were before.

Runs after the first stage has committed, in a slot of its own: a value may need cells
of several axes, which no first-stage transaction sees together.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q

from crmkpi.accounts.queries import get_calendar, get_organisation, today
from crmkpi.lib import bulk
from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.periods import Grain
from metrics.catalog import METRICS
from metrics.engine import versions
from metrics.engine.arithmetic import Computed
from metrics.engine.compute import compute
from metrics.engine.requests import Request
from metrics.engine.targets import Target, begun_since, history, targets_of
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
# Pairs of one transaction. SQLite has one writer: the others must get their turn.
CLAIM = {"sqlite": 2_000, "postgresql": 2_500}
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
            )[: CLAIM[connection.vendor]]
        )
        if not rows:
            return 0
        StalePair.objects.filter(pk__in=[row[0] for row in rows]).delete()
        organisation = get_organisation()
        targets = targets_of(rows, get_calendar(organisation), today(now, organisation))
        store(targets, now=now)
    return len(rows)


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
    replaced = _of_the_version_before(requests, old, versions_by_key)
    rows, revisions = [], []
    for target, request in requests.items():
        result = computed[request]
        key = _key(target, versions_by_key)
        row = snapshot_row(result, request.end, as_of=as_of, now=now)
        before = old.get(key)
        if before is None and _is_empty(result):
            continue  # an empty value is stored only in the place of another one
        if before is not None and _same(before, row):
            if before.as_of_day == as_of:
                continue
            row = (*row[:-1], before.computed_at)  # only seen to be still right
        closed, cause = before, targets[target]
        if before is None:
            closed, cause = replaced.get(target), Cause.DEFINITION
        if closed is not None and _has_moved(closed, result, METRICS[target.metric]):
            revisions.append(_revision(closed, result, cause, now))
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
    keys = [_key(each, versions_by_key) for each in requests]
    found = Snapshot.objects.filter(KeysIn([F(name) for name in KEY], keys))
    return {
        tuple(getattr(snapshot, name) for name in KEY): snapshot for snapshot in found
    }


def _of_the_version_before(
    targets: Iterable[Target],
    stored: Mapping[tuple[int, ...], Snapshot],
    current: dict[str, MetricVersion],
) -> dict[Target, Snapshot]:
    """Return what the definition before gave where the current one has stored nothing.

    Queries: 1 where a metric has been defined anew and something is not stored.
    """
    missing = {
        (each.metric, *each.scope, int(each.grain), each.start): each
        for each in targets
        if current[each.metric].number > 1 and _key(each, current) not in stored
    }
    if not missing:
        return {}
    keys = {each.metric for each in missing.values()}
    rows = Snapshot.objects.filter(
        KeysIn([F(name) for name in KEY[1:]], [place[1:] for place in missing]),
        version__key__in=keys,
    ).exclude(version__in=[current[key] for key in keys])
    found: dict[Target, Snapshot] = {}
    for row in rows.select_related("version").order_by("version__number"):
        place = (row.version.key, *(getattr(row, name) for name in KEY[1:]))
        if place in missing:
            found[missing[place]] = row
    return found


def _key(target: Target, current: dict[str, MetricVersion]) -> tuple[int, ...]:
    version = current[target.metric]
    return (version.pk, *target.scope, int(target.grain), target.start)


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


def _has_moved(before: Snapshot, computed: Computed, metric: Metric) -> bool:
    """Whether a closed figure is another one now; what stands beside it may move."""
    old = (before.numerator, before.denominator, before.value)
    new = (computed.numerator, computed.denominator, computed.value)
    return old != new and _was_closed(before, metric)


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
        old_computed_at=before.computed_at,
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


def turn_the_day(*, now: datetime) -> int:
    """Compute anew what time alone changes: open periods and those just matured.

    Run after each local midnight; running it twice changes nothing. Returns how many
    snapshots were looked at.
    """
    organisation = get_organisation()
    as_of = today(now, organisation)
    longest = max(metric.matures_after for metric in METRICS.everything().values()) + 1
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
    targets |= begun_since(as_of)
    with transaction.atomic():
        return store(dict.fromkeys(targets, Cause.NEW), now=now)
