"""Text messages through a gateway: signed, tried again, parked."""

import json
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core import mail
from django.utils import timezone

from crmkpi.crm.models import Contact
from surveys.models import Invitation
from surveys.sending import reminders
from surveys.sending.signatures import HEADER, is_signed
from surveys.services.dispatch import send_invitation
from tests.surveys.cast import reply
from tests.surveys.sending.making import became, rule, run, solved
from tests.world import NOW

SECRET = "of the gateway"
State = Invitation.State


@pytest.fixture(scope="module")
def server():
    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.taken.append((self.path, dict(self.headers), body))
            self.send_response(self.server.answers)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Gateway) as made:
        thread = Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def gateway(server, settings, survey, contact):
    server.taken, server.answers = [], 202
    settings.SMS_HOOK_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.SMS_HOOK_SECRET = SECRET
    settings.BASE_URL = "https://crm.example.net"
    Contact.objects.update(phone="+49 (30) 123-45", language="de")
    rule(survey, means="sms", reminder_days=2)
    solved()
    return server


def test_a_message_with_its_links(gateway):
    run()

    ((path, headers, body),) = gateway.taken
    sent, invitation = json.loads(body), Invitation.objects.get()
    assert path == "/send"
    assert sent["to"] == "+493012345"
    assert sent["id"] == headers["Idempotency-Key"] == str(invitation.uuid)
    assert sent["link"].startswith("https://crm.example.net/r/")
    assert sent["stop"].startswith("https://crm.example.net/u/")
    assert sent["text"] == f"Eine Frage von Fjordlight: {sent['link']}"
    assert sent["language"] == "de"
    assert is_signed(headers[HEADER], body, secret=SECRET, now=timezone.now())
    assert invitation.state == State.SENT
    assert mail.outbox == []
    token = sent["link"].rstrip("/").rpartition("/")[2]
    reply(token, 5)
    assert Invitation.objects.get().is_answered


def test_stop_link_of_a_message_stops_messages(gateway, client):
    run()
    stop = json.loads(gateway.taken[0][2])["stop"]
    client.post(stop.removeprefix("https://crm.example.net"))
    solved("T-18", resolved=NOW + timedelta(days=60), now=NOW + timedelta(days=60))
    run(NOW + timedelta(days=60))

    assert list(became().values()) == ["asked", "suppressed"]


@pytest.mark.parametrize("answer", [500, 503, 429, 408])
def test_a_busy_gateway_is_tried_again_with_the_same_key(gateway, answer):
    gateway.answers = answer
    run()
    assert Invitation.objects.get().state == State.QUEUED
    gateway.answers = 200
    run(Invitation.objects.get().send_after)
    run(NOW + timedelta(hours=2))

    assert Invitation.objects.get().state == State.SENT
    keys = Counter(headers["Idempotency-Key"] for _, headers, _ in gateway.taken)
    assert list(keys.values()) == [2]


@pytest.mark.parametrize("answer", [400, 401, 404, 422, 301, 302, 307])
def test_a_refusal_parks_it_and_nothing_is_followed_elsewhere(gateway, answer):
    gateway.answers = answer
    run()
    run(NOW + timedelta(days=1))

    invitation = Invitation.objects.get()
    assert invitation.state == State.FAILED
    assert str(answer) in invitation.fault
    assert [path for path, _, _ in gateway.taken] == ["/send"]


def test_gateway_is_down(gateway, settings):
    settings.SMS_HOOK_URL = "http://127.0.0.1:1/send"
    run()
    assert Invitation.objects.get().state == State.QUEUED


def test_no_gateway_is_configured(gateway, settings):
    settings.SMS_HOOK_URL = ""
    run()
    assert Invitation.objects.get().state == State.FAILED


def test_without_a_number(gateway):
    Contact.objects.update(phone="")
    run()
    assert became() == {"T-17": "no phone"}


def test_a_reminder_has_a_key_of_its_own(gateway):
    run()
    (pk,) = Invitation.objects.values_list("pk", flat=True)
    assert reminders.remind(pk, now=NOW + timedelta(days=2)) is True
    assert send_invitation(pk, now=NOW + timedelta(days=2)) is None

    keys = [headers["Idempotency-Key"] for _, headers, _ in gateway.taken]
    assert len(set(keys)) == 2
