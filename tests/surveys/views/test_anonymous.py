"""The pages of anonymous surveys, for customers and for staff."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from surveys.links import shared_address
from surveys.models import (
    Ballot,
    ErasureRequest,
    ExtraAnswer,
    FollowUp,
    FollowUpRule,
    Response,
    Survey,
)
from surveys.queries.extras import extra_results
from surveys.scoring import Kind
from surveys.services.ballot_boxes import open_boxes
from surveys.services.surveys import create_survey, publish, share
from surveys.texts import PAGES
from tests.surveys.cast import ask, contact, customer, reply
from tests.surveys.drafting import WHY, WORD, change, filled_in
from tests.surveys.views.test_public import fields_of
from tests.world import NOW

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def survey(world, survey):
    Survey.objects.filter(pk=survey.pk).update(is_anonymous=True)
    survey.refresh_from_db()
    change(survey, world, extras=(WHY, WORD))
    return survey


@pytest.fixture
def page(survey, contact):
    return f"/r/{ask(survey, contact)[1]}/"


@pytest.fixture
def thanks(client, page):
    return _answer(client, page, 2)


@pytest.fixture
def read(world, client, survey):
    """The survey with five answers that came out of their box, read by Ana."""
    for number in range(5):
        asked = contact(f"P{number}", customer=customer(f"Firm {number}"))
        _, token = ask(survey, asked, subject=f"ticket:{number}")
        reply(token, 1)
    FollowUpRule.objects.create(
        survey=survey,
        name="Low",
        created_at=NOW - WEEK,
        owner=world.ana,
        owned_by="person",
    )
    Ballot.objects.update(comment="Too slow")
    open_boxes(now=NOW + WEEK)
    client.force_login(world.ana)

    def get(name, **kwargs):
        return client.get(reverse(f"surveys:{name}", kwargs=kwargs))

    return get


def _answer(client, page, score, language="en"):
    fields = fields_of(client.get(page, {"in": language}))
    posted = client.post(page, {**fields, "score": score})
    assert posted.status_code == 303
    return posted["Location"]


def html_of(response):
    return response.content.decode()


# Customers


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_customers_are_told(client, page, language):
    """On the page of the question, on that of who sees it and on that of what we hold;
    nothing of the usual promise is left there."""
    words = PAGES[language]
    question = html_of(client.get(page, {"in": language}))
    who = html_of(client.get(f"{page}who/", {"in": language}))
    held = html_of(client.get(f"{page}held/", {"in": language}))

    assert words.anonymous in question
    assert words.who_anonymous[1] in who
    assert words.who_text[1] not in who
    assert words.anonymous not in who
    thanks = html_of(client.get(_answer(client, page, 4, language)))
    assert words.thanks in thanks
    assert words.anonymous_hint in thanks
    assert held != html_of(client.get(f"{page}held/", {"in": language}))


def test_other_surveys_promise_nothing(client, world):
    survey = create_survey(
        name="Named",
        kind=Kind.CSAT,
        team=world.support,
        brand="Fjordlight",
        actor=world.ana,
        now=NOW,
    )
    publish(survey, actor=world.ana, now=NOW)
    survey.refresh_from_db()
    _, token = ask(survey, contact("Jon"))

    assert PAGES["en"].anonymous not in html_of(client.get(f"/r/{token}/"))
    assert PAGES["en"].who_text[1] in html_of(client.get(f"/r/{token}/who/"))
    assert PAGES["en"].anonymous not in mail.outbox[-1].body


def test_the_mail_says_it(page):
    sent = mail.outbox[-1]
    assert PAGES["en"].anonymous in sent.body
    assert PAGES["en"].anonymous in sent.alternatives[0].content


def test_a_comment_right_after_the_answer(client, thanks):
    bad = client.post(thanks, {"comment": "x" * 5001})
    assert bad.status_code == 422
    assert "5,000 characters" in html_of(bad)
    assert client.post(thanks, {"extra1": "9"}).status_code == 422
    assert "We have received your answer." in html_of(client.get(thanks))

    done = client.post(thanks, {"comment": "Too slow", "extra1": "2"})

    assert done.status_code == 303
    after = html_of(client.get(done["Location"]))
    assert "We have received your comment." in after
    assert "<form" not in after
    assert "Too slow" not in after
    ballot = Ballot.objects.get()
    assert ballot.comment == "Too slow"
    assert ballot.extras == {"extra1": {"chosen": [2], "text": ""}}
    again = client.post(thanks, {"comment": "Too fast"})
    assert again.status_code == 410
    assert Ballot.objects.get().comment == "Too slow"


def test_nothing_said_leaves_the_form(client, thanks):
    done = client.post(thanks, {"comment": " "})

    assert "<form" in html_of(client.get(done["Location"]))


def test_the_score_cannot_be_changed(client, thanks):
    change_page = thanks.partition("?")[0] + "change/"

    assert change_page not in html_of(client.get(thanks))
    assert client.get(change_page).status_code == 404
    assert client.post(change_page, {"score": "5"}).status_code == 404
    assert Ballot.objects.get().score == 2


def test_what_we_hold(client, page, thanks):
    """With the mailed link that it was used; with the page after it the answer, which
    nobody can find later to erase it."""
    client.post(thanks, {"comment": "Too slow", "extra1": "2"})
    mine = thanks.replace("/?", "/held/?")
    shown = html_of(client.get(mine))
    assert "The number you chose: <bdi>2</bdi>" in shown
    assert "Too slow" in shown
    assert "it can be neither found nor erased" in shown
    assert "<form" not in shown
    assert client.post(mine).status_code == 200
    assert not ErasureRequest.objects.exists()

    mailed = html_of(client.get(f"{page}held/"))
    assert "That you have answered; not what, and not when" in mailed
    assert "Too slow" not in mailed
    assert "When you answered" not in mailed
    assert "erases your name and your address." in mailed
    assert "what you wrote" not in mailed
    client.post(f"{page}held/")
    assert ErasureRequest.objects.get().response is None


def test_once_the_box_was_opened_no_page_is_left(client, thanks):
    Ballot.objects.all().delete()

    assert client.get(thanks).status_code == 404
    assert client.post(thanks, {"comment": "Late"}).status_code == 404
    assert client.get(thanks.replace("/?", "/held/?")).status_code == 404


def test_the_shared_and_the_embedded_page(client, world, survey):
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    address = shared_address(survey)
    for page in (f"/s/{address}/", f"/e/{address}/"):
        assert PAGES["ar"].anonymous in html_of(client.get(page, {"in": "ar"}))
        assert PAGES["de"].who_anonymous[1] in html_of(
            client.get(f"{page}who/", {"in": "de"})
        )
        after = client.get(_answer(client, page, 4, "ar"))
        assert PAGES["ar"].recorded in html_of(after)
    assert Ballot.objects.count() == 2


# Staff


def test_the_flag_is_chosen_while_drafting(client, world):
    survey = create_survey(
        name="Named",
        kind=Kind.CSAT,
        team=world.support,
        brand="Fjordlight",
        actor=world.ana,
        now=NOW,
    )
    client.force_login(world.ana)
    edit = reverse("surveys:edit", args=[survey.slug])
    form = filled_in(client.get(edit).context["form"])
    assert "is_anonymous" not in form

    tried = client.post(edit, {**form, "is_anonymous": "on", "preview": "yes"})
    assert PAGES["en"].anonymous in html_of(tried)
    client.post(edit, {**form, "is_anonymous": "on"})

    survey.refresh_from_db()
    assert survey.is_anonymous
    assert PAGES["en"].anonymous in html_of(
        client.get(reverse("surveys:preview", args=[survey.slug]))
    )
    publish(survey, actor=world.ana, now=NOW)
    saved = client.post(edit, {**form, "name": "Other"})  # without the tick
    assert saved.status_code == 302
    survey.refresh_from_db()
    assert (survey.name, survey.is_anonymous) == ("Other", True)
    shown = html_of(client.get(edit))
    assert 'name="is_anonymous"' in shown
    assert "disabled" in shown.partition('name="is_anonymous"')[2].partition(">")[0]


def test_the_page_says_what_waits(client, world, page):
    _answer(client, page, 2)
    client.force_login(world.alice)

    shown = html_of(client.get(reverse("surveys:detail", args=["after-a-request"])))

    assert "1 answer waits." in shown
    assert "Anonymous ·" in shown


def test_lists_and_files_show_no_identity(read, survey):
    """Nor any hour, nor the day of each: all five are of Friday, their last day."""
    shown = html_of(read("answers", slug=survey.slug))
    file = b"".join(read("answers_csv", slug=survey.slug)).decode()

    assert shown.count("Too slow") == file.count("Too slow") == 5
    assert "13 Feb 2026" in shown
    assert "13 Feb 2026, " not in shown
    assert file.count("2026-02-13,1,5,Too slow") == 5
    for told in ("Firm", "P0", "00:00"):
        assert told not in shown.partition("<table")[2]
        assert told not in file
    page = html_of(read("detail", slug=survey.slug))
    assert "answers wait" not in page
    assert "With a comment" not in page  # whose they are is what nobody knows


def test_follow_ups_are_worked_on_without_a_customer(client, read, survey):
    board = html_of(read("follow_ups"))
    assert board.count("Anonymous</span>") == 5
    assert "Firm" not in board
    item = FollowUp.objects.first()
    url = reverse("surveys:follow_up", args=[item.pk])
    shown = html_of(client.get(url))
    assert "nobody can be asked again" in shown
    for told in ("Firm", "ask_again", "is_contact", "00:00"):
        assert told not in shown.replace("Due", "")

    closed = {
        "act": "close",
        "close-state": "resolved",
        "close-cause": "waiting",
        "close-outcome": "More people on the phone",
        "close-ask_again": "on",  # a field that is not there
    }
    assert client.post(url, {"act": "note", "note-text": "Looked"}).status_code == 302
    assert client.post(url, closed).status_code == 302
    item.refresh_from_db()
    assert (item.state, item.asked_again) == ("resolved", None)


def test_a_question_that_few_replied_to_is_not_shown(read, world, survey):
    access = world.access(world.mona)
    why = survey.version.questions.get(key="extra1")
    for given in Response.objects.all()[:4]:
        ExtraAnswer.objects.create(
            response=given, question=why, chosen=[1], replied_at=NOW
        )
    assert extra_results(survey, access=access, since_day=None) == []

    ExtraAnswer.objects.create(
        response=Response.objects.last(), question=why, chosen=[2], replied_at=NOW
    )
    (found,) = extra_results(survey, access=access, since_day=None)
    assert found.n == 5
