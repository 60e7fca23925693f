"""The people of the demonstration."""

import pytest

from objectives.demo import organisation as org
from objectives.demo import people
from objectives.demo.people import AGENT, Roster, email_of, stints
from objectives.demo.story import Story
from tests.objectives.demo.days import FRIDAY

STORY = Story.told_on(FRIDAY)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Ana Duarte", "ana.duarte"),
        ("Mikkel Sørensen", "mikkel.sorensen"),
        ("Elif Yıldız", "elif.yildiz"),
        ("Pieter de Vries", "pieter.de-vries"),
        ("Dorota Zielińska", "dorota.zielinska"),
    ],
)
def test_addresses_are_plain(name, address):
    assert email_of(name) == f"{address}@fjordlight.example"


def test_forty_agents_in_eight_teams_of_three_departments():
    agents = {each.name for each in stints(STORY) if each.role == AGENT}

    assert len(agents) == 40
    assert len(org.TEAMS) == 8
    assert {team.department for team in org.TEAMS} == set(org.DEPARTMENTS)
    assert set(people.AGENTS) == set(people.LEADS) == {team.name for team in org.TEAMS}


def test_nobody_shares_an_address():
    names = {each.name for each in stints(STORY)} | {people.ADMINISTRATOR_NAME}

    assert len({email_of(name) for name in names}) == len(names)


def test_one_agent_goes_over_to_another_team():
    teams = [each for each in stints(STORY) if each.name == people.TRANSFERRED]

    assert [each.team for each in teams] == [org.SERVICE_BERLIN, org.TECHNICAL]
    assert teams[0].until == STORY.transfer - 1
    assert teams[1].since == STORY.transfer


def test_onboarding_belongs_to_another_department_after_the_regrouping():
    onboarding = next(team for team in org.TEAMS if team.name == org.ONBOARDING)

    before = org.department_of(onboarding, STORY.regrouping - 1, STORY)
    after = org.department_of(onboarding, STORY.regrouping, STORY)

    assert (before, after) == (org.SALES, org.SUCCESS)


def test_who_is_about_to_leave_takes_on_nothing_new():
    roster = Roster(STORY)
    team = org.SERVICE_HAMBURG

    assert people.LEAVER in roster.on(team, STORY.recall - 40)
    assert people.LEAVER not in roster.on(team, STORY.recall - 5)
    assert people.LEAVER not in roster.on(team, FRIDAY)


def test_a_team_is_never_empty_and_everybody_is_away_at_times():
    roster = Roster(STORY)
    year = range(FRIDAY - 365, FRIDAY)

    assert all(roster.on(team.name, day) for team in org.TEAMS for day in year)
    assert 20 < sum(people.is_away("Jana Wolf", day) for day in year) <= 35


def test_only_one_team_falls_behind():
    behind = {team.name: people.trouble(team.name, FRIDAY, STORY) for team in org.TEAMS}

    assert behind.pop(org.SERVICE_HAMBURG) == 1
    assert set(behind.values()) == {0}
    assert people.trouble(org.SERVICE_HAMBURG, STORY.recall - 1, STORY) == 0
