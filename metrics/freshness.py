"""How far the sources behind a metric are known to reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crmkpi.crm.ingest.registry import RECORDS
from crmkpi.crm.models import ImportRun
from crmkpi.crm.rhythm import good_until
from metrics.engine.targets import metrics_by_axis
from metrics.measures import AXES


@dataclass(frozen=True)
class Freshness:
    """When the source of a metric last came through, and until when that will do."""

    last_success_at: datetime
    good_until: datetime | None  # None: of a source without a rhythm, for good

    def is_stale(self, at: datetime) -> bool:
        return self.good_until is not None and at > self.good_until


def freshness(metrics: Iterable[str]) -> dict[str, Freshness]:
    """Return how fresh the sources of metrics are.

    Of several sources the freshest counts: an old one may have been replaced. A file
    of the past, whose source has no rhythm, counts where there is nothing else.

    Empty: a metric whose rows no import has brought is not in it, so never stale.
    Queries: 1
    """
    wanted = set(metrics)
    records = _records_of(wanted)
    runs = (
        ImportRun.objects.filter(
            record__in=set().union(*records.values()),
            state=ImportRun.State.DONE,
        )
        .order_by()
        .values_list(
            "record",
            "source__last_success_at",
            "source__expected_every_days",
            "source__came_days",
        )
        .distinct()
    )
    by_record: dict[str, list[Freshness]] = {}
    for record, at, every, came in runs:
        if at is not None:
            fresh = Freshness(at, good_until(at, every, came))
            by_record.setdefault(record, []).append(fresh)
    found: dict[str, Freshness] = {}
    for key, names in records.items():
        known = [each for name in names for each in by_record.get(name, ())]
        if known:
            found[key] = max(known, key=_rank)
    return found


def _rank(fresh: Freshness) -> tuple[bool, datetime]:
    until = fresh.good_until
    return until is not None, until or fresh.last_success_at


def _records_of(metrics: set[str]) -> dict[str, set[str]]:
    """Return the records that bring the rows of each metric."""
    names = {record.model: name for name, record in RECORDS.items() if record.model}
    found: dict[str, set[str]] = {key: set() for key in metrics}
    for axis, keys in metrics_by_axis().items():
        name = names.get(AXES[axis].fact)
        for key in metrics.intersection(keys) if name else ():
            found[key].add(str(name))
    return found
