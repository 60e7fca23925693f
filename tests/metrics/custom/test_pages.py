"""The pages on which managers make metrics."""

from decimal import Decimal

import pytest
from django.utils.html import strip_tags

from metrics.catalog import METRICS
from metrics.custom.definitions import Line
from metrics.custom.models import CustomMetric, CustomVersion
from metrics.dimensions import Cut
from metrics.scopes import team_scope
from objectives import services as objectives
from objectives.rules import Numbers
from tests.metrics.custom.making import WON, change, formula, make, ratio
from tests.metrics.views import reading
from tests.objectives.cast import objective
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("at_now")
NEW = "/metrics/own/new/"
FORMULA = f"{NEW}?kind=formula"
PREVIEW = "/metrics/own/preview/"


def boxes(**more):
    known = {
        "title": "Deals won",
        "text": "Of all decided.",
        "unit": "percent",
        "better": "higher",
        "min_n": "30",
        "sharing": "everybody",
        "above_1_measure": "opportunitiesclosed.won",
        "below_1_measure": "opportunitiesclosed.rows",
    }
    return known | more


def of_formula(text, **more):
    known = {name: value for name, value in boxes().items() if "_1_" not in name}
    return known | {"formula": text, "unit": "score"} | more


@pytest.fixture
def ana(everything, client):
    client.force_login(everything.ana)
    return client


def words(response):
    return reading.words(response.content.decode())


def error_beside(response, field):
    """Return the error that a page shows at a field."""
    html = response.content.decode()
    at = html.index(f'id="div_id_{field}"')
    block = html[at : html.index("<input" if "_members" in field else "<select", at)]
    return strip_tags(block)


def test_two_boxes_make_a_metric_that_its_page_explains(ana):
    answer = ana.post(NEW, boxes(), follow=True)
    assert answer.redirect_chain[-1][0] == "/metrics/own_deals_won/"
    said = words(answer)
    assert "(deals won) ÷ (deals closed)" in said
    assert "Made here by Ana, version 1." in said
    assert "Of all decided." in said
    library = words(ana.get("/metrics/"))
    assert "Own metrics" in library
    assert "Deals won Of all decided." in library


def test_every_page_of_an_own_metric_opens(everything, client):
    made = make(ratio(title="Shared by all"), everything.ana)
    made_of = make(formula(f"{made.key} / 2", title="Half of it"), everything.ana)
    for who in ("ana", "mona", "alice"):
        client.force_login(getattr(everything, who))
        for key in (made.key, made_of.key):
            for page in ("", "passport/", "rows/", "values.csv", "versions/"):
                assert client.get(f"/metrics/{key}/{page}").status_code == 200
        assert client.get("/metrics/own/").status_code == 200
        assert "Shared by all" in words(client.get("/metrics/"))
    client.force_login(everything.adam)
    assert "Shared by all" in words(client.get("/manual/metrics/"))


def test_what_is_private_is_nowhere_for_others(everything, client):
    made = make(ratio(title="Ana's secret"), everything.ana, sharing="private")
    client.force_login(everything.mona)
    for page in ("", "passport/", "rows/", "rows.csv", "values.csv", "versions/"):
        assert client.get(f"/metrics/{made.key}/{page}").status_code == 404
    for page in ("/metrics/", "/metrics/own/", "/manual/metrics/", FORMULA):
        assert "secret" not in words(client.get(page))
    listed = client.get("/api/v1/metrics/").json()
    assert made.key not in [each["key"] for each in listed]
    assert client.get(f"/api/v1/metrics/{made.key}/value").status_code == 404
    client.force_login(everything.ana)
    assert "Ana's secret" in words(client.get("/metrics/own/"))


def test_other_systems_read_own_metrics(everything, client):
    made = make(ratio(), everything.ana, sharing="team", team=everything.support)
    headers = {"Authorization": f"Bearer {everything.plain_key}"}
    listed = client.get("/api/v1/metrics/", headers=headers).json()
    (mine,) = [each for each in listed if each["key"] == made.key]
    assert (mine["family"], mine["additivity"], mine["version"]) == ("own", "R", 1)
    scope = "scope=team:support-emea"
    value = client.get(f"/api/v1/metrics/{made.key}/value?{scope}", headers=headers)
    twin = client.get(f"/api/v1/metrics/win_rate/value?{scope}", headers=headers)
    for name in ("value", "numerator", "denominator", "n", "interval", "exclusions"):
        assert value.json()[name] == twin.json()[name]
    series = client.get(
        f"/api/v1/metrics/{made.key}/series?{scope}&grain=month"
        "&from=2025-10-01&to=2026-01-31",
        headers=headers,
    )
    assert len(series.json()["points"]) == 4


@pytest.mark.parametrize(
    ("given", "field", "expected"),
    [
        ({"above_1_measure": ""}, "above_1_measure", "required"),
        ({"above_1_measure": "x.y"}, "above_1_measure", "Select a valid choice"),
        (
            {"above_1_cut": "13", "above_1_members": "Fax"},
            "above_1_members",
            "There is no channel “Fax”. There are: ",
        ),
        ({"above_1_cut": "13"}, "above_1_members", "Name at least one"),
        ({"above_1_members": "Phone"}, "above_1_cut", "Say of what these are"),
        (
            {"above_1_cut": "19", "above_1_members": "unassigned"},
            "above_1_measure",
            "use region, industry, product, channel",
        ),
        ({"unit": "seconds"}, "unit", "per cent or a number"),
        ({"sharing": "team"}, "team", "Choose the team"),
    ],
)
def test_a_fault_stands_at_its_field(ana, given, field, expected):
    answer = ana.post(NEW, boxes(**given))
    assert answer.status_code == 422
    assert expected in error_beside(answer, field)
    assert 'value="Deals won"' in answer.content.decode()  # nothing typed is lost
    assert not CustomMetric.objects.exists()


def test_a_fault_in_a_formula_names_the_place(ana):
    answer = ana.post(FORMULA, of_formula("win_rate + + / 2"))
    assert answer.status_code == 422
    assert "At character 14, “/”: A value is missing after “+”" in words(answer)


def test_members_are_named_as_people_call_them(everything, ana):
    ana.post(
        NEW,
        boxes(above_1_cut=str(int(Cut.CHANNEL)), above_1_members="phone, Unassigned"),
    )
    version = CustomVersion.objects.get()
    assert Line.of(version.above[0]).members == (1, 0)
    edit = ana.get("/metrics/own_deals_won/edit/")
    assert 'value="Phone, ' in edit.content.decode()
    assert "(deals won (Channel: Phone, " in words(ana.get("/metrics/own_deals_won/"))


def test_three_measures_fit_into_a_box(ana):
    given = {
        "above_2_measure": "opportunitiesclosed.lost",
        "below_2_measure": "ticketsopened.rows",
        "below_3_measure": "ticketsopened.complaints",
    }
    ana.post(NEW, boxes(**given))
    version = CustomVersion.objects.get()
    assert [len(version.above), len(version.below)] == [2, 3]


@pytest.mark.parametrize("draft", [boxes(), boxes(title=""), of_formula("win_rate")])
def test_the_preview_is_what_the_metric_will_give(everything, ana, draft):
    kind = "formula" if "formula" in draft else "ratio"
    answer = ana.get(PREVIEW, draft | {"kind": kind})
    assert answer.status_code == 200
    rate = words(ana.get("/metrics/win_rate/?scope=team:support-emea&period=2026-Q1"))
    shown = answer.content.decode().split("fig-xl")[1].split(">")[1].split("<")[0]
    assert shown.split()[0] in rate
    assert "Support EMEA, Q1 2026" in words(answer)
    assert not CustomMetric.objects.exists()
    assert "own_draft~" not in METRICS


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (boxes(below_1_measure=""), "This field is required"),
        (boxes(unit="days"), "per cent or a number"),
        (of_formula("win_rat"), "Did you mean win_rate?"),
        (of_formula(""), "required"),
        (of_formula("win_rate", min_n="many"), "whole number"),
        ({}, "required"),
    ],
)
def test_the_preview_says_what_is_wrong(ana, draft, expected):
    kind = "formula" if "formula" in draft else "ratio"
    answer = ana.get(PREVIEW, draft | {"kind": kind})
    assert answer.status_code == 200
    assert expected in words(answer)


def test_without_scripts_the_preview_is_a_page(ana):
    answer = ana.get(NEW, boxes() | {"preview": "yes"})
    assert answer.status_code == 200
    assert "Support EMEA, Q1 2026" in words(answer)
    assert 'value="Deals won"' in answer.content.decode()
    assert not CustomMetric.objects.exists()


def test_without_scripts_a_fault_stands_at_its_field(ana):
    answer = ana.get(NEW, boxes(unit="days") | {"preview": "yes"})
    assert answer.status_code == 200
    assert "per cent or a number" in error_beside(answer, "unit")


def test_a_preview_takes_few_queries(ana, django_assert_max_num_queries):
    ana.get(PREVIEW, boxes())
    with django_assert_max_num_queries(16):
        ana.get(PREVIEW, boxes())


def test_an_edit_shows_what_it_changed(everything, ana):
    made = make(ratio(), everything.ana)
    page = ana.get(f"/metrics/{made.key}/edit/")
    assert 'value="Our share"' in page.content.decode()
    given = boxes(title="Our share", text="", min_n="12", number="1")
    answer = ana.post(f"/metrics/{made.key}/edit/", given, follow=True)
    assert answer.redirect_chain[-1][0] == f"/metrics/{made.key}/versions/"
    said = words(answer)
    assert "Version 2" in said
    assert "Enough to judge 30 12 " in said
    assert said.index("Version 2") < said.index("Version 1")


def test_a_stale_edit_is_refused_with_what_was_typed(everything, ana):
    made = make(ratio(), everything.ana)
    change(made, ratio(min_n=5), everything.mona)
    answer = ana.post(f"/metrics/{made.key}/edit/", boxes(number="1"))
    assert answer.status_code == 422
    assert "Somebody else has changed this metric meanwhile" in words(answer)
    assert 'value="Deals won"' in answer.content.decode()


def test_a_metric_can_become_a_formula(everything, ana):
    made = make(ratio(), everything.ana)
    page = f"/metrics/{made.key}/edit/?kind=formula"
    assert "keys that you can use" in words(ana.get(page))
    ana.post(page, of_formula("win_rate / 2", number="1"))
    assert METRICS[made.key].additivity == "X"


def test_what_is_in_use_is_retired_from_its_page(everything, ana):
    made = make(ratio(), everything.ana)
    held = objective(everything, team=everything.support)
    objectives.add_key_result(
        objective=held,
        metric=made.key,
        scope=team_scope(everything.support),
        direction="at_least",
        numbers=Numbers(target=Decimal(50), red=Decimal(10)),
        actor=everything.ana,
        now=NOW,
    )
    page = f"/metrics/{made.key}/retire/"
    said = words(ana.get(page))
    assert held.title in said
    assert "Delete for good" not in said
    answer = ana.post(page, {"act": "delete"})
    assert answer.status_code == 422
    assert "Retire it instead" in words(answer)
    ana.post(page, {"act": "retire"})
    assert "This metric is retired" in words(ana.get(f"/metrics/{made.key}/"))
    assert "Our share" not in words(ana.get("/metrics/own/"))
    assert "Our share" in words(ana.get("/metrics/own/?retired=yes"))
    assert ana.get(f"/objectives/{held.pk}/").status_code == 200
    ana.post(page, {"act": "restore"})
    assert "Our share" in words(ana.get("/metrics/own/"))


def test_what_nothing_is_built_on_can_be_deleted(everything, ana):
    made = make(ratio(), everything.ana)
    ana.post(f"/metrics/{made.key}/retire/", {"act": "delete"})
    assert not CustomMetric.objects.exists()
    assert ana.get(f"/metrics/{made.key}/").status_code == 404


def test_key_results_and_scorecards_take_own_metrics(everything, ana):
    made = make(ratio(title="Our own share"), everything.ana)
    held = objective(everything, team=everything.support)
    page = f"/objectives/{held.pk}/key-results/new/"
    assert "Our own share" in words(ana.get(page))
    given = {
        "scope": "team:support-emea",
        "direction": "increase",
        "baseline": "10",
        "target": "60",
        "weight": "1",
        "title": "Win a larger share",
    }
    answer = ana.post(f"{page}?metric={made.key}&direction=increase", given)
    assert answer.status_code == 302, words(answer)
    assert "Win a larger share" in words(ana.get(f"/objectives/{held.pk}/"))
    assert "Win a larger share" in words(
        ana.get("/scorecards/teams/support-emea/?period=2026-Q1")
    )


@pytest.mark.parametrize("path", ["edit/", "versions/", "retire/"])
def test_declared_metrics_have_no_such_pages(ana, path):
    assert ana.get(f"/metrics/win_rate/{path}").status_code == 404


def test_the_list_is_searched_and_says_when_it_is_empty(everything, ana):
    assert "No own metrics yet" in words(ana.get("/metrics/own/"))
    make(ratio(title="First"), everything.ana)
    make(ratio([WON], [WON], title="Second"), everything.ana)
    assert "2 metrics" in words(ana.get("/metrics/own/"))
    assert "1 metric " in words(ana.get("/metrics/own/?q=second"))
    assert "No metric matches" in words(ana.get("/metrics/own/?q=third"))


def test_the_list_takes_as_few_queries_for_many_as_for_one(
    everything, ana, django_assert_max_num_queries
):
    make(ratio(title="First"), everything.ana)
    ana.get("/metrics/own/")
    with django_assert_max_num_queries(9):
        ana.get("/metrics/own/")
    for number in range(20):
        make(ratio(title=f"M {number}"), everything.ana)
    ana.get("/metrics/own/")
    with django_assert_max_num_queries(9):
        ana.get("/metrics/own/")


def test_names_are_shown_as_text(everything, ana):
    made = make(ratio(title="<script>alert(1)</script>"), everything.ana)
    for page in ("/metrics/", "/metrics/own/", f"/metrics/{made.key}/"):
        assert "<script>alert" not in ana.get(page).content.decode()
