"""One score and one status for an objective, from those of its parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from objectives.scoring.progress import clamp
from objectives.scoring.status import (
    PACE_PLACES,
    KrStatus,
    pace_band,
    result,
    settled,
)
from objectives.scoring.targets import ZERO, Number, ScoringError, decimal, rounded

ENOUGH_COVERAGE = Decimal("0.5")
HEAVY = Decimal("0.25")  # share of weight from which one part holds back the whole

OK = frozenset({KrStatus.ON_TRACK, KrStatus.ACHIEVED_SO_FAR, KrStatus.MET})
TO_WATCH = frozenset({KrStatus.WATCH, KrStatus.PARTLY})
OFF = frozenset({KrStatus.OFF_TRACK, KrStatus.MISSED})
CLOSED = frozenset({KrStatus.MET, KrStatus.PARTLY, KrStatus.MISSED})
WITHOUT_DATA = frozenset({KrStatus.NO_DATA, KrStatus.STALE, KrStatus.NO_RESULT})


class NoScore(StrEnum):
    NO_WEIGHT = "no_weight"  # every part is watch only, or there is none
    NO_DATA = "no_data"
    LOW_COVERAGE = "low_coverage"  # parts with data hold under half of the weight


@dataclass(frozen=True)
class Part:
    weight: Decimal  # relative; 0 = watch only
    progress: Decimal | None  # raw, not clamped
    status: KrStatus
    pace: Decimal | None = None  # from judged_pace


@dataclass(frozen=True)
class Pips:
    ok: int
    watch: int
    off: int
    none: int  # nothing to judge: no data, stale, too early


@dataclass(frozen=True)
class Rollup:
    progress: Decimal | None  # 0..cap
    coverage: Decimal | None  # share 0..1 of the weight that has data
    status: KrStatus
    pips: Pips
    reason: NoScore | None = None  # why there is no score to rely on


def roll_up(parts: Iterable[Part], cap: Number = 1) -> Rollup:
    """Return the weighted progress, coverage and status of an objective.

    Parts without data, stale ones included, are left out of the progress and
    lower the coverage. Cancelled parts are left out of both, parts of weight 0 of
    everything. The status comes from the weighted pace, but is never on track
    while a part with a quarter of the weight is off track; once the parts are
    closed it comes from the progress.

    Empty: progress and coverage None without weight. Under half coverage the
    progress is kept, but the status is no data (closed: no result).
    Raises: ScoringError for a negative weight or a cap outside 1..1.2.
    Example: (w3, p1.3) (w1, p0.4) (w1, none): (3 + 0.4) / 4 = 0.85, coverage 0.8
    """
    counted = [part for part in parts if _counts(part)]
    known = [part for part in counted if _has_data(part)]
    pips = _pips(counted)
    clamp(ZERO, cap)  # a wrong cap is refused even while there is no data
    if not counted:
        return Rollup(None, None, KrStatus.NO_DATA, pips, NoScore.NO_WEIGHT)
    coverage = _weight(known) / _weight(counted)
    missing = _missing_status(counted)
    if not known:
        return Rollup(None, coverage, missing, pips, NoScore.NO_DATA)
    score = _mean([(part.weight, clamp(part.progress or ZERO, cap)) for part in known])
    if coverage < ENOUGH_COVERAGE:
        return Rollup(score, coverage, missing, pips, NoScore.LOW_COVERAGE)
    return Rollup(score, coverage, _status(known, score, cap), pips)


def _counts(part: Part) -> bool:
    if decimal(part.weight, "weight") < 0:
        raise ScoringError("A weight cannot be negative.")
    return part.weight > 0 and part.status is not KrStatus.CANCELLED


def _has_data(part: Part) -> bool:
    return part.progress is not None and part.status not in WITHOUT_DATA


def _weight(parts: Sequence[Part]) -> Decimal:
    return sum((decimal(part.weight) for part in parts), ZERO)


def _mean(items: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    weight = sum((decimal(weight) for weight, _ in items), ZERO)
    return sum((decimal(weight) * number for weight, number in items), ZERO) / weight


def _pips(parts: Sequence[Part]) -> Pips:
    ok, watch, off = (
        sum(1 for part in parts if part.status in group)
        for group in (OK, TO_WATCH, OFF)
    )
    return Pips(ok, watch, off, len(parts) - ok - watch - off)


def _missing_status(parts: Sequence[Part]) -> KrStatus:
    finished = CLOSED | {KrStatus.NO_RESULT}
    is_closed = all(part.status in finished for part in parts)
    return KrStatus.NO_RESULT if is_closed else KrStatus.NO_DATA


def _status(known: Sequence[Part], score: Decimal, cap: Number) -> KrStatus:
    if all(part.status in CLOSED for part in known):
        return result(settled(score))
    judged = [part for part in known if part.status is not KrStatus.TOO_EARLY]
    # Clamped like progress: one part far ahead of its time must not hide others.
    paces = [
        (part.weight, clamp(part.pace, cap)) for part in judged if part.pace is not None
    ]
    if not paces:
        return KrStatus.TOO_EARLY
    band = pace_band(rounded(_mean(paces), PACE_PLACES))
    if band is KrStatus.ON_TRACK and _is_held_back(known):
        return KrStatus.WATCH
    return band


def _is_held_back(known: Sequence[Part]) -> bool:
    whole = _weight(known)
    return any(
        part.status is KrStatus.OFF_TRACK and decimal(part.weight) / whole >= HEAVY
        for part in known
    )
