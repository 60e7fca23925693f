"""The pages of follow-ups: the board, one item, the rules."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crmkpi.crm.models import Contact
from surveys.models import FollowUp, FollowUpRule, Invitation, Survey
from tests.surveys import scenes
from tests.surveys.replies import replies

BOARD = "/follow-ups/"


@pytest.fixture
def sign_in(client):
    def as_(user):
        client.force_login(user)
        return client

    return as_


@pytest.fixture
def url(world):
    return reverse("surveys:follow_up", kwargs=scenes.follow_up(world))


def closing(**fields):
    return {
        "act": "close",
        "close-state": "resolved",
        "close-cause": "tone",
        "close-outcome": "Said sorry",
        **{f"close-{name}": value for name, value in fields.items()},
    }


def test_an_item_from_the_board_to_its_outcome(sign_in, world, url):
    lee = sign_in(world.lee)
    listed = lee.get(BOARD).content.decode()
    assert "Low</a>" in listed
    assert "Globex" in listed

    assert lee.post(url, {"act": "note", "note-text": ""}).status_code == 422
    assert lee.post(url, closing(outcome="")).status_code == 422
    assert lee.post(url, closing(cause="")).status_code == 422
    assert lee.post(url, closing(ask_again="on")).status_code == 302

    page = lee.get(url).content.decode()
    assert "Said sorry" in page
    assert "Tone or communication" in page
    assert "Low</a>" not in lee.get(BOARD).content.decode()
    assert "Low</a>" in lee.get(BOARD, {"view": "closed"}).content.decode()
    assert lee.post(url, closing()).status_code == 403
    reopening = {"act": "reopen", "reopen-text": "Again"}
    assert lee.post(url, reopening).status_code == 302
    assert FollowUp.objects.get().is_open


def test_agents_work_their_own_and_give_nothing_away(sign_in, world, url):
    FollowUp.objects.update(owner=world.alice)
    alice = sign_in(world.alice)

    page = alice.get(url)
    assert page.status_code == 200
    assert "All answers" not in page.content.decode()
    given = {"act": "give", "give-owner": world.bob.pk}
    assert alice.post(url, given).status_code == 403
    assert alice.post(url, {"act": "note", "note-text": "Rang"}).status_code == 302
    assert sign_in(world.bob).get(url).status_code == 404


def test_whoever_works_on_it_reads_how_to_reach_the_customer(sign_in, world, url):
    Contact.objects.update(phone="+49 30 123", email="grace@globex.example")
    reached = ('href="tel:+4930123"', 'href="mailto:grace@globex.example"')

    assert all(each in sign_in(world.lee).get(url).text for each in reached)
    assert not any(each in sign_in(world.nora).get(url).text for each in reached)
    sign_in(world.lee).post(url, closing())
    assert not any(each in sign_in(world.lee).get(url).text for each in reached)


def test_asking_again_is_offered_only_where_somebody_is_known(sign_in, world, url):
    lee = sign_in(world.lee)
    assert "close-ask_again" in lee.get(url).text

    Invitation.objects.update(address="", phone="")

    assert "close-ask_again" not in lee.get(url).text
    assert lee.post(url, closing(ask_again="on")).status_code == 302
    assert FollowUp.objects.get().asked_again is None


def test_give(sign_in, world, url):
    ana = sign_in(world.ana)

    for owner, status in ((world.bob, 302), (world.cleo, 422)):
        sent = ana.post(url, {"act": "give", "give-owner": owner.pk})
        assert sent.status_code == status
    assert FollowUp.objects.get().owner == world.bob


def test_readers_write_nothing(sign_in, world, url):
    nora = sign_in(world.nora)

    assert "<textarea" not in nora.get(url).content.decode()
    assert nora.post(url, closing()).status_code == 403


def test_rules_are_checked(sign_in, world):
    survey = Survey.objects.get(slug=scenes.slug(world)["slug"])
    ana = sign_in(world.ana)
    new = reverse("surveys:follow_up_rule_new", args=[survey.slug])
    good = {"name": "R", "when": "low", "owned_by": "lead", "due_hours": "4"}

    for bad in (
        {"name": ""},
        {"when": "never"},
        {"when": "score"},
        {"when": "score", "score": "6"},
        {"when": "words"},
        {"when": "words", "words": "*"},
        {"owned_by": "person"},
        {"owned_by": "person", "owner": world.cleo.pk},
        {"due_hours": "0"},
        {"due_hours": "x"},
    ):
        assert ana.post(new, good | bad).status_code == 422
    assert not FollowUpRule.objects.exists()
    made = good | {"when": "words", "words": "cancel*, refund", "is_active": "on"}
    assert ana.post(new, made).status_code == 302
    rule = FollowUpRule.objects.get()
    assert (rule.words, rule.due_hours, rule.is_active) == (
        ["cancel*", "refund"],
        4,
        True,
    )
    edit = reverse("surveys:follow_up_rule", args=[survey.slug, rule.pk])
    assert ana.post(edit, good).status_code == 302
    rule.refresh_from_db()
    assert not rule.is_active
    listed = ana.get(reverse("surveys:follow_up_rules", args=[survey.slug]))
    assert ">R</a>" in listed.content.decode()
    other = reverse("surveys:follow_up_rule", args=[survey.slug, rule.pk + 1])
    assert ana.get(other).status_code == 404


def test_empty_boards(sign_in, world):
    assert "Nobody to get back to" in sign_in(world.alice).get(BOARD).content.decode()
    closed = sign_in(world.ana).get(BOARD, {"view": "closed"})
    assert "Nothing here" in closed.content.decode()
    assert sign_in(world.ana).get(BOARD, {"view": "x"}).status_code == 200


def test_number_of_queries_does_not_grow(
    sign_in, world, url, django_assert_num_queries
):
    ana = sign_in(world.ana)
    with CaptureQueriesContext(connection) as seen:
        ana.get(BOARD)
    survey = replies({5: 1}, agent_id=world.alice.pk)
    FollowUpRule.objects.create(
        survey=survey, name="L", created_at=FollowUpRule.objects.get().created_at
    )
    replies({1: 30}, agent_id=world.alice.pk, comment="slow")
    assert FollowUp.objects.count() == 31
    with django_assert_num_queries(len(seen)):
        ana.get(BOARD)
