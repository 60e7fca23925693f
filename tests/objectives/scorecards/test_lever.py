"""The topic that came back most often, from tickets of which it is known."""

import pytest

from crmkpi.accounts.queries import get_calendar
from objectives.scorecards.lever import Lever
from objectives.scorecards.personal import personal_scorecard
from tests.metrics import rows
from tests.objectives.cast import put
from tests.world import NOW, TODAY, World, day

pytestmark = pytest.mark.django_db


def tickets(
    world: World, topic: str | None, *, settled: int = 0, back: int = 0, **more
):
    """Return tickets of Alice, resolved long enough ago to tell."""
    on = day("2026-02-02")
    known = {"topic": rows.member("topic", topic) if topic else None} | more
    return [
        rows.resolved(
            world.alice,
            world.berlin,
            opened=on,
            on=on,
            seconds=600,
            customer_contacts=contacts,
            **known,
        )
        for contacts in [1] * settled + [2] * back
    ]


def lever(world: World, reader=None) -> Lever | None:
    return personal_scorecard(
        world.alice,
        period=get_calendar(world.org).parse("2026-02", today=TODAY),
        access=world.access(reader or world.alice),
        organisation=world.org,
        now=NOW,
    ).lever


def test_the_topic_that_stands_out(world):
    put(
        *tickets(world, "Billing", settled=5, back=3),
        *tickets(world, "Delivery", settled=15, back=2),
        *tickets(world, None, back=2),
    )

    # 20 of 27 settled; with the three of Billing 23 of 27 are 85.2 %
    assert lever(world) == Lever(
        key="first_contact_resolution",
        topic="Billing",
        count=3,
        settled=23,
        of=27,
        share="85.2 %",
    )
    assert lever(world, world.lee) == lever(world)


def test_two_tickets_may_be_chance(world):
    put(*tickets(world, "Billing", settled=18, back=2))

    assert lever(world) is None


def test_no_topic_stands_out_of_many(world):
    # 3 of 12 that came back are less than three tenths.
    put(*[row for name in "ABCD" for row in tickets(world, name, settled=9, back=3)])

    assert lever(world) is None


def test_tickets_without_a_topic_are_no_lever(world):
    put(*tickets(world, None, settled=9, back=9))

    assert lever(world) is None


def test_too_few_tickets_to_judge(world):
    put(*tickets(world, "Billing", back=4))

    assert lever(world) is None


def test_what_was_left_out_or_is_too_young_does_not_count(world):
    put(
        *tickets(world, "Billing", back=4, exclusion=2), *tickets(world, "X", settled=9)
    )
    put(
        *[
            rows.resolved(
                world.alice,
                world.berlin,
                opened=TODAY,
                on=TODAY,
                seconds=600,
                customer_contacts=2,
                topic=rows.member("topic", "Billing"),
            )
            for _number in range(4)
        ]
    )

    assert lever(world) is None
