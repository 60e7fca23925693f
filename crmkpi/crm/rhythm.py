"""How often a source sends rows, and for how long its last ones will do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

KEPT = 11  # days of success that are remembered: ten gaps
FEWEST = 3  # below it nobody knows whether more will come: a file of the past
PATIENCE = 2  # times the rhythm, before a source is late


Came = Sequence[int] | None  # days on which a source came through, None for none yet


def with_day(came: Came, day: int) -> list[int]:
    """Return the last days on which a source came through, with one more."""
    return sorted({*(came or ()), day})[-KEPT:]


def learned(came: Came) -> int | None:
    """Return after how many days a source usually comes again.

    The second longest of the last gaps, so that weekends are part of the rhythm and
    one pause is not; of fewer than four gaps the longest.

    Empty: None before the third day, when there may be no rhythm at all.

    Example: Friday, Monday to Friday, Monday is learned as 3 days.
    """
    if came is None or len(came) < FEWEST:
        return None
    gaps = sorted(later - earlier for earlier, later in pairwise(sorted(came)))
    return gaps[-2] if len(gaps) > FEWEST else gaps[-1]


def patience(every: int | None, came: Came) -> int | None:
    """Return for how many days the last success will do; None: for good.

    `every` is what somebody said, else it is learned.
    """
    rhythm = learned(came) if every is None else every
    return None if rhythm is None else PATIENCE * rhythm


def good_until(last: datetime, every: int | None, came: Came) -> datetime | None:
    """Return when figures of a source become stale; None: they do not."""
    days = patience(every, came)
    return None if days is None else last + timedelta(days=days)
