import pytest

from objectives.models import Cycle, Objective
from tests.objectives.cast import key_result, objective
from tests.world import day

URL = "/objectives/new/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def good(world) -> dict:
    return {
        "title": "Answer first time",
        "description": "",
        "team": world.berlin.pk,
        "cycle": "2026-Q1",
        "owner": world.lee.pk,
        "reviewer": world.mona.pk,
        "visibility": "team",
    }


def test_an_objective_and_its_cycle_come_into_being(world, as_, good):
    answer = as_("ana").post(URL, good)

    goal = Objective.objects.get()
    assert answer.url == f"/objectives/{goal.pk}/key-results/new/"
    assert (goal.title, goal.owner, goal.reviewer) == (
        "Answer first time",
        world.lee,
        world.mona,
    )
    assert (goal.team, goal.visibility, goal.state) == (world.berlin, "team", "active")
    assert (goal.cycle.name, goal.cycle.start_day, goal.cycle.end_day) == (
        "Q1 2026",
        day("2026-01-01"),
        day("2026-04-01"),
    )


def test_the_page_of_a_metric_leads_to_a_key_result_of_it(as_, good):
    first = as_("ana").post(f"{URL}?metric=win_rate", good)
    unknown = as_("ana").post(f"{URL}?metric=%00", good | {"title": "Another"})

    assert first.url.endswith("/key-results/new/?metric=win_rate")
    assert unknown.url.endswith("/key-results/new/")


def test_a_second_objective_takes_the_same_cycle(as_, good):
    as_("ana").post(URL, good)
    as_("ana").post(URL, good | {"title": "Another"})

    assert Cycle.objects.count() == 1
    assert Objective.objects.count() == 2


def test_the_form_offers_teams_people_and_cycles(world, as_):
    form = as_("ana").get(URL).context["form"]

    assert set(form.fields["team"].queryset) == {world.support, world.berlin}
    people = {world.ana, world.lee, world.alice, world.bob, world.mona, world.nora}
    assert set(form.fields["owner"].queryset) == people
    assert form.fields["cycle"].choices == [
        ("2026-Q1", "Q1 2026"),
        ("2026-Q2", "Q2 2026"),
        ("2026", "2026"),
    ]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"cycle": "2025-Q4"}, "cycle"),
        ({"cycle": "soon"}, "cycle"),
        ({"owner": "0"}, "owner"),
        ({"visibility": "nobody"}, "visibility"),
    ],
)
def test_a_fault_is_shown_beside_its_field(as_, good, data, field):
    answer = as_("ana").post(URL, good | data)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Objective.objects.exists()
    assert not Cycle.objects.exists()


def test_foreign_teams_and_people_are_no_choice(world, as_, good):
    for data in ({"team": world.north.pk}, {"owner": world.carl.pk}):
        assert as_("ana").post(URL, good | data).status_code == 422
    assert not Objective.objects.exists()


@pytest.mark.parametrize("name", ["lee", "alice", "nora", "adam"])
def test_only_managers_set_objectives(as_, good, name):
    assert as_(name).get(URL).status_code == 403
    assert as_(name).post(URL, good).status_code == 403


def edit(goal) -> str:
    return f"/objectives/{goal.pk}/edit/"


def changed(world, goal) -> dict:
    return {
        "title": "Better words",
        "description": "Because.",
        "owner": world.lee.pk,
        "reviewer": world.mona.pk,
        "visibility": "team",
        "version": goal.version,
    }


def test_an_objective_is_changed(world, as_):
    goal = objective(world)

    assert as_("ana").get(edit(goal)).status_code == 200
    assert as_("ana").post(edit(goal), changed(world, goal)).status_code == 302

    goal.refresh_from_db()
    assert (goal.title, goal.owner, goal.version) == ("Better words", world.lee, 2)


def test_a_lost_update_is_refused_with_words(world, as_):
    goal = objective(world)
    data = changed(world, goal)
    as_("mona").post(edit(goal), data | {"title": "Mona's words"})

    answer = as_("ana").post(edit(goal), data)

    assert answer.status_code == 422
    assert "Somebody else has changed this meanwhile" in answer.text
    goal.refresh_from_db()
    assert goal.title == "Mona's words"


def test_figures_of_one_person_stay_private(world, as_):
    goal = objective(world, visibility="private")
    key_result(world, goal, scope=f"agent:~{world.alice.pk}")

    answer = as_("ana").post(edit(goal), changed(world, goal))

    assert answer.status_code == 422
    assert "visibility" in answer.context["form"].errors
    goal.refresh_from_db()
    assert goal.visibility == "private"


def test_a_closed_objective_is_not_changed(world, as_):
    goal = objective(world)
    Objective.objects.update(state="closed")

    assert as_("ana").get(edit(goal)).status_code == 404
    assert as_("ana").post(edit(goal), changed(world, goal)).status_code == 404
