"""Alerts on the status of a key result."""

from datetime import timedelta

import pytest
import time_machine

from metrics.alerts import evaluation
from metrics.alerts.models import AlertRule, Notification
from metrics.alerts.services import Delivery
from metrics.custom.errors import BadInput
from objectives.alerts.services import change_status_rule, create_status_rule
from objectives.alerts.watching import state_of, status_trial
from objectives.models import Evaluation, KeyResult, StatusRule
from objectives.scoring import KrStatus
from tests.metrics.alerts.scenes import told
from tests.metrics.views.reading import page, signed_in, words
from tests.objectives.scenes import result
from tests.world import NOW, TODAY, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


@pytest.fixture
def at_now():
    """Stop the clock at the moment at which the tests play."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def key_result(world: World) -> KeyResult:
    return result(world)


def judged(key_result: KeyResult, status: str, *, day: int = TODAY, hours: int = 1):
    """Store what the numbers said of a key result, some hours from now."""
    Evaluation.objects.update_or_create(
        key_result=key_result,
        day=day,
        defaults={
            "closed_to": day,
            "status": status,
            "computed_at": NOW + timedelta(hours=hours),
        },
    )


def watch(
    world: World, key_result: KeyResult, worse_than: str = "on_track", **delivery
) -> StatusRule:
    return create_status_rule(
        key_result=key_result,
        worse_than=worse_than,
        delivery=Delivery(**delivery),
        actor=world.ana if delivery else world.lee,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("status", "on_track", "watch"),
    [
        ("on_track", "quiet", "quiet"),
        ("achieved_so_far", "quiet", "quiet"),
        ("met", "quiet", "quiet"),
        ("watch", "firing", "quiet"),
        ("partly", "firing", "quiet"),
        ("off_track", "firing", "firing"),
        ("missed", "firing", "firing"),
        ("no_data", "unknown", "unknown"),
        ("stale", "unknown", "unknown"),
        ("too_early", "unknown", "unknown"),
        ("no_result", "unknown", "unknown"),
        ("cancelled", "unknown", "unknown"),
    ],
)
def test_every_status_is_worse_or_not_or_nobody_can_say(status, on_track, watch):
    assert state_of(status, "on_track") == on_track
    assert state_of(status, "watch") == watch


def test_the_table_above_knows_every_status():
    assert len(KrStatus) == 12


def test_it_is_told_once_and_once_more_when_it_is_well(world, key_result) -> None:
    made = watch(world, key_result)
    steps = [("on_track", 0), ("watch", 1), ("off_track", 0), ("stale", 0)]
    steps += [("watch", 0), ("on_track", 1)]
    for hours, (status, changes) in enumerate(steps, start=1):
        judged(key_result, status, hours=hours)
        now = NOW + timedelta(hours=hours, minutes=1)
        assert evaluation.evaluate_due(now=now) == changes, status
    name = f"Answer first time: {key_result.title}"
    assert told(world.lee) == [
        (True, f"{name}: Watch"),
        (False, f"{name}: back to On track"),
    ]
    notice = Notification.objects.earliest("pk")
    assert notice.subject == key_result.pk
    assert notice.text == (
        "The status is now “Watch”. The alert is: worse than “On track”."
    )
    made.refresh_from_db()
    assert made.state == "quiet"


def test_it_is_looked_at_only_after_another_judgement(world, key_result) -> None:
    made = watch(world, key_result)
    judged(key_result, "watch")
    for hours in (2, 3):
        evaluation.evaluate_due(now=NOW + timedelta(hours=hours))
    made.refresh_from_db()
    assert made.turn == 2


def test_who_may_no_longer_open_the_objective_sees_nothing(world, key_result) -> None:
    watch(world, key_result)
    judged(key_result, "off_track")
    objective = key_result.objective
    objective.visibility = "private"
    objective.save()
    assert evaluation.evaluate_due(now=NOW + timedelta(hours=2)) == 1
    assert told(world.lee) == []


def test_a_notice_is_hidden_when_the_objective_is(world, key_result) -> None:
    watch(world, key_result)
    judged(key_result, "off_track")
    evaluation.evaluate_due(now=NOW + timedelta(hours=2))
    client = signed_in(world.lee)
    assert "Off track" in words(page(client, "/notifications/"))
    objective = key_result.objective
    objective.visibility = "private"
    objective.save()
    assert "Nothing to tell yet" in words(page(client, "/notifications/"))


def test_everybody_means_who_reads_the_team(world, key_result) -> None:
    objective = key_result.objective
    objective.visibility = "public"  # which Carl of Sales may open too
    objective.save()
    watch(world, key_result, audience="readers")
    judged(key_result, "off_track")
    evaluation.evaluate_due(now=NOW + timedelta(hours=2))
    people = {each.person.name for each in Notification.objects.all()}
    assert people == {"Ana", "Lee", "Mona", "Nora"}


def test_what_cannot_be_is_refused(world, key_result) -> None:
    for fields, field in (
        ({"worse_than": "lunch"}, "worse_than"),
        ({"delivery": Delivery(in_app=False)}, "channels"),
        ({"delivery": Delivery(audience="readers")}, "audience"),
        ({"actor": world.carl}, "key_result"),
    ):
        known = {"worse_than": "watch", "delivery": Delivery(), "actor": world.lee}
        with pytest.raises(BadInput) as refused:
            create_status_rule(key_result=key_result, now=NOW, **known | fields)
        assert list(refused.value.faults) == [field]
    assert not StatusRule.objects.exists()


def test_another_word_starts_anew(world, key_result) -> None:
    made = watch(world, key_result, "watch")
    judged(key_result, "watch")
    assert evaluation.evaluate_due(now=NOW + timedelta(hours=2)) == 0
    change_status_rule(
        rule=made,
        worse_than="on_track",
        delivery=Delivery(),
        actor=world.lee,
        now=NOW,
    )
    assert evaluation.evaluate_due(now=NOW + timedelta(hours=3)) == 1


def test_with_the_key_result_the_rule_goes(world, key_result) -> None:
    watch(world, key_result)
    key_result.delete()
    assert not AlertRule.objects.exists()


def test_the_trial_counts_changes(world, key_result) -> None:
    """On track, watch, watch, on track, off track over five days."""
    statuses = ("on_track", "watch", "watch", "on_track", "off_track")
    for back, status in enumerate(reversed(statuses)):
        judged(key_result, status, day=TODAY - back)
    assert status_trial(key_result, "on_track", now=NOW).times == 2
    assert status_trial(key_result, "watch", now=NOW).times == 1


def test_the_page_of_an_objective_leads_to_the_form(world, key_result) -> None:
    client = signed_in(world.lee)
    form = f"/objectives/key-results/{key_result.pk}/alert/"
    assert form in page(client, f"/objectives/{key_result.objective_id}/")
    assert "Worse than “On track”" in words(page(client, form))
    answer = client.post(form, {"worse_than": "watch", "channels": ["app"]})
    assert answer.status_code == 302
    made = StatusRule.objects.get()
    listed = words(page(client, "/alerts/"))
    assert "worse than “Watch”" in listed
    assert client.get(f"/alerts/{made.pk}/")["Location"] == (
        f"/objectives/alerts/{made.pk}/"
    )
    assert client.post(form, {"worse_than": "lunch"}).status_code == 422
    client.post(f"/alerts/{made.pk}/delete/")
    assert not AlertRule.objects.exists()
