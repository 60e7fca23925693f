from decimal import Decimal

import pytest

from objectives.models import KeyResult, TargetVersion
from tests.metrics import rows
from tests.objectives.cast import deals, key_result, numbers, objective, put
from tests.world import day

pytestmark = pytest.mark.django_db


def url(goal, query: str = "") -> str:
    return f"/objectives/{goal.pk}/key-results/new/{query}"


GOOD = {
    "metric": "win_rate",
    "title": "",
    "scope": "team:support-berlin",
    "direction": "increase",
    "baseline": "40",
    "target": "60 %",
    "weight": "2",
}


def test_metrics_are_chosen_by_family_and_searched(world, as_):
    goal, client = objective(world), as_("ana")

    assert "Win rate" in client.get(url(goal)).text
    found = client.get(url(goal, "?q=win")).context["families"]
    assert "win_rate" in {each.key for family in found for each in family.metrics}
    assert "csat" not in {each.key for family in found for each in family.metrics}
    assert "No metric matches" in client.get(url(goal, "?q=zebra")).text
    assert client.post(url(goal), GOOD).status_code == 404


def test_unknown_metrics_do_not_exist(world, as_):
    goal, client = objective(world), as_("ana")

    assert client.get(url(goal, "?metric=happiness")).status_code == 404
    assert client.post(url(goal, "?metric=happiness"), GOOD).status_code == 404


def test_a_key_result_is_added_and_judged(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    goal = objective(world)

    answer = as_("ana").post(url(goal, "?metric=win_rate"), GOOD)

    assert answer.url == f"/objectives/{goal.pk}/"
    result = KeyResult.objects.get()
    assert (result.title, result.weight, result.period_value) == (
        "Win rate",
        2,
        "ratio",
    )
    version = result.targets.get()
    assert (version.baseline, version.target, version.number) == (40, 60, 1)
    assert result.evaluations.get().status == "on_track"


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"target": "40"}, "target", "choose “Keep at or above”"),
        ({"target": "30"}, "target", "Choose “Decrease to”"),
        ({"target": ""}, "target", "Enter the target"),
        ({"target": "sixty"}, "target", ""),
        ({"target": "NaN"}, "target", ""),
        ({"target": "101"}, "target", "Enter 100 or less"),
        ({"baseline": ""}, "baseline", "Enter where it starts from"),
        ({"weight": "-1"}, "weight", ""),
        ({"weight": "1001"}, "weight", ""),
        ({"direction": "sideways"}, "direction", ""),
        ({"direction": "milestone"}, "direction", ""),
        ({"scope": "team:sales-north"}, "scope", "no such scope"),
        ({"scope": "company"}, "scope", "no such scope"),
        ({"scope": "team:nowhere"}, "scope", ""),
        ({"scope": "moon:full"}, "scope", "There is no dimension"),
        ({"direction": "at_least", "target": "60", "red": "70"}, "red", "lies below"),
        ({"direction": "at_most", "target": "60", "red": "50"}, "red", "lies above"),
        ({"direction": "range", "low": "60", "high": "50"}, "high", "above the lower"),
        (
            {"direction": "range", "low": "50", "high": "60", "red_low": "55"},
            "red_low",
            "below the range",
        ),
    ],
)
def test_a_fault_is_shown_beside_its_field(world, as_, data, field, words):
    goal = objective(world)

    answer = as_("ana").post(url(goal, "?metric=win_rate"), GOOD | data)

    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert not KeyResult.objects.exists()


def test_figures_of_one_person_need_a_private_objective(world, as_):
    person = {"scope": f"agent:~{world.alice.pk}"}
    shared, private = objective(world), objective(world, visibility="private")
    client = as_("ana")

    refused = client.post(url(shared, "?metric=win_rate"), GOOD | person)
    taken = client.post(url(private, "?metric=win_rate"), GOOD | person)

    assert "scope" in refused.context["form"].errors
    assert taken.status_code == 302


def test_totals_are_counted_up_from_nought(world, as_):
    goal = objective(world)
    client = as_("ana")

    form = client.get(url(goal, "?metric=won_deals")).context["form"]
    client.post(
        url(goal, "?metric=won_deals"), GOOD | {"target": "90", "baseline": "10"}
    )

    assert "baseline" not in form.fields
    assert "range" not in dict(form.fields["direction"].choices)
    assert TargetVersion.objects.get().baseline == 0


def test_durations_are_typed_as_they_are_printed(world, as_):
    goal = objective(world)
    data = {"scope": "team:support-berlin", "direction": "at_most", "weight": "1"}

    as_("ana").post(
        url(goal, "?metric=average_handle_time"),
        data | {"target": "6:00", "red": "7:30"},
    )

    version = TargetVersion.objects.get()
    assert (version.target, version.red) == (360, 450)


def test_members_of_dimensions_can_be_chosen(world, as_):
    rows.member("region", "Central")
    goal = objective(world)

    def choices(name: str) -> set[str]:
        form = as_(name).get(url(goal, "?metric=win_rate")).context["form"]
        groups = form.fields["scope"].widget.choices
        return {text for _label, options in groups for text, _name in options}

    assert {"company", "region:Central", "team:sales"} <= choices("mona")
    assert "region:Central@team:support-berlin" in choices("ana")
    assert not {"company", "region:Central", "team:sales"} & choices("ana")


# History


def test_history_stands_beside_the_form_without_script(world, as_):
    for on, won in (("2025-05-05", 8), ("2025-08-08", 9), ("2025-11-11", 14)):
        put(*deals(world, on=on, won=won, lost=20 - won))
    put(*deals(world, on="2026-01-20", won=10, lost=10))
    goal = objective(world)

    answer = as_("ana").get(
        url(goal, "?metric=win_rate&baseline=45&target=60&direction=increase")
    )

    hint = answer.context["hint"]
    assert hint.now == "50 %"
    assert hint.under == "20 deals decided"
    assert hint.sentences == [
        "3 quarters: best ever 70 %.",
        "A rise of 15.0 pts or more from one quarter to the next came in 1 of 2.",
    ]
    assert [past.value for past in hint.periods[:3]] == ["70 %", "45 %", "40 %"]
    assert "3 quarters: best ever 70 %." in answer.text
    assert 'value="60"' in answer.text  # what was typed is still there


def test_the_hint_for_the_open_form(world, as_):
    put(*deals(world, on="2025-11-11", won=14, lost=6))
    goal = objective(world)
    place = f"/objectives/{goal.pk}/key-results/hint/"

    answer = as_("ana").get(
        f"{place}?metric=win_rate&scope=team:support-berlin&direction=at_least"
        "&target=65"
    )

    assert "It would have been met in 1 of 1." in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("metric=win_rate", "There is no closed period with data"),
        ("metric=win_rate&scope=team:sales-north", "Choose whose number it is"),
        ("metric=win_rate&scope=nonsense", "Choose whose number it is"),
        ("metric=win_rate&target=abc&baseline=%00", "There is no closed period"),
        ("metric=win_rate&direction=nonsense&target=5", "There is no closed period"),
    ],
)
def test_the_hint_takes_whatever_is_typed(world, as_, query, words):
    goal = objective(world)

    answer = as_("ana").get(f"/objectives/{goal.pk}/key-results/hint/?{query}")

    assert answer.status_code == 200
    assert words in answer.text


def test_the_hint_is_for_managers(world, as_):
    place = f"/objectives/{objective(world, visibility='team').pk}/key-results/hint/"

    assert as_("ana").get(f"{place}?metric=x").status_code == 404
    assert as_("ana").post(f"{place}?metric=win_rate").status_code == 405
    assert as_("lee").get(f"{place}?metric=win_rate").status_code == 403
    assert as_("carl").get(f"{place}?metric=win_rate").status_code == 404


# Milestones


def steps(*given: tuple[str, str, str]) -> dict:
    data = {"step-TOTAL_FORMS": str(len(given)), "step-INITIAL_FORMS": "0"}
    for number, (title, due, weight) in enumerate(given):
        data |= {
            f"step-{number}-title": title,
            f"step-{number}-due": due,
            f"step-{number}-weight": weight,
        }
    return data


def test_milestones_are_added(world, as_):
    goal = objective(world)
    data = {"title": "Launch", "weight": "1"}

    answer = as_("ana").post(
        f"/objectives/{goal.pk}/milestones/new/",
        data | steps(("Plan", "2026-01-31", "1"), ("", "", "1"), ("Go", "", "2")),
    )

    assert answer.status_code == 302
    found = KeyResult.objects.get().milestones.values_list("title", "weight", "due_day")
    assert list(found) == [
        ("Plan", Decimal(1), day("2026-01-31")),
        ("Go", Decimal(2), None),
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"title": ""},
        steps(("", "", "1")),
        steps(("Plan", "", "0")),
        steps(("Plan", "2026-04-01", "1")),
        steps(("Plan", "soon", "1")),
        {"step-TOTAL_FORMS": "x"},
    ],
)
def test_faults_of_milestones(world, as_, data):
    goal = objective(world)
    good = {"title": "Launch", "weight": "1"} | steps(("Plan", "", "1"))

    answer = as_("ana").post(f"/objectives/{goal.pk}/milestones/new/", good | data)

    assert answer.status_code == 422
    assert not KeyResult.objects.exists()


# Changing a target


def change(result) -> str:
    return f"/objectives/key-results/{result.pk}/target/"


def changed(world, **data: object) -> dict:
    return {
        "baseline": "40",
        "target": "55",
        "weight": "1",
        "effective_day": "2026-03-01",
        "reason": "The market shrank.",
        "approver": world.mona.pk,
        "number": "1",
    } | data


def test_a_target_changes_by_another_version(world, as_):
    result = key_result(world, objective(world))

    assert as_("ana").get(change(result)).status_code == 200
    assert as_("ana").post(change(result), changed(world)).status_code == 302

    first, second = result.targets.all()
    assert (first.target, first.number) == (60, 1)
    assert (second.target, second.number, second.effective_day) == (
        55,
        2,
        day("2026-03-01"),
    )
    assert (second.reason, second.author, second.approver) == (
        "The market shrank.",
        world.ana,
        world.mona,
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"effective_day": "2026-02-12"}, "effective_day"),  # the past
        ({"effective_day": "2026-04-01"}, "effective_day"),  # after the cycle
        ({"effective_day": ""}, "effective_day"),
        ({"target": "40"}, "target"),
        ({"weight": ""}, "weight"),
        ({"approver": "0"}, "approver"),
    ],
)
def test_a_fault_of_a_change_is_shown_beside_its_field(world, as_, data, field):
    result = key_result(world, objective(world))

    answer = as_("ana").post(change(result), changed(world, **data))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert result.targets.count() == 1


def test_who_did_not_see_the_last_version_is_told(world, as_):
    result = key_result(world, objective(world))
    as_("mona").post(change(result), changed(world))

    answer = as_("ana").post(change(result), changed(world, target="50"))

    assert answer.status_code == 422
    assert "Somebody else has changed this meanwhile" in answer.text
    assert result.targets.count() == 2


def test_agents_do_not_approve(world, as_):
    result = key_result(world, objective(world))

    answer = as_("ana").post(change(result), changed(world, approver=world.alice.pk))

    assert "approver" in answer.context["form"].errors


def test_foreign_and_unknown_targets_do_not_exist(world, as_):
    result = key_result(world, objective(world, visibility="team"))

    assert as_("carl").get(change(result)).status_code == 404
    assert as_("ana").get("/objectives/key-results/999999/target/").status_code == 404
    assert as_("ana").put(change(result)).status_code == 405


def test_a_hold_asks_for_its_own_numbers(world, as_):
    aim = numbers(target=70, red=60)
    result = key_result(world, objective(world), direction="at_least", aim=aim)

    form = as_("ana").get(change(result)).context["form"]

    assert [name for name in form.fields if name in ("baseline", "target", "red")] == [
        "target",
        "red",
    ]
    assert str(form["target"].value()) in ("70", "70.000000")
