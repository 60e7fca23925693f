import pytest
from django.test import Client

from crmkpi.accounts.models import ApiKey
from tests.objectives.cast import deals, key_result, objective, put

URL = "/api/v1/objectives/"

pytestmark = pytest.mark.django_db


def by_key(world) -> Client:
    return Client(headers={"Authorization": f"Bearer {world.plain_key}"})


def test_the_list(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    key_result(world, objective(world))

    answer = as_("ana").get(URL).json()

    assert (answer["count"], answer["pages"]) == (1, 1)
    (found,) = answer["results"]
    assert found["title"] == "Win more of what we decide"
    assert (found["from"], found["to"]) == ("2026-01-01", "2026-03-31")
    assert (found["status"], found["score"], found["coverage"]) == ("on_track", 0.5, 1)


def test_an_empty_list(as_):
    assert as_("ana").get(URL).json()["results"] == []


def test_one_objective_with_its_key_results(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    put(*deals(world, on="2026-02-13", won=10))
    goal = objective(world)
    result = key_result(world, goal)

    answer = as_("ana").get(f"{URL}{goal.pk}/").json()

    (found,) = answer["key_results"]
    assert found["id"] == result.pk
    assert (found["metric"], found["scope"]) == ("win_rate", "team:support-berlin")
    assert (found["baseline"], found["target"]) == (40, 60)
    assert (found["value_now"], found["value"]) == (60, 50)
    assert found["closed_day"] == "2026-02-12"
    assert (found["progress"], found["expected"]) == (0.5, 0.477778)
    assert (found["status"], found["reason"]) == ("on_track", None)


def test_a_key_reads_its_teams(world, today):
    mine = objective(world)
    foreign = objective(world, team=world.north, actor=world.mona)
    private = objective(world, visibility="private")
    client = by_key(world)

    assert [each["id"] for each in client.get(URL).json()["results"]] == [mine.pk]
    assert client.get(f"{URL}{mine.pk}/").status_code == 200
    assert client.get(f"{URL}{foreign.pk}/").status_code == 404
    assert client.get(f"{URL}{private.pk}/").status_code == 404


def test_a_key_without_the_scope_is_refused(world, today):
    ApiKey.objects.update(scopes=["facts:write"])

    assert by_key(world).get(URL).status_code == 403


def test_strangers_and_nobody(world, as_):
    goal = objective(world, visibility="team")

    assert as_("carl").get(f"{URL}{goal.pk}/").status_code == 404
    assert as_("carl").get(URL).json()["count"] == 0
    assert Client().get(URL).status_code == 401


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("state=open", 400),
        ("cycle=Q9", 404),
        ("cycle=%00", 404),
        ("nonsense=1", 400),
        ("state=active", 200),
        ("page=999", 200),
        ("page=x", 200),
    ],
)
def test_parameters(as_, query, status):
    answer = as_("ana").get(f"{URL}?{query}")

    assert answer.status_code == status
    if status >= 400:
        assert answer["Content-Type"] == "application/problem+json"


def test_nothing_is_written(world, as_):
    goal = objective(world)

    for verb in ("post", "put", "patch", "delete"):
        assert getattr(as_("ana"), verb)(URL).status_code in (403, 405)
        assert getattr(as_("ana"), verb)(f"{URL}{goal.pk}/").status_code in (403, 405)


def test_pages_of_50(world, as_):
    for number in range(51):
        objective(world, title=f"No. {number:02}")

    answer = as_("ana").get(f"{URL}?page=2").json()

    assert (answer["count"], answer["page"], len(answer["results"])) == (51, 2, 1)
