import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.objectives.cast import deals, key_result, objective, put

URL = "/objectives/"

pytestmark = pytest.mark.django_db


def titles(answer) -> list[str]:
    return [line.objective.title for line in answer.context["page_obj"].object_list]


def test_managers_see_status_and_score(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    key_result(world, objective(world))

    answer = as_("ana").get(URL)

    (line,) = answer.context["page_obj"].object_list
    assert (line.status, line.score) == ("on_track", "0.50")
    text = answer.content.decode()
    assert "Win more of what we decide" in text
    assert "On track" in text


def test_an_empty_list_offers_the_next_step_to_those_who_may(as_):
    assert "/objectives/new/" in as_("ana").get(URL).content.decode()
    assert "/objectives/new/" not in as_("lee").get(URL).content.decode()


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("public", {"ana", "lee", "alice", "carl", "mona", "nora"}),
        ("team", {"ana", "lee", "alice", "mona", "nora"}),
        ("private", {"ana", "mona"}),
    ],
)
def test_visibility(world, as_, visibility, readers):
    objective(world, visibility=visibility)
    people = ("ana", "lee", "alice", "carl", "mona", "nora", "adam")

    found = {name for name in people if titles(as_(name).get(URL))}

    assert found == readers


def test_drafts_are_for_owner_reviewer_and_managers(world, as_):
    objective(world, state="draft", owner=world.alice, reviewer=world.lee)
    people = ("ana", "lee", "alice", "bob", "carl", "nora")

    found = {name for name in people if titles(as_(name).get(URL))}

    assert found == {"ana", "lee", "alice"}


def test_filters(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    mine = objective(world, title="Mine", owner=world.mona, reviewer=world.mona)
    key_result(world, mine)
    objective(world, title="Other", team=world.support, state="draft")
    client = as_("mona")

    def found(query: str) -> list[str]:
        return titles(client.get(f"{URL}?{query}"))

    assert sorted(found("")) == ["Mine", "Other"]
    assert found("q=min") == ["Mine"]
    assert found("q=ana") == ["Other"]
    assert found("whose=mine&state=active") == ["Mine"]
    assert found("team=support-emea") == ["Other"]
    assert found("status=on_track") == ["Mine"]
    assert found("status=no_data") == ["Other"]
    assert found("state=draft") == ["Other"]
    assert sorted(found(f"cycle={mine.cycle_id}")) == ["Mine", "Other"]
    assert found("cycle=999999") == found("")
    assert found("sort=-title") == ["Other", "Mine"]
    assert found("sort=title") == ["Mine", "Other"]
    assert found("team=nonsense&cycle=x&sort=%00") == found("")


def test_pages_of_25(world, as_):
    for number in range(27):
        objective(world, title=f"No. {number:02}")

    assert len(titles(as_("ana").get(URL))) == 25
    assert titles(as_("ana").get(f"{URL}?page=2")) == ["No. 25", "No. 26"]


def test_as_many_queries_for_fifty_as_for_one(world, as_):
    client = as_("ana")
    key_result(world, objective(world))
    client.get(URL)
    with CaptureQueriesContext(connection) as one:
        client.get(URL)
    for number in range(49):
        key_result(world, objective(world, title=f"No. {number}"))
    with CaptureQueriesContext(connection) as fifty:
        client.get(URL)

    assert len(fifty) == len(one)


def test_the_file_has_a_row_for_each_key_result(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    key_result(world, objective(world))

    answer = as_("ana").get("/objectives/objectives.csv")

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Objective,Team,Owner,Cycle,Key result")
    assert lines[1] == (
        "Win more of what we decide,Support Berlin,Ana,Q1 2026,Win rate,win_rate,"
        "Support Berlin,from 40 % to 60 %,50,2026-02-12,0.5,0.477778,On track,,1"
    )


def test_the_file_holds_nothing_foreign(world, as_):
    key_result(world, objective(world, visibility="team"))

    answer = as_("carl").get("/objectives/objectives.csv")

    assert len(b"".join(answer.streaming_content).splitlines()) == 1


def test_a_cycle_that_is_over_asks_to_be_closed(world, as_):
    found = objective(world)
    cycle = found.cycle
    cycle.start_day, cycle.end_day = cycle.start_day - 90, cycle.start_day
    cycle.save()

    assert f"/objectives/cycles/{cycle.pk}/close/" in as_("mona").get(URL).text
    assert f"/objectives/cycles/{cycle.pk}/close/" not in as_("ana").get(URL).text


def test_posting_is_not_taken(as_):
    assert as_("ana").post(URL).status_code == 405
