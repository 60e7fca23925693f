"""Writing a survey: its look, its extra questions, where it leads, its preview."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from crmkpi.accounts.models import AuditEvent
from surveys.content import Content
from surveys.models import Logo, RedirectHost, Survey
from surveys.services.redirects import allow_host
from surveys.services.test_mails import try_token
from tests.surveys.drafting import PNG, WHY, filled_in
from tests.world import NOW


@pytest.fixture
def ana(client, world):
    client.force_login(world.ana)
    return client


@pytest.fixture
def save(ana, survey):
    """Post the draft's form with some fields changed."""
    address = reverse("surveys:edit", args=[survey.slug])
    posted = filled_in(ana.get(address).context["form"])

    def post(**fields):
        return ana.post(address, {**posted, **fields})

    return post


def draft_of(survey) -> Content:
    survey.refresh_from_db()
    return Content.from_json(survey.draft)


def test_nothing_changed_is_the_version_that_is_asked(save, survey):
    assert save().status_code == 302
    assert draft_of(survey).fingerprint == survey.version.content_hash


def test_look_thanks_and_extra_questions_are_kept(save, survey):
    extra = {
        f"{code}_extra1_{part}": text
        for code, words in WHY.wordings.items()
        for part, text in (
            ("question", words.question),
            ("options", "\n".join(words.options)),
        )
    }
    saved = save(
        style="face",
        colour="7A1F5C",
        en_thanks="See you at {brand}",
        extra1_kind="one",
        **extra,
    )

    assert saved.status_code == 302
    draft = draft_of(survey)
    assert (draft.look.style, draft.look.colour) == ("face", "#7a1f5c")
    assert draft.wording("en").thanks == "See you at {brand}"
    assert draft.wording("de").step_words[0] == "Sehr unzufrieden"
    assert draft.extras == (WHY,)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("colour", "#ffcc00", "White text on #ffcc00 has a contrast of 1.5"),
        ("colour", "url(x)", "six digits"),
        ("dark_colour", "#000000", "Dark text on #000000"),
        ("redirect", "https://evil.example/", "may not lead to evil.example"),
        ("redirect", "javascript:alert(1)", "begins with https://"),
        ("extra1_kind", "one", "An extra question is missing in EN"),
        ("extra1_kind", "many\x00", "Select a valid choice"),
        ("en_steps", "one\ntwo", None),
    ],
)
def test_what_cannot_be_is_said_where_it_was_written(save, survey, field, value, said):
    before = survey.draft
    fields = {"style": "face"} if field == "en_steps" else {}

    refused = save(**fields, **{field: value})

    assert refused.status_code == 422
    html = refused.content.decode()
    assert (said or "Write 5 lines for the faces in EN") in html.replace("&#x27;", "'")
    survey.refresh_from_db()
    assert survey.draft == before


def test_style_that_does_not_fit_is_said_at_the_style(save):
    refused = save(style="face", scale="1-7-6")

    assert "There are five faces" in str(refused.context["form"].errors["style"])


# Logo


def test_logo_is_stored_once_and_shown_to_customers(save, survey, client):
    for _ in range(2):
        assert save(logo=SimpleUploadedFile("l.png", PNG)).status_code == 302

    digest = draft_of(survey).look.logo
    assert Logo.objects.get().digest == digest
    client.logout()
    shown = client.get(reverse("surveys:logo", args=[digest]))
    assert (shown.content, shown["Content-Type"]) == (PNG, "image/png")
    assert "immutable" in shown["Cache-Control"]
    assert not shown.cookies
    assert save(drop_logo="on").status_code in (302, 403)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script>",
        PNG[:20],
        PNG + b"\x00" * 12 * 1024,
        b"\x00" * 10_000_000,
    ],
    ids=["svg", "html", "cut off", "13 kB", "10 MB"],
)
def test_logo_that_is_no_small_picture(save, content):
    refused = save(logo=SimpleUploadedFile("logo.png", content))

    assert refused.status_code == 422
    assert refused.context["form"].errors["logo"]
    assert not Logo.objects.exists()


@pytest.mark.parametrize("digest", ["0" * 64, "x", "%00", "..%2f"])
def test_logo_that_is_not_there(client, db, digest):
    assert client.get(f"/logo/{digest}/").status_code == 404


@pytest.mark.parametrize("name", ["1f5f8b", "1f5f8b-8cc4eg", "a-b", "}-{", "%00"])
def test_colours_that_are_none(client, db, name):
    assert client.get(f"/look/{name}.css").status_code == 404


def test_colours_are_a_style_sheet(client, db):
    sheet = client.get("/look/7a1f5c-d9a5c8.css")

    assert sheet["Content-Type"] == "text/css"
    assert b"--brand:#7a1f5c;--on:#ffffff" in sheet.content
    assert not sheet.cookies


# Preview


def test_preview_follows_what_is_being_written(ana, save, survey):
    address = reverse("surveys:preview", args=[survey.slug])
    form = ana.get(reverse("surveys:edit", args=[survey.slug])).context["form"]
    posted = {
        **filled_in(form),
        "en_question": "Were <b>you</b> happy?",
        "en_prompt_low": "What was wrong?",
        "preview_page": "question",
        "preview_language": "en",
    }
    before = survey.draft

    html = ana.post(address, posted).content.decode()
    assert html.count("<iframe") == 2
    assert "Were &amp;lt;b&amp;gt;you" in html
    low = ana.post(address, {**posted, "preview_page": "low"}).content.decode()
    assert "What was wrong?" in low
    arabic = ana.post(address, {**posted, "preview_language": "ar"})
    assert "dir=&quot;rtl&quot;" in arabic.content.decode()
    wrong = ana.post(address, {**posted, "colour": "#ffcc00"}).content.decode()
    assert "White text on #ffcc00" in wrong
    assert "<iframe" not in wrong
    survey.refresh_from_db()
    assert survey.draft == before


def test_preview_without_script_is_a_button(save, survey):
    before = survey.draft

    shown = save(
        preview="yes",
        en_question="Were you happy?",
        preview_page="question",
        preview_language="en",
    )

    html = shown.content.decode()
    assert shown.status_code == 200
    assert "Were you happy?&lt;/h1&gt;" in html
    survey.refresh_from_db()
    assert survey.draft == before


@pytest.mark.parametrize("page", ["x", "", "\x00"])
def test_preview_of_no_such_page_is_the_question(save, page):
    shown = save(preview="yes", preview_page=page, preview_language=page)

    assert shown.status_code == 200
    assert "type=&quot;radio&quot;" in shown.content.decode()


# Redirect


@pytest.mark.parametrize(
    "address",
    [
        "http://www.example.org/",
        "https://www.example.org.evil.example/",
        "https://www.example.org@evil.example/",
        "https://evil.example\\@www.example.org/",
        "https://www.example.org:8443/",
        "https://sub.www.example.org/",
        "https://example.org/",
        "//www.example.org/",
        "https:///www.example.org",
        "https://[::1/",
        "https://www.exаmple.org/",  # a Cyrillic a
        "https://www.example.org/\u202e",
        "https://www.example.org/" + "x" * 500,
        "data:text/html,<script>alert(1)</script>",
    ],
)
def test_redirect_to_a_host_that_is_not_on_the_list(save, world, address):
    allow_host("www.example.org", actor=world.adam, now=NOW)

    assert save(redirect=address).status_code == 422


def test_redirect_to_an_allowed_host(save, survey, world):
    allow_host("www.example.org", actor=world.adam, now=NOW)

    assert save(redirect="https://www.example.org/thanks?a=1").status_code == 302
    assert draft_of(survey).redirect == "https://www.example.org/thanks?a=1"


def test_publishing_looks_at_the_list_again(ana, save, survey, world):
    allow_host("www.example.org", actor=world.adam, now=NOW)
    save(redirect="https://www.example.org/")
    RedirectHost.objects.all().delete()

    refused = ana.post(reverse("surveys:publish", args=[survey.slug]))

    assert refused.status_code == 422
    assert "may not lead to www.example.org" in refused.content.decode()


# Test mails


def test_test_mail_goes_to_oneself_and_counts_nowhere(ana, survey, world, client):
    before = {model: model.objects.count() for model in apps.get_models()}

    ana.post(reverse("surveys:test", args=[survey.slug]), {"language": "de"})

    (sent,) = mail.outbox
    assert sent.to == [world.ana.email]
    assert sent.subject == "[Test] Eine Frage von Fjordlight"
    assert "Das ist ein Test" in sent.body
    assert "Das ist ein Test" in sent.alternatives[0].content
    assert "List-Unsubscribe" not in sent.extra_headers
    addresses = set(re.findall(r"https?://[^/]+(/\S+)", sent.body))
    (page,) = {address.split("?")[0] for address in addresses}
    assert page.startswith("/try/")

    client.logout()
    client.cookies.clear()
    shown = client.get(f"{page}?score=2").content.decode()
    assert 'aria-label="Test">Das ist ein Test' in shown
    assert 'value="2" checked' in shown
    assert client.post(page, {"score": "9"}).status_code == 422
    thanks = client.post(page, {"score": "2"}).content.decode()
    assert "Was ist schiefgegangen" in thanks
    done = client.post(page, {"comment": "x\x00"})
    assert (done.status_code, done.cookies) == (200, {})
    after = {model: model.objects.count() for model in apps.get_models()}
    changed = {model for model in after if after[model] != before[model]}
    assert changed <= {AuditEvent, Session}
    assert AuditEvent.objects.filter(action="survey.tested").count() == 1


def test_test_page_that_is_forged_or_old(client, survey):
    token = try_token(survey, language="en")
    assert client.get(f"/try/{token}/").status_code == 200
    for forged in (token[:-1], f"{token}x", "x", "%00", "a" * 5000):
        assert client.get(f"/try/{forged}/").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert client.get(f"/try/{token}/").status_code == 404


def test_draft_with_missing_words_is_not_sent(ana, survey, world):
    content = Content.from_json(survey.draft)
    silent = replace(content.wordings["en"], question="")
    words = {**content.wordings, "en": silent}
    draft = replace(content, wordings=words).to_json()
    Survey.objects.filter(pk=survey.pk).update(draft=draft)

    told = ana.post(reverse("surveys:test", args=[survey.slug]), follow=True)

    assert "The question is missing" in told.content.decode()
    assert mail.outbox == []


def test_mail_server_that_refuses_is_told(ana, survey, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    told = ana.post(reverse("surveys:test", args=[survey.slug]), follow=True)

    assert "The mail server did not take it" in told.content.decode()
