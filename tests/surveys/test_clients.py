"""What surveys know of an outsourcer's clients: those of the ticket asked about."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from crmkpi.accounts import services
from crmkpi.accounts.models import ApiKey
from crmkpi.crm.models import Member
from surveys.models import Answer, Invitation, Occasion
from surveys.services import answers
from tests.surveys.cast import ask, reply, token_of
from tests.surveys.replies import replies
from tests.surveys.sending.making import rule, run, solved
from tests.world import NOW

BANK = "North Bank"


@pytest.fixture
def bank(db):
    return Member.objects.create(dimension="client", name=BANK)


def test_an_answer_is_of_the_client_whose_ticket_it_is_about(
    world, survey, contact, mailoutbox
):
    """Also when the ticket is another client's by the time it is answered."""
    rule(survey)
    solved(client=BANK)
    run()
    solved(client="Harbour Air")

    answered = reply(token_of(mailoutbox[-1]), 5)
    answers.comment(answered.edit_key, text="Quick", now=NOW)

    bank = Member.objects.get(name=BANK)
    assert Occasion.objects.get().client == bank
    assert Invitation.objects.get().client == bank
    given = Answer.objects.order_by("pk")
    assert [each.client for each in given] == [bank, bank]


def test_an_answer_to_what_was_asked_by_hand_is_of_no_client(survey, contact, bank):
    _invitation, token = ask(survey, contact)
    reply(token, 4)

    assert Answer.objects.get().client is None


def test_past_answers_say_their_client(world):
    _key, plain = services.create_api_key(
        name="Helpdesk",
        scopes=[ApiKey.Scope.WRITE_SURVEYS],
        teams=(),
        whole_company=True,
        actor=world.adam,
        now=NOW,
    )
    row = {"survey": "Old", "kind": "csat", "answered": "2026-02-10"}
    sent = [
        row | {"external_id": "1", "score": 4, "client": BANK, "comment": "ok"},
        row | {"external_id": "2", "score": 2},
    ]

    def send(*rows):
        return (
            Client()
            .post(
                "/api/v1/surveys/responses",
                json.dumps({"source": "old", "responses": rows}),
                content_type="application/json",
                HTTP_AUTHORIZATION=f"Bearer {plain}",
            )
            .json()
        )

    def clients():
        given = Answer.objects.order_by("response__external_id", "pk")
        return list(given.values_list("client__name", flat=True))

    assert (send(*sent)["new"], clients()) == (2, [BANK, BANK, None])
    assert send(*sent)["same"] == 2
    # Without the field it stays, another one moves the answer.
    assert send(row | {"external_id": "1", "score": 5})["changed"] == 1
    assert clients()[0] == BANK
    assert send(row | {"external_id": "1", "score": 5, "client": ""})["changed"] == 1
    assert clients()[0] is None


def test_answers_are_split_by_client_where_there_are_clients(client, world):
    client.force_login(world.ana)
    survey = replies({5: 8, 1: 2}, agent_id=world.alice.pk)
    page = reverse("surveys:breakdown", args=[survey.slug])
    assert "by=client" not in client.get(page).content.decode()

    bank = Member.objects.create(dimension="client", name=BANK)
    replies({5: 5, 1: 5}, agent_id=world.alice.pk, client_id=bank.pk)

    assert "by=client" in client.get(page).content.decode()
    rows = client.get(page, {"by": "client"}).context["rows"]
    found = {row["name"]: (row["figure"].text, row["n"]) for row in rows}
    assert found == {BANK: ("50", 10), "None of these": ("80", 10)}
