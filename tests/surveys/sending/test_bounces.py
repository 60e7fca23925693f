"""Mail that came back: signed, once, and what follows for the address."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from surveys.models import BounceEvent, Invitation, Suppression
from surveys.sending.bounces import Bounce, take_bounces
from surveys.sending.signatures import HEADER, is_signed, sign
from tests.surveys.cast import ask, listening, reply
from tests.surveys.sending.making import became, rule, run, solved
from tests.world import NOW

SECRET = "a secret between two systems"
DAY = timedelta(days=1)
HOOK = "/hooks/bounces/"


@pytest.fixture(autouse=True)
def secret(settings):
    settings.BOUNCE_HOOK_SECRET = SECRET


def _tell(client, *events, body=None, secret=SECRET, at=None, header=None):
    sent = json.dumps({"events": list(events)}).encode() if body is None else body
    signature = header or sign(sent, secret=secret, at=at or timezone.now())
    return client.post(
        HOOK, sent, content_type="application/json", headers={HEADER: signature}
    )


def _event(ident="e1", kind="hard", address="grace@example.org", **more):
    return {"id": ident, "kind": kind, "address": address, **more}


def test_bounces_suppress_and_leave_the_denominator(client, survey, contact):
    invitation, _ = ask(survey, contact)
    message_id = mail.outbox[0].extra_headers["Message-ID"]
    with listening() as news:
        answer = _tell(client, _event(message_id=message_id))

    assert (answer.status_code, answer.json()) == (200, {"new": 1})
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.BOUNCED
    assert invitation.is_bounced
    assert news[-1].after[0]["is_bounced"] is True
    assert Suppression.objects.get().reason == Suppression.Reason.HARD_BOUNCE


def test_the_same_event_counts_once(client, survey, contact):
    ask(survey, contact)
    for _ in range(3):
        _tell(client, _event(kind="soft"))

    assert BounceEvent.objects.count() == 1
    assert not Suppression.objects.exists()


def test_bounces_that_are_soft_are_quarantine_after_three(survey, contact):
    for n in range(3):
        assert not Suppression.objects.exists()
        take_bounces([Bounce(f"e{n}", "soft", contact.email)], now=NOW + n * DAY)

    kept = Suppression.objects.get()
    assert kept.reason == Suppression.Reason.SOFT_BOUNCE
    assert kept.until == NOW + 32 * DAY
    rule(survey)
    solved(resolved=NOW + 3 * DAY, now=NOW + 3 * DAY)
    run(NOW + 3 * DAY)
    assert became() == {"T-17": "quarantine"}


def test_soft_bounces_of_long_ago_do_not_count(contact):
    for n in range(3):
        take_bounces([Bounce(f"e{n}", "soft", contact.email)], now=NOW + n * 50 * DAY)

    assert not Suppression.objects.exists()


def test_a_complaint_is_a_wish(client, survey, contact):
    ask(survey, contact)
    _tell(client, _event(kind="complaint"))

    assert Suppression.objects.get().reason == Suppression.Reason.UNSUBSCRIBED
    assert Invitation.objects.get().state == Invitation.State.SENT


def test_an_answer_proves_that_mail_arrived(client, survey, contact):
    _, token = ask(survey, contact)
    reply(token, 5)
    message_id = mail.outbox[0].extra_headers["Message-ID"]
    _tell(client, _event(message_id=message_id))

    assert Invitation.objects.get().state == Invitation.State.ANSWERED


def test_message_ids_of_others_move_nothing(client, survey, contact):
    ask(survey, contact)
    message_id = mail.outbox[0].extra_headers["Message-ID"]
    _tell(client, _event("e1", address="else@example.org", message_id=message_id))
    _tell(client, _event("e2", address="else@example.org", message_id="<x@y>"))

    assert Invitation.objects.get().state == Invitation.State.SENT


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "another"},
        {"at": timezone.now() - timedelta(minutes=6)},
        {"at": timezone.now() + timedelta(minutes=60)},
        {"header": "t=1,v1=" + "0" * 64},
        {"header": "nonsense"},
        {"header": "t=99999999999999999,v1=zz"},
    ],
)
def test_unsigned_is_refused(client, db, forged):
    answer = _tell(client, _event(), **forged)

    assert answer.status_code == 401
    assert not Suppression.objects.exists()


def test_a_changed_body_is_refused(client, db):
    signature = sign(b"{}", secret=SECRET, at=timezone.now())
    assert _tell(client, _event(), header=signature).status_code == 401


def test_without_a_secret_nothing_is_taken(client, db, settings):
    settings.BOUNCE_HOOK_SECRET = ""
    assert _tell(client, _event(), secret="").status_code == 401
    assert not is_signed(sign(b"", secret="", at=NOW), b"", secret="", now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'{"events": 5}', b'{"events": [5]}', b"\xff",
        b'{"events": [{"id": "", "kind": "hard", "address": "a@b.org"}]}',
        b'{"events": [{"id": "1", "kind": "odd", "address": "a@b.org"}]}',
        b'{"events": [{"id": "1", "kind": "hard", "address": "no"}]}',
        b'{"events": [{"id": "1", "kind": "hard", "address": 7}]}',
        b'{"events": [{"id": "1", "kind": ["hard"], "address": "a@b.org"}]}',
        b'{"events": [{"id": "1", "kind": {}, "address": "a@b.org"}]}',
        b'{"events": [{"id": "\\u0000", "kind": "hard", "address": "a@b.org"}]}',
        b'{"events": [{"id": "1", "kind": "hard", "address": "a@b.org",'
        b' "message_id": 5}]}',
    ],
)  # fmt: skip
def test_bad_bodies_are_refused_whole(client, db, body):
    answer = _tell(client, body=body)

    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert not BounceEvent.objects.exists()


def test_one_bad_event_refuses_all(client, db):
    answer = _tell(client, _event("e1"), _event("e2", kind="odd"))

    assert answer.status_code == 422
    assert "Event 2" in answer.json()["detail"]
    assert not Suppression.objects.exists()


def test_only_post(client, db):
    assert client.get(reverse("surveys:bounces")).status_code == 405
