"""What to call the state of a key result."""

from decimal import Decimal
from enum import StrEnum

from objectives.scoring.progress import hold_depth
from objectives.scoring.targets import (
    HOLDS,
    ONE,
    Direction,
    Number,
    ScoringError,
    Target,
    decimal,
    is_paced,
    rounded,
)

EARLY = Decimal("0.10")
ON_TRACK_FROM = Decimal("0.95")
WATCH_FROM = Decimal("0.80")
PARTLY_FROM = Decimal("0.7")
HOPELESS, UNLIKELY, LIKELY = 0.05, 0.20, 0.80  # chances of ending on target

PACE_PLACES = Decimal("0.0001")
# A value divided in binary may come out as 87.99999999999999. Nine places are
# far below what anybody measures and far above that noise.
NOISE = Decimal("1e-9")


class KrStatus(StrEnum):
    NO_DATA = "no_data"
    STALE = "stale"
    TOO_EARLY = "too_early"
    ACHIEVED_SO_FAR = "achieved_so_far"
    ON_TRACK = "on_track"
    WATCH = "watch"
    OFF_TRACK = "off_track"
    MET = "met"
    PARTLY = "partly"
    MISSED = "missed"
    NO_RESULT = "no_result"
    CANCELLED = "cancelled"  # decided by people: status() never returns it


def pace(progress: Number | None, expected: Number | None) -> Decimal | None:
    """Return progress over expected progress, rounded to four places.

    Unit: ratio, 1 = exactly as expected.
    Empty: None when either is missing or nothing is expected yet.
    Example: 0.4127 of 0.4921: 0.8387
    """
    if progress is None or not expected:
        return None
    ratio = decimal(progress, "progress") / decimal(expected, "expected progress")
    return rounded(ratio, PACE_PLACES)


def judged_pace(
    target: Target,
    *,
    progress: Number | None,
    expected: Number | None,
    flow: bool = False,
) -> Decimal | None:
    """Return the pace that counts in an objective's status.

    A hold's pace is its progress. Milestones of which none is due are on pace.

    Empty: None when it cannot be judged yet.
    """
    if progress is None:
        return None
    if target.direction in HOLDS and not is_paced(target.direction, flow=flow):
        return decimal(progress, "progress")
    if target.direction is Direction.MILESTONE and expected == 0:
        return ONE
    return pace(progress, expected)


def status(
    *,
    target: Target,
    progress: Number | None,
    expected: Number | None,
    n: int | None,
    min_n: int,
    flow: bool,
    stale: bool,
    closed: bool,
    reach: float | None,
    has_data: bool,
    value: Number | None = None,
) -> KrStatus:
    """Return the status of one key result as the numbers have it.

    The first that applies: no data, stale, too early, achieved so far; then the
    pace (of a hold: its band), corrected by the chance of ending on target. Once
    closed, only the progress counts. Edge values get the better band.

    `n` is None where nothing is counted, as for milestones. `reach` is None
    without a forecast. `value` tells a hold exactly on its red limit, which is
    still to watch, from one beyond it: both have progress 0. Without it 0 is off
    track. `stale` is judged as of the last closed day: a closed result is stale
    only when its source had stopped before the close.

    Raises: ScoringError for NaN and for a chance outside 0..1.
    """
    if reach is not None and not 0 <= reach <= 1:
        raise ScoringError("A chance lies between 0 and 1.")
    if not has_data or progress is None:
        return KrStatus.NO_RESULT if closed else KrStatus.NO_DATA
    if stale:
        return KrStatus.NO_RESULT if closed else KrStatus.STALE
    done = settled(progress)
    if closed:
        return result(done)
    if n is not None and n < min_n:
        return KrStatus.TOO_EARLY
    if _is_early(target, expected, flow=flow):
        return KrStatus.TOO_EARLY
    if target.direction in HOLDS and not is_paced(target.direction, flow=flow):
        band = _hold_band(target, done, value)
    elif done >= ONE:
        # Nothing left to forecast: whether it lasts is seen at the close.
        return KrStatus.ACHIEVED_SO_FAR
    else:
        a = judged_pace(target, progress=progress, expected=expected, flow=flow)
        band = pace_band(a if a is not None else ONE)
    return _with_forecast(band, reach)


def settled(progress: Number) -> Decimal:
    """Return progress without the noise of binary division."""
    return rounded(decimal(progress, "progress"), NOISE)


def result(progress: Decimal) -> KrStatus:
    """Return what a closed result is called."""
    if progress >= ONE:
        return KrStatus.MET
    return KrStatus.PARTLY if progress >= PARTLY_FROM else KrStatus.MISSED


def pace_band(a: Decimal) -> KrStatus:
    """Return the band of a pace."""
    if a >= ON_TRACK_FROM:
        return KrStatus.ON_TRACK
    return KrStatus.WATCH if a >= WATCH_FROM else KrStatus.OFF_TRACK


def _is_early(target: Target, expected: Number | None, *, flow: bool) -> bool:
    if target.direction in HOLDS and not flow:
        return False
    if expected is None:
        return True  # nothing to compare with: no verdict
    due = decimal(expected, "expected progress")
    return target.direction is not Direction.MILESTONE and due < EARLY


def _hold_band(target: Target, done: Decimal, value: Number | None) -> KrStatus:
    if done >= ONE:
        return KrStatus.ON_TRACK
    depth = done if value is None else settled(hold_depth(target, value))
    is_on_limit = value is not None and depth == 0
    return KrStatus.WATCH if depth > 0 or is_on_limit else KrStatus.OFF_TRACK


def _with_forecast(band: KrStatus, reach: float | None) -> KrStatus:
    if reach is None:
        return band
    if reach < HOPELESS:
        return KrStatus.OFF_TRACK
    if reach < UNLIKELY and band is KrStatus.ON_TRACK:
        return KrStatus.WATCH
    if reach > LIKELY and band is KrStatus.OFF_TRACK:
        return KrStatus.WATCH
    return band
