"""The list of metrics that people made."""

from dataclasses import dataclass
from datetime import datetime

from crmkpi.accounts.access import Access
from metrics.catalog import METRICS
from metrics.custom import loading
from metrics.custom.models import CustomMetric, CustomVersion
from metrics.metric import Metric


@dataclass(frozen=True)
class OwnLine:
    """One metric of the list."""

    metric: Metric
    kind: str
    shared: str
    owner: str
    number: int
    since: datetime
    is_retired: bool


def listed(*, access: Access, text: str = "", retired: bool = False) -> list[OwnLine]:
    """Return the metrics that people made and a reader may see, by title.

    Every word of a text has to be in title, key or formula; `retired` shows those
    too that are offered no more.

    Queries: 1 and those of METRICS.readable.
    """
    readable = METRICS.readable(access, retired=retired)
    words = text.casefold().split()
    found = []
    for version in loading.newest_versions():
        metric = readable.get(version.metric.key)
        if metric is None:
            continue
        said = f"{metric.title} {metric.key} {metric.formula}".casefold()
        if all(word in said for word in words):
            found.append(_line(metric, version))
    return sorted(found, key=lambda line: str(line.metric.title).casefold())


def _line(metric: Metric, version: CustomVersion) -> OwnLine:
    custom = version.metric
    shared = custom.get_sharing_display()
    if custom.sharing == CustomMetric.Sharing.TEAM and custom.team is not None:
        shared = custom.team.name
    return OwnLine(
        metric=metric,
        kind=version.get_kind_display(),
        shared=shared,
        owner=custom.owner.name if custom.owner else "",
        number=version.number,
        since=version.created_at,
        is_retired=custom.retired_at is not None,
    )
