"""What a rule may be, and who may change it."""

from datetime import time
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from metrics.alerts import services
from metrics.alerts.models import AlertRule, Notification
from metrics.custom.errors import BadInput, Refused
from metrics.scopes import parse_scope
from tests.metrics.alerts.scenes import notice, rule, terms
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"metric": "nothing"}, "metric"),
        ({"kind": "rubbish"}, "kind"),
        ({"scope": "team:sales-north"}, "scope"),
        ({"scope": "company"}, "scope"),
        ({"side": "either"}, "side"),
        ({"side": ""}, "side"),
        ({"threshold": None}, "threshold"),
        ({"threshold": Decimal("NaN")}, "threshold"),
        ({"threshold": Decimal(10) ** 15}, "threshold"),
        ({"threshold": Decimal("5.5")}, "threshold"),
        ({"grain": 5}, "grain"),
        ({"grain": 0}, "grain"),
        ({"metric": "win_rate", "min_n": 29}, "min_n"),
        ({"kind": "change", "threshold": Decimal(-1)}, "threshold"),
        ({"kind": "freshness", "threshold": Decimal(0)}, "threshold"),
        ({"kind": "freshness", "threshold": Decimal(367)}, "threshold"),
    ],
)
def test_terms_that_cannot_be_say_why(world: World, fields, field) -> None:
    with pytest.raises(BadInput) as refused:
        rule(world, **fields)
    assert list(refused.value.faults) == [field]
    assert not AlertRule.objects.exists()


@pytest.mark.parametrize(
    ("delivery", "field"),
    [
        ({"in_app": False}, "channels"),
        ({"audience": "world"}, "audience"),
        ({"audience": "readers"}, "audience"),  # Lee leads and manages nobody
        ({"quiet_from": time(22)}, "quiet_until"),
        ({"quiet_until": time(22)}, "quiet_until"),
        ({"quiet_from": time(7), "quiet_until": time(7)}, "quiet_until"),
    ],
)
def test_deliveries_that_cannot_be_say_why(world: World, delivery, field) -> None:
    with pytest.raises(BadInput) as refused:
        rule(world, delivery=delivery)
    assert list(refused.value.faults) == [field]


@pytest.mark.parametrize(
    "scope", ["team:support-berlin", "channel:phone@team:support-berlin"]
)
def test_managers_may_have_others_told(world: World, scope: str) -> None:
    made = rule(world, world.ana, scope=scope, delivery={"audience": "readers"})
    assert made.audience == "readers"


def test_of_the_company_only_its_managers_may(world: World) -> None:
    made = rule(world, world.mona, scope="company", delivery={"audience": "readers"})
    assert made.audience == "readers"
    with pytest.raises(BadInput):
        rule(world, world.nora, scope="company", delivery={"audience": "readers"})


def test_an_agent_may_watch_the_own_figures(world: World) -> None:
    made = rule(world, world.alice, scope=f"agent:~{world.alice.pk}")
    assert made.member == world.alice.pk
    with pytest.raises(BadInput):
        rule(world, world.alice, scope=f"agent:~{world.bob.pk}")


def test_another_may_not_change_pause_or_delete_it(world: World) -> None:
    made = rule(world)
    for act in (
        lambda: services.pause_rule(rule=made, paused=True, actor=world.ana, now=NOW),
        lambda: services.delete_rule(rule=made, actor=world.ana),
        lambda: services.change_rule(
            rule=made,
            terms=terms(),
            delivery=services.Delivery(),
            actor=world.ana,
            now=NOW,
        ),
    ):
        with pytest.raises(Refused):
            act()
    made.refresh_from_db()
    assert made.is_active and made.turn == 1


def test_nobody_has_more_than_200(world: World, monkeypatch) -> None:
    monkeypatch.setattr(services, "MOST_RULES", 2)
    rule(world), rule(world)
    rule(world, world.ana)
    with pytest.raises(Refused):
        rule(world)


def test_what_was_told_outlives_the_rule(world: World) -> None:
    made = rule(world)
    told = notice(world.lee, rule=made)
    services.delete_rule(rule=made, actor=world.lee)
    told.refresh_from_db()
    assert told.rule_id is None and told.title


def test_marking_touches_nobody_elses(world: World) -> None:
    mine, theirs = notice(world.lee), notice(world.ana)
    assert services.mark_read(pks=[mine.pk, theirs.pk], actor=world.lee, now=NOW) == 1
    assert services.mark_read(pks=None, actor=world.lee, now=NOW) == 0
    assert Notification.objects.filter(read_at=None).get() == theirs
    for person in (world.lee, world.ana):
        person.refresh_from_db()
    assert (world.lee.has_notices, world.ana.has_notices) == (False, True)


def test_the_sign_stays_while_one_is_unread(world: World) -> None:
    first = notice(world.lee)
    notice(world.lee, turn=2)
    services.mark_read(pks=[first.pk], actor=world.lee, now=NOW)
    world.lee.refresh_from_db()
    assert world.lee.has_notices is True


@pytest.mark.parametrize(
    "fields",
    [
        {"in_app": False, "by_mail": False},
        {"quiet_from": time(7), "quiet_until": time(7)},
        {"quiet_from": time(7)},
        {"threshold": None},
    ],
)
def test_the_database_refuses_what_no_service_writes(world: World, fields) -> None:
    made = rule(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertRule.objects.filter(pk=made.pk).update(**fields)


def test_one_turn_tells_one_person_once(world: World) -> None:
    made = rule(world)
    notice(world.lee, rule=made)
    with pytest.raises(IntegrityError), transaction.atomic():
        notice(world.lee, rule=made)


def test_scope_texts_are_kept_as_addresses_write_them(world: World) -> None:
    made = rule(world, scope="Team:Support-Berlin".lower())
    assert parse_scope(made.scope_text).key == made.scope
