"""Count what network addresses do, for a while."""

from datetime import UTC, datetime, timedelta

from crmkpi.lib import bulk
from surveys.flags import SEVERAL, SEVERAL_WITHIN
from surveys.models import AddressUse, NetworkAnswer
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


def gave_several(link: str, *, network: str, now: datetime) -> bool:
    """Tell whether one more answer makes several by a link from one network.

    Queries: 1, which looks at no more rows than it takes.
    """
    lately = NetworkAnswer.objects.filter(
        place_hash=_network_hash(link, network), at__gt=now - SEVERAL_WITHIN
    )
    return lately[: SEVERAL - 1].count() + 1 >= SEVERAL


def note_answer(link: str, *, network: str, now: datetime) -> None:
    """Remember for a while that a network gave an answer by a link. Queries: 1."""
    bulk.insert_row(
        NetworkAnswer, {"place_hash": _network_hash(link, network), "at": now}
    )


def forget_uses(*, now: datetime) -> int:
    """Delete what no limit and no flag looks at any more; return how many rows."""
    over = AddressUse.objects.filter(ends_at__lte=now).delete()[0]
    return over + NetworkAnswer.objects.filter(at__lte=now - SEVERAL_WITHIN).delete()[0]


def _network_hash(link: str, network: str) -> str:
    return place_hash(f"several:{link}", network)
