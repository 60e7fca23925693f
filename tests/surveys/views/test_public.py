"""What customers reach: every trap of public survey pages that can be met here."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib.staticfiles import finders
from django.core import mail
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from surveys.extras import Reply
from surveys.links import shared_address
from surveys.look import Look, Style
from surveys.models import (
    AddressUse,
    Answer,
    AnswerRevision,
    ExtraAnswer,
    Invitation,
    Response,
    Suppression,
)
from surveys.scoring import Kind
from surveys.services import answers
from surveys.services.redirects import allow_host
from surveys.services.replies import replies_to
from surveys.services.surveys import close, create_survey, publish, share
from surveys.services.uses import forget_uses
from surveys.views import throttle
from surveys.views.customer_pages import BODY_LIMIT
from tests.surveys.cast import ask, contact, reply
from tests.surveys.drafting import WHERE, WHY, WORD, change
from tests.world import NOW

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def token(survey, contact):
    return ask(survey, contact)[1]


@pytest.fixture
def page(token):
    return f"/r/{token}/"


@pytest.fixture
def shared_page(world, survey):
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    return f"/s/{shared_address(survey)}/"


def fields_of(response) -> dict[str, str]:
    """Return the hidden fields of the page's form."""
    html = response.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


def post(client, page, score, **extra):
    fields = fields_of(client.get(page))
    return client.post(page, {**fields, "score": score, **extra})


def counts():
    return {model: model.objects.count() for model in apps.get_models()}


# Asking and answering


def test_a_question_is_answered_in_one_step(client, page):
    shown = client.get(page)
    assert shown.status_code == 200
    assert "How satisfied are you with" in shown.content.decode()
    assert shown.content.decode().count('type="radio"') == 5

    done = client.post(page, {**fields_of(shown), "score": "4"})

    assert done.status_code == 303
    thanks = client.get(done["Location"])
    assert thanks.status_code == 200
    assert "We have received your answer." in thanks.content.decode()
    assert Answer.objects.get().value == 4


def test_no_cookie_and_no_script(client, page, shared_page):
    """Nothing is set and nothing is needed, also in a browser that refuses cookies."""
    for address in (page, shared_page):
        shown = client.get(address)
        client.cookies.clear()
        done = client.post(address, {**fields_of(shown), "score": "4"})
        assert done.status_code == 303
        thanks = client.get(done["Location"])
        for response in (shown, done, thanks):
            assert not response.cookies
            assert b"<script" not in response.content
            assert b"style=" not in response.content


def test_csrf_checks_are_not_needed(page):
    strict = Client(enforce_csrf_checks=True)

    assert post(strict, page, 4).status_code == 303


def test_scanner_answers_by_get(client, page, shared_page, token):
    """Whoever fetches every link of the mail, in any way that only reads, votes not."""
    before = counts()
    links = [page, shared_page, f"{page}who/", f"{shared_page}who/", f"/u/{token}/"]
    links += [f"{page}?score={score}" for score in range(6)]
    for link in links:
        for fetch in (client.get, client.head, client.options):
            assert fetch(link).status_code in (200, 405)

    assert counts() == before
    assert not Invitation.objects.filter(is_answered=True).exists()
    assert not Suppression.objects.exists()


def test_link_of_the_mail_preselects(client, page):
    shown = client.get(f"{page}?score=4").content.decode()

    assert re.findall(r'value="(\d+)" checked', shown) == ["4"]
    assert "You picked <bdi>4</bdi> in our mail." in shown
    assert "Nothing is sent until you press the button." in shown


@pytest.mark.parametrize("score", ["9", "0", "4.5", "", "x", "4 ", "<b>", "4&score=5"])
def test_link_with_a_wrong_score_preselects_nothing_wrong(client, page, score):
    shown = client.get(f"{page}?score={score}")

    assert shown.status_code == 200
    chosen = re.findall(r'value="(\d+)" checked', shown.content.decode())
    assert chosen in ([], ["5"] if score == "4&score=5" else [])


def test_double_submit(client, page):
    fields = {**fields_of(client.get(page)), "score": "4"}

    first, second = client.post(page, fields), client.post(page, fields)

    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"]
    assert Response.objects.count() == 1


def test_forwarded_link_shows_nothing_of_the_first(client, page, contact):
    """Only that it was answered: no score, no comment, no name, no form."""
    other_tab = fields_of(client.get(page))
    key = post(client, page, 2)["Location"].split("/")[2]
    answers.comment(key, text="secret words", now=NOW)

    shown = client.get(page)
    posted = client.post(page, {**other_tab, "score": "5"})

    assert (shown.status_code, posted.status_code) == (200, 409)
    for response in (shown, posted):
        html = response.content.decode()
        assert "You have already answered" in html
        assert "secret" not in html
        assert contact.name not in html
        assert "<form" not in html
        assert key not in html
    assert Answer.objects.get(kind="csat").value == 2


def test_second_tab_without_a_score_is_told_that_it_is_answered(client, page):
    other_tab = fields_of(client.get(page))
    post(client, page, 2)

    for score in ("", "9"):
        late = client.post(page, {**other_tab, "score": score})
        assert late.status_code == 409
        assert "<form" not in late.content.decode()


@pytest.mark.parametrize("score", ["6", "0", "6.5", "", "five", "4 ", "-1", "²", "٤"])
def test_wrong_score_is_a_422_with_the_error_at_the_field(client, page, score):
    refused = post(client, page, score)

    html = refused.content.decode()
    assert refused.status_code == 422
    assert '<fieldset aria-describedby="fault">' in html
    assert 'id="fault" role="alert">Please choose a number from 1 to 5.' in html
    assert not Response.objects.exists()
    again = client.post(page, {**fields_of(refused), "score": "3"})
    assert again.status_code == 303


def test_no_score_at_all(client, page):
    fields = fields_of(client.get(page))

    assert client.post(page, fields).status_code == 422
    assert client.post(page).status_code == 422


def test_form_open_for_more_than_a_day_asks_once_more(client, page, at_now):
    fields = fields_of(client.get(page))
    at_now.shift(DAY)

    refused = client.post(page, {**fields, "score": "4"})

    assert refused.status_code == 422
    html = refused.content.decode()
    assert "Please press the button once more." in html
    assert re.findall(r'value="(\d+)" checked', html) == ["4"]
    again = client.post(page, {**fields_of(refused), "score": "4"})
    assert again.status_code == 303


# Links


def test_token_guessing_enumeration(client, page, token, survey):
    guesses = [
        f"/r/{'A' * 43}/",
        f"/r/{token[:-1]}/",
        f"/r/{token}x/",
        "/r/1/",
        "/r/%00/",
        "/r/%ED%A0%80/",
        f"/r/{'A' * 5000}/",
        f"/s/{survey.slug}-{'0' * 32}/",
        f"/s/{survey.slug}/",
        f"/s/{survey.pk}/",
        f"/t/{'0' * 48}/",
        f"/t/{'0' * 48}/change/",
        f"/u/{'A' * 43}/",
    ]
    bodies = set()
    for guess in guesses:
        for response in (client.get(guess), client.post(guess, {"score": "5"})):
            assert response.status_code == 404, guess
            bodies.add(response.content)

    assert len(bodies) == 1
    assert client.get(page).status_code == 200


def test_misses_are_throttled_and_hits_are_not(client, page, monkeypatch):
    for _ in range(throttle.MISSES):
        assert client.get("/r/guess/").status_code == 404

    limited = client.get("/r/guess/")
    assert limited.status_code == 429
    assert limited["Retry-After"] == "600"
    assert client.get(page).status_code == 200
    assert client.get("/r/guess/", REMOTE_ADDR="10.0.0.9").status_code == 404
    cache.clear()
    assert client.get("/r/guess/").status_code == 404


def test_shared_link_is_throttled_by_address(client, shared_page, at_now, monkeypatch):
    monkeypatch.setattr("surveys.views.public.SHARED_ANSWERS", 2)

    got = [post(client, shared_page, 3) for _ in range(3)]
    assert [each.status_code for each in got] == [303, 303, 429]
    assert got[-1]["Retry-After"] == "600"
    assert Response.objects.count() == 2
    at_now.shift(timedelta(minutes=10))
    assert post(client, shared_page, 3).status_code == 303


def test_throttle_of_answers_keeps_no_address_and_ends(client, shared_page):
    """NOW is 2026-02-13 12:00 UTC: the window is over ten minutes later."""
    assert post(client, shared_page, 3).status_code == 303

    use = AddressUse.objects.get()
    assert (use.uses, use.ends_at) == (1, NOW + timedelta(minutes=10))
    assert re.fullmatch("[0-9a-f]{64}", use.place_hash)
    assert forget_uses(now=NOW + timedelta(minutes=9)) == 0
    assert forget_uses(now=NOW + timedelta(minutes=10)) == 1


def test_throttle_takes_one_statement_of_an_answer_and_none_of_a_page(
    client, page, shared_page
):
    for address, expected in ((page, 0), (shared_page, 1)):
        with CaptureQueriesContext(connection) as got:
            fields = fields_of(client.get(address))
        assert not [each for each in got if "addressuse" in each["sql"]]
        with CaptureQueriesContext(connection) as got:
            client.post(address, {**fields, "score": "4"})
        assert len([each for each in got if "addressuse" in each["sql"]]) == expected


def test_shared_link_that_is_not_open(client, survey):
    assert client.get(f"/s/{shared_address(survey)}/").status_code == 410


def test_expired_link(client, page, at_now):
    at_now.shift(14 * DAY)

    for response in (client.get(page), client.post(page, {"score": "5"})):
        assert response.status_code == 410
    assert "This survey has ended" in client.get(page).content.decode()


def test_page_opened_in_time_may_be_sent_in_the_hour_after(client, page, at_now):
    at_now.shift(14 * DAY - timedelta(minutes=1))
    fields = {**fields_of(client.get(page)), "score": "5"}
    at_now.shift(timedelta(minutes=30))

    assert client.get(page).status_code == 410
    assert client.post(page, fields).status_code == 303


def test_closed_survey(client, world, survey, page):
    fields = {**fields_of(client.get(page)), "score": "5"}
    close(survey, actor=world.ana, now=NOW)

    assert client.get(page).status_code == 410
    assert client.post(page, fields).status_code == 410
    assert not Response.objects.exists()


def test_link_of_a_cancelled_invitation(client, page):
    """The ticket was opened again after the mail had left its sender's hands."""
    fields = {**fields_of(client.get(page)), "score": "5"}
    Invitation.objects.update(state=Invitation.State.CANCELLED)

    assert client.get(page).status_code == 410
    assert client.post(page, fields).status_code == 410
    assert not Response.objects.exists()


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
def test_wrong_verb(client, page, shared_page, token, verb):
    for address in (page, shared_page, f"/u/{token}/", f"{page}who/"):
        assert getattr(client, verb)(address).status_code == 405


# Headers, weight, limits


def test_headers(client, page, shared_page, token):
    key = reply_to_another(token)
    for address, status in (
        (page, 200),
        (shared_page, 200),
        (f"{page}who/", 200),
        (f"/u/{token}/", 200),
        (f"/t/{key}/", 200),
        ("/r/guess/", 404),
    ):
        response = client.get(address)
        assert response.status_code == status
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["X-Frame-Options"] == "DENY"
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy


def reply_to_another(token):
    survey = Invitation.objects.get().survey
    _, other = ask(survey, contact("Another"), subject="ticket:other")
    return reply(other, 5).edit_key


def test_pages_weigh_less_than_30_kb_with_their_style_sheet(client, page):
    with open(finders.find("crmkpi/survey.css"), "rb") as sheet:  # noqa: PTH123
        style = len(sheet.read())

    assert len(client.get(f"{page}?lang=ar").content) + style < 15_000


def test_links_of_a_page_carry_no_host(client, page):
    html = client.get(page).content.decode()

    assert "http" not in html


def test_body_cap(client, page):
    fields = fields_of(client.get(page))

    huge = client.post(page, {**fields, "score": "5", "x": "x" * BODY_LIMIT})

    assert huge.status_code == 413
    assert not Response.objects.exists()


def test_a_body_that_is_no_form(client, page):
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        response = client.post(page, b'{"score": 5}\x00\xff', content_type=kind)
        assert response.status_code in (400, 422)
    assert not Response.objects.exists()


def test_database_that_takes_no_writes_is_not_thanked_for(client, page, monkeypatch):
    fields = {**fields_of(client.get(page)), "score": "5"}

    def fail(*args, **kwargs):
        raise OperationalError("read-only")

    monkeypatch.setattr("surveys.services.answers.answer", fail)
    response = client.post(page, fields)

    assert response.status_code == 503
    assert "Please try again later" in response.content.decode()
    assert "Thank you" not in response.content.decode()


# Language


def language_of(response):
    return re.search(
        r'<html lang="(\w+)" dir="(\w+)">', response.content.decode()
    ).groups()


@pytest.mark.parametrize(
    ("invited", "query", "header", "expected"),
    [
        ("", "", "", ("en", "ltr")),
        ("", "", "de-CH,fr;q=0.5", ("de", "ltr")),
        ("", "", "fr, ar;q=0.9, de;q=0.1", ("ar", "rtl")),
        ("", "?lang=ar", "de", ("ar", "rtl")),
        ("", "?lang=xx", "de", ("de", "ltr")),
        ("de", "?lang=ar", "ar", ("de", "ltr")),
        ("fr", "?lang=ar", "de", ("ar", "rtl")),
        ("de", "?in=ar", "", ("ar", "rtl")),
        ("", "", "*;q=x,,;;q=0", ("en", "ltr")),
    ],
)
def test_language(client, survey, customer, invited, query, header, expected):
    """Chosen on the page, then the invitation's, the address's, the browser's."""
    _, token = ask(survey, contact("Ida", customer=customer, language=invited))

    shown = client.get(f"/r/{token}/{query}", headers={"Accept-Language": header})

    assert language_of(shown) == expected


def test_language_stays_to_the_end(client, page):
    fields = fields_of(client.get(f"{page}?in=ar"))
    assert fields["in"] == "ar"

    refused = client.post(page, {**fields, "score": "9"})
    assert language_of(refused) == ("ar", "rtl")
    done = client.post(page, {**fields_of(refused), "score": "4"})

    assert language_of(client.get(done["Location"])) == ("ar", "rtl")
    assert Response.objects.get().language == "ar"


def test_other_languages_are_offered_in_their_own_name(client, page):
    html = client.get(page).content.decode()

    assert '<a href="?in=ar" lang="ar" hreflang="ar" dir="rtl">العربية</a>' in html
    assert '<a href="?in=de" lang="de" hreflang="de" dir="ltr">Deutsch</a>' in html


# Thank-you page, comment, change


@pytest.mark.parametrize(
    ("code", "comment", "more"),
    [
        ("en", "Send my comment", "Send this too"),
        ("de", "Kommentar senden", "Auch das senden"),
        ("ar", "أرسل تعليقي", "أرسل هذا أيضًا"),
    ],
)
def test_the_button_names_what_its_form_holds(
    client, world, survey, page, shared_page, code, comment, more
):
    """Who came by the shared link writes a comment; who was invited may only tick."""

    def button(address):
        html = client.get(post(client, f"{address}?in={code}", 2)["Location"])
        return re.findall('<button type="submit">([^<]*)', html.content.decode())

    assert button(shared_page) == [comment]
    assert button(page) == [more]
    change(survey, world, extras=(WORD,))
    assert button(shared_page) == [more]


@pytest.mark.parametrize(
    ("score", "prompt"),
    [
        (2, "What went wrong, and what should we do about it?"),
        (3, "What would have made it better?"),
        (5, "What did we do well?"),
    ],
)
def test_thank_you_page_asks_by_score(client, page, score, prompt):
    done = post(client, page, score)

    assert prompt in client.get(done["Location"]).content.decode()


def test_comment_is_stored_and_shown_as_received(client, page):
    thanks = post(client, page, 2)["Location"]

    done = client.post(thanks, {"comment": "Zu langsam 🐢"})

    assert done.status_code == 303
    html = client.get(done["Location"]).content.decode()
    assert "We have received your comment." in html
    assert "<textarea" not in html
    assert Answer.objects.get(kind="text").text == "Zu langsam 🐢"


def test_comment_with_nul_and_too_long_is_a_422_at_the_field(client, page):
    thanks = post(client, page, 2)["Location"]

    for text, words in (("a\x00b", "cannot store"), ("x" * 5001, "5,000 characters")):
        refused = client.post(thanks, {"comment": text})
        html = refused.content.decode()
        assert refused.status_code == 422
        assert words in html
        assert 'aria-describedby="hint fault" aria-invalid="true"' in html
    assert not Answer.objects.filter(kind="text").exists()


def test_comment_as_payload_comes_back_as_text(client, page):
    thanks = post(client, page, 2)["Location"]
    payload = "</textarea><script>alert(1)</script>" + "x" * 5000

    html = client.post(thanks, {"comment": payload}).content.decode()

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_answer_can_be_changed_for_a_day(client, page, at_now):
    thanks = post(client, page, 2)["Location"]
    change = f"{thanks}change/"
    assert change in client.get(thanks).content.decode()
    shown = client.get(change).content.decode()
    assert re.findall(r'value="(\d+)" checked', shown) == ["2"]

    assert f'href="{thanks}">Leave it as it is' in shown
    assert client.post(change, {"score": "9"}).status_code == 422
    done = client.post(change, {"score": "5"})

    assert (
        "We have changed your answer." in client.get(done["Location"]).content.decode()
    )
    assert Answer.objects.get().value == 5
    assert AnswerRevision.objects.get().value == 2
    at_now.shift(DAY)
    assert client.get(change).status_code == 410
    assert client.post(change, {"score": "1"}).status_code == 410
    assert "<form" not in client.get(thanks).content.decode()


def test_anonymous_answers_cannot_be_changed(client, shared_page):
    thanks = post(client, shared_page, 2)["Location"]

    assert "change" not in client.get(thanks).content.decode()
    assert client.get(f"{thanks}change/").status_code == 410
    assert client.post(f"{thanks}change/", {"score": "5"}).status_code == 410
    assert Answer.objects.get().value == 2


# Opting out


def test_opt_out_by_get_only_asks(client, token):
    shown = client.get(f"/u/{token}/")

    assert "Shall we stop sending you surveys" in shown.content.decode()
    assert not Suppression.objects.exists()


def test_opt_out_by_post(client, token):
    for _ in range(2):
        done = client.post(f"/u/{token}/")
        assert done.status_code == 200
        assert "will send you no more surveys" in done.content.decode()

    assert Suppression.objects.count() == 1


def test_opt_out_by_the_mail_program(token):
    """RFC 8058: the header's own address, no cookie, no page before."""
    header = mail.outbox[-1].extra_headers["List-Unsubscribe"]
    path = "/" + header.strip("<>").split("/", 3)[3]

    done = Client(enforce_csrf_checks=True).post(
        path,
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )

    assert done.status_code == 200
    assert Suppression.objects.count() == 1
    assert not path.endswith(f"{token}/")


def test_opt_out_works_after_the_window(client, token, at_now):
    at_now.shift(99 * DAY)

    assert client.post(f"/u/{token}/").status_code == 200
    assert Suppression.objects.count() == 1


# Who sees


def test_who_sees_my_answer(client, page, shared_page):
    for address in (page, shared_page):
        html = client.get(f"{address}who/?in=de").content.decode()
        assert "Wer sieht meine Antwort?" in html
        assert f'href="{address}?in=de"' in html


def test_text_direction_marks_in_the_brand_are_dropped(client, world, contact):
    survey = create_survey(
        name="n",
        kind=Kind.NPS,
        team=world.support,
        brand="Evil\u202eknab<i>",
        actor=None,
        now=NOW,
    )
    publish(survey, actor=None, now=NOW)
    _, token = ask(survey, contact)

    html = client.get(reverse("surveys:answer", args=[token])).content.decode()

    assert "\u202e" not in html
    assert "<i>" not in html
    assert html.count('type="radio"') == 11


def test_secrets_of_links_are_not_logged(client, page, token, caplog):
    """A refusal is logged with its address by default, and the address is a secret."""
    with caplog.at_level("DEBUG", logger="django.request"):
        assert client.post(page, {"score": "9"}).status_code == 422
        assert client.get("/r/guess-of-somebody/").status_code == 404

    assert token not in caplog.text
    assert "guess-of-somebody" not in caplog.text


# Extra questions, thanks and where the page leads


@pytest.fixture
def extended(world, survey, contact):
    """The page of an invitation to a survey with three questions after the score."""
    change(survey, world, extras=(WHY, WHERE, WORD), words={"thanks": "Bye {brand}"})
    return f"/r/{ask(survey, contact, subject='ticket:extended')[1]}/"


def test_extra_questions_come_after_the_score_and_need_no_answer(client, extended):
    question = client.get(extended).content.decode()
    thanks = post(client, extended, 2)["Location"]

    assert "What mattered most?" not in question
    assert Answer.objects.get().value == 2  # it counts before anything else is said
    html = client.get(thanks).content.decode()
    for words in ("What mattered most?", "Where else?", "In one word?"):
        assert words in html
    assert "Bye <bdi>Fjordlight</bdi>" in html
    assert html.count('type="radio"') == 2
    assert html.count('type="checkbox" name="extra2"') == 3


def test_replies_are_stored_with_the_comment(client, extended):
    thanks = post(client, extended, 2)["Location"]
    said = {"comment": "slow", "extra1": "2", "extra2": ["3", "1"], "extra3": "meh"}

    done = client.post(thanks, said)

    assert done["Location"] == f"{thanks}?done=comment"
    replies = replies_to(Response.objects.get())
    assert replies == {
        "extra1": Reply(chosen=(2,)),
        "extra2": Reply(chosen=(1, 3)),
        "extra3": Reply(text="meh"),
    }
    client.post(thanks, {"comment": "slow", "extra1": "1"})
    assert replies_to(Response.objects.get()) == {"extra1": Reply(chosen=(1,))}
    assert Answer.objects.filter(value__isnull=False).count() == 1


def test_who_comes_back_finds_what_was_said(client, extended):
    thanks = post(client, extended, 2)["Location"]
    client.post(thanks, {"comment": "slow", "extra2": ["3", "1"], "extra3": "<b>"})

    html = client.get(thanks).content.decode()

    assert ">slow</textarea>" in html
    assert re.findall(r'value="(\d)" checked', html) == ["1", "3"]
    assert 'value="&lt;b&gt;"' in html


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"extra1": "9"}, "Please choose one of the options."),
        ({"extra1": ["1", "2"]}, "Please choose one of the options."),
        ({"extra2": "<b>"}, "Please choose one of the options."),
        ({"extra3": "x" * 301}, "Please shorten this to 300 characters."),
        ({"extra3": "a\x00b"}, "cannot store"),
    ],
)
def test_reply_that_cannot_be_stored_keeps_the_rest(client, extended, said, words):
    thanks = post(client, extended, 2)["Location"]

    refused = client.post(thanks, {"comment": "kept", **said})

    html = refused.content.decode()
    assert refused.status_code == 422
    assert words in html
    assert 'role="alert"' in html
    assert ">kept</textarea>" in html
    assert not Answer.objects.filter(kind="text").exists()
    assert not ExtraAnswer.objects.exists()


def test_thank_you_redirect(client, world, survey, contact):
    """Led by the version alone, to a host that is on the list now, without a token."""
    host = allow_host("www.example.org", actor=world.adam, now=NOW)
    change(survey, world, redirect="https://www.example.org/bye")
    asked = f"/r/{ask(survey, contact, subject='ticket:led')[1]}/"
    thanks = post(client, f"{asked}?next=https://evil.example/", 2)["Location"]
    assert thanks.startswith("/t/")

    shown = client.get(f"{thanks}?next=https://evil.example/&redirect=//evil.example")
    html = shown.content.decode()
    assert 'href="https://www.example.org/bye" rel="noreferrer" target="_top"' in html
    assert "Continue to <bdi>www.example.org</bdi>" in html
    assert "evil" not in html
    assert (
        "form-action 'self' https://www.example.org;"
        in (shown["Content-Security-Policy"])
    )
    led = client.post(thanks, {"comment": "slow", "next": "https://evil.example/"})
    assert (led.status_code, led["Location"]) == (303, "https://www.example.org/bye")
    assert led["Referrer-Policy"] == "same-origin"

    host.delete()
    assert "example.org" not in client.get(thanks).content.decode()
    stays = client.post(thanks, {"comment": "slower"})
    assert stays["Location"].startswith(thanks)


@pytest.mark.parametrize("style", ["star", "face"])
def test_every_value_has_a_number_and_words_not_only_a_drawing(
    client, world, survey, contact, style
):
    steps = "Bad\nPoor\nSo so\nGood\nGreat"
    look = Look(Style(style), colour="#7a1f5c")
    change(survey, world, look=look, words={"steps": steps})
    asked = f"/r/{ask(survey, contact, subject='ticket:drawn')[1]}/"

    html = client.get(f"{asked}?score=4").content.decode()

    assert html.count("<svg") == html.count('type="radio"') == 5
    assert [f"<bdi>{n}</bdi>" in html for n in range(1, 6)] == [True] * 5
    assert ("So so" in html) is (style == "face")
    assert '<link rel="stylesheet" href="/look/7a1f5c-' in html
    assert "style=" not in html
    assert len(html) < 9_000
    assert post(client, asked, 4).status_code == 303
