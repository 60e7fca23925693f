import pytest

from crmkpi.accounts import services
from crmkpi.accounts.queries import home_team
from tests.world import NOW, Role, person


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ana", "support-emea"),
        ("lee", "support-berlin"),
        ("mona", "company"),
        ("nora", "company"),
        ("alice", None),
        ("adam", None),
    ],
)
def test_the_team_that_greets(world, name, slug):
    team = home_team(world.access(getattr(world, name)))
    assert (team.slug if team else None) == slug


def test_what_one_manages_comes_before_what_one_leads(world):
    services.set_membership(
        user=world.lee, team=world.north, role=Role.MANAGER, actor=None, now=NOW
    )
    assert home_team(world.access(world.lee)) == world.north


def test_administrators_without_figures_land_on_people(client, world):
    client.force_login(world.adam)
    assert client.get("/").url == "/people/"


def test_people_without_a_role_are_told_what_to_do(client, world):
    client.force_login(person("Newcomer"))
    answer = client.get("/")
    assert answer.status_code == 200
    assert b"You are not in a team yet" in answer.content


def test_nobody_is_asked_to_sign_in(client, world):
    assert client.get("/").url == "/accounts/login/?next=/"
