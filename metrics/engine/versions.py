"""Version numbers: of scopes, that open pages poll, and of metric definitions."""

from collections.abc import Iterable
from datetime import datetime

from crmkpi.lib import bulk
from metrics.dimensions import Cut
from metrics.engine.cells import CellKey
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
    """Write a version row for each metric that is new or defined otherwise.

    Returns the keys that got one. Queries: 1 and 1 for each of them.
    """
    from metrics.catalog import METRICS

    known = current_versions()
    written = []
    for key, metric in METRICS.declared.items():
        fingerprint, version = metric.fingerprint(), known.get(key)
        if version is not None and version.fingerprint == fingerprint:
            if version.terms != metric.terms:  # written before versions told them
                MetricVersion.objects.filter(pk=version.pk).update(terms=metric.terms)
            continue
        MetricVersion.objects.create(
            key=key,
            number=1 if version is None else version.number + 1,
            fingerprint=fingerprint,
            terms=metric.terms,
            since=now,
        )
        written.append(key)
    return written
