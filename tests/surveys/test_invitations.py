"""Asking people: whom, how often, and each mail once."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crmkpi.crm.models import Contact
from surveys import tasks
from surveys.models import Invitation, InvitationToken, SendingLimits, Suppression
from surveys.scoring import Kind
from surveys.services.dispatch import LEASE, MAX_ATTEMPTS, due, expire, send_invitation
from surveys.services.errors import BadSurvey, UnknownLink
from surveys.services.invitations import Invited, invite
from surveys.services.suppressions import suppress, unsubscribe
from surveys.services.surveys import close, create_survey, publish
from surveys.tokens import address_hash, hash_of
from tests.surveys.cast import ask, contact, recipient, reply, token_of
from tests.world import NOW, day

DAY = timedelta(days=1)
State, Skip = Invitation.State, Invitation.Skip


def _invite(survey, *people, request="r1", now=NOW, **fields):
    return invite(
        survey,
        [recipient(each, **fields) for each in people],
        request=request,
        actor=None,
        now=now,
    )


def test_invitation_freezes_what_it_is_about(world, survey, contact, heard):
    invitation, _ = ask(survey, contact, agent_id=world.alice.pk)

    assert invitation.state == State.SENT
    assert invitation.sent_team == world.berlin
    assert invitation.agent == world.alice
    assert invitation.sent_day == day("2026-02-13")
    assert invitation.expires_at == NOW + 14 * DAY
    sent = heard[-1]
    assert sent.model is Invitation
    assert sent.before[0]["sent_day"] is None
    assert sent.after[0]["sent_day"] == day("2026-02-13")


def test_invitation_for_nobody_counts_for_the_team_that_asks(world, survey, contact):
    _invite(survey, contact)

    invitation = Invitation.objects.get()
    assert (invitation.agent, invitation.sent_team) == (None, world.support)


def test_asking_twice_for_the_same_is_asking_once(survey, contact):
    assert _invite(survey, contact) == Invited(queued=1, skipped=0, same=0)
    assert _invite(survey, contact) == Invited(queued=0, skipped=0, same=1)
    assert Invitation.objects.count() == 1


def test_one_invitation_for_a_subject(survey, contact):
    """Whoever asks for it, and under whichever request."""
    _invite(survey, contact, subject="ticket:T-17", request="r1")
    again = _invite(survey, contact, subject="ticket:T-17", request="r2")

    assert again == Invited(queued=0, skipped=0, same=1)


def test_who_was_asked_lately_is_skipped_with_the_reason(survey, contact):
    _invite(survey, contact, request="r1")

    soon = _invite(survey, contact, request="r2", now=NOW + 29 * DAY)
    later = _invite(survey, contact, request="r3", now=NOW + 30 * DAY)

    assert (soon.queued, soon.skipped) == (0, 1)
    assert Invitation.objects.get(state=State.SKIPPED).skip_reason == Skip.RECENT
    assert later.queued == 1


def test_the_same_address_twice_in_one_request(survey, customer, contact):
    double = Contact.objects.create(
        source=contact.source,
        external_id="double",
        email=contact.email.upper(),
        customer=customer,
        written_at=NOW,
    )

    assert _invite(survey, contact, double) == Invited(queued=1, skipped=0, same=0)


def test_a_skipped_one_does_not_count_as_asked(survey, contact):
    suppress(
        address_hash(contact.email), reason=Suppression.Reason.UNSUBSCRIBED, now=NOW
    )
    _invite(survey, contact, request="r1")
    Suppression.objects.all().delete()

    assert _invite(survey, contact, request="r2").queued == 1


@pytest.mark.parametrize(
    ("until", "queued"), [(None, 0), (NOW + DAY, 0), (NOW, 1), (NOW - DAY, 1)]
)
def test_suppression_is_respected(survey, contact, until, queued):
    Suppression.objects.create(
        address_hash=address_hash(f" {contact.email.upper()} "),
        reason=Suppression.Reason.SOFT_BOUNCE,
        until=until,
        created_at=NOW - 2 * DAY,
    )

    assert _invite(survey, contact).queued == queued


def test_without_address_or_erased(survey, customer):
    nowhere = contact("Nowhere", customer=customer, email="")
    gone = contact("Gone", customer=customer, erased_at=NOW)

    _invite(survey, nowhere, gone)

    reasons = dict(Invitation.objects.values_list("contact_id", "skip_reason"))
    assert reasons == {nowhere.pk: Skip.NO_ADDRESS, gone.pk: Skip.ERASED}
    assert not Invitation.objects.exclude(address="").exists()


def test_a_draft_or_closed_survey_invites_nobody(world, survey, contact):
    _invite(survey, contact)
    close(survey, actor=world.ana, now=NOW)

    with pytest.raises(BadSurvey):
        _invite(survey, contact, request="r2")
    assert Invitation.objects.get().state == State.CANCELLED
    assert due(now=NOW, limit=9) == []


def test_number_of_queries_does_not_grow(survey, customer, django_assert_num_queries):
    SendingLimits.objects.create(pk=1)
    one, *many = (contact(f"C{n}", customer=customer) for n in range(21))
    with CaptureQueriesContext(connection) as for_one:
        _invite(survey, one, request="one")
    with django_assert_num_queries(len(for_one)):
        _invite(survey, *many, request="many")


# Sending


def test_celery_sends_twice(survey, contact):
    """Two tasks for one invitation: one mail."""
    _invite(survey, contact)
    (pk,) = due(now=NOW, limit=9)

    assert send_invitation(pk, now=NOW) == State.SENT
    assert send_invitation(pk, now=NOW) is None
    assert due(now=NOW + DAY, limit=9) == []
    assert len(mail.outbox) == 1


def test_taken_by_another_sender(survey, contact):
    _invite(survey, contact)
    (pk,) = due(now=NOW, limit=9)
    Invitation.objects.update(state=State.SENDING, lease_until=NOW + LEASE)

    assert send_invitation(pk, now=NOW) is None
    assert mail.outbox == []


def test_a_dead_sender_is_followed_after_its_lease(survey, contact):
    """The second copy has the Message-ID of the first; both links work."""
    _invite(survey, contact)
    (pk,) = due(now=NOW, limit=9)
    send_invitation(pk, now=NOW)
    Invitation.objects.update(
        state=State.SENDING, lease_until=NOW + LEASE, sent_at=None, sent_day=None
    )

    assert due(now=NOW + LEASE - timedelta(seconds=1), limit=9) == []
    assert due(now=NOW + LEASE, limit=9) == [pk]
    assert send_invitation(pk, now=NOW + LEASE) == State.SENT

    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    reply(token_of(first), 5)
    assert Invitation.objects.get().is_answered


def test_answered_before_the_sender_noticed(survey, contact):
    """The mail arrived, the answer came, and only then the sender wrote "sent"."""
    _, token = ask(survey, contact)
    Invitation.objects.update(state=State.SENDING, lease_until=NOW)
    reply(token, 5)
    Invitation.objects.update(state=State.SENDING, lease_until=NOW)

    send_invitation(Invitation.objects.get().pk, now=NOW)

    assert Invitation.objects.get().state == State.ANSWERED


def test_bounces(survey, contact, monkeypatch):
    """An address that does not exist is suppressed and not counted as asked."""
    _refuse(monkeypatch, SMTPRecipientsRefused({contact.email: (550, b"no such user")}))
    _invite(survey, contact)
    (pk,) = due(now=NOW, limit=9)

    assert send_invitation(pk, now=NOW) == State.BOUNCED

    invitation = Invitation.objects.get()
    assert invitation.is_bounced
    assert invitation.sent_day is None
    assert invitation.fault == "550 no such user"
    assert Suppression.objects.get().reason == Suppression.Reason.HARD_BOUNCE


@pytest.mark.parametrize(
    "fault",
    [
        SMTPServerDisconnected("gone"),
        TimeoutError("slow"),
        SMTPRecipientsRefused({"x": (451, b"later")}),
    ],
)
def test_mail_server_trouble_is_tried_again_with_growing_pauses(
    survey, contact, monkeypatch, fault
):
    _refuse(monkeypatch, fault)
    _invite(survey, contact)
    (pk,) = due(now=NOW, limit=9)

    assert send_invitation(pk, now=NOW) == State.QUEUED
    minute = timedelta(minutes=1)
    assert due(now=NOW + minute - timedelta(seconds=1), limit=9) == []
    assert send_invitation(pk, now=NOW + minute) == State.QUEUED
    assert due(now=NOW + 2 * minute, limit=9) == []
    assert due(now=NOW + 3 * minute, limit=9) == [pk]
    Invitation.objects.update(attempts=MAX_ATTEMPTS - 1)
    assert send_invitation(pk, now=NOW + DAY) == State.FAILED
    assert not Suppression.objects.exists()


def test_who_unsubscribed_while_mail_waited_gets_none(survey, contact):
    _invite(survey, contact)
    (pk,) = due(now=NOW, limit=9)
    suppress(
        address_hash(contact.email), reason=Suppression.Reason.UNSUBSCRIBED, now=NOW
    )

    assert send_invitation(pk, now=NOW) == State.SKIPPED
    assert mail.outbox == []


def test_send_later(survey, contact):
    invite(
        survey,
        [recipient(contact)],
        request="r",
        actor=None,
        now=NOW,
        send_after=NOW + DAY,
    )

    assert due(now=NOW + DAY - timedelta(seconds=1), limit=9) == []
    assert len(due(now=NOW + DAY, limit=9)) == 1


def test_only_hashes_of_tokens_are_kept(survey, contact):
    _, token = ask(survey, contact)

    stored = set(InvitationToken.objects.values_list("token_hash", flat=True))
    assert hash_of(token) in stored
    assert token not in stored
    assert len(stored) == 2


# The mail


def test_mail_has_links_that_only_preselect(settings, survey, contact):
    settings.BASE_URL = "https://crm.example.net"
    _, token = ask(survey, contact)

    (message,) = mail.outbox
    assert message.to == [contact.email]
    assert message.from_email.startswith("Fjordlight <")
    assert message.subject == "One question from Fjordlight"
    html = message.alternatives[0].content
    for score in range(1, 6):
        link = f"https://crm.example.net/r/{token}/?score={score}"
        assert link in message.body
        assert f'href="{link}"' in html
    assert "About your request of 12 February." in message.body
    assert "You can answer until 27 February." in message.body
    assert "<style" not in html
    assert 'class="value"' not in html or "style=" in html
    assert "<img" not in html
    assert "<script" not in html


def test_mail_can_be_stopped_by_the_mail_program(settings, survey, contact):
    """RFC 8058: one address for a POST, and the header that says so."""
    settings.BASE_URL = "https://crm.example.net"
    ask(survey, contact)

    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe"].startswith("<https://crm.example.net/u/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("language", "subject", "direction"),
    [
        ("de", "Eine Frage von Fjordlight", "ltr"),
        ("de-AT", "Eine Frage von Fjordlight", "ltr"),
        ("ar", "سؤال واحد من Fjordlight", "rtl"),
        ("fr", "One question from Fjordlight", "ltr"),
        ("", "One question from Fjordlight", "ltr"),
    ],
)
def test_mail_speaks_the_contacts_language(
    survey, customer, language, subject, direction
):
    ask(survey, contact("Ida", customer=customer, language=language))

    (message,) = mail.outbox
    assert message.subject == subject
    assert f'dir="{direction}"' in message.alternatives[0].content


def test_brand_with_markup_stays_text_in_the_mail(world, contact):
    hostile = create_survey(
        name="x",
        kind=Kind.NPS,
        team=world.support,
        brand="<b>R&D</b>",
        actor=None,
        now=NOW,
    )
    publish(hostile, actor=None, now=NOW)
    ask(hostile, contact)

    html = mail.outbox[0].alternatives[0].content
    assert "<b>R&" not in html
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in html
    assert "<b>R&D</b>" in mail.outbox[0].body


# Expiry and unsubscribing


def test_expiry_is_safe_to_repeat(survey, contact):
    ask(survey, contact)
    end = NOW + 14 * DAY

    assert expire(now=end - timedelta(seconds=1)) == 0
    assert expire(now=end) == 1
    assert expire(now=end) == 0
    assert Invitation.objects.get().state == State.EXPIRED


def test_an_answered_invitation_does_not_expire(survey, contact):
    _, token = ask(survey, contact)
    reply(token, 5)

    assert expire(now=NOW + 99 * DAY) == 0


def test_unsubscribe_is_for_the_address_and_safe_to_repeat(survey, contact):
    _, token = ask(survey, contact)
    for _ in range(2):
        unsubscribe(token, now=NOW)

    assert Suppression.objects.get().address_hash == address_hash(contact.email)
    assert _invite(survey, contact, request="r2", now=NOW + 99 * DAY).skipped == 1


def test_unsubscribe_outweighs_a_bounce(survey, contact):
    _, token = ask(survey, contact)
    Suppression.objects.create(
        address_hash=address_hash(contact.email),
        reason=Suppression.Reason.SOFT_BOUNCE,
        until=NOW + DAY,
        created_at=NOW,
    )

    unsubscribe(token, now=NOW)

    kept = Suppression.objects.get()
    assert (kept.reason, kept.until) == (Suppression.Reason.UNSUBSCRIBED, None)


def test_unsubscribe_with_a_guess(db):
    with pytest.raises(UnknownLink):
        unsubscribe("A" * 43, now=NOW)


# Tasks


def test_task_sends_what_is_due_and_can_run_again(survey, contact):
    _invite(survey, contact)
    Invitation.objects.update(send_after=NOW)

    assert tasks.send_due_invitations() == 1
    assert tasks.send_due_invitations() == 0
    assert len(mail.outbox) == 1


def test_one_bad_invitation_does_not_stop_the_others(survey, customer, monkeypatch):
    one, two = (contact(name, customer=customer) for name in ("One", "Two"))
    _invite(survey, one, two)
    send = EmailMultiAlternatives.send

    def fail_for_one(message, **kwargs):
        if message.to == [one.email]:
            raise ValueError("a fault of ours")
        return send(message, **kwargs)

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail_for_one)

    tasks.send_due_invitations()

    assert [message.to for message in mail.outbox] == [[two.email]]
    stuck = Invitation.objects.get(contact=one)
    assert stuck.state == State.SENDING
    assert stuck.lease_until is not None


def test_an_invitation_that_always_fails_is_given_up(survey, contact):
    _invite(survey, contact)
    Invitation.objects.update(
        state=State.SENDING, lease_until=NOW, attempts=MAX_ATTEMPTS
    )

    assert send_invitation(Invitation.objects.get().pk, now=NOW) == State.FAILED
    assert mail.outbox == []


def test_task_expires(survey, contact):
    ask(survey, contact)
    Invitation.objects.update(expires_at=NOW)

    assert tasks.expire_invitations() == 1
    assert tasks.expire_invitations() == 0


def _refuse(monkeypatch, error):
    def send(message, **kwargs):
        raise error

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
