"""Another system asks that somebody be asked: once, by its rights, at its rule."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crmkpi.accounts import services
from crmkpi.accounts.models import ApiKey
from surveys.models import Invitation, Occasion, SendingRule
from tests.surveys.sending.making import rule, run


@pytest.fixture
def api_rule(survey):
    return rule(survey, event=SendingRule.Event.API)


def _key(world, *, scopes=(ApiKey.Scope.WRITE_SURVEYS,), teams=None):
    made, plain = services.create_api_key(
        name="Till",
        scopes=list(scopes),
        teams=teams or [world.support],
        actor=world.adam,
        now=timezone.now(),
    )
    return made, plain


@pytest.fixture
def call(client, world, survey):
    _made, plain = _key(world)

    def post(data=None, *, key="visit-1", plain=plain, slug=survey.slug):
        headers = {"Authorization": f"Bearer {plain}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return client.post(
            reverse("surveys_api:invite", args=[slug]),
            {"email": "grace@example.org"} if data is None else data,
            content_type="application/json",
            headers=headers,
        )

    return post


def test_somebody_is_asked(call, api_rule, contact, world):
    answer = call({"email": "Grace@example.org", "agent": "alice@example.com"})

    assert answer.status_code == 202
    assert answer.json()["state"] == "waiting"
    run(timezone.now())
    (message,) = mail.outbox
    assert message.to == ["Grace@example.org"]
    invitation = Invitation.objects.get()
    assert (invitation.contact, invitation.agent) == (contact, world.alice)
    assert invitation.sent_team == world.berlin
    kept = Occasion.objects.get()
    assert (kept.state, kept.address) == ("asked", "")  # not kept a second time


def test_a_stranger_counts_for_the_team_that_asks(call, api_rule, world):
    call({"email": "new@example.org", "language": "de"})
    run(timezone.now())

    assert Invitation.objects.get().sent_team == world.support
    assert mail.outbox[0].subject == "Eine Frage von Fjordlight"


def test_the_same_key_asks_once_and_answers_the_same(call, api_rule):
    first, second = call(), call()

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    run(timezone.now())
    third = call()
    assert third.json()["id"] == first.json()["id"]
    assert third.json()["state"] == "asked"
    run(timezone.now())
    assert len(mail.outbox) == 1


def test_the_same_key_with_other_content_is_refused(call, api_rule):
    call()
    other = call({"email": "else@example.org"})

    assert other.status_code == 409
    assert "other content" in other.json()["detail"]
    assert Occasion.objects.count() == 1


def test_keys_of_other_systems_do_not_meet(call, api_rule, world):
    _made, plain = _key(world)
    assert call().status_code == 202
    assert call({"email": "else@example.org"}, plain=plain).status_code == 202


def test_both_clocks_hold(call, api_rule):
    call(key="visit-1")
    call(key="visit-2")
    run(timezone.now())

    assert len(mail.outbox) == 1
    assert set(Occasion.objects.values_list("reason", flat=True)) == {"", "recent"}


def test_who_wanted_no_more_is_not_asked_by_another_system_either(call, api_rule):
    call(key="visit-1")
    run(timezone.now())
    stop = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    assert Client().post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200

    assert call(key="visit-2").status_code == 202
    run(timezone.now())

    assert len(mail.outbox) == 1
    assert set(Occasion.objects.values_list("reason", flat=True)) == {"", "suppressed"}


def test_without_a_rule(call, survey):
    answer = call()
    assert answer.status_code == 409
    assert "Switch on a rule" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, ""),
        ({"email": "no"}, "email"),
        ({"email": "a@b.org\x00"}, "email"),
        ({"email": ["a@b.org"]}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"email": "a@b.org", "language": "../x"}, "language"),
        ({"email": "a@b.org", "agent": "nobody@example.com"}, "agent"),
        ({"email": "a@b.org", "agent": "cleo@example.com"}, "agent"),  # out of sight
        ({"email": "a@b.org", "team": 3}, "team"),
        ([], ""),
        ("text", ""),
    ],
)
def test_bad_wishes(call, api_rule, data, field):
    answer = call(data)

    assert answer.status_code == 400
    problem = answer.json()
    assert problem["detail"]
    if field:
        assert {each["parameter"] for each in problem["errors"]} == {field}
    assert not Occasion.objects.exists()


@pytest.mark.parametrize("key", [None, "", "a" * 121, "with space", "ümlaut"])
def test_idempotency_key_is_needed(call, api_rule, key):
    assert call(key=key).status_code == 400
    assert not Occasion.objects.exists()


def test_rights(call, api_rule, world, survey):
    _made, reads = _key(world, scopes=[ApiKey.Scope.READ_SURVEYS])
    _made, berlin = _key(world, teams=[world.berlin])
    _made, sales = _key(world, teams=[world.sales])

    assert call(plain=reads).status_code == 403
    assert call(plain=berlin).status_code == 403  # sees the survey of the team above
    assert call(plain=sales).status_code == 404
    assert call(plain="wrong").status_code == 401
    assert call(slug="no-such").status_code == 404
    assert not Occasion.objects.exists()
