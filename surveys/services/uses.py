"""Count what network addresses do, for a while."""

from datetime import UTC, datetime, timedelta

from crmkpi.lib import bulk
from surveys.models import AddressUse
from surveys.tokens import place_hash

WINDOW = timedelta(minutes=10)


def count_use(what: str, *, address: str, now: datetime) -> int:
    """Count one more and return how many there are in this window.

    Time: windows follow each other by the clock, the same for everybody.
    Queries: 1, outside of any other transaction; two at once are two.
    """
    window = now.timestamp() // WINDOW.total_seconds()
    return bulk.count_up(
        AddressUse,
        {
            "place_hash": place_hash(what, address, int(window)),
            "ends_at": datetime.fromtimestamp(0, UTC) + (window + 1) * WINDOW,
        },
        key="place_hash",
        count="uses",
    )


def forget_uses(*, now: datetime) -> int:
    """Delete the counts of windows that are over; return how many."""
    return AddressUse.objects.filter(ends_at__lte=now).delete()[0]
