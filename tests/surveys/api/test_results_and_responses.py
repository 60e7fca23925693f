"""Surveys over HTTP: results with interval and method, and answers from elsewhere."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crmkpi.accounts import services
from crmkpi.accounts.models import ApiKey, User
from crmkpi.crm.models import Exclusion
from surveys.models import Answer, Response, Survey
from surveys.scoring import DEFAULT_SCALES, Kind
from surveys.services import answers
from tests.surveys.cast import customer
from tests.surveys.replies import replies
from tests.world import NOW

URL = "/api/v1/surveys/responses"
DAY = timedelta(days=1)


def bearer(world, scope, *, teams=()):
    _key, plain = services.create_api_key(
        name="Helpdesk",
        scopes=[scope],
        teams=teams,
        whole_company=not teams,
        actor=world.adam,
        now=NOW,
    )
    return {"HTTP_AUTHORIZATION": f"Bearer {plain}"}


@pytest.fixture
def send(world):
    header = bearer(world, ApiKey.Scope.WRITE_SURVEYS)

    def post(data, **extra):
        body = data if isinstance(data, str) else json.dumps(data)
        return Client().post(
            URL, body, content_type="application/json", **{**header, **extra}
        )

    return post


def row(external_id="1", **fields):
    return {
        "external_id": external_id,
        "survey": "Old tool",
        "kind": "csat",
        "score": 4,
        "answered": "2026-02-10T09:30:00Z",
        **fields,
    }


def body(*rows, source="old-tool"):
    return {"source": source, "responses": list(rows)}


# Results


def test_value_n_interval_method_and_version(world):
    """70 of 100: Wilson 60.4151 to 78.1051; mean 3.80, net 55."""
    survey = replies({1: 5, 2: 10, 3: 15, 4: 40, 5: 30}, agent_id=world.alice.pk)
    header = bearer(world, ApiKey.Scope.READ_SURVEYS)

    answer = Client().get(f"/api/v1/surveys/{survey.slug}/results", **header).json()
    (found,) = answer["results"]

    assert (found["value"], found["n"], found["method"]) == (70, 100, "wilson")
    assert found["low"] == pytest.approx(60.4151, abs=0.0001)
    assert found["high"] == pytest.approx(78.1051, abs=0.0001)
    assert (found["version"], found["is_current"]) == (1, True)
    assert (found["mean"], found["net"]) == (3.8, 55)
    assert found["sd"] == pytest.approx(1.128, abs=0.0005)
    assert found["distribution"] == {"1": 5, "2": 10, "3": 15, "4": 40, "5": 30}


def test_nps_with_adjusted_wald(world):
    """60, 20, 20: +40 with 23.38 to 54.29."""
    survey = replies(
        {10: 60, 8: 20, 3: 20},
        scale=DEFAULT_SCALES[Kind.NPS],
        agent_id=world.alice.pk,
    )
    header = bearer(world, ApiKey.Scope.READ_SURVEYS)

    answer = Client().get(f"/api/v1/surveys/{survey.slug}/results", **header).json()
    (found,) = answer["results"]

    assert (found["value"], found["method"]) == (40, "adjusted_wald")
    assert found["low"] == pytest.approx(23.38, abs=0.005)
    assert found["high"] == pytest.approx(54.29, abs=0.005)


def test_days_are_both_included(world):
    noon = timezone.now().replace(hour=11)  # the same day in UTC and in Berlin
    survey = replies({5: 3}, agent_id=world.alice.pk, at=noon - 40 * DAY)
    replies({1: 2}, agent_id=world.alice.pk)
    header = bearer(world, ApiKey.Scope.READ_SURVEYS)

    def get(**days):
        url = f"/api/v1/surveys/{survey.slug}/results"
        return Client().get(url, days, **header)

    day = Answer.objects.filter(value=5).first().answered_at.date().isoformat()
    assert get(**{"from": day, "to": day}).json()["results"][0]["n"] == 3
    assert get().json()["results"][0]["n"] == 5
    assert get(**{"from": "2020-01-01", "to": "2020-01-02"}).json()["results"] == []
    for days in (
        {"from": "2026-02-30"},
        {"from": "x"},
        {"to": "9999-01-01"},
        {"from": "2026-02-02", "to": "2026-02-01"},
        {"since": "2026-02-02"},
    ):
        assert get(**days).status_code == 400


def test_keys_of_teams_read_their_own_and_agents_only_five(world):
    survey = replies({5: 4}, agent_id=world.alice.pk)
    replies({1: 9}, agent_id=world.cleo.pk)
    url = f"/api/v1/surveys/{survey.slug}/results"
    header = bearer(world, ApiKey.Scope.READ_SURVEYS, teams=[world.support])
    alice = Client()
    alice.force_login(world.alice)

    assert Client().get(url, **header).json()["results"][0]["n"] == 4
    assert alice.get(url).json()["results"] == []
    assert alice.get(url).json()["is_too_few"] is True
    assert Client().get("/api/v1/surveys/none/results", **header).status_code == 404
    listed = Client().get("/api/v1/surveys/", **header).json()
    assert [each["slug"] for each in listed] == [survey.slug]


# Answers from elsewhere


def test_past_answers_come_once(send, world):
    row_ = row(agent="alice@example.com", comment="fine", language="en")

    first = send(body(row_, row("2", score=1)))
    again = send(body(row_, row("2", score=1)))
    corrected = send(body(row_, row("2", score=2)))

    assert first.status_code == 200
    assert first.json() == {
        "new": 2,
        "changed": 0,
        "same": 0,
        "erased": 0,
        "refused": 0,
        "errors": [],
    }
    assert again.json()["same"] == 2
    assert (corrected.json()["same"], corrected.json()["changed"]) == (1, 1)
    assert Response.objects.count() == 2
    given = Answer.objects.get(agent=world.alice, value__isnull=False)
    assert (given.value, given.answered_team) == (4, world.berlin)
    assert given.answered_at.isoformat() == "2026-02-10T09:30:00+00:00"
    assert Survey.objects.get(name="Old tool").is_imported


def test_rows_are_refused_one_by_one(send):
    answer = send(
        body(
            row("1"),
            row("2", score=6.5),
            row("3", score=9),
            row("4", customer="nobody"),
            row("5", answered="2026-02-30"),
            row("6", mood="good"),
            row("1", score=5),
            {"survey": "x"},
            row("8", comment="a\x00b"),
            row("9", score=True),
            row("10", answered="2026-02-10 09:30"),
            row("11", kind=["csat"]),
            row("12", low=1),
        )
    )

    assert answer.status_code == 200
    found = answer.json()
    assert (found["new"], found["refused"]) == (1, 12)
    assert sorted(error["row"] for error in found["errors"]) == list(range(1, 13))
    reasons = {error["row"]: error for error in found["errors"]}
    assert reasons[1]["field"] == "score"
    assert reasons[1]["reason"] == "This must be a whole number."
    assert "1 to 5" in reasons[2]["reason"]
    assert reasons[3]["value"] == "nobody"
    assert reasons[6]["external_id"] == "1"


def test_all_refused_is_422(send):
    assert send(body(row(score=6.5))).status_code == 422
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "[]",
        "null",
        body(),
        body(row(), source=""),
        body(row(), source="surveys"),
        body(row(), source="！"),
        body(row(), source="x" * 65),
        {"source": "a", "responses": "b"},
        {"source": "a", "responses": [1]},
        {"source": "a", "responses": [row()], "more": 1},
        body(*[row(str(n)) for n in range(1_001)]),
    ],
)
def test_what_is_no_list_of_rows(send, data):
    answer = send(data)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert not Response.objects.exists()


def test_who_may_send(send, world):
    reading = bearer(world, ApiKey.Scope.READ_SURVEYS)

    assert send(body(row()), **reading).status_code == 403
    for person, status in ((world.ana, 403), (world.nora, 403), (world.mona, 200)):
        client = Client()
        client.force_login(person)
        sent = client.post(
            URL, json.dumps(body(row())), content_type="application/json"
        )
        assert sent.status_code == status
    assert send(body(row()), HTTP_AUTHORIZATION="Bearer x").status_code == 401
    assert Client().get(URL).status_code == 401


def test_a_key_of_a_team_sends_answers_about_that_team(send, world):
    header = bearer(world, ApiKey.Scope.WRITE_SURVEYS, teams=[world.support])
    about = {"agent": "Alice@example.com"}

    answer = send(body(row(**about)), **header)

    assert (answer.status_code, answer.json()["new"]) == (200, 1)
    assert Answer.objects.get().answered_team == world.berlin
    changed = send(body(row(score=2, **about)), **header)
    assert (changed.status_code, changed.json()["changed"]) == (200, 1)


def test_a_key_of_a_team_touches_nothing_of_others(send, world, survey):
    """Each row says why not; the good one is taken, and nobody is made."""
    send(body(row("cleos", agent="cleo@example.com")))
    header = bearer(world, ApiKey.Scope.WRITE_SURVEYS, teams=[world.north])
    customer("Globex", agent=world.alice)
    people = User.objects.count()
    cleo = {"agent": "cleo@example.com"}

    answer = send(
        body(
            row("0", **cleo),
            row("1"),
            row("2", agent="alice@example.com"),
            row("3", agent="Cleo"),
            row("4", agent="new@example.com"),
            row("5", agent=["cleo@example.com"]),
            row("6", customer="Globex", **cleo),
            row("7", survey=survey.name.upper(), **cleo),
            row("8", score=9, **cleo),
            row("9\x00", customer="a\x00", **cleo),
            row("cleos", score=1, agent="alice@example.com"),
        ),
        **header,
    )

    found = answer.json()
    assert (found["new"], found["changed"], found["refused"]) == (1, 0, 10)
    assert [(error["row"], error["field"]) for error in found["errors"]] == [
        (1, "agent"),
        (2, "agent"),
        (3, "agent"),
        (4, "agent"),
        (5, "agent"),
        (6, "customer"),
        (7, "survey"),
        (8, "score"),
        (9, "customer"),
        (10, "agent"),
    ]
    assert found["errors"][1]["reason"] == (
        "This agent was in no team of the key on that day."
    )
    assert User.objects.count() == people

    berlin = bearer(world, ApiKey.Scope.WRITE_SURVEYS, teams=[world.berlin])
    taken = send(body(row("cleos", agent="alice@example.com")), **berlin)
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (
        422,
        "external_id",
    )
    assert Answer.objects.get(response__external_id="cleos").value == 4


def test_what_was_left_out_stays_left_out(send, world):
    """Sending again brings no spam back."""
    send(body(row()))
    answers.void_response(
        Response.objects.get(),
        reason=Exclusion.SPAM,
        note="bot",
        actor=world.ana,
        now=NOW,
    )

    send(body(row(score=5)))

    assert Response.objects.get().exclusion == Exclusion.SPAM
    assert {each.exclusion for each in Answer.objects.all()} == {Exclusion.SPAM}


HALF = "a\ud800b"


@pytest.mark.parametrize(
    "fields",
    [
        {"comment": "x\x00"},
        {"survey": "x\x00"},
        {"external_id": "x\x00"},
        {"agent": "x\x00"},
        {"contact": "x\x00"},
        {"comment": "\U0001f600" * 5_001},
        {"score": 10**400},
        {"score": {"a": [1]}},
        {"answered": "9" * 4_000},
    ],
    ids=range(9),
)
def test_text_edge_cases_are_refused_row_by_row(send, fields):
    answer = send(body(row("1") | fields, row("2")))

    assert answer.status_code == 200, answer.content
    assert (answer.json()["new"], answer.json()["refused"]) == (1, 1)
    assert Response.objects.get().external_id == "2"


@pytest.mark.parametrize("text", ["\U0001f600" * 5_000, "pay\u202egnp", "<script>"])
def test_text_edge_cases_that_are_taken(send, text):
    assert send(body(row(comment=text))).json()["new"] == 1

    assert Answer.objects.get(kind="text").text == text


@pytest.mark.parametrize(
    "data",
    [
        body(row(comment=HALF)),
        body(row(survey=HALF)),
        body(row() | {HALF: "x"}),
        body(row(), source=HALF),
        {HALF: 1},
        "[" * 100_000,
        '{"source": "a", "responses": ' + "[" * 900 + "]" * 900 + "}",
    ],
    ids=range(7),
)
def test_text_edge_cases_of_the_whole_body(send, data):
    assert send(data).status_code == 400
    assert not Response.objects.exists()
