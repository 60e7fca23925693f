"""How close one customer is to us: five parts of 0 to 100 points, and their weights."""

from dataclasses import dataclass

WEIGHTS = {"recency": 25, "channels": 15, "tenure": 15, "nps": 25, "complaints": 20}
ENOUGH = 70  # of the weights, 100 together: with less known there is no index
LOOKS_BACK = 365  # days in which channels and answers are looked for
RECENT = (30, 90, 180, 365)  # days since the last contact: 100, 75, 50, 25 points
LONG = (90, 365, 730, 1_095)  # days since being won: 25, 50, 75, 100 points
CHANNELS = 4  # and more make 100 points
STEP = 25


@dataclass(frozen=True)
class Seen:
    """What is known of a customer at the end of a day."""

    contact_ago: int | None  # days since the last contact; None: there was none
    channels: int  # by which we were in contact within LOOKS_BACK days
    held: int | None  # days since being won; None: nobody knows
    nps: int | None  # latest answer within LOOKS_BACK days, 0..10
    complaints: int | None  # that are open; None: no tickets arrive here


def parts(seen: Seen) -> dict[str, int | None]:
    """Return the points of each part, None for what is not known.

    Example: met 40 days ago, 3 channels, with us for 800 days, said 6, one complaint:
    75, 75, 75, 60 and 50 points.
    """
    met = seen.contact_ago
    return {
        "recency": None if met is None else STEP * sum(met <= days for days in RECENT),
        "channels": None if met is None else STEP * min(seen.channels, CHANNELS),
        "tenure": None
        if seen.held is None
        else STEP * sum(seen.held >= days for days in LONG),
        "nps": None if seen.nps is None else 10 * seen.nps,
        "complaints": None
        if seen.complaints is None
        else max(0, 100 - 50 * seen.complaints),
    }


def weighed(points: dict[str, int | None]) -> tuple[int, int]:
    """Return points times weights, added up, and the weights of what is known.

    Example: 75, 75, 75, 60 and 50 points are 6,625 of 100: an index of 66.25.
    """
    known = {name: each for name, each in points.items() if each is not None}
    total = sum(WEIGHTS[name] * each for name, each in known.items())
    return total, sum(WEIGHTS[name] for name in known)
