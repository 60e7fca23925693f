"""The page of one metric and its values as a file."""

import json
import re

import pytest
from django.test import Client

from metrics.catalog import METRICS
from metrics.models import MetricVersion
from metrics.services import drain
from tests.metrics.catalog.test_market import answered
from tests.metrics.keys import KEYS, in_turn
from tests.metrics.views.reading import page, signed_in, table, words
from tests.world import NOW, World, day

pytestmark = pytest.mark.usefixtures("at_now")


WAYS = ["", "?scope=team:support-emea&period=2025-Q4", "?period=all"]


@pytest.mark.parametrize(("key", "query"), in_turn(KEYS, WAYS))
def test_every_metric_has_a_page(key: str, query: str, everything: World) -> None:
    text = words(page(signed_in(everything.mona), f"/metrics/{key}/{query}"))

    for part in (METRICS[key].title, METRICS[key].formula, METRICS[key].excludes):
        assert words(str(part)) in text


def test_the_value_stands_with_count_interval_and_sum(everything: World) -> None:
    text = words(
        page(
            signed_in(everything.mona),
            "/metrics/same_day_closure_rate/?period=2025-10-01..2026-02-13",
        )
    )
    answer = (
        signed_in(everything.mona)
        .get(
            "/api/v1/metrics/same_day_closure_rate/value",
            {"from": "2025-10-01", "to": "2026-02-13"},
        )
        .json()
    )

    above, below = answer["numerator"], answer["denominator"]
    assert (
        f"{above} of {below}, with 95 % confidence the real value lies between" in text
    )
    assert f"{above} ÷ {below}" in text
    assert f"Matches the rows, {below} of {below}" in text


def test_an_open_period_is_compared_with_the_same_days(everything: World) -> None:
    text = words(page(signed_in(everything.mona), "/metrics/ticket_volume/"))

    assert "Q1 2026 to 13 Feb 17" in text
    # 1 October to 13 November: 22 tickets, 5 of them left out; the same number.
    assert "Same days of Q4 2025 17 0 %, no real change" in text
    assert "Same days of Q1 2025 no value" in text
    assert "Still open" in text
    whole = words(
        page(signed_in(everything.mona), "/metrics/ticket_volume/?period=2025-Q4")
    )
    (count,) = re.findall(r"Q4 2025 (\d+) Status", whole)
    assert int(count) > 17 and f"Q4 2025 as a whole {count}" in text


def test_a_closed_period_is_compared_as_a_whole(everything: World) -> None:
    address = "/metrics/ticket_volume/?period=2026-01"

    text = words(page(signed_in(everything.mona), address))

    assert "December 2025 " in text and "January 2025 no value" in text
    assert "Same days of" not in text


def test_median_and_variants_stand_beside_a_mean(everything: World) -> None:
    text = words(page(signed_in(everything.mona), "/metrics/first_response_time/"))

    for label in ("Median", "90th percentile", "In business hours"):
        assert label in text


def test_mean_and_spread_stand_beside_a_share_of_answers(world: World) -> None:
    """7, 7, 7 and 4 of 7: 75 % found it easy, the mean is 6.25, three gave a 7."""
    answered(world, "ces", 1, 7, 5, [7, 7, 7, 4], on=day("2026-02-02"))
    drain(now=NOW)

    text = words(page(signed_in(world.mona), "/metrics/ces/?period=2026-02"))

    assert "Mean 6.3" in text
    assert "How answers spread" in text and "7: 3 answers, 75 %" in text
    assert "Answers of" not in text  # each score is told once


def test_the_trend_is_drawn_from_the_numbers_of_its_table(everything: World) -> None:
    html = page(signed_in(everything.mona), "/metrics/answer_rate/?grain=month")

    found = re.search(
        r'<script id="trend" type="application/json">(.*?)</script>', html
    )
    spec = json.loads(found[1])
    assert spec["labels"][0] == "February 2025" and len(spec["labels"]) == 13
    assert spec["values"][:8] == [None] * 8
    assert spec["open_from"] == 12 and spec["max"] == 100
    for number, text in zip(spec["values"], spec["texts"], strict=True):
        if number is not None:
            assert words(text.split(",")[0]) in words(html)


def test_what_looks_back_over_a_year_is_drawn_by_months(everything: World) -> None:
    client = signed_in(everything.mona)
    months = page(client, "/metrics/repeat_purchase_rate/")
    weeks = page(client, "/metrics/repeat_purchase_rate/?grain=week")

    assert re.search(r'grain=month" aria-current="true"', months)
    assert re.search(r'grain=week" aria-current="true"', weeks)


def test_a_value_is_split_by_every_dimension_of_its_rows(everything: World) -> None:
    client = signed_in(everything.ana)

    html = page(client, "/metrics/win_rate/?by=region&period=all")

    assert ">Region</a>" in html and ">Team</a>" in html
    assert "By region" in words(html)
    assert "region%3ANorth%40team%3Asupport-emea" in html
    inside = page(
        client, "/metrics/win_rate/?scope=region:North@team:support-emea&period=all"
    )
    assert "North, Support EMEA" in inside


def test_the_members_of_a_count_add_up_to_the_whole(everything: World) -> None:
    client = signed_in(everything.mona)
    html = page(client, "/metrics/ticket_volume/?by=channel&period=all")

    split = html[html.index('id="by"') :]
    body, foot = split.split("<tfoot>")
    numbers = [int(each) for each in re.findall(r'num strong">(\d+)<', body)]
    assert len(numbers) == 4
    assert sum(numbers) == int(re.findall(r'class="num">(\d+)<', foot)[0])


def test_managers_see_the_teams_below_and_no_others(everything: World) -> None:
    mona = page(signed_in(everything.mona), "/metrics/ticket_volume/?by=team")
    ana = page(signed_in(everything.ana), "/metrics/ticket_volume/?by=team")

    def teams(html: str) -> list[str]:
        split = html[html.index('id="by"') :].split("</table>")[0]
        return re.findall(r'href="\?[^"]*scope=team%3A([a-z-]+)', split)

    assert sorted(teams(mona)) == ["sales", "support-emea"]
    assert teams(ana) == ["support-berlin"]


def test_a_lead_of_one_team_and_an_agent_get_no_split_by_team(
    everything: World,
) -> None:
    lead = page(signed_in(everything.lee), "/metrics/ticket_volume/")
    agent = page(signed_in(everything.alice), "/metrics/ticket_volume/")

    assert "By channel" in words(lead) and ">Team</a>" not in lead
    assert 'id="by"' not in agent


def test_an_unknown_way_to_split_or_grain_is_passed_over(everything: World) -> None:
    client = signed_in(everything.mona)

    html = page(client, "/metrics/win_rate/?by=moon&grain=hour&compare=never")

    assert "By region" in words(html)


def test_a_scope_that_rows_do_not_carry_says_so(everything: World) -> None:
    client = signed_in(everything.mona)

    text = words(page(client, "/metrics/win_rate/?scope=survey:CSAT"))
    agent = words(page(client, "/metrics/new_customers/?scope=agent:alice@example.com"))

    assert "Not split by survey." in text
    assert "No value" not in agent


def test_earlier_versions_of_the_definition_are_listed(everything: World) -> None:
    old = {"answered_within_seconds": 30, "min_n": 30}
    new = {"answered_within_seconds": 20, "min_n": 30}
    for number, terms in ((2, {}), (3, old), (4, new)):
        MetricVersion.objects.create(
            key="service_level",
            number=number,
            fingerprint=str(number),
            terms=terms,
            since=NOW,
        )

    text = words(page(signed_in(everything.mona), "/metrics/service_level/"))

    assert "Definition v4 since 13 Feb 2026" in text
    assert "Windows and thresholds Answered within 20 seconds" in text
    assert (
        "All versions v4 since 13 Feb 2026 Answered within: 20 seconds, before 30 "
        "seconds v3 since 13 Feb 2026 Its formula or what is shown beside it changed. "
        "v2 since" in text
    )


@pytest.mark.parametrize("key", KEYS[::2])
def test_page_file_and_api_show_the_same_number(key: str, everything: World) -> None:
    client, days = signed_in(everything.ana), {"from": "2025-10-01", "to": "2025-12-31"}
    query = {"scope": "team:support-emea"}
    period = "?scope=team:support-emea&period=2025-Q4"

    answer = client.get(f"/api/v1/metrics/{key}/value", query | days).json()
    line = table(client, f"/metrics/{key}/values.csv{period}")[0]
    html = page(client, f"/metrics/{key}/{period}")

    assert line["value"] == ("" if answer["value"] is None else str(answer["value"]))
    shown = re.search(
        r'class="fig-xl[^"]*">([^<]*)(?:<span class="unit"> ([^<]*))?', html
    )
    printed = {"percent": 1, "count": 0, "points": 0, "score": 1, "days": 1}
    if answer["value"] is None:
        assert shown[1] == "no value"
    elif answer["unit"] in printed:
        number = float(shown[1].replace(",", "").replace("−", "-").replace("+", ""))
        assert number == pytest.approx(
            answer["value"], abs=0.5 * 10 ** -printed[answer["unit"]] + 1e-9
        )


def test_the_file_has_the_value_first_and_the_trend_behind(everything: World) -> None:
    address = "/metrics/csat/values.csv?period=2025-Q4&grain=month"

    lines = table(signed_in(everything.mona), address)

    assert (lines[0]["from"], lines[0]["to"]) == ("2025-10-01", "2025-12-31")
    assert len(lines) == 14
    assert (lines[-1]["from"], lines[-1]["to"]) == ("2025-12-01", "2025-12-31")
    assert lines[1]["value"] == "" and lines[1]["reason"]


@pytest.mark.parametrize("path", ["", "values.csv"])
@pytest.mark.parametrize(
    ("who", "query", "status"),
    [
        ("lee", "", 200),
        ("nora", "", 200),
        ("ana", "?scope=team:sales-north", 404),
        ("ana", "?scope=company", 404),
        ("ana", "?scope=agent:cleo@example.com", 404),
        ("alice", "?scope=agent:bob@example.com", 404),
        ("alice", "?scope=team:support-berlin", 404),
        ("adam", "", 404),
        ("ana", "?period=never", 404),
    ],
)
def test_who_may_see_what(
    path: str, who: str, query: str, status: int, everything: World
) -> None:
    client = signed_in(getattr(everything, who))

    assert client.get(f"/metrics/win_rate/{path}{query}").status_code == status


@pytest.mark.parametrize("path", ["", "values.csv", "passport/", "rows/", "rows.csv"])
def test_an_unknown_metric_is_not_found(path: str, everything: World) -> None:
    assert signed_in(everything.mona).get(f"/metrics/winrate/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "values.csv", "passport/", "rows/", "rows.csv"])
@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(path: str, verb: str, everything: World) -> None:
    client = signed_in(everything.mona)

    assert getattr(client, verb)(f"/metrics/win_rate/{path}").status_code == 405


@pytest.mark.parametrize("path", ["", "values.csv", "passport/", "rows/", "rows.csv"])
def test_strangers_are_asked_to_sign_in(path: str, everything: World) -> None:
    response = Client().get(f"/metrics/win_rate/{path}")

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_only_who_manages_is_offered_an_objective(everything: World) -> None:
    assert "New objective" in page(signed_in(everything.ana), "/metrics/win_rate/")
    assert "New objective" not in page(signed_in(everything.nora), "/metrics/win_rate/")
    assert "New objective" not in page(signed_in(everything.lee), "/metrics/win_rate/")
