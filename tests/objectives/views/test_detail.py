import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objectives import services
from objectives.models import CheckIn, Objective
from objectives.rules import Step
from tests.objectives.cast import deals, key_result, numbers, objective, put, quarter
from tests.world import NOW, TODAY, day

pytestmark = pytest.mark.django_db


def url(goal, rest: str = "") -> str:
    return f"/objectives/{goal.pk}/{rest}"


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def spec_of(answer) -> dict:
    found = re.search(r'<script id="trend-data"[^>]*>(.*?)</script>', answer.text)
    return json.loads(found[1])


def test_a_key_result_with_value_status_and_reason(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    put(*deals(world, on="2026-02-13", won=10))
    goal = objective(world)
    key_result(world, goal)

    answer = as_("ana").get(url(goal))

    text = text_of(answer)
    assert "60 %" in text  # with today
    assert "50 % to 12 Feb" in text  # what the status rests on
    assert "50 % of the way, 48 % expected" in text
    assert "0.50 of 1, all weight has data" in text
    assert "from 40 % to 60 %" in text


def test_without_key_results_it_offers_the_next_step(world, as_):
    goal = objective(world)

    assert url(goal, "key-results/new/") in as_("ana").get(url(goal)).text
    assert url(goal, "key-results/new/") not in as_("lee").get(url(goal)).text
    assert "No key results yet" in as_("lee").get(url(goal)).text


def test_a_key_result_without_data_says_why(world, as_):
    goal = objective(world)
    key_result(world, goal)

    text = text_of(as_("ana").get(url(goal)))

    assert "No data" in text
    assert "no key result has data yet" in text
    assert "No week has data yet." in text


@pytest.mark.parametrize("visibility", ["team", "private"])
def test_foreign_objectives_do_not_exist(world, as_, visibility):
    goal = objective(world, visibility=visibility)

    for rest in ("", "edit/", "close/", "key-results/new/", "milestones/new/"):
        assert as_("carl").get(url(goal, rest)).status_code == 404
    assert as_("carl").post(url(goal, "check-in/")).status_code == 404


def test_bad_ids_do_not_exist(world, as_):
    goal = objective(world)
    client = as_("ana")

    assert client.get("/objectives/999999/").status_code == 404
    assert client.get("/objectives/99999999999999999999999/").status_code == 404
    assert client.get("/objectives/x/").status_code == 404
    for kr in ("x", "999999", "²", ""):
        assert client.get(url(goal, f"?kr={kr}")).status_code == 404


def test_the_trend_of_a_rate(world, as_):
    put(*deals(world, on="2025-12-17", won=3, lost=1))
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    put(*deals(world, on="2026-02-12", won=1))
    goal = objective(world)
    result = key_result(world, goal)
    services.change_target(
        key_result=result,
        expected_number=1,
        numbers=numbers(baseline=40, target=50),
        effective_day=day("2026-03-02"),
        reason="The market shrank.",
        approver=world.mona,
        actor=world.ana,
        now=NOW,
    )

    answer = as_("ana").get(url(goal))

    spec = spec_of(answer)
    values = dict(zip(spec["labels"], spec["values"], strict=True))
    assert values["21 Dec"] == 75  # a closed week before the cycle
    assert values["25 Jan"] == 50
    assert values["8 Feb"] is None  # a week without cases is a gap
    assert values["15 Feb"] == 100
    assert spec["labels"][spec["open_from"]] == "15 Feb"
    targets = dict(zip(spec["labels"], spec["targets"], strict=True))
    assert (targets["28 Dec"], targets["25 Jan"], targets["8 Mar"]) == (None, 60, 50)
    assert spec["target_side"] == "above"
    assert spec["marks"][0]["label"] == "Target changed, 2 Mar"
    pace = dict(zip(spec["labels"], spec["pace"], strict=True))
    assert pace["5 Apr"] == 60  # the version in force today, at the end
    assert "25 Jan 2026" in answer.text  # the same as a table
    assert "The market shrank." in answer.text


def test_the_trend_of_a_total_adds_up(world, as_):
    put(*deals(world, on="2025-12-30", won=9))  # of the same week, before the cycle
    put(*deals(world, on="2026-01-02", won=3))
    put(*deals(world, on="2026-01-20", won=4))
    goal = objective(world)
    key_result(
        world,
        goal,
        metric="won_deals",
        direction="at_least",
        aim=numbers(target=90),
    )

    spec = spec_of(as_("ana").get(url(goal)))

    values = dict(zip(spec["labels"], spec["values"], strict=True))
    assert (values["4 Jan"], values["11 Jan"], values["25 Jan"]) == (3, 3, 7)
    assert values["22 Feb"] is None  # has not begun
    assert spec["labels"][-1] == "31 Mar"
    assert spec["pace"][-1] == 90


def test_another_key_result_is_shown_when_asked_for(world, as_):
    goal = objective(world)
    key_result(world, goal, title="First")
    second = key_result(world, goal, title="Second", metric="close_rate")

    answer = as_("ana").get(url(goal, f"?kr={second.pk}"))

    assert answer.context["shown"].key_result == second


def test_as_many_queries_for_fifty_key_results_as_for_one(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    goal, client = objective(world), as_("ana")
    key_result(world, goal)
    client.get(url(goal))
    with CaptureQueriesContext(connection) as one:
        client.get(url(goal))
    for number in range(49):
        key_result(world, goal, title=f"No. {number}")
    with CaptureQueriesContext(connection) as fifty:
        client.get(url(goal))

    assert len(fifty) == len(one)
    assert len(one) <= 30


# Check-ins


def test_a_check_in_is_kept_and_changes_no_status(world, as_):
    goal = objective(world)
    client = as_("ana")

    answer = client.post(
        url(goal, "check-in/"), {"confidence": "6", "sentence": "We call them all."}
    )

    assert answer.url == url(goal)
    said = CheckIn.objects.get()
    assert (said.confidence, said.sentence, said.author) == (
        6,
        "We call them all.",
        world.ana,
    )
    assert "We call them all." in client.get(url(goal)).text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"confidence": "11"}, "confidence"),
        ({"confidence": ""}, "confidence"),
        ({"confidence": "6.5"}, "confidence"),
        ({"sentence": "  "}, "sentence"),
        ({"sentence": "x" * 501}, "sentence"),
    ],
)
def test_a_fault_of_a_check_in_is_shown_beside_its_field(world, as_, data, field):
    goal = objective(world)

    answer = as_("ana").post(
        url(goal, "check-in/"), {"confidence": "6", "sentence": "Call."} | data
    )

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 302), ("lee", 302), ("mona", 302), ("bob", 403), ("nora", 403)],
)
def test_owner_reviewer_and_managers_check_in(world, as_, name, status):
    goal = objective(world, owner=world.alice, reviewer=world.lee)
    data = {"confidence": "6", "sentence": "Call."}

    assert as_(name).post(url(goal, "check-in/"), data).status_code == status
    assert as_(name).get(url(goal, "check-in/")).status_code == 405


def test_a_closed_objective_takes_no_check_in(world, as_):
    goal = objective(world)
    Objective.objects.update(state="closed")

    answer = as_("ana").post(
        url(goal, "check-in/"), {"confidence": "6", "sentence": "Call."}
    )

    assert answer.status_code == 422
    assert not CheckIn.objects.exists()


# Milestones


def test_milestones_are_ticked_and_reopened(world, as_):
    goal = objective(world)
    result = services.add_milestones(
        objective=goal,
        title="Launch",
        steps=[Step("Plan"), Step("Build")],
        actor=world.ana,
        now=NOW,
    )
    plan, client = result.milestones.first(), as_("ana")
    tick = f"/objectives/milestones/{plan.pk}/tick/"

    assert client.post(tick, {"done": "1"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.done_day, plan.done_by) == (TODAY, world.ana)
    assert "50 % of the way" in text_of(client.get(url(goal)))
    client.post(tick, {"done": "0"})
    plan.refresh_from_db()
    assert plan.done_day is None
    assert as_("lee").post(tick, {"done": "1"}).status_code == 403
    assert client.get(tick).status_code == 405


# Closing


def test_closing_asks_first(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    goal = objective(world)
    key_result(world, goal)
    client = as_("ana")

    asked = client.get(url(goal, "close/"))
    assert asked.status_code == 200
    goal.refresh_from_db()
    assert goal.state == "active"
    client.post(url(goal, "close/"), {"version": goal.version})

    goal.refresh_from_db()
    assert goal.state == "closed"
    answer = client.get(url(goal))
    assert answer.context["page"].lines[0].status == "missed"
    assert "Save check-in" not in answer.text
    assert client.get(url(goal, "close/")).status_code == 404


def test_closing_an_old_version_is_refused(world, as_):
    goal = objective(world)

    as_("ana").post(url(goal, "close/"), {"version": "0"})

    goal.refresh_from_db()
    assert goal.state == "active"


@pytest.mark.parametrize("name", ["lee", "nora", "alice"])
def test_readers_change_nothing(world, as_, name):
    goal = objective(world)
    result = key_result(world, goal)
    client = as_(name)

    for rest in ("edit/", "close/", "key-results/new/", "milestones/new/"):
        assert client.get(url(goal, rest)).status_code == 403
        assert client.post(url(goal, rest)).status_code == 403
    for rest in ("target", "cancel"):
        place = f"/objectives/key-results/{result.pk}/{rest}/"
        assert client.get(place).status_code == 403
        assert client.post(place).status_code == 403


def test_a_key_result_is_taken_out(world, as_):
    goal = objective(world)
    result = key_result(world, goal)
    client = as_("ana")
    place = f"/objectives/key-results/{result.pk}/cancel/"

    assert client.get(place).status_code == 200
    assert client.post(place).status_code == 302

    line = client.get(url(goal)).context["page"].lines[0]
    assert line.status == "cancelled"


def test_a_cycle_closes_after_its_last_day(world, as_):
    cycle = quarter()
    objective(world)
    place = f"/objectives/cycles/{cycle.pk}/close/"

    assert as_("ana").get(place).status_code == 403
    assert as_("mona").get(place).status_code == 200
    as_("mona").post(place)
    cycle.refresh_from_db()
    assert cycle.state == "open"

    cycle.start_day, cycle.end_day = cycle.start_day - 90, cycle.start_day
    cycle.save()
    as_("mona").post(place)
    cycle.refresh_from_db()
    assert (cycle.state, Objective.objects.get().state) == ("closed", "closed")
