"""What Fjordlight wants to reach, and targets of every difficulty for it.

People set targets from what they know of the past. Here each key result also has a
status that it is to show, so that a scorecard has all kinds of rows: `candidates`
proposes targets, the closest to the wish first, and whoever sets them takes the first
that the figures bear out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from objectives.demo import organisation as org
from objectives.demo import people
from objectives.models import KeyResult
from objectives.rules import Numbers
from objectives.scoring import KrStatus

Direction = KeyResult.Direction

COMPANY = "company"
SALES, SERVICE = "team:sales", "team:customer-service"
BERLIN, HAMBURG = "team:service-berlin", "team:service-hamburg"
RENEWALS = "team:renewals"

OFF, WATCH, ON = KrStatus.OFF_TRACK, KrStatus.WATCH, KrStatus.ON_TRACK
DONE, NONE = KrStatus.ACHIEVED_SO_FAR, KrStatus.NO_DATA

EARLY = Decimal("0.25")  # of a quarter, before which little can be told from it
FARTHEST = 16  # steps of a journey that people would set out on
# How much faster than needed a key result runs that is to show a status.
PACES = {
    DONE: ("1.0",),
    ON: ("1.08", "1.0", "1.15", "1.25", "1.4"),
    WATCH: ("0.88", "0.92", "0.84", "0.97", "0.8", "1.02"),
    OFF: ("0.6", "0.5", "0.4", "0.3"),
}
# How many steps a value to keep lies on the good side of its target.
DEPTHS = {
    ON: (2, 1, 3, 4, 6, 8),
    WATCH: (-1, 0, -2, 1, -3, 2, -4),
    OFF: (-4, -6, -9),
    NONE: (0,),
}
# How many steps beyond its value the target of a journey lies that gets there slowly.
AHEAD = {DONE: (), ON: (2, 1, 3), WATCH: (4, 3, 5, 2, 6, 1, 7), OFF: (8, 12)}


@dataclass(frozen=True)
class Aim:
    """A key result to be: what it measures and which status it is to show."""

    metric: str
    scope: str
    direction: str
    wish: KrStatus
    step: str  # targets are whole multiples of it
    title: str = ""
    weight: int = 1
    usual: str = "0"  # a value to start from when there is none

    @property
    def grid(self) -> Decimal:
        return Decimal(self.step)


@dataclass(frozen=True)
class Stage:
    """A milestone: when it is due and when it was done, in days of the quarter."""

    title: str
    due: int
    done: int | None


@dataclass(frozen=True)
class Note:
    """A check-in on a day of the quarter."""

    day: int
    confidence: int
    sentence: str


@dataclass(frozen=True)
class Goal:
    """An objective to be."""

    title: str
    description: str
    team: str
    owner: str
    reviewer: str
    aims: tuple[Aim, ...]
    stages: tuple[Stage, ...] = ()
    notes: tuple[Note, ...] = ()
    above: str = ""  # title of the objective that it contributes to


@dataclass(frozen=True)
class Seen:
    """What the figures say of an aim: where it came from and where it is."""

    before: Decimal | None  # over the quarter before
    year_ago: Decimal | None  # over the same quarter last year
    value: Decimal | None  # over the quarter so far
    share: Decimal  # of the quarter that has passed
    is_flow: bool


ANA, JOANNA = people.MANAGERS[org.NAME], people.MANAGERS[org.SERVICE]
ROBERT, SAMUEL = people.MANAGERS[org.SALES], people.MANAGERS[org.SUCCESS]

GROWTH = Goal(
    "Grow with customers who stay",
    "More from the customers we have, and no quarter bought with discounts.",
    org.NAME,
    ANA,
    JOANNA,
    (
        Aim("won_value", COMPANY, Direction.AT_LEAST, ON, "10000", weight=2),
        Aim("customer_retention_rate", COMPANY, Direction.AT_LEAST, ON, "0.5"),
        Aim("nps", COMPANY, Direction.AT_LEAST, WATCH, "1"),
    ),
    notes=(
        Note(6, 7, "The order books are fuller than a year ago; we keep prices."),
        Note(20, 7, "Two large renewals signed; I visit three customers in the North."),
        Note(34, 6, "The recall costs us goodwill: we call every affected customer."),
        Note(55, 6, "Revenue is on course, recommendations are not yet."),
    ),
)
PROMISES = Goal(
    "Keep every promise to our customers",
    "What we promise about replies and solutions holds on every channel.",
    org.SERVICE,
    JOANNA,
    ANA,
    (
        Aim("csat", SERVICE, Direction.INCREASE, OFF, "0.5", weight=2),
        Aim("sla_compliance", SERVICE, Direction.AT_LEAST, WATCH, "0.5"),
        Aim("average_handle_time", SERVICE, Direction.RANGE, ON, "10"),
    ),
    notes=(
        Note(6, 6, "Berlin helps Hamburg out with two people on Mondays."),
        Note(20, 5, "Hamburg still answers too late; the mail queue goes to Berlin."),
        Note(34, 4, "We stop promising same-day replies about the recall."),
        Note(55, 5, "The queue is shrinking; satisfaction follows with a delay."),
    ),
    above=GROWTH.title,
)
CATCH_UP = Goal(
    "Catch up after the recall",
    "No customer of the Polar panel waits longer than anybody else.",
    org.SERVICE_HAMBURG,
    people.LEADS[org.SERVICE_HAMBURG],
    JOANNA,
    (
        Aim("open_tickets", HAMBURG, Direction.DECREASE, OFF, "2"),
        Aim("first_response_time", HAMBURG, Direction.AT_MOST, OFF, "900"),
    ),
    stages=(
        Stage("Every owner of a Polar panel has been written to", 10, 8),
        Stage("Replacement panels are in stock", 24, 22),
        Stage("Nobody waits for a replacement any more", 62, 60),
        Stage("What we learnt is written down and discussed", 86, None),
    ),
    notes=(
        Note(7, 4, "We sort new requests twice a day and answer the oldest first."),
        Note(21, 4, "Replacements arrive this week; that takes the pressure off."),
        Note(35, 3, "We are one short; a temporary colleague starts on Monday."),
    ),
    above=PROMISES.title,
)
FIRST_TIME = Goal(
    "Answer right the first time",
    "One contact settles it, and nobody waits in the line for it.",
    org.SERVICE_BERLIN,
    people.DEMO_LEAD,
    JOANNA,
    (
        Aim("csat", BERLIN, Direction.INCREASE, DONE, "0.5"),
        Aim("service_level", BERLIN, Direction.AT_LEAST, ON, "1"),
        Aim("first_contact_resolution", BERLIN, Direction.INCREASE, WATCH, "0.5"),
    ),
    notes=(
        Note(6, 8, "The new articles about billing are used every day."),
        Note(20, 8, "We rehearse the three questions that come back most."),
        Note(34, 7, "Helping Hamburg costs us time; the level holds so far."),
    ),
    above=PROMISES.title,
)  # fmt: skip
WINNING = Goal(
    "Win more of what we start",
    "Fewer offers, better chosen, and an answer to every lead within the day.",
    org.SALES,
    ROBERT,
    ANA,
    (
        Aim("win_rate", SALES, Direction.INCREASE, WATCH, "0.5", weight=2),
        Aim("sales_cycle_length", SALES, Direction.DECREASE, ON, "0.5"),
        Aim("new_customers", SALES, Direction.AT_LEAST, WATCH, "5"),
    ),
    notes=(
        Note(5, 7, "The playbook is in use in all three teams."),
        Note(19, 7, "We drop deals without a next step after three weeks."),
        Note(33, 6, "The North misses deals to Helios; we look at the offers there."),
    ),
    above=GROWTH.title,
)
RENEWING = Goal(
    "Contracts that renew by themselves",
    "Customers renew because it works, and find it easy to do so.",
    org.SUCCESS,
    SAMUEL,
    ANA,
    (
        Aim(
            "win_rate", RENEWALS, Direction.AT_LEAST, ON, "1",
            title="Renewals won", weight=2,
        ),
        Aim("churn_rate", RENEWALS, Direction.AT_MOST, ON, "0.5"),
        Aim(
            "ces", RENEWALS, Direction.AT_LEAST, NONE, "1",
            title="Ease of renewing", usual="80",
        ),
    ),
    notes=(
        Note(8, 8, "Everybody who is due this quarter has been called once."),
        Note(30, 8, "We ask how easy renewing was as soon as the survey is written."),
    ),
    above=GROWTH.title,
)  # fmt: skip
GOALS = (GROWTH, PROMISES, CATCH_UP, FIRST_TIME, WINNING, RENEWING)

PAST_GOALS = (
    Goal(
        "Busy weeks without a queue",
        "The busiest week as calm as any other, for customers and for ourselves.",
        org.SERVICE,
        JOANNA,
        ANA,
        (
            Aim("csat", SERVICE, Direction.INCREASE, ON, "0.5"),
            Aim("sla_compliance", SERVICE, Direction.AT_LEAST, ON, "0.5"),
        ),
        notes=(
            Note(20, 7, "Shifts for the busy weeks are planned."),
            Note(60, 6, "Two of us fell ill at once; Technical Support helps out."),
        ),
    ),
    Goal(
        "Sell by the playbook",
        "Every team qualifies leads in the same way.",
        org.SALES,
        ROBERT,
        ANA,
        (
            Aim("win_rate", SALES, Direction.INCREASE, ON, "0.5"),
            Aim("won_value", SALES, Direction.AT_LEAST, WATCH, "10000"),
            Aim("new_customers", SALES, Direction.AT_LEAST, OFF, "5"),
        ),
        notes=(Note(40, 6, "Large deals slip into the new quarter."),),
    ),
)
CHANGED = ("csat", SERVICE)  # whose target was lowered on the way
CHANGED_ON = 27  # day of the quarter
CHANGE_REASON = "Half of Hamburg is busy with the recall for some weeks more."


def candidates(aim: Aim, seen: Seen) -> Iterator[Numbers]:
    """Return targets for an aim, the closest to its wish first.

    Empty: never; without any value targets lie around the usual one.
    """
    if aim.direction in (Direction.INCREASE, Direction.DECREASE):
        yield from _journeys(aim, seen)
    elif aim.direction == Direction.RANGE:
        yield from _ranges(aim, seen)
    elif seen.is_flow:
        yield from _totals(aim, seen)
    else:
        yield from _holds(aim, seen)


def lowered(aim: Aim, numbers: Numbers) -> Numbers:
    """Return the target of a journey brought a quarter of the way back."""
    start, target = numbers.baseline, numbers.target
    if start is None or target is None:
        return numbers
    nearer = _on_grid(start + (target - start) * Decimal("0.75"), aim.grid)
    return Numbers(baseline=start, target=nearer)


def _journeys(aim: Aim, seen: Seen) -> Iterator[Numbers]:
    up = Decimal(1 if aim.direction == Direction.INCREASE else -1)
    value = _first(seen.value, seen.before, aim)
    start = _start(aim, seen, value, up)
    gained = (value - start) * up
    if aim.wish == DONE:
        yield Numbers(baseline=start, target=start + up * max(aim.grid, gained // 2))
    for pace in PACES[aim.wish]:
        if gained <= 0:
            break
        needed = gained / max(seen.share, EARLY) / Decimal(pace)
        needed = min(needed, FARTHEST * aim.grid)
        target = _on_grid(start + up * needed, aim.grid)
        if (target - start) * up > 0 and target > 0:
            yield Numbers(baseline=start, target=target)
    # A rate over many cases hardly moves any more: its target must lie close.
    best = max(value * up, start * up) * up
    for steps in (*AHEAD[aim.wish], 4):
        target = max(aim.grid, _on_grid(best + up * steps * aim.grid, aim.grid))
        if (target - start) * up > 0:
            yield Numbers(baseline=start, target=target)
    yield _modest_journey(start, up, aim)


def _modest_journey(start: Decimal, up: Decimal, aim: Aim) -> Numbers:
    """Return a journey that nobody refuses: within what any unit allows."""
    if up < 0:
        return Numbers(baseline=max(start, 5 * aim.grid), target=aim.grid)
    return Numbers(baseline=start / 2, target=start if start > 0 else 4 * aim.grid)


def _start(aim: Aim, seen: Seen, value: Decimal, up: Decimal) -> Decimal:
    """Return where a journey starts: one that gets on starts behind its value."""
    known = [each for each in (seen.before, seen.year_ago) if each is not None]
    if aim.wish != OFF:
        behind = [each for each in known if (value - each) * up > aim.grid]
        known = behind or [value - up * 4 * aim.grid]
    start = known[0] if known else value
    return max(Decimal(0), start.quantize(Decimal("0.1")))


def _totals(aim: Aim, seen: Seen) -> Iterator[Numbers]:
    expected = _first(seen.value, None, aim) / max(seen.share, EARLY)
    if seen.share < EARLY and seen.before is not None:
        expected = seen.before
    for pace in PACES[aim.wish]:
        whole = expected / Decimal(pace)
        yield Numbers(target=max(aim.grid, _on_grid(whole, aim.grid)))


def _holds(aim: Aim, seen: Seen) -> Iterator[Numbers]:
    up = Decimal(1 if aim.direction == Direction.AT_LEAST else -1)
    value = _first(seen.value, seen.before, aim)
    if aim.wish == ON and seen.before is not None:
        # Kept in the quarter before, too: some rates begin each quarter at their best.
        value = min(value * up, seen.before * up) * up
    for depth in DEPTHS[aim.wish]:
        target = _on_grid(value - up * depth * aim.grid, aim.grid)
        room = 2 if aim.wish == OFF else 8
        yield Numbers(target=target, red=max(Decimal(0), target - up * room * aim.grid))
    # One that nobody refuses: within what any unit allows.
    target = aim.grid if up < 0 else max(aim.grid, _on_grid(value, aim.grid))
    yield Numbers(target=target, red=max(Decimal(0), target - up * 8 * aim.grid))


def _ranges(aim: Aim, seen: Seen) -> Iterator[Numbers]:
    middle = _on_grid(_first(seen.value, seen.before, aim), aim.grid)
    for steps in (3, 4, 6):
        low, high = middle - steps * aim.grid, middle + steps * aim.grid
        room = 3 * aim.grid
        yield Numbers(low=low, high=high, red_low=low - room, red_high=high + room)
    high = max(middle, 2 * aim.grid)
    yield Numbers(low=aim.grid, high=high, red_low=Decimal(0), red_high=high * 2)


def _first(value: Decimal | None, other: Decimal | None, aim: Aim) -> Decimal:
    found = next((each for each in (value, other) if each is not None), None)
    return Decimal(aim.usual) if found is None else found


def _on_grid(value: Decimal, grid: Decimal) -> Decimal:
    return (value / grid).to_integral_value() * grid
