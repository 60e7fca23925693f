"""How often a source sends rows: said, or learned from when it came through."""

from datetime import timedelta

import pytest

from crmkpi.crm.models import Source
from crmkpi.crm.queries.sources import sources
from crmkpi.crm.rhythm import learned, patience, with_day
from metrics.freshness import freshness
from tests.crm.rows import take
from tests.world import NOW, World, day

FRIDAY = day("2026-02-13")


@pytest.mark.parametrize(
    ("came", "days"),
    [
        (None, None),
        ([], None),
        ([FRIDAY], None),
        ([FRIDAY - 1, FRIDAY], None),  # a file of the past and its correction
        ([FRIDAY - 2, FRIDAY - 1, FRIDAY], 1),
        ([FRIDAY - 9, FRIDAY - 2, FRIDAY], 7),
        ([0, 7, 14, 21, 42], 7),  # one pause among weeks
        ([0, 3, 4, 5, 6, 7, 10], 3),  # Friday to Monday, twice
    ],
)
def test_the_rhythm_is_learned(came: list[int] | None, days: int | None) -> None:
    assert learned(came) == days
    assert patience(None, came) == (None if days is None else 2 * days)
    assert patience(30, came) == 60  # what somebody said goes first


def test_the_last_days_are_kept_once_each() -> None:
    came: list[int] | None = None
    for number in (*range(20), 19, 5):
        came = with_day(came, number)

    assert came == list(range(9, 20))


def imported(days_ago: list[int]) -> None:
    for ago in days_ago:
        take("product", {"name": f"Cup {ago}"}, now=NOW - timedelta(days=ago))


def told(world: World) -> list[str]:
    found = sources(access=world.access(world.mona), now=NOW)
    return [line.freshness for line in found]


def test_one_import_long_ago_is_not_stale(world: World) -> None:
    imported([400])

    assert told(world) == ["fresh"]


def test_a_feed_that_fell_silent_is_stale(world: World) -> None:
    imported([13, 12, 11, 10])
    assert Source.objects.get().came_days == [FRIDAY - ago for ago in (13, 12, 11, 10)]

    assert told(world) == ["stale"]
    imported([1])
    assert told(world) == ["fresh"]


def test_a_file_of_the_past_does_not_hide_a_feed_that_fell_silent(
    world: World,
) -> None:
    past = {"slug": "past", "name": "Past", "last_success_at": NOW}
    feed = Source.objects.create(
        slug="feed",
        name="Feed",
        last_success_at=NOW - timedelta(days=9),
        expected_every_days=1,
    )
    for source in (Source.objects.create(**past), feed):
        source.imports.create(record="opportunity", state="done", started_at=NOW)

    assert freshness(["win_rate"])["win_rate"].is_stale(NOW)
    feed.imports.all().delete()
    assert not freshness(["win_rate"])["win_rate"].is_stale(NOW + timedelta(days=999))
