"""A rule is looked at, and each change of its state is told once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crmkpi.accounts.models import Membership
from crmkpi.crm.models import ImportRun
from metrics import services as engine
from metrics.alerts import bells, evaluation, services
from metrics.alerts.judging import Found
from metrics.alerts.kinds import Verdict
from metrics.alerts.models import AlertRule, Notification
from tests.metrics import rows
from tests.metrics.alerts.scenes import MONDAY, rule, terms, tickets, told
from tests.world import NOW, World, day

pytestmark = pytest.mark.django_db

NEXT_WEEK = NOW + timedelta(days=7)  # Friday 20 February
TITLE = "Ticket volume, Support Berlin"


def look(now=NOW) -> int:
    return evaluation.evaluate_due(now=now)


def state(made: AlertRule) -> str:
    return AlertRule.objects.get(pk=made.pk).state


def test_a_count_fires_as_soon_as_the_open_week_passes_it(world: World) -> None:
    made = rule(world)
    tickets(world, 5, on=MONDAY)
    assert look() == 0 and told(world.lee) == []
    tickets(world, 1, on=MONDAY + 3)
    assert look() == 1
    assert told(world.lee) == [(True, f"{TITLE}: above 5")]
    assert state(made) == "firing"
    notice = Notification.objects.get()
    assert notice.text == "Week 7 2026: 6, still open."
    assert notice.link == (
        "/metrics/ticket_volume/?scope=team%3Asupport-berlin&period=2026-W07&grain=week"
    )
    world.lee.refresh_from_db()
    assert world.lee.has_notices is True


def test_it_is_told_once_and_once_more_when_it_is_over(world: World) -> None:
    made = rule(world)
    tickets(world, 6, on=MONDAY)
    assert [look(), look(), look(NOW + timedelta(days=1))] == [1, 0, 0]
    tickets(world, 1, on=MONDAY + 7)  # the next week stays low
    assert look(NEXT_WEEK) == 0  # the last closed week had 6
    assert look(NEXT_WEEK + timedelta(days=7)) == 1
    assert told(world.lee) == [
        (True, f"{TITLE}: above 5"),
        (False, f"{TITLE}: back to normal"),
    ]
    assert state(made) == "quiet"
    last = Notification.objects.latest("pk")
    assert last.text == "Week 8 2026: 1. The alert was: above 5."


def test_a_fall_below_needs_a_closed_week(world: World) -> None:
    rule(world, side="below", threshold=Decimal(4))
    tickets(world, 9, on=MONDAY - 7)
    tickets(world, 1, on=MONDAY)
    assert look() == 0  # one ticket so far says nothing
    tickets(world, 1, on=MONDAY + 8, team=world.north)  # data go on coming
    assert look(NEXT_WEEK) == 1
    assert told(world.lee) == [(True, f"{TITLE}: below 4")]


def test_no_rows_at_all_are_never_a_fall_to_nothing(world: World) -> None:
    """The whole company has no ticket in week 7: the import stopped, not the work."""
    made = rule(world, side="below", threshold=Decimal(4))
    tickets(world, 9, on=MONDAY - 7)
    assert look() == 0
    assert look(NEXT_WEEK) == 0
    made.refresh_from_db()
    assert (made.state, made.why) == ("unknown", "late")
    assert told(world.lee) == []


def test_other_teams_tell_that_nothing_is_real(world: World) -> None:
    rule(world, side="below", threshold=Decimal(4))
    tickets(world, 9, on=MONDAY - 7)
    tickets(world, 1, on=MONDAY + 2, team=world.north)
    assert look(NEXT_WEEK) == 1


def test_a_source_that_is_late_makes_it_unknown(world: World) -> None:
    made = rule(world, side="below", threshold=Decimal(4))
    tickets(world, 1, on=MONDAY)
    source = rows.source()
    source.last_success_at, source.expected_every_days = NOW - timedelta(days=3), 1
    source.save()
    ImportRun.objects.create(
        source=source, record="ticket", state=ImportRun.State.DONE, started_at=NOW
    )
    assert look(NEXT_WEEK) == 0
    made.refresh_from_db()
    assert (made.state, made.why) == ("unknown", "late")


def test_unknown_in_between_repeats_nothing(world: World) -> None:
    made = rule(world)
    tickets(world, 6, on=MONDAY)
    look()
    for verdict in ("unknown", "firing", "unknown"):
        made.refresh_from_db()
        assert evaluation.settle(made, Verdict(verdict, "late"), now=NOW) is False
    made.refresh_from_db()
    assert (made.state, made.told, made.why) == ("unknown", "firing", "late")
    assert len(told(world.lee)) == 1


def test_too_few_rows_fire_nothing(world: World) -> None:
    """The win rate needs 30 closed deals; of 29 lost ones nobody is told."""
    made = rule(world, metric="win_rate", side="below", threshold=Decimal(50))
    lost = [
        rows.deal(world.alice, world.berlin, opened=MONDAY - 9, closed=MONDAY - 3)
        for _number in range(29)
    ]
    rows.put(*lost)
    engine.drain(now=NOW)
    assert look() == 0
    made.refresh_from_db()
    assert (made.state, made.why) == ("unknown", "few")
    rows.put(rows.deal(world.alice, world.berlin, opened=MONDAY - 9, closed=MONDAY - 3))
    engine.drain(now=NOW)
    assert look() == 1
    assert told(world.lee) == [(True, "Win rate, Support Berlin: below 50 %")]


def test_a_higher_minimum_is_the_rules_own(world: World) -> None:
    made = rule(world, min_n=7)
    tickets(world, 6, on=MONDAY - 3)
    look()
    made.refresh_from_db()
    assert (made.state, made.why) == ("unknown", "few")


def test_a_change_tells_both_values(world: World) -> None:
    """4, then 6 tickets: +50 %."""
    rule(world, kind="change", side="either", is_relative=True, threshold=Decimal(40))
    tickets(world, 4, on=MONDAY - 14)
    tickets(world, 6, on=MONDAY - 7)
    assert look() == 1
    assert told(world.lee) == [(True, f"{TITLE}: changed by more than 40 %")]
    text = Notification.objects.get().text
    assert text == "Week 6 2026: 6. +50 % against Week 5 2026 with 4."


def test_a_signal_tells_the_usual_limits(world: World) -> None:
    """12 closed weeks: 3 and 4 by turns, then 30 in the last."""
    rule(world, kind="signal", side="", threshold=None)
    for weeks, count in enumerate([30, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 3], start=1):
        tickets(world, count, on=MONDAY - 7 * weeks)
    assert look() == 1
    title, text = Notification.objects.values_list("title", "text").get()
    assert title == f"{TITLE}: more than the usual ups and downs"
    assert text.startswith("Week 6 2026: 30. Usually between ")


def test_a_signal_within_the_usual_limits_says_why_it_is_one(world: World) -> None:
    """4 weeks of 2 and 3 by turns, then 8 of 4 and 5: mean 3.83, limits 0.9 and 6.7."""
    rule(world, kind="signal", side="", threshold=None)
    for weeks, count in enumerate([5, 4, 5, 4, 5, 4, 5, 4, 3, 2, 3, 2], start=1):
        tickets(world, count, on=MONDAY - 7 * weeks)
    assert look() == 1
    text = Notification.objects.get().text
    assert text == "Week 6 2026: 5. 8 or more in a row lie above the mean of 4."


def test_missing_rows_are_found_by_time_alone(world: World) -> None:
    """The last ticket is of Tuesday 10 February; 3 whole days are over on Saturday."""
    rule(world, kind="freshness", side="", threshold=Decimal(3))
    tickets(world, 1, on=MONDAY + 1)
    assert look() == 0
    assert look(NOW + timedelta(days=1)) == 1
    assert look(NOW + timedelta(days=2)) == 0
    assert told(world.lee) == [(True, f"{TITLE}: no rows for 3 days")]
    assert Notification.objects.get().text == "The last rows are of Tue 10 Feb 2026."
    tickets(world, 1, on=MONDAY + 6)
    assert look(NOW + timedelta(days=3)) == 1
    assert told(world.lee)[-1] == (False, f"{TITLE}: back to normal")


def test_rows_of_another_team_do_not_help(world: World) -> None:
    rule(world, kind="freshness", side="", threshold=Decimal(3))
    tickets(world, 1, on=MONDAY - 2)
    tickets(world, 3, on=MONDAY + 4, team=world.north)
    assert look() == 1


def test_only_the_rule_that_a_change_concerns_is_due(world: World) -> None:
    made = rule(world)
    other = rule(world, world.mona, scope="team:sales-north")
    tickets(world, 1, on=MONDAY)
    look()
    turns = [AlertRule.objects.get(pk=each.pk).turn for each in (made, other)]
    tickets(world, 1, on=MONDAY)
    look()
    after = [AlertRule.objects.get(pk=each.pk).turn for each in (made, other)]
    assert after == [turns[0] + 1, turns[1]]


def test_members_of_a_dimension_are_looked_at_now_and_then(world: World) -> None:
    made = rule(world, world.mona, scope="channel:phone")
    look()
    look(NOW + timedelta(minutes=14))
    made.refresh_from_db()
    assert made.turn == 2
    look(NOW + timedelta(minutes=15))
    made.refresh_from_db()
    assert made.turn == 3


def test_who_lost_the_right_to_see_it_gets_nothing(world: World) -> None:
    rule(world)
    Membership.objects.filter(user=world.lee).update(until_day=day("2026-02-13"))
    tickets(world, 6, on=MONDAY)
    assert look() == 1
    assert told(world.lee) == []


def test_everybody_who_may_see_it_is_told_and_nobody_else(world: World) -> None:
    rule(world, world.ana, delivery={"audience": "readers", "by_mail": True})
    tickets(world, 6, on=MONDAY)
    look()
    people = {each.person.name for each in Notification.objects.all()}
    assert people == {"Ana", "Lee", "Mona", "Nora"}
    assert set(Notification.objects.values_list("mail_state", flat=True)) == {"waiting"}


def test_people_are_told_in_their_language(world: World) -> None:
    world.lee.language = "de"
    world.lee.save()
    made = rule(world, metric="win_rate", side="below", threshold=Decimal("50.25"))
    evaluation.tell(made, Verdict("firing", found=Found()), now=NOW)
    assert told(world.lee)[0][1].endswith(" 50,25 %")


def test_a_paused_rule_is_not_looked_at(world: World) -> None:
    made = rule(world)
    services.pause_rule(rule=made, paused=True, actor=world.lee, now=NOW)
    tickets(world, 6, on=MONDAY)
    assert look() == 0 and told(world.lee) == []
    services.pause_rule(rule=made, paused=False, actor=world.lee, now=NOW)
    assert look() == 1


def test_going_on_after_a_pause_repeats_nothing(world: World) -> None:
    made = rule(world)
    tickets(world, 6, on=MONDAY)
    look()
    for paused in (True, False):
        services.pause_rule(rule=made, paused=paused, actor=world.lee, now=NOW)
    assert look() == 0 and len(told(world.lee)) == 1


def test_other_terms_start_anew_and_other_ways_do_not(world: World) -> None:
    made = rule(world)
    tickets(world, 6, on=MONDAY)
    look()

    def change(threshold: int, **delivery) -> None:
        services.change_rule(
            rule=made,
            terms=terms(threshold=Decimal(threshold)),
            delivery=services.Delivery(**delivery),
            actor=world.lee,
            now=NOW,
        )

    change(5, by_mail=True)
    assert look() == 0
    change(4)
    assert look() == 1
    assert [title for _firing, title in told(world.lee)][-1] == f"{TITLE}: above 4"


def test_a_metric_that_is_gone_stops_no_other(world: World) -> None:
    gone = rule(world)
    AlertRule.objects.filter(pk=gone.pk).update(metric="own_gone")
    rule(world)
    tickets(world, 6, on=MONDAY)
    assert look() == 1
    gone.refresh_from_db()
    assert (gone.state, gone.why) == ("unknown", "gone")


def test_who_looked_at_older_figures_is_passed_over(world: World) -> None:
    """Both read the same turn; the second to write loses, whatever it saw."""
    made = rule(world)
    first, second = AlertRule.objects.get(pk=made.pk), AlertRule.objects.get(pk=made.pk)
    tickets(world, 6, on=MONDAY)
    assert evaluation.evaluate(first, now=NOW) is True
    assert evaluation.evaluate(second, now=NOW) is False
    assert evaluation.settle(second, Verdict("quiet"), now=NOW) is False
    assert state(made) == "firing" and len(told(world.lee)) == 1


def test_a_rule_that_is_looked_at_costs_its_own_write_alone(world: World) -> None:
    def statements() -> int:
        AlertRule.objects.update(checked_day=None)
        with CaptureQueriesContext(connection) as found:
            look()
        return len(found)

    tickets(world, 1, on=MONDAY)
    made = rule(world)
    with CaptureQueriesContext(connection) as written:
        evaluation.settle(made, Verdict("quiet"), now=NOW)
    one = statements()
    for number in range(10):
        rule(world, threshold=Decimal(10 + number))
    assert statements() - one <= 10 * len(written)


def test_changed_figures_wake_a_worker_where_a_rule_is_on_them(
    world: World, django_capture_on_commit_callbacks
) -> None:
    def rung(team) -> bool:
        with django_capture_on_commit_callbacks() as waiting:
            tickets(world, 1, on=MONDAY, team=team)
        return bells.ring_for_alerts in waiting

    assert not rung(world.berlin)
    rule(world)
    assert rung(world.berlin)
    assert not rung(world.north)
