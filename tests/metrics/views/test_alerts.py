"""Pages of alert rules: list, form, trial, pause, delete; and the bell."""

import pytest

from crmkpi.accounts.models import Membership
from metrics.alerts.models import AlertRule, Notification
from tests.metrics.alerts.scenes import (
    BERLIN,
    MONDAY,
    new_rule,
    notice,
    rule,
    tickets,
)
from tests.metrics.views.reading import page, signed_in, statements, words
from tests.world import World, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

NEW = f"/alerts/new/?metric=ticket_volume&scope={BERLIN}"


def test_a_rule_is_made_and_looked_at_at_once(world: World) -> None:
    tickets(world, 6, on=MONDAY)
    client = signed_in(world.lee)
    given = new_rule(world) | {"channels": ["app", "mail"]}
    given |= {"quiet_from": "22:00", "quiet_until": "07:00"}
    answer = client.post("/alerts/new/", given, follow=True)
    text = words(answer.content.decode())
    assert "You will be told." in text
    assert (
        "Alert since 13 Feb 2026 Ticket volume, Support Berlin above 5, each week"
        in text
    )
    assert "Application and mail no mail from 22:00 to 07:00" in text
    assert "Notifications, 1 unread" in answer.content.decode()
    made = AlertRule.objects.get()
    assert (made.owner, made.state, made.audience) == (world.lee, "firing", "self")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"threshold": "many"}, "is not a number"),
        ({"threshold": ""}, "This field is required"),
        ({"threshold": "9" * 39}, "This number is too large."),
        ({"threshold": "5\x00"}, "is not a number"),
        ({"side": "sideways"}, "Select a valid choice"),
        ({"grain": "99"}, "Select a valid choice"),
        ({"grain": "x"}, "Select a valid choice"),
        ({"min_n": "-1"}, "greater than or equal to"),
        ({"min_n": "9" * 30}, "less than or equal to"),
        ({"channels": []}, "Choose at least one way to be told."),
        ({"channels": ["pigeon"]}, "Select a valid choice"),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "Enter a valid time"),
        ({"quiet_from": "22:00"}, "Enter both ends of the quiet hours"),
    ],
)
def test_rubbish_is_refused_in_words(world: World, change, said) -> None:
    answer = signed_in(world.lee).post("/alerts/new/", new_rule(world) | change)
    assert answer.status_code == 422
    assert said in words(answer.content.decode())
    assert not AlertRule.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?metric=nothing",
        "?metric=%00",
        "?metric=ticket_volume&scope=team:sales-north",
        "?metric=ticket_volume&scope=rubbish",
        "?metric=ticket_volume&scope=%00",
    ],
)
@pytest.mark.parametrize("address", ["/alerts/new/", "/alerts/trial/"])
def test_unknown_and_foreign_are_404(world: World, address: str, query: str) -> None:
    assert signed_in(world.lee).get(address + query).status_code == 404


def test_a_foreign_scope_cannot_be_posted(world: World) -> None:
    given = new_rule(world) | {"scope": "team:sales-north"}
    assert signed_in(world.lee).post("/alerts/new/", given).status_code == 404


@pytest.mark.parametrize("kind", ["value", "change", "signal", "freshness", "rubbish"])
def test_every_kind_has_a_form(world: World, kind: str) -> None:
    html = page(signed_in(world.lee), f"{NEW}&kind={kind}")
    assert "Who is told?" not in html  # Lee manages nobody
    assert 'aria-current="true"' in html


def test_managers_may_choose_whom_to_tell(world: World) -> None:
    assert "Who is told?" in page(signed_in(world.ana), NEW)


def test_the_trial_follows_what_is_typed(world: World) -> None:
    tickets(world, 6, on=MONDAY - 7)
    tickets(world, 6, on=MONDAY - 21)
    client = signed_in(world.lee)
    address = NEW.replace("new", "trial") + "&kind=value&side=above&grain=2&threshold="
    assert "told you 2 times" in words(page(client, address + "5"))
    assert "told you nothing" in words(page(client, address + "6"))
    for unfinished in ("", "5.", "x", "9" * 39):
        assert "Fill in what to look for" in words(page(client, address + unfinished))


def test_a_page_without_script_keeps_what_was_typed(world: World) -> None:
    html = page(
        signed_in(world.lee), f"{NEW}&kind=value&side=below&threshold=17&grain=3"
    )
    assert 'value="17"' in html
    assert "in the last 13 months" in words(html)


def test_a_rule_is_changed_by_its_owner(world: World) -> None:
    made = rule(world)
    client = signed_in(world.lee)
    html = page(client, f"/alerts/{made.pk}/")
    assert 'value="5"' in html
    given = new_rule(world) | {"threshold": "7", "channels": ["mail"]}
    assert client.post(f"/alerts/{made.pk}/", given).status_code == 302
    made.refresh_from_db()
    assert (made.threshold, made.in_app, made.by_mail) == (7, False, True)
    assert client.post(f"/alerts/{made.pk}/", {}).status_code == 422


def test_others_have_no_such_rule(world: World) -> None:
    made = rule(world)
    client = signed_in(world.ana)
    for address in (f"/alerts/{made.pk}/", f"/alerts/{made.pk}/delete/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert client.post(f"/alerts/{made.pk}/pause/").status_code == 404
    assert "No alerts yet" in page(client, "/alerts/")


def test_pause_go_on_and_delete(world: World) -> None:
    made = rule(world)
    client = signed_in(world.lee)
    client.post(f"/alerts/{made.pk}/pause/", {"pause": "yes"})
    assert "Paused" in words(page(client, "/alerts/"))
    client.post(f"/alerts/{made.pk}/pause/", {"pause": "no"})
    made.refresh_from_db()
    assert made.is_active
    assert "Delete this alert?" in page(client, f"/alerts/{made.pk}/delete/")
    client.post(f"/alerts/{made.pk}/delete/")
    assert not AlertRule.objects.exists()


def test_a_rule_on_what_is_no_longer_open_says_nothing_of_it(world: World) -> None:
    made = rule(world)
    tickets(world, 6, on=MONDAY)
    Membership.objects.filter(user=world.lee).update(until_day=day("2026-02-13"))
    client = signed_in(world.lee)
    assert "No longer open to you" in words(page(client, "/alerts/"))
    assert client.get(f"/alerts/{made.pk}/").status_code == 404


def test_the_metric_page_leads_to_a_form_for_its_scope(world: World) -> None:
    tickets(world, 1, on=MONDAY)
    html = page(signed_in(world.lee), f"/metrics/ticket_volume/?scope={BERLIN}")
    link = "/alerts/new/?metric=ticket_volume&amp;scope=team%3Asupport-berlin"
    assert link in html


def asked_for_notices(client, address: str) -> int:
    return sum("notification" in sql for sql in statements(client, address))


def test_the_bell_asks_nothing_while_there_is_nothing_and_once_else(
    world: World,
) -> None:
    client = signed_in(world.lee)
    assert asked_for_notices(client, "/metrics/") == 0
    notice(world.lee)
    assert asked_for_notices(client, "/metrics/") == 1
    assert "Notifications, 1 unread" in page(client, "/metrics/")


def test_the_bell_and_the_list_leave_out_what_is_no_longer_open(world: World) -> None:
    notice(world.lee)
    notice(world.lee, turn=2, metric="own_secret")  # of somebody else, and not shared
    notice(world.lee, turn=3, is_shown=False)
    client = signed_in(world.lee)
    assert "Notifications, 1 unread" in page(client, "/notifications/")
    Membership.objects.filter(user=world.lee).update(until_day=day("2026-02-13"))
    html = page(client, "/notifications/")
    assert "unread" not in html.split("<main")[0]
    assert "Nothing to tell yet" in html


def test_notices_are_read_one_by_one_or_all(world: World) -> None:
    first = notice(world.lee)
    notice(world.lee, turn=2, title="Second", is_firing=False)
    client = signed_in(world.lee)
    text = words(page(client, "/notifications/"))
    assert "Alert Ticket volume, Support Berlin: above 5" in text
    assert "Back to normal Second" in text
    client.post(f"/notifications/{first.pk}/read/")
    unread = words(page(client, "/notifications/?unread=1"))
    assert "Second" in unread and "above 5" not in unread
    client.post("/notifications/read/")
    assert "Nothing unread" in page(client, "/notifications/?unread=1")
    assert not Notification.objects.filter(read_at=None).exists()


def test_a_notice_opens_where_it_leads(world: World) -> None:
    made = notice(world.lee)
    client = signed_in(world.lee)
    answer = client.post(f"/notifications/{made.pk}/read/", {"open": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/metrics/ticket_volume/")
    assert client.post("/notifications/999999/read/").status_code == 404
    assert client.get(f"/notifications/{made.pk}/read/").status_code == 405


def test_as_many_queries_for_fifty_notices_as_for_one(world: World) -> None:
    client = signed_in(world.lee)
    notice(world.lee)
    one = len(statements(client, "/notifications/"))
    for turn in range(2, 52):
        notice(world.lee, turn=turn)
    assert len(statements(client, "/notifications/")) == one
    assert "1 to 50 of 51" in words(page(client, "/notifications/"))
    page(client, "/notifications/?page=rubbish")
