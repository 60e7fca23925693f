"""Mails of alerts: once, later in quiet hours, tried again, and not to everybody."""

from datetime import UTC, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from crmkpi.accounts.models import Membership
from metrics import tasks
from metrics.alerts import evaluation, sending, services
from metrics.alerts.models import AlertRule, Notification
from tests.metrics.alerts.scenes import MONDAY, rule, tickets
from tests.world import NOW, World, day

pytestmark = pytest.mark.django_db

BY_MAIL = {"by_mail": True, "in_app": False}
NIGHT = {"quiet_from": time(22), "quiet_until": time(7)}
LATE = datetime(2026, 2, 13, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
MORNING = datetime(2026, 2, 14, 6, 0, tzinfo=UTC)  # 07:00


@pytest.fixture
def fires(world: World):
    """Return a function that lets a rule of Lee's fire and gives the notice."""

    def fire(*, now: datetime = NOW, **delivery) -> Notification:
        rule(world, delivery=BY_MAIL | delivery)
        tickets(world, 6, on=MONDAY)
        assert evaluation.evaluate_due(now=now) == 1
        return Notification.objects.get()

    return fire


@pytest.fixture
def refusing(monkeypatch):
    """Return a function that lets the mail server answer with an error."""

    def refuse(error: Exception) -> None:
        def fail(self, *args, **kwargs):
            raise error

        monkeypatch.setattr(EmailMultiAlternatives, "send", fail)

    return refuse


def test_a_mail_says_what_changed_in_text_and_html(fires) -> None:
    notice = fires()
    assert sending.due(now=NOW, limit=9) == [notice.pk]
    assert sending.send(notice.pk, now=NOW) == "sent"
    (sent,) = mail.outbox
    assert sent.to == ["lee@example.com"]
    assert sent.subject == "Ticket volume, Support Berlin: above 5"
    link = "http://127.0.0.1:8000/metrics/ticket_volume/?scope=team%3Asupport-berlin"
    for part in (sent.body, sent.alternatives[0].content):
        assert "Week 7 2026: 6, still open." in part
        assert "You asked to be told of this." in part
    assert f"{link}&period=2026-W07&grain=week" in sent.body
    assert sent.extra_headers["Message-ID"] == f"<alert-{notice.pk}@127.0.0.1>"
    notice.refresh_from_db()
    assert (notice.sent_at, notice.attempts, notice.is_shown) == (NOW, 1, False)


def test_it_is_sent_once_however_often_workers_ask(fires) -> None:
    notice = fires()
    assert sending.send(notice.pk, now=NOW) == "sent"
    assert sending.send(notice.pk, now=NOW) is None
    assert sending.due(now=NOW, limit=9) == []
    assert len(mail.outbox) == 1


def test_quiet_hours_delay_the_mail_and_not_the_notice(fires, world: World) -> None:
    notice = fires(now=LATE, in_app=True, **NIGHT)
    assert notice.at == LATE and notice.is_shown is True
    assert notice.mail_after == MORNING
    assert sending.due(now=MORNING - timedelta(seconds=1), limit=9) == []
    assert sending.due(now=MORNING, limit=9) == [notice.pk]
    assert sending.send(notice.pk, now=MORNING) == "sent"


def test_quiet_hours_set_meanwhile_hold_too(fires) -> None:
    notice = fires(now=LATE)
    AlertRule.objects.update(**NIGHT)
    assert sending.send(notice.pk, now=LATE) == "waiting"
    notice.refresh_from_db()
    assert (notice.mail_after, notice.attempts) == (MORNING, 0)
    assert mail.outbox == []


def test_a_server_that_is_away_is_tried_again_8_times(fires, refusing) -> None:
    """Pauses of 1, 2, 4 … 64 minutes: 127 minutes in all."""
    notice = fires()
    refusing(SMTPServerDisconnected("gone"))
    now, pauses = NOW, []
    while sending.send(notice.pk, now=now) == "waiting":
        notice.refresh_from_db()
        pauses.append((notice.mail_after - now) // timedelta(minutes=1))
        assert sending.due(now=now, limit=9) == []
        now = notice.mail_after
    notice.refresh_from_db()
    assert pauses == [1, 2, 4, 8, 16, 32, 64]
    assert (notice.mail_state, notice.attempts) == ("failed", 8)
    assert notice.fault == "SMTPServerDisconnected: gone"


def test_an_address_that_is_refused_for_good_is_not_tried_again(
    fires, refusing
) -> None:
    notice = fires()
    refusing(SMTPRecipientsRefused({"lee@example.com": (550, b"No such user")}))
    assert sending.send(notice.pk, now=NOW) == "failed"


def test_an_address_that_is_busy_is_tried_again(fires, refusing) -> None:
    notice = fires()
    refusing(SMTPRecipientsRefused({"lee@example.com": (450, b"Later")}))
    assert sending.send(notice.pk, now=NOW) == "waiting"


def test_a_sender_that_died_leaves_a_lease(fires) -> None:
    notice = fires()
    assert sending._claim(notice.pk, now=NOW) is True  # and dies here
    assert sending.send(notice.pk, now=NOW + timedelta(minutes=4)) is None
    assert sending.send(notice.pk, now=NOW + timedelta(minutes=5)) == "sent"


def lose_rights(world: World) -> None:
    Membership.objects.filter(user=world.lee).update(until_day=day("2026-02-13"))


def leave(world: World) -> None:
    world.lee.is_active = False
    world.lee.save()


def lose_address(world: World) -> None:
    world.lee.email = None
    world.lee.save()


def pause(world: World) -> None:
    services.pause_rule(
        rule=AlertRule.objects.get(), paused=True, actor=world.lee, now=NOW
    )


def delete(world: World) -> None:
    services.delete_rule(rule=AlertRule.objects.get(), actor=world.lee)


@pytest.mark.parametrize("then", [lose_rights, leave, lose_address, pause, delete])
def test_nothing_is_sent_after(then, fires, world: World) -> None:
    notice = fires()
    then(world)
    assert sending.send(notice.pk, now=NOW) == "withheld"
    assert mail.outbox == []
    assert sending.due(now=NOW + timedelta(days=1), limit=9) == []


def test_others_are_told_who_had_it_set_up(world: World) -> None:
    rule(world, world.ana, delivery=BY_MAIL | {"audience": "readers"})
    tickets(world, 6, on=MONDAY)
    evaluation.evaluate_due(now=NOW)
    notice = Notification.objects.get(person=world.lee)
    sending.send(notice.pk, now=NOW)
    assert "Ana had this set up for everybody" in mail.outbox[0].body


def test_a_heading_is_one_line_whatever_a_team_is_called(fires) -> None:
    notice = fires()
    Notification.objects.filter(pk=notice.pk).update(title="A\r\nBcc: x@example.com")
    assert sending.send(notice.pk, now=NOW) == "sent"
    assert mail.outbox[0].subject == "A Bcc: x@example.com"


@pytest.mark.usefixtures("at_now")
def test_the_jobs_take_what_is_due_and_may_run_twice(world: World) -> None:
    rule(world, delivery=BY_MAIL)
    tickets(world, 6, on=MONDAY)
    assert [tasks.judge_alerts(), tasks.judge_alerts()] == [1, 0]
    assert [tasks.send_alert_mails(), tasks.send_alert_mails()] == [1, 0]
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("at_now")
def test_one_mail_that_cannot_be_made_stops_no_other(world: World, monkeypatch) -> None:
    for owner in (world.lee, world.ana):
        rule(world, owner, delivery=BY_MAIL)
    tickets(world, 6, on=MONDAY)
    tasks.judge_alerts()
    send = EmailMultiAlternatives.send

    def fail_for_lee(self, *args, **kwargs):
        if self.to == ["lee@example.com"]:
            raise ValueError("broken")
        return send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail_for_lee)
    assert tasks.send_alert_mails() == 1
    assert [each.to for each in mail.outbox] == [["ana@example.com"]]
