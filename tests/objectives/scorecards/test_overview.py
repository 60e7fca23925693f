"""The list of scorecards that are open to a reader."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objectives.scorecards.overview import Overview, overview
from tests.objectives.cast import deals, key_result, objective, put
from tests.world import World, person, team

pytestmark = pytest.mark.django_db


def seen_by(world: World, name: str) -> Overview:
    access = world.access(getattr(world, name))
    return overview(access=access, organisation=world.org)


def shape(found: Overview) -> list[tuple[int, str]]:
    return [(line.depth, line.team.name) for line in found.teams]


def test_the_tree_from_the_top_down(world):
    assert shape(seen_by(world, "mona")) == [
        (0, "Company"),
        (1, "Sales"),
        (2, "Sales North"),
        (1, "Support EMEA"),
        (2, "Support Berlin"),
    ]
    assert shape(seen_by(world, "ana")) == [(0, "Support EMEA"), (1, "Support Berlin")]
    assert shape(seen_by(world, "lee")) == [(0, "Support Berlin")]
    assert shape(seen_by(world, "adam")) == []


def test_only_those_who_see_all_of_it_get_the_company(world):
    assert seen_by(world, "nora").teams[0].is_company
    assert not any(line.is_company for line in seen_by(world, "ana").teams)


def test_where_a_team_stands(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    key_result(world, objective(world))

    above, berlin = seen_by(world, "ana").teams

    assert above.rollup is None
    assert berlin.rollup.status == "on_track"
    assert berlin.rollup.pips.ok == 1


def test_people_whose_scorecards_are_open(world):
    (line,) = seen_by(world, "lee").teams

    assert [each.name for each in line.people] == ["Alice", "Bob", "Lee"]


def test_teams_that_are_no_more_stay_away(world):
    world.berlin.is_active = False
    world.berlin.save()

    assert shape(seen_by(world, "ana")) == [(0, "Support EMEA")]


def test_as_many_queries_for_many_teams(world):
    key_result(world, objective(world))
    access = world.access(world.mona)
    with CaptureQueriesContext(connection) as few:
        overview(access=access, organisation=world.org)
    for number in range(10):
        person(f"P{number}", team(f"Team {number}", parent=world.support))

    access = world.access(world.mona)
    with CaptureQueriesContext(connection) as many:
        overview(access=access, organisation=world.org)

    assert len(many) == len(few) == 5
