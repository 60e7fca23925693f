"""Metrics over HTTP: what other systems get, and how they are refused."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from crmkpi.accounts import services
from crmkpi.accounts.models import ApiKey
from metrics.catalog import METRICS
from tests.metrics.keys import KEYS, in_turn
from tests.world import NOW, World

pytestmark = pytest.mark.usefixtures("at_now")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def problem(response) -> dict:
    assert response["Content-Type"] == "application/problem+json"
    answer = response.json()
    assert answer["status"] == response.status_code
    assert answer["type"] == "about:blank" and answer["title"]
    return answer


# The catalogue


def test_the_catalogue_lists_every_metric_with_its_definition(
    everything: World,
) -> None:
    answer = signed_in(everything.lee).get("/api/v1/metrics/").json()

    assert [each["key"] for each in answer] == list(METRICS)
    win_rate = next(each for each in answer if each["key"] == "win_rate")
    assert win_rate == {
        "key": "win_rate",
        "title": "Win rate",
        "family": "sales",
        "unit": "percent",
        "better": "higher",
        "additivity": "R",
        "text": "Share of decided deals that were won. Open deals are not in it.",
        "formula": "won ÷ (won + lost)",
        "includes": "Deals won or lost, on the day they were closed.",
        "excludes": "Open deals; test, duplicate and deleted deals.",
        "source": "Won of decided. For won of all that were opened see the close rate.",
        "min_n": 30,
        "matures_after": 0,
        "readings": [],
        "dimensions": ["region", "industry", "product", "channel", "segment"],
        "version": 1,
    }


def test_the_catalogue_names_what_stands_beside_a_mean(everything: World) -> None:
    answer = signed_in(everything.lee).get("/api/v1/metrics/").json()

    found = {each["key"]: each["readings"] for each in answer}
    assert found["first_response_time"] == ["mean", "business_hours", "median", "p90"]


# A value


WAYS = [
    ("company", None, None),
    ("team:support-berlin", "2025-12-01", "2026-02-13"),
    ("agent:alice@example.com", "2026-01-01", "2026-03-31"),
]


@pytest.mark.parametrize(("key", "way"), in_turn(KEYS, WAYS))
def test_a_value_is_what_the_command_says(
    key: str, way: tuple[str, str | None, str | None], everything: World
) -> None:
    scope, first, last = way
    days = {} if first is None else {"from": first, "to": last}
    options = [] if first is None else ["--from", first, "--to", last]

    response = signed_in(everything.mona).get(
        f"/api/v1/metrics/{key}/value", {"scope": scope, **days}
    )
    printed = StringIO()
    call_command(
        "metric_value", key, "--scope", scope, "--json", *options, stdout=printed
    )

    assert response.status_code == 200
    assert response.json() == json.loads(printed.getvalue())


def test_a_value_in_all_its_parts(everything: World) -> None:
    # Alice has tickets 0, 4, 8 … of 68, every other day from 1 October; those of
    # January are the numbers 48 (5 January), 52, 56 and 60 (29 January).
    response = signed_in(everything.mona).get(
        "/api/v1/metrics/ticket_volume/value",
        {"scope": "agent:alice@example.com", "from": "2026-01-01", "to": "2026-01-31"},
    )

    assert response.json() == {
        "key": "ticket_volume",
        "scope": f"agent:~{everything.alice.pk}",
        "from": "2026-01-01",
        "to": "2026-01-31",
        "value": 4,
        "numerator": 4,
        "denominator": None,
        "n": 4,
        "status": "ok",
        "reason": None,
        "is_recalculating": False,
        "interval": None,
        "stats": {},
        "unit": "count",
        "version": 1,
        "computed_at": "2026-02-13T12:00:00+00:00",
        "revised_at": None,
        "revisions": 0,
        "exclusions": [],
    }


def test_another_reading_takes_the_place_of_the_value(everything: World) -> None:
    client = signed_in(everything.mona)
    address = "/api/v1/metrics/first_response_time/value"

    plain = client.get(address).json()
    median = client.get(address, {"stat": "median"}).json()

    assert median["value"] == plain["stats"]["median"] != plain["value"]
    assert median["interval"] is None and plain["interval"]["method"] == "t"
    assert client.get(address, {"stat": "value"}).json()["value"] == plain["value"]


def test_no_data_is_none_with_a_reason(everything: World) -> None:
    nobody_here = {"scope": "agent:nora@example.com"}
    address = "/api/v1/metrics/win_rate/value"
    answer = signed_in(everything.mona).get(address, nobody_here).json()

    assert (answer["value"], answer["status"]) == (None, "no_data")
    assert answer["reason"] == "No deals decided in this period."


@pytest.mark.parametrize(
    ("query", "parameter", "detail"),
    [
        ("from=2026-01-01", "to", "Give both dates, from and to."),
        ("to=2026-01-01", "from", "Give both dates, from and to."),
        (
            "from=2026-02-30&to=2026-03-01",
            "from",
            "“2026-02-30” is no date; write it as 2026-01-31.",
        ),
        (
            "from=2026-01-01&to=20260131",
            "to",
            "“20260131” is no date; write it as 2026-01-31.",
        ),
        ("from=2026-02-01&to=2026-01-31", "to", "The last day is before the first."),
        ("from=1989-12-31&to=2026-01-31", "from", "Choose days between 1990 and 2059."),
        (
            "stat=mode",
            "stat",
            "win_rate has no reading “mode”; it has: value.",
        ),
        (
            "scope=teem:x",
            "scope",
            "There is no dimension “teem”; there are: campaign, channel, client, "
            "clock, industry, policy, process, product, region, segment, stage, "
            "survey, topic, type",
        ),
        ("scope=team:nobody", "scope", "There is no team “nobody”."),
        ("scope=agent:nobody", "scope", "There is no agent “nobody”."),
        ("scope=region:Moon", "scope", "There is no region “Moon”."),
        ("scope=%00", "scope", "A scope has no NUL and no broken characters."),
        ("scope=channel:%00", "scope", "A scope has no NUL and no broken characters."),
        (
            "period=2026-Q1",
            "period",
            "There is no such parameter; there are: scope, from, to, stat.",
        ),
    ],
)
def test_what_is_asked_wrongly_is_named(
    query: str, parameter: str, detail: str, everything: World
) -> None:
    response = signed_in(everything.mona).get(f"/api/v1/metrics/win_rate/value?{query}")

    assert response.status_code == 400
    answer = problem(response)
    assert answer["errors"] == [{"parameter": parameter, "detail": detail}]
    assert answer["detail"] == detail


def test_an_unknown_metric_is_404_and_says_where_all_are(everything: World) -> None:
    response = signed_in(everything.mona).get("/api/v1/metrics/winrate/value")

    assert response.status_code == 404
    assert problem(response)["detail"] == (
        "There is no metric “winrate”. All keys are listed at /api/v1/metrics/."
    )


# Who may ask


@pytest.mark.parametrize(
    ("who", "scope", "status"),
    [
        ("ana", "team:support-emea", 200),
        ("ana", "team:support-berlin", 200),
        ("ana", "agent:alice@example.com", 200),
        ("ana", "channel:phone@team:support-emea", 200),
        ("ana", "channel:phone", 404),
        ("ana", "company", 404),
        ("ana", "team:sales-north", 404),
        ("ana", "agent:cleo@example.com", 404),
        ("ana", "channel:phone@team:sales", 404),
        ("lee", "team:support-berlin", 200),
        ("lee", "team:support-emea", 404),
        ("nora", "company", 200),
        ("alice", "agent:alice@example.com", 200),
        ("alice", "agent:bob@example.com", 404),
        ("alice", "team:support-berlin", 404),
        ("adam", "company", 404),
        ("adam", "team:support-emea", 404),
    ],
)
def test_everybody_gets_the_own_scopes_alone(
    who: str, scope: str, status: int, everything: World
) -> None:
    client = signed_in(getattr(everything, who))

    response = client.get("/api/v1/metrics/win_rate/value", {"scope": scope})

    assert response.status_code == status


def test_the_scope_of_others_reads_like_one_that_does_not_exist(
    everything: World,
) -> None:
    client = signed_in(everything.ana)

    def asked(scope: str) -> tuple[int, str]:
        response = client.get("/api/v1/metrics/win_rate/value", {"scope": scope})
        return response.status_code, problem(response)["detail"].replace(scope, "…")

    assert asked("team:sales-north") == asked("team:nothing-like-it")
    assert asked("agent:cleo@example.com") == asked("agent:nobody@example.com")
    assert asked("channel:phone@team:sales") == asked("channel:phone@team:none")


def test_a_key_reads_the_figures_of_its_teams(everything: World) -> None:
    client, headers = Client(), {"Authorization": f"Bearer {everything.plain_key}"}
    address = "/api/v1/metrics/ticket_volume/value"

    mine = client.get(address, {"scope": "team:support-emea"}, headers=headers)
    below = client.get(address, {"scope": "team:support-berlin"}, headers=headers)
    other = client.get(address, {"scope": "team:sales"}, headers=headers)
    company = client.get(address, headers=headers)

    assert mine.status_code == below.status_code == 200
    assert mine.json()["value"] == below.json()["value"] > 0
    assert other.status_code == company.status_code == 404


def test_a_key_without_the_right_scope_is_refused(everything: World) -> None:
    _key, plain = services.create_api_key(
        name="Import",
        scopes=[ApiKey.Scope.WRITE_FACTS],
        whole_company=True,
        actor=everything.adam,
        now=NOW,
    )
    headers = {"Authorization": f"Bearer {plain}"}

    for path in ("", "win_rate/value", "win_rate/series"):
        response = Client().get(f"/api/v1/metrics/{path}", headers=headers)
        assert response.status_code == 403
        problem(response)


def test_who_is_not_signed_in_is_asked_for_a_key(everything: World) -> None:
    response = Client().get("/api/v1/metrics/win_rate/value")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    problem(response)


@pytest.mark.parametrize("path", ["", "win_rate/value", "win_rate/series"])
@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(path: str, verb: str, everything: World) -> None:
    response = getattr(signed_in(everything.mona), verb)(f"/api/v1/metrics/{path}")

    assert response.status_code == 405
    problem(response)


# A series


def test_a_series_has_whole_periods_and_the_values_of_each(everything: World) -> None:
    client = signed_in(everything.mona)
    days = {"from": "2025-11-15", "to": "2026-02-13"}

    answer = client.get("/api/v1/metrics/csat/series", days).json()

    assert (answer["grain"], answer["unit"]) == ("month", "percent")
    spans = [(point["from"], point["to"]) for point in answer["points"]]
    assert spans == [
        ("2025-11-01", "2025-11-30"),
        ("2025-12-01", "2025-12-31"),
        ("2026-01-01", "2026-01-31"),
        ("2026-02-01", "2026-02-28"),
    ]
    assert [point["is_partial"] for point in answer["points"]] == [False] * 3 + [True]
    for point in answer["points"]:
        days = {"from": point["from"], "to": point["to"]}
        single = client.get("/api/v1/metrics/csat/value", days).json()
        assert point["value"] == single["value"]
        assert point["interval"] == single["interval"]
        assert point["n"] == single["n"]


def test_a_series_says_where_there_is_no_value(everything: World) -> None:
    days = {"from": "2025-09-01", "to": "2025-10-31"}

    answer = signed_in(everything.mona).get("/api/v1/metrics/csat/series", days).json()

    before, first = answer["points"]
    assert (before["value"], before["status"]) == (None, "no_data")
    assert first["value"] is not None


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "from"),
        ("from=2026-01-01", "to"),
        ("from=2020-01-01&to=2026-01-01", "from"),  # more than five years
        ("from=2024-01-01&to=2026-01-01&grain=day", "grain"),  # 732 points
        ("from=2026-01-01&to=2026-01-31&grain=hour", "grain"),
        ("from=2026-01-01&to=2026-01-31&stat=mean", "stat"),
    ],
)
def test_a_series_that_is_asked_wrongly_is_refused(
    query: str, parameter: str, everything: World
) -> None:
    response = signed_in(everything.mona).get(
        f"/api/v1/metrics/win_rate/series?{query}"
    )

    assert response.status_code == 400
    assert problem(response)["errors"][0]["parameter"] == parameter


def test_the_longest_series_is_answered(everything: World) -> None:
    days = {"from": "2025-01-10", "to": "2026-02-13", "grain": "day"}

    answer = signed_in(everything.mona).get("/api/v1/metrics/win_rate/series", days)

    assert len(answer.json()["points"]) == 400


def test_a_series_takes_as_many_queries_for_fifty_periods_as_for_one(
    everything: World, django_assert_max_num_queries
) -> None:
    client = signed_in(everything.mona)
    client.get("/api/v1/metrics/win_rate/value")  # throttles have counted once
    few = {"from": "2026-02-01", "to": "2026-02-01", "grain": "day"}
    many = {"from": "2026-01-01", "to": "2026-02-13", "grain": "day"}
    with django_assert_max_num_queries(40) as seen:
        client.get("/api/v1/metrics/win_rate/series", few)
    one = len(seen)
    with django_assert_max_num_queries(one):
        client.get("/api/v1/metrics/win_rate/series", many)
    assert one <= 12


def test_the_description_of_these_routes_is_clean(db, capsys) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())
