"""Who is in which team when, by hand-drawn calendars."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkpi.accounts.models import ALWAYS, FOREVER, TeamEdge
from crmkpi.accounts.teams import Place, Stint, TeamDirectory
from crmkpi.lib.periods import UNDATED

ROOT = 1


def directory(stints=(), places=(), teams=(1, 2, 3, 4)):
    by_person, by_team = {}, {}
    for person, *stint in stints:
        by_person.setdefault(person, []).append(Stint(*stint))
    for team, *place in places:
        by_team.setdefault(team, []).append(Place(*place))
    return TeamDirectory(ROOT, frozenset(teams), by_person, by_team)


def test_agent_moves_on_the_day_and_not_before():
    teams = directory([(7, 2, "agent", ALWAYS, 100), (7, 3, "agent", 100, FOREVER)])
    assert teams.team_of(7, 99) == 2
    assert teams.team_of(7, 100) == 3


def test_working_comes_before_leading_before_managing():
    teams = directory(
        [
            (7, 2, "manager", ALWAYS, FOREVER),
            (7, 3, "lead", 50, FOREVER),
            (7, 4, "agent", 80, 90),
        ]
    )
    assert [teams.team_of(7, day) for day in (49, 50, 80, 90)] == [2, 3, 4, 3]


def test_of_two_teams_the_one_joined_last_counts():
    teams = directory([(7, 2, "agent", 10, FOREVER), (7, 3, "agent", 20, 30)])
    assert [teams.team_of(7, day) for day in (10, 20, 30)] == [2, 3, 2]


def test_nobody_and_strangers_have_no_team():
    teams = directory([(7, 2, "agent", 10, 20), (8, 2, "analyst", ALWAYS, FOREVER)])
    assert teams.team_of(None, 15) is None
    assert teams.team_of(99, 15) is None
    assert teams.team_of(8, 15) is None
    assert teams.team_of(7, 9) is None
    assert teams.team_of(7, 20) is None


def test_rows_of_unknown_days_belong_to_the_first_team():
    teams = directory([(7, 3, "agent", 200, FOREVER), (7, 2, "agent", 100, 200)])
    assert teams.team_of(7, UNDATED) == 2
    assert teams.spans(7, UNDATED, 50) == [(UNDATED, 50, 2)]
    assert teams.spans(7, UNDATED, None) == [(UNDATED, 200, 2), (200, None, 3)]


def test_spans_are_cut_where_the_team_changes():
    teams = directory([(7, 2, "agent", ALWAYS, 100), (7, 3, "agent", 100, FOREVER)])
    assert teams.spans(7, 90, None) == [(90, 100, 2), (100, None, 3)]
    assert teams.spans(7, 90, 100) == [(90, 100, 2)]
    assert teams.spans(7, 100, 110) == [(100, 110, 3)]
    assert teams.spans(7, 95, 95) == [(95, 95, 2)]
    assert teams.spans(None, 95, 120) == [(95, 120, None)]


def test_spans_are_cut_where_the_team_or_one_above_it_is_placed_anew():
    teams = directory(
        [(7, 4, "agent", ALWAYS, FOREVER)],
        [(4, 3, ALWAYS, FOREVER), (3, 2, 50, FOREVER)],
    )
    assert teams.ancestors(4, 49) == (4, 3, ROOT)
    assert teams.ancestors(4, 50) == (4, 3, 2, ROOT)
    assert teams.spans(7, 40, 60) == [(40, 50, 4), (50, 60, 4)]


def test_moves_of_teams_where_the_person_is_not_cut_nothing():
    teams = directory(
        [(7, 2, "agent", ALWAYS, 100), (7, 3, "agent", 100, FOREVER)],
        [(2, 4, 150, FOREVER)],
    )
    assert teams.spans(7, 90, 200) == [(90, 100, 2), (100, 200, 3)]


def test_teams_that_nobody_placed_stand_below_the_root():
    teams = directory(places=[(3, 2, 10, 20)])
    assert teams.ancestors(ROOT, 15) == (ROOT,)
    assert teams.descendants(2, 15) == {2, 3}
    assert teams.descendants(2, 20) == {2}
    assert teams.descendants(ROOT, 15) == {1, 2, 3, 4}
    assert teams.ever_descendants(2) == {2, 3}


@given(
    stints=st.lists(
        st.tuples(
            st.just(7),
            st.sampled_from([2, 3, 4]),
            st.sampled_from(["agent", "lead", "manager", "analyst"]),
            st.integers(0, 20),
            st.integers(21, 40),
        ),
        max_size=5,
        unique_by=lambda stint: stint[3],
    ),
    start=st.integers(0, 45),
    length=st.integers(0, 30),
)
def test_spans_say_the_same_as_looking_day_by_day(stints, start, length):
    teams = directory(stints, [(3, 2, 12, 30), (4, 3, 25, FOREVER)])
    spans = teams.spans(7, start, start + length)
    assert spans[0][0] == start and spans[-1][1] == start + length
    assert all(a[1] == b[0] for a, b in itertools.pairwise(spans))
    for begin, end, team_id in spans:
        for day in range(begin, end):
            assert teams.team_of(7, day) == team_id
            if team_id is not None:
                assert teams.ancestors(team_id, day) == teams.ancestors(team_id, begin)


def test_loading_takes_three_queries(world, django_assert_num_queries):
    with django_assert_num_queries(3):
        teams = TeamDirectory.load()
        assert teams.team_of(world.alice.pk, 20_000) == world.berlin.pk
        assert teams.ancestors(world.berlin.pk, 20_000) == (
            world.berlin.pk,
            world.support.pk,
            world.company.pk,
        )


def test_stored_edges_equal_the_directory(world):
    teams = TeamDirectory.load()
    for day in (ALWAYS, 0, 20_000, FOREVER - 1):
        stored = TeamEdge.objects.filter(since_day__lte=day, until_day__gt=day)
        assert set(stored.values_list("descendant_id", "ancestor_id")) == {
            (team, above)
            for team in teams.team_ids
            for above in teams.ancestors(team, day)
        }


@pytest.mark.parametrize("team_id", [2, 99])
def test_a_team_made_after_loading_stands_below_the_root(team_id):
    assert directory().ancestors(team_id, 5) == (team_id, ROOT)
