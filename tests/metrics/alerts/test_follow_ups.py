"""Whoever an item is given to hears of it; an overdue one is told once, one step up."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import transaction

from metrics.alerts import follow_ups, sending
from metrics.alerts.models import AlertRule, Notification
from metrics.alerts.muting import Reach, choose_reach
from metrics.tasks import send_alert_mails
from surveys.closing import services
from surveys.models import FollowUp, FollowUpEvent, FollowUpRule
from surveys.tasks import escalate_follow_ups
from tests.metrics.views.reading import signed_in, words
from tests.surveys.cast import customer
from tests.surveys.replies import replies
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

HOUR = timedelta(hours=1)
DUE = datetime(2026, 2, 16, 11, 0, tzinfo=UTC)  # Monday noon in Berlin
NIGHT = {"quiet_from": time(22), "quiet_until": time(7)}


@pytest.fixture
def item(world: World) -> FollowUp:
    """A low answer about Alice, which is Lee's to see to by Monday noon."""
    globex = customer("Globex", agent=world.alice)
    survey = replies({5: 1}, agent_id=world.alice.pk)
    FollowUpRule.objects.create(survey=survey, name="Low", created_at=NOW)
    replies({1: 1}, agent_id=world.alice.pk, customer_id=globex.pk, comment="Grr")
    FollowUp.objects.update(due_at=DUE)
    return FollowUp.objects.get()


def told(person) -> list[tuple[bool, str]]:
    found = Notification.objects.filter(person=person).order_by("pk")
    return list(found.values_list("is_firing", "title"))


def mailed() -> list[tuple[str, str]]:
    """Send what is due; return to whom and what, as the server took it."""
    send_alert_mails()
    return [(each.to[0], each.subject) for each in mail.outbox]


def test_the_owner_of_a_new_item_is_told_in_the_application_and_by_mail(world, item):
    assert told(world.lee) == [(False, "A follow-up for you: Low")]
    assert told(world.ana) == told(world.alice) == []
    world.lee.refresh_from_db()
    assert world.lee.has_notices
    assert mailed() == [("lee@example.com", "A follow-up for you: Low")]
    (sent,) = mail.outbox
    link = f"http://127.0.0.1:8000/follow-ups/{item.pk}/"
    for part in (sent.body, sent.alternatives[0].content):
        assert link in part
        assert "You are told because it is yours to see to." in part
        assert "Globex" not in part and "Grr" not in part
        assert part.count("http") == part.count("http://127.0.0.1:8000/") == 3


def test_an_overdue_item_is_told_one_step_up_once(world, item, time_machine):
    time_machine.move_to(DUE)
    assert escalate_follow_ups() == 1
    assert escalate_follow_ups() == 0

    assert told(world.ana) == [(True, "Overdue follow-up: Low")]
    assert len(told(world.lee)) == 1
    notice = Notification.objects.get(person=world.ana)
    assert notice.text == "Calls. It was due 16 Feb 2026, 12:00 CET and is with Lee."
    assert mailed()[1:] == [("ana@example.com", "Overdue follow-up: Low")]
    assert mailed()[2:] == []


def test_a_job_that_dies_half_way_told_nobody_and_tells_all_next_time(
    world, item, monkeypatch
):
    def die(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(follow_ups, "hand_over", die)
        with pytest.raises(SystemExit), transaction.atomic():
            services.escalate_due(now=DUE)
    assert FollowUp.objects.get().escalated_at is None
    assert not FollowUpEvent.objects.filter(kind="escalated").exists()
    assert told(world.ana) == []

    assert services.escalate_due(now=DUE) == 1
    notice = Notification.objects.get(person=world.ana)
    assert sending._claim(notice.pk, now=DUE) is True  # and the sender dies here
    assert sending.send(notice.pk, now=DUE + HOUR) == "sent"
    assert sending.send(notice.pk, now=DUE + HOUR) is None
    assert len(mail.outbox) == 1


def test_a_fault_with_one_item_does_not_keep_back_the_others(world, item, monkeypatch):
    replies({1: 1}, agent_id=world.alice.pk)
    tell, seen = follow_ups.tell_of, []

    def fail_once(calls, *, now):
        seen.append(calls)
        if len(seen) == 1:
            raise ValueError
        return tell(calls, now=now)

    monkeypatch.setattr(follow_ups, "tell_of", fail_once)

    assert services.escalate_due(now=DUE + 99 * HOUR) == 1
    assert FollowUp.objects.filter(escalated_at=None).count() == 1
    assert len(told(world.ana)) == 1


def test_given_and_opened_again_are_told_unless_by_oneself(world, item):
    services.give(item, owner=world.bob, actor=world.lee, now=NOW)
    services.give(item, owner=world.ana, actor=world.ana, now=NOW)
    item.refresh_from_db()
    end = {"state": "resolved", "cause": "tone", "outcome": "Called"}
    services.close(item, actor=world.ana, now=NOW, **end)
    services.reopen(item, text="Again", actor=world.lee, now=NOW)

    assert told(world.bob) == told(world.ana) == [(False, "A follow-up for you: Low")]


def test_what_is_given_away_again_is_not_mailed(world, item):
    services.give(item, owner=world.bob, actor=world.lee, now=NOW)
    services.give(item, owner=world.alice, actor=world.lee, now=NOW)

    assert [to for to, _title in mailed()] == ["lee@example.com", "alice@example.com"]
    assert Notification.objects.get(person=world.bob).mail_state == "withheld"
    assert "A follow-up" not in signed_in(world.bob).get("/notifications/").text


@pytest.mark.parametrize("of_all", [False, True])
def test_muted_ways_are_not_taken(world, item, of_all):
    rule = AlertRule.objects.get(owner=world.lee)
    choose_reach(
        rule=None if of_all else rule, reach=Reach(in_app=False), actor=world.lee
    )
    replies({1: 1}, agent_id=world.alice.pk)

    last = Notification.objects.latest("pk")
    assert (last.is_shown, last.mail_state) == (False, "waiting")


def test_quiet_hours_hold_back_the_mail_only(world, item):
    late = datetime(2026, 2, 16, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    services.give(item, owner=world.alice, actor=world.lee, now=late)
    AlertRule.objects.filter(owner=world.alice).update(**NIGHT)

    notice = Notification.objects.get(person=world.alice)
    assert notice.is_shown
    assert sending.send(notice.pk, now=late) == "waiting"
    notice.refresh_from_db()
    assert notice.mail_after == datetime(2026, 2, 17, 6, 0, tzinfo=UTC)


def test_who_has_no_address_or_has_left_is_not_mailed(world, item):
    world.alice.email = None
    world.alice.save()
    world.bob.is_active = False
    world.bob.save()
    for owner in (world.alice, world.bob):
        services.give(item, owner=owner, actor=world.lee, now=NOW)

    assert Notification.objects.get(person=world.alice).mail_state == "none"
    assert told(world.bob) == []


def test_the_list_of_notices_says_what_is_to_do(world, item):
    listed = words(signed_in(world.lee).get("/notifications/").text)

    assert "To do A follow-up for you: Low unread Calls. It is due" in listed
    assert "Follow-ups in the application by mail Save : Follow-ups" in listed


def test_the_page_of_the_ways(world, item):
    rule = AlertRule.objects.get(owner=world.lee)
    page = f"/alerts/{rule.pk}/follow-ups/"
    lee = signed_in(world.lee)
    listed = words(lee.get("/alerts/").text)
    assert "Told as it happens Follow-ups one is yours, or is overdue" in listed
    assert "Delete" not in listed
    assert lee.get(f"/alerts/{rule.pk}/")["Location"] == page

    half = {"channels": ["mail"], "quiet_from": "22:00"}
    assert lee.post(page, half).status_code == 422
    assert lee.post(page, {}).status_code == 422
    assert lee.post(page, half | {"quiet_until": "07:00"}).status_code == 302

    rule.refresh_from_db()
    assert (rule.in_app, rule.by_mail, rule.quiet_from) == (False, True, time(22))
    assert signed_in(world.ana).get(page).status_code == 404
    assert lee.get("/alerts/999999/follow-ups/").status_code == 404


def test_paused_is_told_nothing(world, item):
    lee = signed_in(world.lee)
    rule = AlertRule.objects.get(owner=world.lee)
    lee.post(f"/alerts/{rule.pk}/pause/")
    replies({1: 1}, agent_id=world.alice.pk)

    assert len(told(world.lee)) == 1
