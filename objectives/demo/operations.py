"""How agents spend their days, and what runs without anybody."""

from collections.abc import Iterator
from datetime import datetime

from crmkpi.lib.periods import from_day
from objectives.demo import organisation as org
from objectives.demo.people import (
    AGENT,
    NEWCOMER,
    email_of,
    is_away,
    manner,
    stints,
    trouble,
)
from objectives.demo.story import (
    SHOP,
    Story,
    at,
    business_calendar,
    draw,
    effect,
    number,
)

Row = dict[str, object]

PAID = 8 * 3600  # seconds of a day
BREAK = 45 * 60
RUNS = 3_600
PROCESSES = (  # name, share, how many finish without a person
    ("Order confirmation", 40, 0.97),
    ("Invoice", 28, 0.93),
    ("Change of address", 18, 0.78),
    ("Refund", 14, 0.55),
)


def agent_times(story: Story, first: int, until: int) -> Iterator[tuple[Row, datetime]]:
    """Return what service agents did each day, with the end of their day."""
    for day in range(max(first, story.recent), until + 1):
        if not business_calendar().is_business_day(day):
            continue
        for stint in stints(story):
            if stint.role != AGENT or stint.team not in org.SERVICE_TEAMS:
                continue
            if stint.covers(day):
                for row in _day(story, stint.name, stint.team, day):
                    yield row, at(day, 17.5 * 60)


def _day(story: Story, name: str, team: str, day: int) -> Iterator[Row]:
    rng = draw("agent day", name, day)
    if is_away(name, day):
        yield _time(name, day, "absent", PAID, scheduled=PAID)
        return
    if rng.random() < 0.03:
        yield _time(name, day, "absent", PAID, scheduled=0, is_planned=False)
        return
    rest = round(BREAK * rng.uniform(0.85, 1.2))
    meeting = rng.choice((0, 900, 1800, 3600))
    training = 14_400 if name == NEWCOMER else 0
    work = PAID - rest - meeting - training
    busy = 0.74 + 0.12 * trouble(team, day, story) + rng.gauss(0, 0.03)
    handling = round(work * min(0.95, busy * (0.9 + 0.1 * manner(name).load)))
    yield _time(name, day, "handling", handling)
    yield _time(name, day, "available", work - handling)
    yield _time(name, day, "break", rest, scheduled=BREAK)
    if meeting:
        yield _time(name, day, "meeting", meeting, scheduled=meeting)
    if training:
        yield _time(name, day, "training", training, scheduled=training)


def _time(
    name: str,
    day: int,
    state: str,
    seconds: int,
    *,
    scheduled: int | None = None,
    is_planned: bool = True,
) -> Row:
    return {
        "external_id": f"{email_of(name)} {from_day(day):%y%m%d} {state}",
        "agent": name,
        "day": from_day(day),
        "state": state,
        "seconds": seconds,
        "scheduled_seconds": scheduled,
        "is_planned": is_planned,
    }


def process_runs(
    story: Story, first: int, until: int
) -> Iterator[tuple[Row, datetime]]:
    """Return the runs of processes with the instant at which each ended."""
    for day in range(max(first, story.start), until + 1):
        rng = draw("runs", day)
        for place in range(number(rng, story.expected(day, RUNS, SHOP))):
            names = [name for name, _share, _alone in PROCESSES]
            shares = [share for _name, share, _alone in PROCESSES]
            chosen = rng.choices(range(len(names)), shares)[0]
            alone = PROCESSES[chosen][2] + 0.03 * effect(day, story.help_centre)
            ended = at(day, rng.uniform(420, 1380))
            is_alone = rng.random() < alone
            yield (
                {
                    "external_id": f"X-{from_day(day):%y%m%d}-{place + 1:03d}",
                    "process": names[chosen],
                    "ended": ended,
                    "is_eligible": True,
                    "is_finished": rng.random() < 0.985,
                    "human_touches": 0 if is_alone else rng.randint(1, 3),
                },
                ended,
            )
