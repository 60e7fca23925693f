"""Everything the engine stores, in a form that two states can be compared in."""

from datetime import datetime
from typing import Any

from metrics.engine import rebuild
from metrics.measures import AXES
from metrics.models import CalendarDay, Snapshot
from metrics.services import drain
from tests.world import NOW

Stored = dict[tuple[Any, ...], tuple[Any, ...]]

SNAPSHOT = (
    "end", "numerator", "denominator", "n", "cases",
    "value", "low", "high", "method", "stats", "status",
)  # fmt: skip


def cells() -> Stored:
    """Return all cells of all axes by axis and key."""
    return {
        (key, *cell.pk): tuple(getattr(cell, each.name) for each in axis.measures())
        for key, axis in AXES.items()
        for cell in axis.objects.all()
    }


def snapshots() -> Stored:
    """Return all snapshots by metric, scope and period."""
    return {
        (row.version.key, row.cut, row.member, row.other, row.grain, row.start): tuple(
            str(getattr(row, name)) for name in SNAPSHOT
        )
        for row in Snapshot.objects.select_related("version")
    }


def from_scratch(now: datetime = NOW) -> tuple[Stored, Stored]:
    """Throw all cells and snapshots away and compute them from the rows."""
    for axis in AXES.values():
        axis.objects.all().delete()
    Snapshot.objects.all().delete()
    CalendarDay.objects.all().delete()
    rebuild.request_rebuild()
    drain(now=now)
    return cells(), snapshots()


def assert_equal_from_scratch() -> None:
    """Assert that what is stored is what the rows say.

    A snapshot of a period whose last row went stays, as a value that is none or 0;
    from scratch it is not written at all.
    """
    kept_cells, kept_snapshots = cells(), snapshots()
    new_cells, new_snapshots = from_scratch()
    assert kept_cells == new_cells
    assert {key: kept_snapshots.get(key) for key in new_snapshots} == new_snapshots
    for key in kept_snapshots.keys() - new_snapshots.keys():
        numerator, denominator = kept_snapshots[key][1:3]
        assert numerator in ("0", "None"), key
        assert denominator in ("0", "None"), key
