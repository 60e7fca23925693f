"""One test for each row of the table of traps that is about sending.

Rows about answering, editing and statistics have theirs beside the code they are about.
"""

from dataclasses import replace
from datetime import timedelta

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from crmkpi.crm.models import Contact
from surveys import tasks
from surveys.content import Content
from surveys.models import Invitation, Occasion, Response, SendingLimits, Suppression
from surveys.queries.coverage import response_steps
from surveys.sending import reminders
from surveys.services.dispatch import due, send_invitation
from surveys.services.invitations import invite
from surveys.services.suppressions import suppress
from surveys.services.surveys import publish, update_survey
from surveys.tokens import address_hash
from tests.surveys.cast import ask, recipient, reply, token_of
from tests.surveys.cast import contact as make_contact
from tests.surveys.sending.making import (
    another_survey,
    at,
    became,
    plan,
    rule,
    run,
    solved,
)
from tests.world import NOW, day

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
State = Invitation.State


def test_scanner_answers_by_get(client, survey, contact):
    """Whatever a scanner opens, however often and by which method, is no answer."""
    rule(survey)
    solved()
    run()
    html = mail.outbox[0].alternatives[0].content
    token = token_of(mail.outbox[0])
    assert f"/r/{token}/?score=5" in html

    for score in (1, 5, 1):
        for method in (client.get, client.head, client.options):
            method(f"{reverse('surveys:answer', args=[token])}?score={score}")

    assert not Response.objects.exists()
    assert Invitation.objects.get().state == State.SENT


def test_opt_out_by_get(client, survey, contact):
    """The header's address asks on GET; the POST of mail programs needs no cookie."""
    rule(survey)
    solved()
    run()
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")

    assert client.get(address).status_code == 200
    assert not Suppression.objects.exists()
    strict = type(client)(enforce_csrf_checks=True)
    answer = strict.post(address, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert Suppression.objects.get().reason == Suppression.Reason.UNSUBSCRIBED
    solved("T-18")
    run(NOW + 60 * DAY)
    assert len(mail.outbox) == 1


def test_attribution_at_answer_time(world, survey, contact):
    """An automation takes the agent off the ticket after it was resolved."""
    rule(survey, delay_hours=24)
    solved()
    solved(agent="Bob")
    run(NOW + 24 * HOUR)

    assert Invitation.objects.get().agent == world.alice
    reply(token_of(mail.outbox[0]), 5, now=NOW + 25 * HOUR)
    assert Response.objects.get().agent == world.alice


def test_gaming(world, survey, contact):
    """Who was not asked is kept with the reason, so that coverage can be shown."""
    rule(survey, sample_percent=1)
    for n in range(3):
        make_contact(f"P{n}", customer=contact.customer)
        solved(f"T-{n}", contact=f"P{n}")
    run()

    assert Occasion.objects.count() == 3
    assert set(became().values()) <= {"sample", "asked"}
    assert "sample" in became().values()
    line = response_steps(survey, access=world.access(world.ana), since_day=None)
    assert line.eligible == 3
    assert line.invited == list(became().values()).count("asked")


def test_reopen_resolve_again(survey, contact):
    """One pending occasion: opening again cancels it, resolving again times it anew."""
    rule(survey, delay_hours=24)
    solved()
    solved(status="open", resolved=None)
    assert became() == {"T-17": "reopened"}
    run(NOW + 25 * HOUR)
    assert mail.outbox == []

    solved(resolved=at("2026-02-15 09:00"), now=at("2026-02-15 09:00"))
    run(at("2026-02-16 08:59"))
    assert mail.outbox == []
    run(at("2026-02-16 09:00"))
    assert len(mail.outbox) == 1
    assert Invitation.objects.get().event_day == day("2026-02-15")

    # And a third time: it was asked about.
    solved(status="open", resolved=None)
    solved(resolved=at("2026-04-20 09:00"), now=at("2026-04-20 09:00"))
    run(at("2026-04-22 09:00"))
    assert len(mail.outbox) == 1


def test_reopened_while_the_mail_waited(survey, contact):
    rule(survey)
    solved()
    plan()
    solved(status="open", resolved=None)

    assert Invitation.objects.get().state == State.CANCELLED
    assert due(now=NOW, limit=9) == []
    assert became() == {"T-17": "reopened"}

    again = at("2026-02-15 09:00")
    solved(resolved=again, now=again)
    assert became() == {"T-17": "waiting"}
    run(again)
    solved(resolved=again, now=again)  # told once more
    run(again + 2 * DAY)

    assert became() == {"T-17": "asked"}
    assert len(mail.outbox) == 1
    states = Invitation.objects.order_by("pk").values_list("state", "event_day")
    assert list(states) == [
        ("cancelled", day("2026-02-13")),
        ("sent", day("2026-02-15")),
    ]


def test_resolved_again_while_the_mail_waited(survey, contact):
    """Nobody told that it was open in between: one pending invitation, timed anew."""
    rule(survey, delay_hours=1)
    solved()
    plan(NOW + HOUR)
    later = NOW + 2 * HOUR
    solved(resolved=later, now=later)

    assert became() == {"T-17": "waiting"}
    assert not Invitation.objects.filter(state=State.QUEUED).exists()
    run(later)
    assert mail.outbox == []
    run(later + HOUR)
    assert len(mail.outbox) == 1


def test_reopened_while_the_mail_is_on_its_way(survey, contact):
    """What a sender has begun is not called back, and not sent a second time."""
    rule(survey)
    solved()
    plan()
    Invitation.objects.update(state=State.SENDING, lease_until=NOW + HOUR)
    solved(status="open", resolved=None)
    again = NOW + HOUR
    solved(resolved=again, now=again)
    run(again)
    run(again + 2 * DAY)

    assert became() == {"T-17": "asked"}
    assert len(mail.outbox) == 1


def test_opened_again_and_again_nobody_is_asked_more_than_the_cap(
    world, survey, contact
):
    """Each time another ticket waits, is opened and resolved: the cap holds."""
    SendingLimits.objects.create(pk=1, rest_days=0)
    update_survey(survey, cooldown_days=0, actor=world.ana, now=NOW)
    rule(survey)
    for n in range(4):
        solved(f"T-{n}")
        plan()
        solved(f"T-{n}", status="open", resolved=None)
        solved(f"T-{n}", resolved=NOW + HOUR, now=NOW + HOUR)
    run(NOW + HOUR)

    assert list(became().values()) == ["asked", "asked", "daily", "daily"]
    assert len(mail.outbox) == 2


def test_hard_daily_cap_per_contact(world, survey, contact):
    """Even with both clocks at nothing, nobody is asked more than twice in a day."""
    SendingLimits.objects.create(pk=1, rest_days=0)
    update_survey(survey, cooldown_days=0, actor=world.ana, now=NOW)
    rule(survey)
    for n in range(4):
        solved(f"T-{n}")
    run()

    assert list(became().values()) == ["asked", "asked", "daily", "daily"]
    assert len(mail.outbox) == 2


def test_celery_sends_twice(survey, contact):
    """Jobs that run doubled, and again after they were done, send one mail."""
    rule(survey)
    solved()
    Occasion.objects.update(due_at=_past())
    for _ in range(2):
        tasks.plan_occasions()
        tasks.send_due_invitations()
        tasks.send_reminders()

    assert len(mail.outbox) == 1
    assert became() == {"T-17": "asked"}


def test_auto_closed_tickets(survey, contact):
    """What was closed by itself, with no reply, is no reason to ask."""
    rule(survey)
    solved("T-auto", replied=None)
    solved("T-closed", status="closed")

    assert became() == {"T-closed": "waiting"}


def test_auto_closed_tickets_when_wanted(survey, contact):
    rule(survey, conditions={"replied_only": False})
    solved("T-auto", replied=None)

    assert became() == {"T-auto": "waiting"}


def test_sent_only_when_the_gateway_took_it(survey, contact, monkeypatch):
    rule(survey)
    solved()

    def fail(message, **kwargs):
        raise TimeoutError

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail)
    run()

    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.sent_at) == (State.QUEUED, None)


def test_edited_while_running(world, survey, contact):
    """An occasion is asked with the version of the day; its link keeps that version."""
    rule(survey)
    solved()
    run()
    content = Content.from_json(survey.draft)
    words = replace(content.wording("en"), question="And now?")
    wordings = {**content.wordings, "en": words}
    update_survey(
        survey,
        content=replace(content, wordings=wordings),
        actor=world.ana,
        now=NOW,
    )
    publish(survey, actor=world.ana, now=NOW)
    make_contact("Ida", customer=contact.customer)
    solved("T-18", contact="Ida")
    run()

    assert "And now?" not in mail.outbox[0].body
    assert "And now?" in mail.outbox[1].body
    versions = Invitation.objects.order_by("pk").values_list("version__number")
    assert list(versions) == [(1,), (2,)]


def test_two_clocks(world, survey, contact):
    """One for the survey, one across surveys; each skip says which."""
    other = another_survey(world)
    rule(survey)
    rule(other)
    solved("T-1")
    run()
    solved("T-2", resolved=NOW + 8 * DAY, now=NOW + 8 * DAY)
    run(NOW + 8 * DAY)

    # The survey waits 30 days, the other one has not asked and a week is over.
    rows = Occasion.objects.values_list("subject", "rule__survey__name", "reason")
    assert {(subject[-3:], name): reason for subject, name, reason in rows} == {
        ("T-1", "After a request"): "",
        ("T-1", "Another"): "recent any",
        ("T-2", "After a request"): "recent",
        ("T-2", "Another"): "",
    }


def test_one_clock_for_mail_and_message_of_one_person(world, survey, contact):
    Contact.objects.update(phone="+49 30 1")
    rule(survey)
    rule(another_survey(world), means="sms")
    solved()
    run()

    reasons = Occasion.objects.values_list("rule__means", "reason")
    assert set(reasons) == {("mail", ""), ("sms", "recent any")}


def test_quarantine_ends(survey, contact):
    suppress(
        address_hash(contact.email),
        reason=Suppression.Reason.SOFT_BOUNCE,
        now=NOW,
        until=NOW + 30 * DAY,
    )
    rule(survey)
    solved("T-1")
    run()
    assert became() == {"T-1": "quarantine"}
    solved("T-2", resolved=NOW + 30 * DAY, now=NOW + 30 * DAY)
    run(NOW + 30 * DAY)

    assert list(became().values()) == ["quarantine", "asked"]


def test_one_reminder(survey, contact):
    """Only to who has not answered, once, with an id of its own and both links."""
    rule(survey, reminder_days=3)
    solved()
    run()
    (pk,) = Invitation.objects.values_list("pk", flat=True)

    assert reminders.due(now=NOW + 3 * DAY - HOUR, limit=9) == []
    assert reminders.due(now=NOW + 3 * DAY, limit=9) == [pk]
    assert reminders.remind(pk, now=NOW + 3 * DAY) is True
    assert reminders.remind(pk, now=NOW + 3 * DAY) is False
    assert reminders.due(now=NOW + 9 * DAY, limit=9) == []

    first, second = mail.outbox
    ids = [message.extra_headers["Message-ID"] for message in (first, second)]
    assert ids[0] != ids[1]
    assert "will remind you only this once" in second.body
    assert "will remind you only this once" not in first.body
    assert "List-Unsubscribe" in second.extra_headers
    reply(token_of(first), 5, now=NOW + 4 * DAY)
    assert Invitation.objects.get().is_answered


def test_no_reminder_after_an_answer_a_wish_or_the_end(survey, contact):
    rule(survey, reminder_days=3)
    solved()
    run()
    (pk,) = Invitation.objects.values_list("pk", flat=True)
    soon = NOW + 3 * DAY
    Invitation.objects.update(expires_at=soon + HOUR)
    assert reminders.remind(pk, now=soon) is False

    Invitation.objects.update(expires_at=soon + 9 * DAY, remind_at=soon)
    reply(token_of(mail.outbox[0]), 5, now=NOW + DAY)
    assert reminders.due(now=soon, limit=9) == []

    Invitation.objects.update(is_answered=False, state=State.SENT)
    suppress(
        address_hash(contact.email), reason=Suppression.Reason.UNSUBSCRIBED, now=NOW
    )
    assert reminders.remind(pk, now=soon) is False
    assert len(mail.outbox) == 1


def test_a_dead_sender_of_reminders_is_followed_after_its_lease(survey, contact):
    rule(survey, reminder_days=3)
    solved()
    run()
    soon = NOW + 3 * DAY
    Invitation.objects.update(lease_until=soon + HOUR)

    assert reminders.due(now=soon, limit=9) == []
    assert len(reminders.due(now=soon + HOUR, limit=9)) == 1


def test_clock_and_zone(survey, contact):
    """The end of an invitation is an instant; the last minute before it counts."""
    rule(survey)
    solved()
    run()
    end = Invitation.objects.get().expires_at
    assert end == NOW + 14 * DAY
    reply(token_of(mail.outbox[0]), 5, now=end - timedelta(seconds=1))


def test_token_guessing(client, survey, contact):
    """Links hold 256 random bits, and what leads nowhere is one and the same page."""
    rule(survey)
    solved()
    run()
    assert len(token_of(mail.outbox[0])) >= 43
    pages = [client.get(f"/r/{token}/") for token in ("A" * 43, "no", "1", "A" * 4000)]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


def test_key_rotation(settings, survey, contact):
    """A new SECRET_KEY leaves every mailed link working."""
    rule(survey)
    solved()
    run()
    settings.SECRET_KEY = "another" * 12
    reply(token_of(mail.outbox[0]), 5)
    assert Invitation.objects.get().is_answered


def test_asked_by_hand_before(survey, contact):
    """Somebody invited by hand about the same ticket: no second mail."""
    rule(survey)
    solved()
    subject = Occasion.objects.get().subject
    ask(survey, contact, subject=subject)
    run(NOW + 2 * DAY)

    assert became() == {"T-17": "same"}
    assert len(mail.outbox) == 1


def test_rules_and_people_invite_at_once(survey, contact):
    """By hand without a subject, then by rule: the clock of the survey holds."""
    rule(survey)
    invite(survey, [recipient(contact)], request="r", actor=None, now=NOW)
    solved()
    run()

    assert became() == {"T-17": "recent"}
    for pk in due(now=NOW, limit=9):
        send_invitation(pk, now=NOW)
    assert len(mail.outbox) == 1


def _past():
    return timezone.now() - HOUR
