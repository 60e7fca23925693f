"""Quiet hours: when a mail may leave, by the wall clock of the organisation."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def mail_at(
    now: datetime, quiet_from: time | None, quiet_until: time | None, zone: str
) -> datetime:
    """Return the instant at which a mail that is ready now may leave.

    Quiet hours begin with `quiet_from` and end before `quiet_until`; from 22:00 to
    07:00 is over midnight.

    Time: where clocks skip the end, quiet lasts as long as if they had not; where the
    end comes twice, the second time counts.

    Example: at 23:30 with 22:00 to 07:00 it is 07:00 of the next day.
    """
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return now
    local = now.astimezone(ZoneInfo(zone))
    clock, day = local.time(), local.date()
    if quiet_from < quiet_until:
        is_quiet = quiet_from <= clock < quiet_until
    else:
        is_quiet = clock >= quiet_from or clock < quiet_until
        if clock >= quiet_from:
            day += timedelta(days=1)
    if not is_quiet:
        return now
    wall = datetime.combine(day, quiet_until, ZoneInfo(zone))
    return max(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
