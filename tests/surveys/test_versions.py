"""Versions: frozen, compared word by word, and where they break the line."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from surveys.content import Content
from surveys.differences import Mark, Piece, breaks_line, compared, differences
from surveys.links import find_invitation
from surveys.look import Look, Style
from surveys.models import Answer, SurveyVersion
from surveys.models.surveys import VersionIsImmutable
from surveys.queries.versions import breaks, measurements
from surveys.scoring import DEFAULT_SCALES, Kind, Scale
from surveys.services.surveys import publish, update_survey
from surveys.texts import first_wording
from tests.surveys.cast import ask, contact, reply
from tests.surveys.drafting import WHY, change
from tests.world import NOW

BASE = Content(
    brand="Fjordlight",
    language="en",
    scale=DEFAULT_SCALES[Kind.CSAT],
    wordings={"en": first_wording(Kind.CSAT, "en")},
)


def worded(**words):
    return replace(BASE, wordings={"en": replace(BASE.wordings["en"], **words)})


def test_texts_are_compared_word_by_word():
    assert compared("How happy are you?", "How satisfied are you?") == (
        Piece("How ", Mark.SAME),
        Piece("happy ", Mark.GONE),
        Piece("satisfied ", Mark.NEW),
        Piece("are you?", Mark.SAME),
    )
    assert compared("", "") == ()


@pytest.mark.parametrize(
    ("new", "what", "is_break"),
    [
        (worded(question="Happy?"), "question", True),
        (worded(high="delighted"), "highest value in words", True),
        (worded(mail_subject="Hello"), "subject of the mail", False),
        (worded(prompt_low="Why?"), "question after a low score", False),
        (worded(thanks="Bye"), "thank-you text", False),
        (replace(BASE, scale=Scale(Kind.CSAT, 1, 10, 9)), "scale", True),
        (replace(BASE, scale=Scale(Kind.CSAT, 1, 5, 5)), "scale", True),
        (replace(BASE, look=Look(Style.STAR)), "drawn as", True),
        (replace(BASE, look=Look(colour="#1f5f8b")), "colour", False),
        (replace(BASE, brand="Other"), "name shown to customers", True),
        (replace(BASE, redirect="https://a.example/"), "where customers go", False),
        (replace(BASE, extras=(WHY,)), "question 1 after the score", False),
    ],
)
def test_what_differs_and_whether_it_breaks_the_line(new, what, is_break):
    found = differences(BASE, new)

    assert found[0].what.startswith(what)
    assert breaks_line(BASE, new) is is_break
    assert breaks_line(new, BASE) is is_break


def test_a_language_more_breaks_no_line():
    german = {**BASE.wordings, "de": first_wording(Kind.CSAT, "de")}

    assert differences(BASE, replace(BASE, wordings=german))
    assert not breaks_line(BASE, replace(BASE, wordings=german))
    assert differences(BASE, BASE) == []


def test_published_version_cannot_be_changed(world, survey):
    version = SurveyVersion.objects.get()
    version.content = {}

    with pytest.raises(VersionIsImmutable):
        version.save()


def test_measurements_and_breaks(world, survey, django_assert_num_queries):
    """1 to 2 other colours, 2 to 3 another question, 3 to 4 another mail."""
    for days, changes in enumerate(
        (
            {"look": Look(colour="#7a1f5c")},
            {"words": {"question": "Happy?"}},
            {"words": {"mail_intro": "Hi"}},
        ),
        start=1,
    ):
        words = changes.pop("words", {})
        content = replace(Content.from_json(survey.draft), **changes)
        wordings = {
            code: replace(each, **words) for code, each in content.wordings.items()
        }
        now = NOW + timedelta(days=days)
        content = replace(content, wordings=wordings)
        update_survey(survey, content=content, actor=None, now=now)
        publish(survey, actor=None, now=now)
        survey.refresh_from_db()

    assert measurements(survey) == {1: 1, 2: 1, 3: 3, 4: 3}
    with django_assert_num_queries(1):
        found = breaks([survey.pk], since=NOW, until=NOW + timedelta(days=9))
    assert [(each.number, each.survey) for each in found] == [(3, "After a request")]
    assert breaks([survey.pk], since=NOW + timedelta(days=3), until=NOW) == []
    assert breaks([], since=NOW, until=NOW + timedelta(days=9)) == []


def test_edited_while_running(client, world, survey, contact):
    """A link asks what it was sent with, and its answer is on the scale it showed."""
    _, token = ask(survey, contact)
    change(
        survey,
        world,
        scale=Scale(Kind.CSAT, 1, 10, 9),
        words={"question": "Were you happy?"},
    )

    with time_machine.travel(NOW, tick=False):
        html = client.get(f"/r/{token}/").content.decode()
    assert "How satisfied are you with" in html
    assert html.count('type="radio"') == 5
    reply(token, 5)
    given = Answer.objects.get()
    assert (given.low, given.high, given.is_top) == (1, 5, True)
    link = find_invitation(token)
    assert link is not None
    assert (link.version.number, survey.version.number) == (1, 2)


# The page


@pytest.fixture
def page(survey):
    return reverse("surveys:versions", args=[survey.slug])


def test_page_compares_the_last_two(client, world, survey, page):
    client.force_login(world.lee)
    assert "One version so far" in client.get(page).content.decode()

    change(survey, world, words={"question": "Were you <b>happy</b>?"})
    html = client.get(page).content.decode()

    assert "Version 1 and Version 2" in html
    assert "Were you &lt;b&gt;happy&lt;/b&gt;?</ins>" in html
    assert "the line of figures breaks between them" in html
    same = client.get(page, {"old": "1", "new": "1"}).content.decode()
    assert "Nothing differs" in same


@pytest.mark.parametrize("wish", ["9", "x", "draft", "", "\x00"])
def test_page_of_no_such_version_is_the_default(client, world, survey, page, wish):
    client.force_login(world.lee)

    assert client.get(page, {"old": wish, "new": wish}).status_code == 200


def test_managers_see_what_publishing_would_change(client, world, survey, page):
    client.force_login(world.ana)
    draft = replace(Content.from_json(survey.draft), brand="Otherlight")
    update_survey(survey, content=draft, actor=world.ana, now=NOW)

    for address in (page, reverse("surveys:publish", args=[survey.slug])):
        html = client.get(address).content.decode()
        assert "Otherlight</ins>" in html
        assert "Fjordlight</del>" in html


def test_contacts_are_in_no_version(client, world, survey, page):
    """Readers of versions see words and people who published, nothing of customers."""
    client.force_login(world.lee)
    person = contact("Ida")
    ask(survey, person)

    assert person.email not in client.get(page).content.decode()
