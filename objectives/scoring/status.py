"""What to call the state of a key result."""

from decimal import Decimal
from enum import StrEnum

from objectives.scoring.targets import Number, Target


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
    raise NotImplementedError


def judged_pace(
    target: Target,
    *,
    progress: Number | None,
    expected: Number | None,
    flow: bool = False,
) -> Decimal | None:
    raise NotImplementedError


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
    raise NotImplementedError
