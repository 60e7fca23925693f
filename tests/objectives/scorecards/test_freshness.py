"""How new the data are, in two lines; today is Friday 13 February 2026."""

from datetime import timedelta

import pytest

from crmkpi.crm.models import Source
from objectives.scorecards.freshness import freshness_lines
from tests.world import NOW, TODAY

pytestmark = pytest.mark.django_db


def source(slug: str, days_ago: float, *, every: int = 1) -> None:
    Source.objects.create(
        slug=slug,
        name=slug,
        expected_every_days=every,
        last_success_at=NOW - timedelta(days=days_ago),
    )


def lines(world, computed_at=NOW) -> list[str]:
    return freshness_lines(computed_at=computed_at, day=TODAY, organisation=world.org)


def test_all_is_well(world):
    source("crm", 0)
    source("calls", 2)  # twice the interval of a day is still good

    assert lines(world) == ["Data to Fri 13 Feb", "Computed 12:00, 2 sources well"]
    assert lines(world, None) == ["Data to Fri 13 Feb", "2 sources well"]


def test_a_source_is_late(world):
    source("crm", 1)
    source("calls", 3)
    source("costs", 40, every=30)

    assert lines(world) == ["Data to Thu 12 Feb", "Computed 12:00, 1 of 3 sources late"]


def test_nothing_has_arrived(world):
    Source.objects.create(slug="new", name="New")

    assert lines(world) == ["No data yet"]
