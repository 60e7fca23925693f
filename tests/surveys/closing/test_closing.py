"""Closing the loop: which answers become work, whose, until when, with what outcome."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from crmkpi.crm.models import Exclusion
from surveys.closing import services
from surveys.closing.queries import board, items_for, possible_owners, recovery
from surveys.models import FollowUp, FollowUpEvent, FollowUpRule, Invitation, Response
from surveys.scoring import Kind, Scale
from surveys.services import answers
from surveys.services.dispatch import due, send_invitation
from surveys.services.errors import BadSurvey
from surveys.services.suppressions import suppress
from surveys.services.surveys import close, create_survey, publish
from surveys.tasks import escalate_follow_ups
from tests.surveys.cast import ask, contact, reply, token_of
from tests.surveys.replies import replies
from tests.world import NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
When, Owner, State = FollowUpRule.When, FollowUpRule.Owner, FollowUp.State


def rule(survey, **fields):
    fields.setdefault("created_at", NOW - DAY)
    return FollowUpRule.objects.create(survey=survey, **{"name": "Unhappy", **fields})


def answered(survey, person, score, *, comment="", now=NOW, **fields):
    _, token = ask(survey, person, now=now, **fields)
    key = reply(token, score, now=now).edit_key
    if comment:
        answers.comment(key, text=comment, now=now)
    return Response.objects.latest("pk")


@pytest.fixture
def item(world, survey, contact):
    rule(survey)
    answered(survey, contact, 1, agent_id=world.alice.pk)
    return FollowUp.objects.get()


def ended(item, actor, **fields):
    given = {
        "state": State.RESOLVED,
        "cause": FollowUp.Cause.WAITING,
        "outcome": "Called, sent the part",
        **fields,
    }
    return services.close(item, actor=actor, now=NOW + HOUR, **given)


# Rules


@pytest.mark.parametrize(
    ("fields", "score", "comment", "is_work"),
    [
        ({}, 2, "", True),
        ({}, 3, "", False),
        ({"when": When.SCORE, "score": 3}, 3, "", True),
        ({"when": When.SCORE, "score": 3}, 4, "", False),
        ({"when": When.WORDS, "words": ["cancel*"]}, 5, "I shall CANCEL it", True),
        ({"when": When.WORDS, "words": ["cancel*"]}, 5, "All fine", False),
        ({"is_active": False}, 1, "", False),
        ({"created_at": NOW + DAY}, 1, "", False),
    ],
)
def test_which_answers_become_work(
    world, survey, contact, fields, score, comment, is_work
):
    rule(survey, **fields)

    answered(survey, contact, score, comment=comment, agent_id=world.alice.pk)

    assert FollowUp.objects.exists() is is_work


def test_rules_are_kept_until_one_is_saved(survey):
    """Another process saves: the row of the survey tells this one to look again."""
    made = rule(survey, when=When.SCORE, score=1)
    answered(survey, contact("Ida"), 2)
    _, token = ask(survey, contact("Jon"))
    with CaptureQueriesContext(connection) as asked:
        reply(token, 2)
    assert not any("followuprule" in each["sql"] for each in asked.captured_queries)
    assert not FollowUp.objects.exists()

    made.score = 2
    made.save()

    response = answered(survey, contact("Kim"), 2)
    assert FollowUp.objects.get().response == response


def test_a_rule_that_was_not_saved_after_all_leaves_none_behind(survey, contact):
    with transaction.atomic():
        rule(survey)
        survey.refresh_from_db()
        transaction.set_rollback(True)
    first = survey.follow_up_stamp

    rule(survey, when=When.SCORE, score=1)

    survey.refresh_from_db()
    assert survey.follow_up_stamp != first
    answered(survey, contact, 2)
    assert not FollowUp.objects.exists()


def test_nps_detractors_and_effort(world, contact):
    """0 to 6 of NPS; on an effort scale where low is good, 4 or worse is 4 and 5."""
    nps = create_survey(
        name="n", kind=Kind.NPS, team=world.support, brand="B", actor=None, now=NOW
    )
    effort = create_survey(
        name="e",
        kind=Kind.CES,
        scale=Scale(Kind.CES, 1, 5, 2, reversed=True),
        team=world.support,
        brand="B",
        actor=None,
        now=NOW,
    )
    found = {}
    for draft, fields, scores in (
        (nps, {}, (6, 7)),
        (effort, {"when": When.SCORE, "score": 4}, (4, 3)),
    ):
        publish(draft, actor=None, now=NOW)
        draft.refresh_from_db()
        rule(draft, **fields)
        for score in scores:
            person = _person(f"{draft.name}{score}")
            response = answered(draft, person, score, agent_id=world.alice.pk)
            found[draft.name, score] = hasattr(response, "follow_up")

    assert found == {("n", 6): True, ("n", 7): False, ("e", 4): True, ("e", 3): False}


def _person(name):
    return contact(name)


def test_one_item_however_often_it_is_looked_at(world, survey, contact):
    rule(survey)
    rule(survey, name="Words", when=When.WORDS, words=["slow"])

    answered(survey, contact, 1, comment="slow", agent_id=world.alice.pk)

    item = FollowUp.objects.get()
    assert item.reason == "Unhappy"
    assert [each.kind for each in item.events.all()] == ["opened"]


def test_an_import_of_the_past_makes_no_work(world):
    survey = replies({5: 1}, agent_id=world.alice.pk)
    rule(survey, created_at=NOW - 4000 * DAY)

    replies({1: 3}, agent_id=world.alice.pk, at=NOW - 30 * DAY)
    assert not FollowUp.objects.exists()
    replies({1: 2}, agent_id=world.alice.pk)
    assert FollowUp.objects.count() == 2


def test_due_in_business_hours(world, survey, contact):
    """Friday 13 February 2026, 16:30 in Berlin and 8 hours: Monday or later."""
    rule(survey, due_hours=8)
    friday = datetime(2026, 2, 13, 15, 30, tzinfo=UTC)

    answered(survey, contact, 1, now=friday, agent_id=world.alice.pk)

    opening, closing = world.org.business_hours["mon"][0]
    due_at = FollowUp.objects.get().due_at
    left_on_friday = datetime.fromisoformat(f"2026-02-13T{closing}:00+01:00") - friday
    monday = datetime.fromisoformat(f"2026-02-16T{opening}:00+01:00")
    assert due_at == monday + 8 * HOUR - left_on_friday


@pytest.mark.parametrize(
    ("owned_by", "agent", "owner"),
    [
        (Owner.LEAD, "alice", "lee"),
        (Owner.AGENT, "alice", "alice"),
        (Owner.AGENT, None, "ana"),
        (Owner.PERSON, "alice", "bob"),
        (Owner.LEAD, None, "ana"),
    ],
)
def test_whose_it_is(world, survey, contact, owned_by, agent, owner):
    """The team without a lead: the manager of the next team above."""
    rule(survey, owned_by=owned_by, owner=world.bob)
    agent_id = getattr(world, agent).pk if agent else None

    answered(survey, contact, 1, agent_id=agent_id)

    assert FollowUp.objects.get().owner == getattr(world, owner)


# Work


def test_an_outcome_is_mandatory(world, item):
    for missing in (
        {"outcome": " "},
        {"cause": ""},
        {"cause": "mood"},
        {"state": "open"},
        {"state": ""},
        {"outcome": "x" * 2_001},
        {"outcome": "a\x00"},
    ):
        with pytest.raises(BadSurvey):
            ended(item, world.lee, **missing)
    item.refresh_from_db()
    assert item.is_open

    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(pk=item.pk).update(state=State.RESOLVED)


def test_from_open_to_closed_and_back(world, item):
    services.note(item, text="No answer", is_contact=False, actor=world.lee, now=NOW)
    item.refresh_from_db()
    assert item.state == State.OPEN
    services.note(item, text="Spoke", is_contact=True, actor=world.lee, now=NOW)
    item.refresh_from_db()
    assert item.state == State.CONTACTED
    services.give(item, owner=world.alice, actor=world.lee, now=NOW)
    ended(item, world.alice)
    with pytest.raises(BadSurvey):
        ended(item, world.alice)
    with pytest.raises(BadSurvey):
        services.note(item, text="x", is_contact=False, actor=world.lee, now=NOW)

    services.reopen(item, text="Again", actor=world.lee, now=NOW + 2 * HOUR)

    item.refresh_from_db()
    assert (item.state, item.outcome, item.closed_at) == (State.OPEN, "", None)
    assert [each.kind for each in item.events.all()] == [
        "opened",
        "note",
        "contacted",
        "given",
        "closed",
        "reopened",
    ]
    assert item.events.get(kind="closed").text == "Called, sent the part"


def test_escalated_once(world, item):
    assert services.escalate_due(now=item.due_at - HOUR) == 0
    assert services.escalate_due(now=item.due_at) == 1
    assert services.escalate_due(now=item.due_at + DAY) == 0
    assert escalate_follow_ups() == 0

    item.refresh_from_db()
    assert (item.owner, item.escalated_to) == (world.lee, world.ana)
    assert item.events.get(kind="escalated").text == "Ana"


def test_closed_items_are_not_escalated(world, item):
    ended(item, world.lee)

    assert services.escalate_due(now=item.due_at + DAY) == 0


def test_asked_again_and_recovered(world, survey, item):
    ended(item, world.lee, ask_again=True)
    again = FollowUp.objects.get().asked_again
    assert (again.contact, again.agent) == (item.response.contact, world.alice)
    assert due(now=NOW + HOUR + 2 * DAY, limit=9) == []

    later = NOW + HOUR + services.ASK_AGAIN_AFTER
    assert due(now=later, limit=9) == [again.pk]
    send_invitation(again.pk, now=later)
    reply(token_of(mail.outbox[-1]), 4, now=later)

    found = recovery(FollowUp.objects.all())
    assert (found.asked, found.answered, found.recovered) == (1, 1, 1)
    assert found.interval is None  # one answer says nothing yet
    assert not FollowUp.objects.filter(response__invitation=again).exists()


def test_recovery_rate_with_interval(world, survey):
    """3 of 5 no longer low: Wilson 23.1 to 88.2 %."""
    rule(survey)
    for n, score in enumerate([5, 4, 3, 2, 1]):
        answered(survey, contact(f"P{n}"), 1, agent_id=world.alice.pk, subject=f"s:{n}")
        ended(FollowUp.objects.latest("pk"), world.lee, ask_again=True)
        again = FollowUp.objects.latest("pk").asked_again
        send_invitation(again.pk, now=NOW + 4 * DAY)
        reply(token_of(mail.outbox[-1]), score, now=NOW + 4 * DAY)

    found = board(world.access(world.ana), now=NOW + 5 * DAY).recovery

    assert (found.recovered, found.answered) == (3, 5)
    assert found.interval.low == pytest.approx(0.2307, abs=0.0001)
    assert found.interval.high == pytest.approx(0.8824, abs=0.0001)


def test_who_wants_no_mail_is_not_asked_again(world, item):
    first = item.response.invitation
    suppress(first.address_hash, reason="unsub", now=NOW)
    ended(item, world.lee, ask_again=True)
    again = FollowUp.objects.get().asked_again

    send_invitation(again.pk, now=NOW + 9 * DAY)

    again.refresh_from_db()
    assert again.state == Invitation.State.SKIPPED


def test_nobody_is_asked_by_a_closed_survey(world, survey, item):
    close(survey, actor=world.ana, now=NOW)

    with pytest.raises(BadSurvey):
        ended(item, world.lee, ask_again=True)
    item.refresh_from_db()
    assert item.is_open


# Who sees what


def test_agents_see_their_own_items(world, survey, contact):
    rule(survey, owned_by=Owner.AGENT)
    answered(survey, contact, 1, agent_id=world.alice.pk)

    def seen(person):
        return items_for(world.access(person), view="open", now=NOW).count()

    assert [seen(each) for each in (world.alice, world.bob, world.cleo)] == [1, 0, 0]
    assert [seen(each) for each in (world.lee, world.ana, world.nora)] == [1, 1, 1]
    assert [seen(each) for each in (world.carl, world.adam)] == [0, 0]


def test_whom_an_item_can_be_given_to(world, item):
    found = possible_owners(item, world.access(world.lee))

    assert [each.name for each in found] == ["Alice", "Ana", "Bob", "Lee", "Mona"]


def test_void_answers_make_no_work(world, survey, contact):
    response = answered(survey, contact, 1, agent_id=world.alice.pk)
    answers.void_response(
        response, reason=Exclusion.SPAM, note="x", actor=world.ana, now=NOW
    )
    rule(survey)

    answers.void_response(
        response, reason=Exclusion.TEST, note="x", actor=world.ana, now=NOW
    )

    assert not FollowUp.objects.exists()
    assert not FollowUpEvent.objects.exists()
