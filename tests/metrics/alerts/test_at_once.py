"""Two workers at the same moment tell once and send once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection

from metrics.alerts import evaluation, sending, services
from metrics.alerts.models import AlertRule, Notification
from tests.metrics.alerts.scenes import MONDAY, notice, rule, tickets
from tests.world import NOW, build_world

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def eight_times(act):
    def once(number):
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(once, range(8)))


def test_a_change_is_told_once_and_mailed_once():
    world = build_world()
    made = rule(world, delivery={"by_mail": True})
    tickets(world, 6, on=MONDAY)
    stored = [AlertRule.objects.get(pk=made.pk) for _number in range(8)]

    told = eight_times(lambda number: evaluation.evaluate(stored[number], now=NOW))
    assert sorted(told) == [False] * 7 + [True]
    written = Notification.objects.get()

    sent = eight_times(lambda _number: sending.send(written.pk, now=NOW))
    assert sorted(map(str, sent)) == ["None"] * 7 + ["sent"]
    assert len(mail.outbox) == 1


def test_all_workers_together_tell_every_rule_once():
    world = build_world()
    for _number in range(5):
        rule(world)
    tickets(world, 6, on=MONDAY)
    assert sum(eight_times(lambda _number: evaluation.evaluate_due(now=NOW))) == 5
    assert Notification.objects.count() == 5


def test_a_notice_that_comes_while_all_are_marked_is_not_lost():
    """Whichever comes first: an unread notice is never without its sign."""
    world = build_world()
    notice(world.lee)
    rule(world)
    tickets(world, 6, on=MONDAY)

    def act(number):
        if number % 2:
            return services.mark_read(pks=None, actor=world.lee, now=NOW)
        return evaluation.evaluate_due(now=NOW)

    eight_times(act)
    world.lee.refresh_from_db()
    unread = Notification.objects.filter(person=world.lee, read_at=None).exists()
    assert world.lee.has_notices is unread
