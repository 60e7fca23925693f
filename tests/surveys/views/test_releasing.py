"""Comments that leads pass on: who may, what may be, and what agents read of it."""

from dataclasses import replace

import pytest
import time_machine
from django.urls import reverse

from crmkpi.accounts.models import AuditEvent
from surveys.models import Answer, CommentRelease, Response
from surveys.queries.releases import passed_on
from surveys.services import answers
from surveys.services.errors import BadSurvey
from surveys.services.releases import release_comment, take_comment_back
from tests.crm.rows import take
from tests.surveys.cast import ask, contact, reply
from tests.surveys.replies import replies
from tests.world import NOW, TODAY


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def written(world, survey, text="Quick and kind", score=5, *, agent=None):
    """A named customer scores and writes; return the response."""
    name = f"C{Response.objects.count()}"
    agent_id = (agent or world.alice).pk
    _, token = ask(survey, contact(name, email=f"{name}@a.example"), agent_id=agent_id)
    return answers.comment(reply(token, score).edit_key, text=text, now=NOW)


def address(survey, response):
    return reverse("surveys:release", args=[survey.slug, response.pk])


def read_by(world, agent, *, after):
    access = replace(world.access(agent), day=TODAY + after)
    return [(each.text, each.is_top) for each in passed_on(agent, access=access)]


def test_the_lead_passes_a_comment_on_and_takes_it_back(client, world, survey):
    response = written(world, survey)
    client.force_login(world.lee)
    listed = reverse("surveys:answers", args=[survey.slug])
    assert address(survey, response) in client.get(listed).content.decode()
    shown = client.get(address(survey, response)).content.decode()
    assert "Quick and kind" in shown

    assert client.post(address(survey, response), {"act": "pass_on"}).status_code == 302
    again = client.post(address(survey, response), {"act": "pass_on"})

    release = CommentRelease.objects.get()
    assert (again.status_code, release.released_by) == (302, world.lee)
    assert "Shown to agent" in client.get(listed).content.decode()
    client.post(address(survey, response), {"act": "take_back"})
    assert not CommentRelease.objects.exists()
    told = AuditEvent.objects.filter(action__startswith="comment.")
    assert told.count() == 2


def test_only_who_leads_or_manages_the_agent_may(client, world, survey):
    response = written(world, survey)
    for person, status in (
        (world.lee, 200),
        (world.mona, 200),
        (world.ana, 200),
        (world.nora, 403),  # an analyst reads and writes nothing
        (world.alice, 403),
        (world.adam, 404),
    ):
        client.force_login(person)
        assert client.get(address(survey, response)).status_code == status, person
    client.force_login(world.nora)
    assert client.post(address(survey, response)).status_code == 403


def test_what_cannot_be_passed_on(client, world, survey):
    silent = written(world, survey, "x")
    Answer.objects.filter(response=silent, kind="text").update(text="")
    left_out = written(world, survey, "Spam")
    Response.objects.filter(pk=left_out.pk).update(exclusion=2)
    nobodys = written(world, survey, "Hm")
    Response.objects.filter(pk=nobodys.pk).update(agent=None)
    for response in (silent, left_out, nobodys):
        with pytest.raises(BadSurvey):
            release_comment(response, actor=world.lee, now=NOW)

    client.force_login(world.lee)
    assert client.post(address(survey, left_out)).status_code == 422
    assert not CommentRelease.objects.exists()


def test_agents_read_words_a_week_later_and_never_whose(client, world, survey):
    response = written(world, survey)
    written(world, survey, "Not passed on")
    sad = written(world, survey, "Too slow", score=1)
    written(world, survey, "For Bob", agent=world.bob)
    written(world, survey)
    for each in (response, sad):
        release_comment(each, actor=world.lee, now=NOW)
    assert read_by(world, world.alice, after=7) == []  # four answers are too few

    written(world, survey)

    both = [("Too slow", False), ("Quick and kind", True)]
    assert read_by(world, world.alice, after=6) == []
    assert read_by(world, world.alice, after=7) == both
    assert read_by(world, world.alice, after=91) == []
    assert read_by(world, world.bob, after=7) == []
    take_comment_back(sad, actor=world.lee, now=NOW)
    assert read_by(world, world.alice, after=7) == both[1:]


def test_what_is_erased_or_left_out_is_read_no_more(world, survey):
    first, second = (written(world, survey) for _ in range(2))
    for _ in range(5):
        written(world, survey)
    for each in (first, second):
        release_comment(each, actor=world.lee, now=NOW)
    Answer.objects.filter(response=first, kind="text").update(text="")
    Answer.objects.filter(response=second).update(exclusion=2)

    assert read_by(world, world.alice, after=7) == []


def test_anonymous_comments_are_never_passed_on(world):
    survey = replies({5: 6}, agent_id=world.alice.pk)
    response = Response.objects.order_by("pk").first()
    Response.objects.filter(pk=response.pk).update(
        origin=Response.Origin.ANONYMOUS, contact=None, customer=None, invitation=None
    )
    score = Answer.objects.get(response=response)
    Answer.objects.create(
        response=response,
        survey=survey,
        question=score.question.version.questions.get(key="comment"),
        kind="text",
        text="Kind",
        agent=world.alice,
        answered_at=NOW,
        answered_day=score.answered_day,
        event_day=score.event_day,
    )

    with pytest.raises(BadSurvey):
        release_comment(response, actor=world.lee, now=NOW)


def test_other_words_are_read_and_shown_anew(world, survey):
    """The customer or the source says it otherwise after the lead has read it."""
    _, token = ask(survey, contact("Grace"), agent_id=world.alice.pk)
    key = reply(token, 5).edit_key
    release_comment(
        answers.comment(key, text="Kind", now=NOW), actor=world.lee, now=NOW
    )
    answers.comment(key, text="Kind", now=NOW)
    assert CommentRelease.objects.exists()
    answers.comment(key, text="Kind, says Grace Hopper", now=NOW)
    assert not CommentRelease.objects.exists()

    row = {
        "external_id": "1",
        "survey": "Old tool",
        "kind": "csat",
        "score": 5,
        "answered": NOW,
        "agent": "Alice",
        "comment": "Kind",
    }
    take("response", row)
    told = Response.objects.get(origin=Response.Origin.IMPORT)
    release_comment(told, actor=world.lee, now=NOW)
    take("response", row | {"score": 4})
    assert CommentRelease.objects.exists()
    take("response", row | {"score": 4, "comment": "Kind, says Grace Hopper"})
    assert not CommentRelease.objects.exists()
