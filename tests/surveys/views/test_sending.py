"""The pages about sending: who may, what they say, and what they change."""

import re
from datetime import timedelta
from html import unescape

import pytest
import segno
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crmkpi.accounts.models import AuditEvent
from crmkpi.crm.models import Member
from surveys.models import Invitation, Occasion, SendingLimits, SendingRule, Suppression
from surveys.sending.queries import DAYS
from surveys.services.suppressions import suppress, unsubscribe
from surveys.services.surveys import close
from surveys.tokens import address_hash
from tests.surveys.cast import ask, token_of
from tests.surveys.sending.making import another_survey, rule, run, solved, tell
from tests.world import NOW, person

FIELDS = {
    "event": "ticket",
    "delay_hours": "24",
    "send_from": "8",
    "send_until": "20",
    "sample_percent": "50",
    "means": "mail",
    "reminder_days": "3",
    "replied_only": "on",
}


@pytest.fixture
def sign_in(client):
    def as_(user):
        client.force_login(user)
        return client

    return as_


@pytest.fixture
def ana(sign_in, world):
    return sign_in(world.ana)


def page(name, survey, **kwargs):
    return reverse(f"surveys:{name}", kwargs={"slug": survey.slug, **kwargs})


def test_the_form_says_what_a_rule_about_deliveries_needs(ana, survey, contact):
    said = "No order has a delivery time yet: import orders with the column “delivered”"
    assert said in ana.get(page("rule_new", survey)).content.decode()

    tell("order", {"external_id": "O-1", "customer": "Globex", "delivered": NOW})
    assert said not in ana.get(page("rule_new", survey)).content.decode()


def test_a_rule_is_made_tried_and_switched_on(ana, world, survey, contact):
    now = timezone.now()
    solved(resolved=now, now=now)
    answer = ana.post(
        page("rule_new", survey), FIELDS | {"teams": [world.berlin.pk]}, follow=True
    )

    made = SendingRule.objects.get()
    text = answer.content.decode()
    assert not made.is_on
    assert made.conditions["teams"] == [world.berlin.pk]
    assert (made.sample_percent, made.reminder_days) == (50, 3)
    assert "What it would have done" in text
    assert "in the last 30 days" in text
    assert "Support Berlin" in text
    assert "from 8:00 to 20:00 where the customer is" in text
    ana.post(page("rule_switch", survey, pk=made.pk), {"on": "yes"})
    made.refresh_from_db()
    assert made.is_on
    assert made.on_since is not None
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"sending.rule.added", "sending.rule.on"} <= actions


def test_conditions_are_kept_and_shown(ana, survey):
    gold, urgent, fault, bank = (
        Member.objects.create(dimension=dimension, name=name)
        for dimension, name in (
            ("segment", "Gold"), ("policy", "Urgent"), ("type", "Fault"),
            ("client", "North Bank"),
        )
    )  # fmt: skip
    chosen = {
        "segments": [gold.pk],
        "policies": [urgent.pk],
        "types": [fault.pk],
        "clients": [bank.pk],
    }
    answer = ana.post(
        page("rule_new", survey), FIELDS | chosen | {"channels": ["1"]}, follow=True
    )

    made = SendingRule.objects.get()
    assert {key: made.conditions[key] for key in chosen} == chosen
    assert "Phone · Gold · Urgent · Fault · North Bank" in answer.content.decode()
    form = ana.get(page("rule_edit", survey, pk=made.pk)).content.decode()
    assert form.count("checked") == 6  # with the box for replied tickets
    wrong = ana.post(page("rule_new", survey), FIELDS | {"segments": [urgent.pk]})
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"send_from": "20", "send_until": "8"}, "must be later"),
        ({"event": "period"}, "after how many days"),
        ({"event": "odd"}, "valid choice"),
        ({"sample_percent": "0"}, "greater than or equal to 1"),
        ({"delay_hours": "x"}, "whole number"),
        ({"means": "sms"}, "No gateway for text messages"),
        ({"teams": ["999999"]}, "valid choice"),
        ({"channels": ["77"]}, "valid choice"),
    ],
)
def test_bad_rules_are_explained(ana, survey, change, words):
    answer = ana.post(page("rule_new", survey), FIELDS | change)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not SendingRule.objects.exists()


def test_teams_of_others_cannot_be_chosen(ana, world, survey):
    answer = ana.post(page("rule_new", survey), FIELDS | {"teams": [world.north.pk]})
    assert answer.status_code == 422


def test_a_rule_of_another_survey_is_404(ana, world, survey):
    other = rule(another_survey(world))
    for name in ("rule", "rule_edit"):
        assert ana.get(page(name, survey, pk=other.pk)).status_code == 404
    switch = page("rule_switch", survey, pk=other.pk)
    assert ana.post(switch, {"on": "no"}).status_code == 404


def test_a_changed_rule_keeps_what_waits(ana, survey, contact):
    made = rule(survey)
    solved()
    ana.post(page("rule_edit", survey, pk=made.pk), FIELDS | {"delay_hours": "1"})

    made.refresh_from_db()
    assert (made.delay_hours, made.is_on) == (1, True)
    assert Occasion.objects.get().due_at == NOW
    form = ana.get(page("rule_edit", survey, pk=made.pk)).content.decode()
    assert 'name="sample_percent" value="50"' in form


def test_a_closed_survey_switches_nothing_on(ana, world, survey):
    made = rule(survey, is_on=False)
    close(survey, actor=world.ana, now=NOW)
    answer = ana.post(
        page("rule_switch", survey, pk=made.pk), {"on": "yes"}, follow=True
    )

    assert "Publish the survey before" in answer.content.decode()
    assert not SendingRule.objects.get().is_on


def test_switching_off_stops_what_waits(ana, survey, contact):
    made = rule(survey)
    solved()
    ana.post(page("rule_switch", survey, pk=made.pk), {"on": "no"})

    kept = Occasion.objects.get()
    assert (kept.state, kept.reason) == ("skipped", "closed")
    run()
    assert not Invitation.objects.exists()


def test_sends_and_skips_say_why(ana, survey, contact):
    rule(survey)
    solved("T-1")
    solved("T-2")
    run()
    Occasion.objects.update(happened_at=timezone.now())
    url = page("sends", survey)

    everything = ana.get(url).content.decode()
    assert "2 occasions" in everything
    assert "Grace" in everything
    assert "Was asked by this survey a short while ago" in everything
    assert "1 occasion<" in ana.get(f"{url}?state=skipped").content.decode()
    assert "1 occasion<" in ana.get(f"{url}?reason=recent").content.decode()
    for odd in ("?state=odd&reason=odd", "?rule=x", "?rule=9", "?rule=²", "?page=99"):
        assert ana.get(url + odd).status_code == 200
    rules = ana.get(page("sending", survey)).content.decode()
    assert "A ticket was resolved" in rules
    assert "1 invited · <a" in rules
    assert "cancelled" not in rules


@pytest.mark.parametrize("state", ["skipped", "cancelled"])
def test_what_a_rule_counts_is_what_its_link_lists(ana, survey, contact, state):
    """A cancelled occasion is none that was not asked; nor does one of last year."""
    rule(survey)
    for key in ("T-1", "T-2", "T-3"):
        solved(key)
    Occasion.objects.update(happened_at=timezone.now(), state=state)
    old = Occasion.objects.order_by("pk").first()
    old.happened_at -= timedelta(days=DAYS + 1)
    old.save()
    words = {"skipped": "not asked", "cancelled": "cancelled"}

    rules = ana.get(page("sending", survey)).content.decode()
    (link,) = re.findall(rf'href="([^"]*)">2 {words[state]}</a>', rules)

    assert "2 occasions" in ana.get(unescape(link)).content.decode()


def test_readers_see_the_occasions_of_their_teams(sign_in, world, survey, contact):
    rule(survey)
    solved()
    Occasion.objects.update(team=world.support)  # not Lee's

    assert (
        "0 occasions" in sign_in(world.lee).get(page("sends", survey)).content.decode()
    )
    assert (
        "1 occasion<" in sign_in(world.ana).get(page("sends", survey)).content.decode()
    )


@pytest.mark.parametrize("name", ["sends", "sending"])
def test_number_of_queries_does_not_grow(ana, survey, contact, name):
    made = rule(survey, conditions={"teams": [survey.team_id]})
    counts = []
    for numbers in (range(1), range(1, 50)):
        for n in numbers:
            Occasion.objects.create(
                rule=made,
                subject=f"ticket:1:{n}",
                happened_at=timezone.now(),
                event_day=0,
                contact=contact,
                customer=contact.customer,
                team=survey.team,
                due_at=NOW,
                created_at=NOW,
            )
        if name == "sending" and numbers.start:
            for _ in range(9):
                rule(survey, conditions={"teams": [survey.team_id]})
        with CaptureQueriesContext(connection) as seen:
            assert ana.get(page(name, survey)).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


# What holds across surveys


def test_limits_are_changed_by_who_manages_the_company(sign_in, world):
    url = reverse("surveys:limits")
    assert sign_in(world.ana).post(url, {"rest_days": "3"}).status_code == 403
    assert sign_in(world.mona).post(url, {"rest_days": "3"}).status_code == 302
    assert SendingLimits.objects.get().rest_days == 3
    assert sign_in(world.mona).post(url, {"rest_days": "-1"}).status_code == 422
    assert 'value="3"' in sign_in(world.mona).get(url).content.decode()


def test_suppression_list(ana, survey, contact):
    _, token = ask(survey, contact)
    url = reverse("surveys:limits")
    ana.post(url, {"address": "Else@example.org"})
    unsubscribe(token, now=NOW)

    text = ana.get(url).content.decode()
    assert "2 addresses" in text
    assert contact.email in text  # an invitation that Ana may see has it
    assert "else@example.org" not in text.lower()  # only its fingerprint is kept
    assert address_hash("else@example.org")[:12] in text
    found = ana.get(url, {"q": " ELSE@example.org "}).content.decode()
    assert "1 address<" in found
    assert (
        "This address may be asked" in ana.get(url, {"q": "x@y.org"}).content.decode()
    )
    assert ana.post(url, {"address": "no address"}).status_code == 422


def test_a_wish_cannot_be_undone_a_bounce_can(ana, survey, contact):
    wish = suppress(
        address_hash("a@b.org"), reason=Suppression.Reason.UNSUBSCRIBED, now=NOW
    )
    bounce = suppress(
        address_hash("c@d.org"), reason=Suppression.Reason.HARD_BOUNCE, now=NOW
    )
    for each in (wish, bounce):
        ana.post(reverse("surveys:suppression_release", args=[each.pk]))

    assert list(Suppression.objects.all()) == [wish]


def test_addresses_of_other_departments_are_not_told(sign_in, world, survey, contact):
    _, token = ask(survey, contact)
    unsubscribe(token, now=NOW)
    outsider = person("Otto", world.sales, "manager")
    text = sign_in(outsider).get(reverse("surveys:limits")).content.decode()

    assert "1 address<" in text
    assert contact.email not in text


# Other ways


def test_qr_code_holds_the_shared_link_on_the_configured_address(
    ana, survey, settings, monkeypatch
):
    settings.BASE_URL = "https://crm.example.net"
    told = []
    make = segno.make
    monkeypatch.setattr(
        segno, "make", lambda text, **kw: told.append(text) or make(text, **kw)
    )
    answer = ana.get(page("qr", survey), headers={"host": "127.0.0.1"})

    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<svg" in answer.content
    assert told == [f"https://crm.example.net/s/{survey.slug}-{survey.shared_key}/"]
    assert (
        "attachment" in ana.get(page("qr", survey) + "?download")["Content-Disposition"]
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://www.example.com", ["https://www.example.com"]),
        ("HTTPS://Shop.Example.com:8443/\n\nhttps://a.org\nhttps://a.org",
         ["https://shop.example.com:8443", "https://a.org"]),
        ("", []),
    ],
)  # fmt: skip
def test_origins(ana, survey, given, kept):
    assert ana.post(page("channels", survey), {"origins": given}).status_code == 302
    survey.refresh_from_db()
    assert survey.frame_origins == kept


@pytest.mark.parametrize(
    "bad",
    [
        "http://example.com", "*", "https://*.example.com", "https://a.org/path",
        "'none'", "https://a.org; script-src *", "https://user@a.org", "https://",
        "https://a..org", "javascript:alert(1)", "https://a.org b.org",
    ],
)  # fmt: skip
def test_bad_origins_are_refused(ana, survey, bad):
    answer = ana.post(page("channels", survey), {"origins": bad})

    assert answer.status_code == 422
    survey.refresh_from_db()
    assert survey.frame_origins == []


def test_token_of_mail_is_not_on_any_staff_page(ana, survey, contact, mailoutbox):
    """Managers and agents never get at the links of customers."""
    made = rule(survey)
    solved()
    run()
    token = token_of(mailoutbox[0])
    for name, more in [("sends", {}), ("sending", {}), ("rule", {"pk": made.pk}),
                       ("invitations", {}), ("channels", {})]:  # fmt: skip
        assert token not in ana.get(page(name, survey, **more)).content.decode()


@pytest.mark.parametrize("box", ["teams", "segments"])
@pytest.mark.parametrize("odd", ["9" * 40, "-1", "x", "\x00", "1.5"])
def test_a_row_that_no_database_has_is_no_choice(ana, survey, box, odd):
    Member.objects.create(dimension=Member.Dimension.SEGMENT, name="Large")

    refused = ana.post(page("rule_new", survey), {**FIELDS, box: odd})

    assert refused.status_code == 422
    assert box in refused.context["form"].errors
