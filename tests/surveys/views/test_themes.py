"""Themes: by words and by hand, and the scores that go together with them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from surveys.models import Response, Survey, Theme, ThemeMark
from surveys.services import answers, themes
from surveys.tasks import sort_stale_themes
from tests.surveys.cast import ask, reply
from tests.surveys.replies import replies
from tests.world import NOW


@pytest.fixture
def ana(client, world):
    client.force_login(world.ana)
    return client


@pytest.fixture
def mona(client, world):
    """She manages the company, whose imported surveys are hers to sort."""
    client.force_login(world.mona)
    return client


def page(name, survey, **kwargs):
    return reverse(f"surveys:{name}", kwargs={"slug": survey.slug, **kwargs})


def theme(survey, world, name="Waiting", words="wait*"):
    return themes.save_theme(
        survey, name=name, words=words, actor=world.ana, now=timezone.now()
    )


def marked():
    on = ThemeMark.objects.filter(is_on=True)
    return sorted(on.values_list("theme__name", flat=True))


def test_which_themes_go_with_low_scores(mona, world):
    """Who wrote of waiting: 10 of 40 satisfied; the others 36 of 40."""
    alice = {"agent_id": world.alice.pk}
    replies({5: 10, 1: 30}, comment="I waited", **alice)
    survey = replies({5: 36, 1: 4}, comment="The tone", **alice)
    theme(survey, world)
    theme(survey, world, "Tone", "tone")
    theme(survey, world, "Price", "price")

    response = mona.get(page("themes", survey))
    waiting, tone, price = response.context["rows"]

    assert waiting["theme"].name == "Waiting"
    assert waiting["score"]["figure"].text == "25"
    assert (waiting["score"]["low"], waiting["score"]["high"]) == ("14.2", "40.2")
    assert waiting["low_band"] == 30
    assert waiting["against"]["text"] == "−65.0 pts"
    assert waiting["against"]["said"] == "goes with lower scores"
    assert tone["against"]["said"] == "goes with higher scores"
    assert (price["n"], price["score"]) == (0, None)
    html = response.content.decode().lower()
    assert not any(word in html for word in ("because", "caused", "leads to", "due to"))


def test_small_group_differencing(mona, world):
    """Four with a theme are hidden, and so is a theme that leaves out but four."""
    alice = {"agent_id": world.alice.pk}
    replies({1: 4}, comment="I waited", **alice)
    survey = replies({5: 20}, comment="The tone", **alice)
    theme(survey, world)
    theme(survey, world, "Tone", "tone")

    rows = mona.get(page("themes", survey)).context["rows"]

    assert [row["score"] for row in rows] == [None, None]


def test_new_comments_are_sorted_and_changed_ones_again(world, survey, contact):
    theme(survey, world)
    theme(survey, world, "Tone", "rude")
    _, token = ask(survey, contact, agent_id=world.alice.pk)
    key = reply(token, 1).edit_key

    answers.comment(key, text="Two hours waiting", now=NOW)
    assert marked() == ["Waiting"]
    answers.comment(key, text="Rude", now=NOW)

    assert marked() == ["Tone"]


def test_what_a_person_said_outweighs_the_words(ana, world, survey, contact):
    waiting = theme(survey, world)
    tone = theme(survey, world, "Tone", "rude")
    _, token = ask(survey, contact, agent_id=world.alice.pk)
    key = reply(token, 1).edit_key
    answers.comment(key, text="waited", now=NOW)
    response = Response.objects.get()
    url = page("response_themes", survey, pk=response.pk)

    assert ana.get(url).status_code == 200
    assert ana.post(url, {"themes": [tone.pk]}).status_code == 302
    answers.comment(key, text="waited and waited", now=NOW)
    themes.save_theme(
        survey, theme=waiting, name="Wait", words="waited", actor=world.ana, now=NOW
    )

    on = ThemeMark.objects.filter(is_on=True)
    assert [mark.theme for mark in on] == [tone]
    assert ana.post(url, {"themes": [999]}).status_code == 422


def test_themes_of_other_surveys_are_404(ana, world, survey):
    other = replies({5: 1}, agent_id=world.alice.pk)
    theirs = theme(other, world)

    assert ana.get(page("theme_edit", survey, pk=theirs.pk)).status_code == 404
    assert ana.post(page("theme_delete", survey, pk=theirs.pk)).status_code == 404
    assert Theme.objects.count() == 1


def test_make_change_and_delete(ana, survey):
    new = page("theme_new", survey)
    assert ana.post(new, {"name": "", "words": "x"}).status_code == 422
    assert ana.post(new, {"name": "A", "words": "*"}).status_code == 422
    assert ana.post(new, {"name": "A", "words": "x"}).status_code == 302
    assert ana.post(new, {"name": "A", "words": "y"}).status_code == 422
    made = Theme.objects.get()
    edit = page("theme_edit", survey, pk=made.pk)
    assert 'value="A"' in ana.get(edit).content.decode()
    assert ana.post(edit, {"name": "B", "words": "z, q"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.words, made.is_stale) == ("B", ["z", "q"], False)
    assert ana.post(page("theme_delete", survey, pk=made.pk)).status_code == 302
    assert not Theme.objects.exists()


def test_many_comments_are_sorted_by_the_task(mona, world, monkeypatch):
    survey = replies({5: 3}, comment="waiting", agent_id=world.alice.pk)
    monkeypatch.setattr(themes, "AT_ONCE", 2)
    theme(survey, world)

    assert "being sorted" in mona.get(page("themes", survey)).content.decode()
    assert not ThemeMark.objects.exists()
    assert sort_stale_themes() == 1
    assert sort_stale_themes() == 0
    assert ThemeMark.objects.count() == 3


def test_comments_are_searched(ana, world):
    alice = {"agent_id": world.alice.pk}
    replies({1: 1}, comment="Die Größe ÄRGERT mich", **alice)
    survey = replies({2: 1}, comment="Waiting 100%", **alice)
    replies({3: 1}, **alice)
    theme(survey, world)
    waiting = Theme.objects.get()

    def scores(**query):
        found = ana.get(page("answers", survey), query)
        return sorted(line.score for line in found.context["lines"])

    assert scores(q="ärgert die") == [1]
    assert scores(q="100%") == [2]
    assert scores(q="%") == [2]
    assert scores(q="waiting größe") == []
    assert scores(theme=waiting.pk) == [2]
    assert scores(theme="x") == [1, 2, 3]
    assert "Waiting</span>" in ana.get(page("answers", survey)).content.decode()


def test_void_answers_go_with_no_theme(mona, world):
    survey = replies({1: 6}, comment="waited", agent_id=world.alice.pk)
    theme(survey, world)
    answers.void_response(
        Response.objects.first(), reason=2, note="bot", actor=world.ana, now=NOW
    )

    (row,) = mona.get(page("themes", survey)).context["rows"]

    assert row["n"] == 5


def test_empty_pages_offer_the_next_step(client, ana, world, survey):
    assert (
        "Sort comments by what they are about"
        in ana.get(page("themes", survey)).content.decode()
    )
    client.force_login(world.lee)
    assert "No themes yet" in client.get(page("themes", survey)).content.decode()


def test_number_of_queries_does_not_grow(mona, world, django_assert_num_queries):
    survey = replies({5: 6}, comment="waited", agent_id=world.alice.pk)
    theme(survey, world)
    urls = [page("themes", survey), page("answers", survey)]
    few = []
    for url in urls:
        with CaptureQueriesContext(connection) as seen:
            mona.get(url)
        few.append(len(seen))
    replies({1: 30, 3: 3}, comment="waited", agent_id=world.bob.pk)
    for name in "abcdefghij":
        theme(Survey.objects.get(), world, name, "waited")
    for url, n in zip(urls, few, strict=True):
        with django_assert_num_queries(n):
            mona.get(url)
