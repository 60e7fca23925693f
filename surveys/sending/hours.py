"""At which instants somebody may be written to, by the clock on their wall."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def next_send_time(at: datetime, *, zone: str, start: int, end: int) -> datetime:
    """Return the instant itself within the hours, else when they begin next.

    Time: hours are half-open, `[start, end)`, of the zone's own day; where clocks jump
    over the start, the first minute that exists counts.
    Example: 22:30 in Berlin with 8 to 20 gives 08:00 there on the next day.
    """
    place = ZoneInfo(zone)
    local = at.astimezone(place)
    if start <= local.hour < end:
        return at
    day = local.date() if local.hour < start else local.date() + timedelta(days=1)
    begins = datetime.combine(day, time(start), place).astimezone(UTC)
    # In a gap the wall clock shows a later hour than asked for; never an earlier one.
    return max(begins, at)


def first_zone(*names: str, otherwise: str) -> str:
    """Return the first name that is a time zone.

    Example: first_zone("", "Mars/Base", "Asia/Tokyo", otherwise="UTC") == "Asia/Tokyo"
    """
    return next((name for name in names if name and _exists(name)), otherwise)


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
