"""Mail over a real socket: what arrives, and every kind of trouble."""

import socket
import time
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.core import mail

from surveys.models import Invitation, Suppression
from surveys.sending import reminders
from surveys.services.dispatch import MAX_ATTEMPTS, due, send_invitation
from tests.surveys.sending.making import plan, rule, run, solved
from tests.world import NOW

State = Invitation.State
DAY = timedelta(days=1)


class Sink:
    """Keeps what it takes; says what it is told to say."""

    def __init__(self):
        self.taken, self.seen = [], 0
        self.at_recipient = self.after_data = "250 OK"
        self.closes = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.seen += 1
        if self.at_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(self, server, session, envelope):
        if self.after_data.startswith("250") or self.closes:
            self.taken.append(
                message_from_bytes(envelope.content, policy=policy.default)
            )
        if self.closes:
            server.transport.abort()
        return self.after_data


@pytest.fixture(scope="module")
def server():
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    yield sink, port
    controller.stop()


@pytest.fixture
def sink(server, settings):
    found, port = server
    found.__init__()
    found.port = port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_TIMEOUT = 2
    settings.BASE_URL = "https://crm.example.net"
    settings.DEFAULT_FROM_EMAIL = "survey@crm.example.net"
    return found


@pytest.fixture
def queued(survey, contact):
    rule(survey, reminder_days=2)
    solved()
    plan()
    return Invitation.objects.get().pk


def test_what_arrives(sink, queued, contact, client):
    """Headers, both parts, and links on the configured address only."""
    assert send_invitation(queued, now=NOW) == State.SENT

    (message,) = sink.taken
    assert message["To"] == contact.email
    assert message["From"] == "Fjordlight <survey@crm.example.net>"
    assert message["Subject"] == "One question from Fjordlight"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]
    uuid = Invitation.objects.get().uuid
    assert message["Message-ID"] == f"<{uuid}@crm.example.net>"
    stop = message["List-Unsubscribe"].strip()
    assert stop.startswith("<https://crm.example.net/u/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.get_content_type() == "multipart/alternative"
    text, html = (part.get_content() for part in message.iter_parts())
    for part in (text, html):
        assert part.count("https://crm.example.net/r/") >= 5
        assert part.count("://") == part.count("https://crm.example.net/")
    assert "How satisfied" in text
    for tag in ("<script", "<img", "<form", "<link"):
        assert tag not in html
    path = stop.strip("<>").removeprefix("https://crm.example.net")
    assert client.get(path).status_code == 200


def test_a_reminder_arrives(sink, queued):
    send_invitation(queued, now=NOW)
    assert reminders.remind(queued, now=NOW + 3 * DAY) is True

    ids = [message["Message-ID"] for message in sink.taken]
    assert len(set(ids)) == 2
    assert all(ident.endswith("@crm.example.net>") for ident in ids)


def test_a_reminder_is_put_off_and_comes_through(sink, queued):
    send_invitation(queued, now=NOW)
    sink.at_recipient = "451 later"
    later = NOW + 3 * DAY
    assert reminders.remind(queued, now=later) is False
    sink.at_recipient = "250 OK"
    assert reminders.due(now=later, limit=9) == []
    (pk,) = reminders.due(now=later + timedelta(hours=1), limit=9)
    assert reminders.remind(pk, now=later + timedelta(hours=1)) is True
    assert len(sink.taken) == 2


@pytest.mark.parametrize("when", ["at_recipient", "after_data"])
def test_a_reminder_is_refused_for_good(sink, queued, when):
    send_invitation(queued, now=NOW)
    setattr(sink, when, "550 no")
    assert reminders.remind(queued, now=NOW + 3 * DAY) is False

    invitation = Invitation.objects.get()
    assert (invitation.remind_at, invitation.state) == (None, State.SENT)
    assert "no" in invitation.fault


def test_a_reminder_is_given_up_after_a_day(settings, sink, queued):
    send_invitation(queued, now=NOW)
    settings.EMAIL_PORT = 1
    now, tries = NOW + 3 * DAY, 0
    while pks := reminders.due(now=now, limit=9):
        reminders.remind(pks[0], now=now)
        now, tries = now + timedelta(hours=1), tries + 1
    assert 24 <= tries <= 40


def test_server_is_down(settings, sink, queued):
    settings.EMAIL_PORT = 1
    assert send_invitation(queued, now=NOW) == State.QUEUED
    _comes_through_later(queued, sink, settings=settings)


@pytest.mark.parametrize("answer", ["451 try later", "450 busy", "421 bye"])
def test_recipient_is_put_off(sink, queued, answer):
    sink.at_recipient = answer
    assert send_invitation(queued, now=NOW) == State.QUEUED
    assert not Suppression.objects.exists()
    sink.at_recipient = "250 OK"
    _comes_through_later(queued, sink)


def test_recipient_does_not_exist(sink, queued):
    """550 parks it: the address is suppressed and never tried again."""
    sink.at_recipient = "550 no such user"
    assert send_invitation(queued, now=NOW) == State.BOUNCED

    sink.at_recipient = "250 OK"
    assert send_invitation(queued, now=NOW + DAY) is None
    assert due(now=NOW + DAY, limit=9) == []
    assert Suppression.objects.get().reason == Suppression.Reason.HARD_BOUNCE
    assert sink.taken == []


def test_message_is_put_off_after_its_text(sink, queued):
    sink.after_data = "451 greylisted"
    assert send_invitation(queued, now=NOW) == State.QUEUED
    sink.after_data = "250 OK"
    _comes_through_later(queued, sink)


def test_message_is_refused_after_its_text(sink, queued):
    """554 about the content tells nothing of the address: parked, not suppressed."""
    sink.after_data = "554 looks like spam"
    assert send_invitation(queued, now=NOW) == State.FAILED

    assert "looks like spam" in Invitation.objects.get().fault
    assert not Suppression.objects.exists()
    assert due(now=NOW + DAY, limit=9) == []


def test_connection_closed_after_the_text(sink, queued):
    """Nobody can know: it goes out once more, under the same Message-ID."""
    sink.closes = True
    assert send_invitation(queued, now=NOW) == State.QUEUED
    sink.closes = False
    send_invitation(queued, now=NOW + DAY)

    first, second = sink.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert Invitation.objects.get().state == State.SENT


def test_server_hangs(settings, queued):
    """A black hole costs the time-out and no more."""
    with _black_hole() as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_TIMEOUT = 0.2
        began = time.monotonic()
        assert send_invitation(queued, now=NOW) == State.QUEUED
        assert time.monotonic() - began < 8
    assert "imed out" in Invitation.objects.get().fault
    assert mail.outbox == []


def test_server_stays_away(settings, sink, queued):
    """Parked after the last attempt, some hours later."""
    settings.EMAIL_PORT = 1
    now, states = NOW, []
    for _ in range(MAX_ATTEMPTS):
        states.append(send_invitation(queued, now=now))
        now = Invitation.objects.get().send_after
    assert states == [State.QUEUED] * (MAX_ATTEMPTS - 1) + [State.FAILED]
    assert due(now=NOW + 99 * DAY, limit=9) == []


def test_two_senders_at_once_mail_once(sink, queued):
    run()
    run()
    assert len(sink.taken) == 1


def _comes_through_later(pk, sink, *, settings=None):
    if settings is not None:
        settings.EMAIL_PORT = sink.port
    later = Invitation.objects.get().send_after
    assert later > NOW
    assert send_invitation(pk, now=later) == State.SENT
    assert send_invitation(pk, now=later) is None
    assert len(sink.taken) == 1


@contextmanager
def _black_hole():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]
