"""Stale pairs: which stored values a change may concern, written beside the change.

The second stage takes them up after the first has committed.
"""

from collections.abc import Sequence

from crmkpi.lib import bulk
from crmkpi.lib.periods import UNDATED
from metrics.dimensions import Cut
from metrics.engine.cells import CellKey
from metrics.engine.targets import (
    PINNED_GRAINS,
    STORED_CUTS,
    STORED_GRAINS,
    axes_of,
    metrics_by_axis,
)
from metrics.measures import AXES
from metrics.measures.base import Cells
from metrics.metric import Metric
from metrics.models import Cause, Pin, Snapshot, StalePair
from metrics.scopes import ScopeKey


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


def note_redefined(metric: Metric) -> None:
    """Write down every pair that a metric's other definition concerns.

    Queries: 2 and 1 for each axis.
    """
    pinned = _pinned_scopes()
    columns = ("cut", "member", "other", "grain", "start")
    keys: set[tuple[int, ...]] = set()
    for axis in axes_of(metric):
        cells = AXES[axis]._default_manager.filter(
            grain__in=[int(grain) for grain in PINNED_GRAINS], start__gt=UNDATED
        )
        if not pinned:
            cells = cells.filter(cut__in=STORED_CUTS)
        keys |= set(cells.values_list(*columns))
    _insert_pairs(
        [
            (metric.key, *key, Cause.DEFINITION)
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
