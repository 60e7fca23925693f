import pytest

from crmkpi.accounts.models import Team, TeamEdge
from tests.world import team

URL = "/people/teams/"


@pytest.fixture
def admin(client, world):
    client.force_login(world.adam)
    return client


def test_the_tree_goes_down_by_name(admin):
    lines = admin.get(URL).context["lines"]
    assert [(line.team.name, line.depth, line.people) for line in lines] == [
        ("Company", 0, 0),
        ("Sales", 1, 0),
        ("Sales North", 2, 2),
        ("Support EMEA", 1, 0),
        ("Support Berlin", 2, 3),
    ]
    assert lines[3].managers == ["Ana"]
    assert lines[4].managers == ["Lee"]


def test_as_many_queries_for_many_teams(admin, world, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as few:
        admin.get(URL)
    queries = len(few)
    for number in range(20):
        team(f"Team {number}", parent=world.berlin)
    with django_assert_max_num_queries(queries):
        admin.get(URL)


def test_no_name_turns_or_hides_what_stands_beside_it(admin, world):
    """It is kept without such marks, so that one more is no other name either."""
    one, two = ("Night\u202e shift", "Night\u200b shift")
    assert admin.post(URL, {"name": one, "parent": world.berlin.pk}).status_code == 302
    assert Team.objects.filter(name="Night shift").count() == 1
    again = admin.post(URL, {"name": two, "parent": world.berlin.pk})
    assert again.status_code == 422


def test_a_team_is_added(admin, world):
    answer = admin.post(URL, {"name": "Night shift", "parent": world.berlin.pk})
    assert answer.url == "/people/teams/night-shift/"
    assert admin.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "sales north"}, "name"),
        ({"parent": "0"}, "parent"),
    ],
)
def test_a_fault_is_shown_beside_its_field(admin, world, data, field):
    good = {"name": "Night shift", "parent": world.berlin.pk}
    answer = admin.post(URL, good | data)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert Team.objects.count() == 5


def test_a_team_is_renamed_and_closed(admin, world):
    admin.post(f"{URL}support-berlin/", {"name": "Berlin", "region": "DACH"})
    world.berlin.refresh_from_db()
    assert world.berlin.name == "Berlin" and not world.berlin.is_active
    assert world.berlin.region == "DACH"


def test_a_team_is_placed_from_a_day_on(admin, world):
    answer = admin.post(
        f"{URL}support-berlin/place/",
        {"parent": world.sales.pk, "from_day": "2026-02-13"},
    )
    assert answer.status_code == 302
    assert TeamEdge.objects.filter(
        descendant=world.berlin, ancestor=world.sales
    ).exists()
    assert b"12 Feb 2026" in admin.get(f"{URL}support-berlin/").content


def test_a_loop_is_refused_on_the_page(admin, world):
    answer = admin.post(
        f"{URL}support-emea/place/",
        {"parent": world.berlin.pk, "from_day": "2026-02-13"},
    )
    assert answer.status_code == 422
    assert b"Support EMEA already stands above Support Berlin" in answer.content


def test_the_root_team_has_no_place(admin):
    assert b"Place from a day on" not in admin.get(f"{URL}company/").content


def test_unknown_teams_are_not_found(admin):
    assert admin.get(f"{URL}nowhere/").status_code == 404
