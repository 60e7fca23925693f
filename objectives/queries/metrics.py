"""The metrics a key result can follow, by family."""

from dataclasses import dataclass

from django.utils.functional import Promise

from crmkpi.accounts.access import Access
from metrics.catalog import FAMILIES, METRICS
from metrics.metric import Metric


@dataclass(frozen=True)
class Family:
    """Metrics that belong together."""

    title: str | Promise
    metrics: list[Metric]


def metric_families(access: Access, text: str = "") -> list[Family]:
    """Return the families with the metrics that every word of a text is found in.

    Empty: families without such a metric are left out.

    Queries: those of METRICS.readable.
    """
    words = text.casefold().split()[:5]
    found: dict[str, list[Metric]] = {}
    for metric in METRICS.readable(access).values():
        said = f"{metric.key} {metric.title} {metric.text}".casefold()
        if all(word in said for word in words):
            found.setdefault(metric.family, []).append(metric)
    return [Family(FAMILIES[key], some) for key, some in found.items()]
