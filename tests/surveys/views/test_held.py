"""What we hold about somebody, and being forgotten."""

import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from crmkpi.accounts.models import AuditEvent
from crmkpi.crm.models import Contact
from surveys.links import shared_address
from surveys.models import (
    Answer,
    AnswerRevision,
    ErasureRequest,
    ExtraAnswer,
    Invitation,
    Response,
    Suppression,
)
from surveys.queries.results import results
from surveys.services import answers, erasure, replies
from surveys.services.invitations import invite
from surveys.services.surveys import share
from surveys.views.public_held import masked
from tests.surveys.cast import ask, listening, recipient, reply
from tests.surveys.drafting import WHY, WORD, change
from tests.world import NOW


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def token(survey, contact):
    return ask(survey, contact)[1]


def rows():
    models = (Invitation, Response, Answer, ErasureRequest, Suppression, AuditEvent)
    return [model.objects.count() for model in models]


def text(response):
    return response.content.decode()


def test_only_the_owner_can_tell_an_address():
    assert masked("grace@example.org") == "g…@example.org"
    assert masked("x") == "…"


def test_a_forwarded_link_shows_what_is_held_and_no_answer(client, token, contact):
    edit_key = reply(token, 2).edit_key
    answers.comment(edit_key, text="secret words", now=NOW)

    html = text(client.get(f"/r/{token}/held/"))

    assert "Your e-mail address: <bdi>g…@example.org</bdi>" in html
    assert "When you answered: <bdi>13 February</bdi>" in html
    assert "Answers are not shown here" in html
    for private in (contact.name, contact.email, "secret", edit_key):
        assert private not in html
    assert f"/r/{token}/held/" in text(client.get(f"/r/{token}/"))
    assert f"/r/{token}/held/" in text(client.get(f"/r/{token}/who/"))


def test_the_thank_you_page_shows_the_answer_for_a_day(client, token, at_now):
    key = reply(token, 2).edit_key
    answers.comment(key, text="<b>slow</b>", now=NOW)
    page = f"/t/{key}/held/"
    assert page in text(client.get(f"/t/{key}/"))

    html = text(client.get(page))
    assert "The number you chose: <bdi>2</bdi>" in html
    assert "&lt;b&gt;slow&lt;/b&gt;" in html
    at_now.shift(24 * 3600)
    assert "slow" not in text(client.get(page))


@pytest.mark.parametrize("language", ["de", "ar"])
def test_in_the_language_of_the_page(client, token, language):
    html = text(client.get(f"/r/{token}/held/?in={language}"))

    assert f'<html lang="{language}"' in html
    assert "<bdi>Fjordlight</bdi>" in html
    assert "{" not in re.sub(r"<title>.*?</title>", "", html)


def test_looking_asks_for_nothing(client, token):
    before = rows()
    for fetch in (client.get, client.head, client.options):
        fetch(f"/r/{token}/held/")

    assert rows() == before


def test_a_wish_is_taken_once_and_needs_no_cookie(client, token):
    for _ in range(2):
        told = client.post(f"/r/{token}/held/")
        assert "We have taken down your wish." in text(told)
        assert not told.cookies

    assert ErasureRequest.objects.get().invitation == Invitation.objects.get()
    assert "<form" not in text(client.get(f"/r/{token}/held/"))


def test_links_that_lead_nowhere(client, db):
    for address in ("/r/x/held/", f"/r/{'A' * 43}/held/", f"/t/{'0' * 48}/held/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404


# Carrying it out


@pytest.fixture
def answered(survey, contact, world):
    """A response with a comment that was changed once, and a word of its own."""
    change(survey, world, extras=(WHY, WORD))
    invitation, token = ask(survey, contact, agent_id=world.alice.pk)
    key = reply(token, 2).edit_key
    for comment in ("Grace was here", "call Grace"):
        replies.tell(
            key,
            comment=comment,
            given={"extra1": ["1"], "extra3": ["Grace"]},
            now=NOW,
        )
    return invitation, token, key


def test_erased_names_nobody_and_moves_no_figure(
    client, world, survey, contact, answered
):
    invitation, token, key = answered
    before = results(survey, access=world.access(world.mona), since_day=None)
    client.post(f"/r/{token}/held/")
    wish = ErasureRequest.objects.get()
    client.force_login(world.adam)
    assert contact.email in text(client.get(reverse("surveys:erasures")))
    page = reverse("surveys:erasure", args=[wish.pk])
    assert contact.name in text(client.get(page))

    done = client.post(page, {"act": "erase"})

    assert done.status_code == 302
    contact.refresh_from_db()
    invitation.refresh_from_db()
    assert (contact.name, contact.email, contact.erased_at) == ("", "", NOW)
    assert (invitation.address, invitation.address_hash) == ("", "")
    assert Answer.objects.get(kind="csat").value == 2
    assert Answer.objects.get(kind="text").text == ""
    assert set(AnswerRevision.objects.values_list("text", flat=True)) == {""}
    assert ExtraAnswer.objects.get().chosen == [1]
    after = results(survey, access=world.access(world.mona), since_day=None)
    assert after.scales == before.scales
    assert (before.comments, after.comments) == (1, 0)
    for gone in (f"/r/{token}/", f"/t/{key}/", f"/r/{token}/held/"):
        assert client.get(gone).status_code == 404
    wish.refresh_from_db()
    assert (wish.state, wish.closed_by, wish.closed_at) == ("done", world.adam, NOW)
    logged = AuditEvent.objects.get(action="survey.erased")
    assert logged.actor == world.adam
    assert "Grace" not in str(logged.detail)
    again = client.post(page, {"act": "erase"})
    assert again.status_code == 422
    assert AuditEvent.objects.filter(action="survey.erased").count() == 1


def test_who_was_erased_is_never_asked_again(world, survey, contact, answered):
    invitation, _, _ = answered
    address = contact.email
    wish = erasure.request_erasure(invitation=invitation, now=NOW)
    erasure.carry_out(wish, actor=world.adam, now=NOW)
    mail.outbox.clear()

    invite(
        survey,
        [recipient(contact, address=address, contact_id=None, subject="ticket:new")],
        request="again",
        actor=None,
        now=NOW,
    )

    asked = Invitation.objects.get(subject="ticket:new")
    assert (asked.state, asked.skip_reason) == ("skipped", "erased")
    assert asked.address == ""


def test_what_waits_is_not_sent(world, survey, contact, token):
    invite(
        survey,
        [recipient(contact, address="grace@example.org", subject="ticket:next")],
        request="r",
        actor=None,
        now=NOW,
    )
    Invitation.objects.filter(subject="ticket:next").update(state="queued")
    first = Invitation.objects.exclude(subject="ticket:next").get()
    with listening() as news:
        erasure.carry_out(
            erasure.request_erasure(invitation=first, now=NOW),
            actor=world.adam,
            now=NOW,
        )

    waiting = Invitation.objects.get(subject="ticket:next")
    assert (waiting.state, waiting.skip_reason) == ("skipped", "erased")
    assert {each.model for each in news} == {Invitation}


def test_other_people_stay_as_they_are(world, survey, contact, customer, answered):
    other = Contact.objects.create(
        source=contact.source,
        external_id="ida",
        name="Ida",
        email="ida@example.org",
        customer=customer,
        written_at=NOW,
    )
    _, token = ask(survey, other, subject="ticket:ida")
    key = reply(token, 4).edit_key
    answers.comment(key, text="fine", now=NOW)

    wish = erasure.request_erasure(invitation=answered[0], now=NOW)
    erasure.carry_out(wish, actor=world.adam, now=NOW)

    other.refresh_from_db()
    assert other.name == "Ida"
    assert Answer.objects.filter(text="fine").exists()


def test_an_answer_through_the_shared_link(client, world, survey):
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    page = f"/s/{shared_address(survey)}/"
    form = re.search(r'name="form" value="([^"]+)"', text(client.get(page)))
    assert form is not None
    posted = client.post(page, {"form": form[1], "score": "2"})
    thanks = posted["Location"]
    client.post(thanks, {"comment": "I am Grace"})
    assert "without a name" in text(client.get(f"{thanks}held/"))
    client.post(f"{thanks}held/")

    wish = ErasureRequest.objects.get()
    erasure.carry_out(wish, actor=world.adam, now=NOW)

    assert Answer.objects.get(kind="text").text == ""
    assert Answer.objects.get(kind="csat").value == 2


def test_declining_needs_a_reason(client, world, survey, contact, token):
    client.post(f"/r/{token}/held/")
    wish = ErasureRequest.objects.get()
    client.force_login(world.adam)
    page = reverse("surveys:erasure", args=[wish.pk])

    for refused in ({}, {"act": "x"}, {"act": "decline"}, {"act": "x", "note": "y"}):
        assert client.post(page, refused).status_code == 422
    assert client.post(page, {"act": "decline", "note": "no owner"}).status_code == 302

    wish.refresh_from_db()
    assert (wish.state, wish.note) == ("declined", "no owner")
    contact.refresh_from_db()
    assert contact.name == "Grace"
    assert "no owner" in text(client.get(reverse("surveys:erasures")))


# Hosts


def test_administrators_keep_the_list_of_hosts(client, world):
    client.force_login(world.adam)
    page = reverse("surveys:hosts")
    assert "No hosts yet" in text(client.get(page))

    for refused in ("", "localhost", "a b", "exa$mple.org", "10.0.0.1", "x" * 300):
        assert client.post(page, {"host": refused}).status_code == 422
    assert client.post(page, {"host": "HTTPS://Www.Example.org/"}).status_code == 302
    assert client.post(page, {"host": "www.example.org"}).status_code == 422

    html = text(client.get(page))
    assert "<b>www.example.org</b>" in html
    forbid = re.search(r'action="(/settings/redirects/\d+/forbid/)"', html)
    assert forbid is not None
    client.post(forbid[1])
    assert "No hosts yet" in text(client.get(page))
    logged = AuditEvent.objects.filter(action__startswith="survey.host")
    assert logged.count() == 2
