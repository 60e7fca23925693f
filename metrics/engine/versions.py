"""Version numbers: of scopes, that open pages poll, and of metric definitions."""

from collections.abc import Iterable
from datetime import datetime

from crmkpi.lib import bulk
from metrics.catalog import METRICS
from metrics.dimensions import Cut
from metrics.engine.basis import basis
from metrics.engine.cells import CellKey
from metrics.metric import Metric
from metrics.models import MetricVersion, ScopeVersion

_WATCHED = (Cut.COMPANY, Cut.TEAM, Cut.AGENT)


def bump(cells: Iterable[CellKey], *, now: datetime) -> None:
    """Count up the version of every company, team and agent among the cells.

    Queries: 1
    """
    scopes = sorted({(cut, member) for cut, member, *_ in cells if cut in _WATCHED})
    bulk.upsert(
        ScopeVersion,
        ("cut", "member"),
        ("number", "at"),
        [(int(cut), member, 1, now) for cut, member in scopes],
        add=("number",),
    )


def bump_all(*, now: datetime) -> None:
    """Count up every version there is, after a rebuild. Queries: 2."""
    every = ScopeVersion.objects.values_list("cut", "member", named=False)
    keys = {(cut, member, 0, 0, 0) for cut, member in every}
    bump(keys | {(int(Cut.COMPANY), 0, 0, 0, 0)}, now=now)


def current_versions() -> dict[str, MetricVersion]:
    """Return the newest version of each metric by key. Queries: 1."""
    newest = MetricVersion.objects.order_by("key", "number")
    return {version.key: version for version in newest}


def mirror_catalogue(*, now: datetime) -> list[str]:
    """Write a version row for each declared metric that is new or counted otherwise.

    Returns the keys that got one. Queries: 1 and 1 for each of them.
    """
    known = current_versions()
    written = []
    for key, metric in METRICS.declared.items():
        version = known.get(key)
        if version is None or differs(version, metric):
            add_version(metric, after=version, now=now)
            written.append(key)
        else:
            complete(version, metric)
    return written


def differs(version: MetricVersion, metric: Metric) -> bool:
    """Whether a metric is counted otherwise than a version of it says.

    Of a version that kept no basis, only the formula and the windows are known.
    """
    if version.fingerprint != metric.fingerprint():
        return True
    return bool(version.basis) and version.basis != basis(metric)


def add_version(
    metric: Metric, *, after: MetricVersion | None, now: datetime
) -> MetricVersion:
    """Write the version that follows another. Queries: 1."""
    return MetricVersion.objects.create(
        key=metric.key,
        number=1 if after is None else after.number + 1,
        fingerprint=metric.fingerprint(),
        terms=metric.terms,
        basis=basis(metric),
        since=now,
    )


def complete(version: MetricVersion, metric: Metric) -> None:
    """Have a version tell what it left out when it was written. Queries: up to 1."""
    told = {"terms": metric.terms, "basis": basis(metric)}
    if told != {"terms": version.terms, "basis": version.basis}:
        MetricVersion.objects.filter(pk=version.pk).update(**told)
