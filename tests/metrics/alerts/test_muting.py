"""What people do not want to be told: of one rule or of all, by one way or both."""

from decimal import Decimal

import pytest

from metrics.alerts import evaluation, sending, services
from metrics.alerts.models import AlertRule, Mute, Notification
from metrics.alerts.muting import Reach, choose_reach
from metrics.alerts.services import Delivery
from tests.metrics.alerts.scenes import MONDAY, notice, rule, terms, tickets
from tests.metrics.views.reading import page, signed_in, statements, words
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

BOTH = {"in_app": True, "by_mail": True}
FOR_ALL = BOTH | {"audience": "readers"}
NO_MAIL, ONLY_MAIL = Reach(by_mail=False), Reach(in_app=False)
NOTHING = Reach(in_app=False, by_mail=False)


@pytest.fixture
def shared(world: World) -> AlertRule:
    """A rule of Ana's that tells her, Lee and the readers of the company."""
    return rule(world, world.ana, delivery=FOR_ALL)


def fire(world: World) -> dict[str, tuple[bool, str]]:
    """Let the rules fire; return who was told how: shown, state of the mail."""
    tickets(world, 6, on=MONDAY)
    evaluation.evaluate_due(now=NOW)
    return {
        each.person.name: (each.is_shown, each.mail_state)
        for each in Notification.objects.select_related("person")
    }


@pytest.mark.parametrize("of_all", [False, True])
@pytest.mark.parametrize(
    ("reach", "told"),
    [
        (NO_MAIL, (True, "none")),
        (ONLY_MAIL, (False, "waiting")),
        (NOTHING, None),
        (Reach(), (True, "waiting")),
    ],
)
def test_only_who_chose_so_is_told_otherwise(world, shared, of_all, reach, told):
    choose_reach(rule=None if of_all else shared, reach=reach, actor=world.lee)

    found = fire(world)

    assert found.get("Lee") == told
    assert found["Ana"] == found["Mona"] == (True, "waiting")
    world.lee.refresh_from_db()
    assert world.lee.has_notices == bool(told and told[0])


def test_both_choices_count(world, shared):
    choose_reach(rule=None, reach=NO_MAIL, actor=world.lee)
    choose_reach(rule=shared, reach=ONLY_MAIL, actor=world.lee)

    assert "Lee" not in fire(world)


def test_the_last_choice_counts_and_all_open_is_no_choice(world, shared):
    for reach in (NO_MAIL, NOTHING, ONLY_MAIL):
        choose_reach(rule=shared, reach=reach, actor=world.lee)
    (kept,) = Mute.objects.all()
    assert (kept.in_app, kept.by_mail) == (True, False)

    choose_reach(rule=shared, reach=Reach(), actor=world.lee)
    assert not Mute.objects.exists()


def test_it_outlasts_an_edit_of_the_rule_and_goes_with_it(world, shared):
    choose_reach(rule=shared, reach=NOTHING, actor=world.lee)
    services.change_rule(
        rule=shared,
        terms=terms(threshold=Decimal(4)),
        delivery=Delivery(**FOR_ALL),
        actor=world.ana,
        now=NOW,
    )

    assert "Lee" not in fire(world)
    services.delete_rule(rule=shared, actor=world.ana)
    assert not Mute.objects.exists()


def test_another_rule_still_tells(world, shared):
    rule(world, delivery=BOTH)
    choose_reach(rule=shared, reach=NOTHING, actor=world.lee)

    fire(world)

    told = Notification.objects.filter(person=world.lee)
    assert [each.rule.owner.name for each in told] == ["Lee"]


def test_a_mail_that_waits_is_withheld(world, shared):
    fire(world)
    waiting = Notification.objects.get(person=world.lee)
    choose_reach(rule=shared, reach=NO_MAIL, actor=world.lee)

    assert sending.send(waiting.pk, now=NOW) == "withheld"


def test_the_page_offers_the_rules_that_told_the_reader(world, shared):
    fire(world)
    client = signed_in(world.lee)
    text = words(page(client, "/notifications/"))
    assert "Ticket volume, Support Berlin: above 5 set up by Ana" in text

    answer = client.post("/notifications/reach/", {"rule": shared.pk, "app": "on"})

    assert answer["Location"] == "/notifications/#reach"
    html = page(client, "/notifications/")
    assert f'name="app" id="app-{shared.pk}" checked' in html
    assert f'name="mail" id="mail-{shared.pk}">' in html
    assert 'id="mail-" checked' in html  # of all alerts, as it was
    client.post("/notifications/reach/", {})
    assert 'id="mail-">' in page(client, "/notifications/")


@pytest.mark.parametrize("key", ["0", "x", "9" * 40, "²", "-1"])
def test_unknown_rules_are_404(world, key):
    client = signed_in(world.lee)

    assert client.post("/notifications/reach/", {"rule": key}).status_code == 404


def test_rules_that_told_the_reader_nothing_are_404(world, shared):
    fire(world)
    client = signed_in(world.carl)
    given = {"rule": shared.pk}

    assert client.post("/notifications/reach/", given).status_code == 404
    assert not Mute.objects.exists()


def test_as_many_queries_for_many_rules_as_for_one(world):
    client = signed_in(world.lee)
    notice(world.lee, rule=rule(world, world.ana, delivery=FOR_ALL))
    one = len(statements(client, "/notifications/"))
    for turn in range(2, 12):
        made = rule(world, world.ana, delivery=FOR_ALL)
        notice(world.lee, rule=made, turn=turn)
        choose_reach(rule=made, reach=NO_MAIL, actor=world.lee)

    assert len(statements(client, "/notifications/")) == one
