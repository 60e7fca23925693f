"""Segments that Fjordlight's manager made a year ago, looked at once a month since.

Every night would be as true and take thirty times as long to load.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from crmkpi.crm.models import Segment, SegmentTurn
from crmkpi.crm.segments.rules import Condition, How, Rule
from crmkpi.crm.segments.services import Draft, create_segment
from crmkpi.crm.segments.turning import turn_segments
from crmkpi.lib.periods import Calendar, Grain
from objectives.demo import organisation as org
from objectives.demo.founding import person
from objectives.demo.people import MANAGERS
from objectives.demo.story import Story, at, day_of

MONTHS = 14  # before the month of the story: figures of a whole year can be split


def _number(field: str, how: How, number: int, days: int | None = None) -> Condition:
    return Condition(field, how, number=Decimal(number), days=days)


DRAFTS = (
    Draft(
        "At risk",
        Rule(
            (
                _number("last_nps", How.AT_MOST, 6),
                _number("complaints", How.AT_LEAST, 2, days=90),
            ),
            needs_all=False,
        ),
        "Unhappy by their own words: call before they leave.",
    ),
    Draft(
        "New",
        Rule((_number("age", How.AT_MOST, 90),)),
        "In their first three months: see that they get started.",
    ),
    Draft(
        "Loyal",
        Rule(
            (
                _number("orders", How.AT_LEAST, 4, days=365),
                _number("last_order", How.AT_MOST, 120),
            )
        ),
        "They buy again and again: ask them to recommend us.",
    ),
    Draft(
        "Falling quiet",
        Rule((_number("last_order", How.AT_LEAST, 200),)),
        "Nothing ordered for more than half a year.",
    ),
)


def make_segments(story: Story) -> None:
    """Make the segments that are not there yet; doing it twice is harmless."""
    known = set(Segment.objects.values_list("member__name", flat=True))
    made_at = at(next(_first_days(story, until=story.month)), 8 * 60)
    for draft in DRAFTS:
        if draft.name not in known:
            actor = person(MANAGERS[org.NAME])
            create_segment(draft=draft, actor=actor, now=made_at)


def turn_months(story: Story, *, now: datetime) -> int:
    """Look at the segments on each first of a month since last time.

    Returns how many times a customer came into another segment.
    """
    turn = SegmentTurn.objects.get()
    moved = 0
    for day in _first_days(story, until=day_of(now)):
        if turn.turned_day is None or day > turn.turned_day:
            when = min(now, at(day, 9 * 60))
            moved += turn_segments(now=when)
            turn.turned_day, turn.turned_at, turn.changed_at = day, when, None
            turn.save()
    return moved


def _first_days(story: Story, *, until: int) -> Iterator[int]:
    """Give the first days of months, from long before the story on."""
    calendar = Calendar()
    day = story.month
    for _month in range(MONTHS):
        day = calendar.start_of(day - 1, Grain.MONTH)
    while day <= until:
        yield day
        day = calendar.period(day, Grain.MONTH).end
