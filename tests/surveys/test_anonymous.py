"""Anonymous surveys: an answer that nothing leads to, alone never seen."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from crmkpi.crm.models import Member
from surveys.links import find_shared, shared_address
from surveys.models import (
    Answer,
    Ballot,
    ExtraAnswer,
    FollowUp,
    FollowUpRule,
    Invitation,
    Response,
    Survey,
    SurveyVersion,
)
from surveys.queries.person import person_as_json
from surveys.queries.results import results
from surveys.scoring import DEFAULT_SCALES, Kind
from surveys.sending.reminders import due as due_reminders
from surveys.services import answers, replies
from surveys.services.ballot_boxes import open_boxes
from surveys.services.erasure import erase_person, held_by_address
from surveys.services.errors import (
    AlreadyAnswered,
    BadScore,
    BadSurvey,
    EditOver,
    UnknownLink,
)
from surveys.services.history import Past, record_history
from surveys.services.imports import imported_survey
from surveys.services.retention import forget_old
from surveys.services.surveys import publish, share, update_survey
from surveys.tasks import open_ballot_boxes
from surveys.tokens import Form
from tests.surveys.cast import ask, contact, customer, form_for, reply
from tests.surveys.drafting import WHY, WORD, change
from tests.world import NOW, day

DAY = timedelta(days=1)
ODD = datetime(2026, 2, 13, 17, 43, 21, 123456, tzinfo=UTC)  # like no other instant
# The week of NOW ends on Sunday the 15th; of its forms the last can be posted till
# Monday midnight in Berlin.
SETTLED = datetime(2026, 2, 16, 23, 0, tzinfo=UTC)


@pytest.fixture
def survey(world, survey):
    """The live survey, made anonymous before anything else."""
    Survey.objects.filter(pk=survey.pk).update(is_anonymous=True)
    survey.refresh_from_db()
    return survey


def cast(survey, name, score, *, now=NOW, comment="", given=None, **about):
    """Have a new contact answer; return the key of the thank-you page."""
    asked = contact(name, customer=customer(f"{name} Ltd"))
    _, token = ask(survey, asked, now=now - DAY, subject=f"ticket:{name}", **about)
    key = reply(token, score, now=now).edit_key
    if comment or given:
        replies.tell_anonymously(key, comment=comment, given=given or {}, now=now)
    return key


def cast_all(survey, scores, **about):
    for number, score in enumerate(scores):
        cast(survey, f"P{number}", score, **about)


def everything():
    """Return all rows by table and key, as dicts."""
    return {
        (model._meta.label, row["pk"]): row
        for model in apps.get_models()
        for row in model._base_manager.values("pk", *_columns(model))
    }


def _columns(model):
    return [field.attname for field in model._meta.concrete_fields]


def changed(before):
    return {key: row for key, row in everything().items() if before.get(key) != row}


def texts(row):
    return {str(value) for value in row.values() if isinstance(value, str) and value}


# Nothing leads to it


def test_anonymous_that_is_not(world, survey):
    """Every column of every table after an answer: no key, no text and no instant in
    which the ballot meets whoever cast it."""
    _, token = ask(
        survey,
        contact("Ida", customer=customer("Globex")),
        now=NOW - DAY,
        agent_id=world.alice.pk,
    )
    before = everything()

    key = reply(token, 2, now=ODD).edit_key
    replies.tell_anonymously(key, comment="Too slow", given={}, now=ODD)

    new = changed(before)
    (ballot,) = (row for (label, _), row in new.items() if label == "surveys.Ballot")
    others = {key: row for key, row in everything().items() if row is not ballot}
    for (label, _), row in others.items():
        if label != "surveys.Ballot":
            shared = texts(ballot) & texts(row)
            assert not shared, (label, shared)
    for (label, _), row in new.items():  # nothing says at what time
        for name, value in row.items():
            if isinstance(value, datetime):
                assert abs(value - ODD) > timedelta(hours=12), (label, name)
    assert {label for label, _ in new} <= {
        "surveys.Ballot",
        "surveys.Invitation",
        "metrics.DirtyKey",
        "metrics.RowImage",
    }
    assert not Response.objects.exists()


def test_no_key_of_a_ballot_leads_to_a_person():
    leads_to = {
        field.related_model
        for field in Ballot._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    }
    assert leads_to == {
        SurveyVersion,
        *(Ballot._meta.get_field(each).related_model for each in ("agent", "team")),
        Member,
    }
    assert not Ballot._meta.related_objects


def test_what_comes_out_of_the_box_names_nobody(world, survey):
    """The same scan once five are answers: none differs from another but by its score
    and its words, and no two tables hold the same text."""
    cast_all(survey, [1, 2, 3, 4, 5], agent_id=world.alice.pk)
    Ballot.objects.update(comment="Words")
    before = everything()

    assert open_boxes(now=SETTLED) == 5

    out = {label: [] for label in ("surveys.Response", "surveys.Answer")}
    new = changed(before)
    for (label, _), row in new.items():
        if label in out:
            out[label].append(row)
    assert {label: len(rows) for label, rows in out.items()} == {
        "surveys.Response": 5,
        "surveys.Answer": 10,
    }
    for row in out["surveys.Response"]:
        for name in ("invitation_id", "customer_id", "contact_id", "edit_key_hash"):
            assert row[name] is None
        assert row["language"] == ""
    for rows in out.values():
        for name in rows[0].keys() - {"pk", "id", "external_id", "response_id"}:
            if name not in ("value", "text", "kind", "question_id", "is_top"):
                kinds = {str(row[name]) for row in rows if row.get("value") != 0}
                assert len(kinds - {"None"}) <= 1, name
    invited = Invitation.objects.values_list("uuid", "request_key", "address")
    told = {str(value) for row in invited for value in row}
    assert not told & {
        text for rows in out.values() for row in rows for text in texts(row)
    }
    assert not Ballot.objects.exists()


def test_the_order_of_coming_is_not_kept(survey):
    """Keys of ballots are random, and answers are made in the order of these."""
    cast_all(survey, [1, 2, 3, 4, 5])
    ids = list(Ballot.objects.order_by("pk").values_list("score", flat=True))

    open_boxes(now=SETTLED)

    assert list(Answer.objects.order_by("pk").values_list("value", flat=True)) == ids
    assert Ballot().pk.version == 4  # made of random bits alone


def test_the_database_takes_no_name_with_an_anonymous_answer(world, survey):
    cast_all(survey, [1, 2, 3, 4, 5])
    open_boxes(now=SETTLED)
    given = Response.objects.first()

    for fields in (
        {"customer": customer("Initech")},
        {"contact": contact("Jon")},
        {"invitation": Invitation.objects.first()},
        {"edit_key_hash": "x"},
        {"edit_until": NOW},
        {"language": "ar"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Response.objects.filter(pk=given.pk).update(**fields)


# Once, and not changed


def test_the_invitation_takes_one_answer_and_no_reminder(world, survey):
    _, token = ask(survey, contact("Ida"), now=NOW - DAY, reminder_days=3)
    form = form_for(token)
    first = reply(token, 2, form=form)

    again = reply(token, 2, form=form)  # a second press of the button
    with pytest.raises(AlreadyAnswered):
        reply(token, 5, form=form)
    with pytest.raises(AlreadyAnswered):
        reply(token, 2)

    assert (first.is_new, again.is_new) == (True, False)
    assert first.edit_key == again.edit_key
    assert first.response_id is None
    assert Ballot.objects.get().score == 2
    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.is_answered) == ("answered", True)
    assert due_reminders(now=NOW + 3 * DAY, limit=10) == []


def test_once_the_box_was_opened_the_link_is_still_used(survey):
    cast_all(survey, [1, 2, 3, 4])
    _, token = ask(survey, contact("Ida"), now=NOW - DAY)
    form = form_for(token)
    key = reply(token, 5, form=form).edit_key
    open_boxes(now=SETTLED)

    with pytest.raises(AlreadyAnswered):
        reply(token, 5, now=NOW + timedelta(hours=23), form=form)
    with pytest.raises(UnknownLink):
        replies.tell_anonymously(key, comment="Late", given={}, now=SETTLED)
    assert Answer.objects.count() == 5


def test_a_bad_score_uses_nothing_up(survey):
    _, token = ask(survey, contact("Ida"))

    with pytest.raises(BadScore):
        reply(token, 6)

    assert not Ballot.objects.exists()
    assert not Invitation.objects.get().is_answered


def test_editing_an_anonymous_answer(survey):
    """One comment, until the end of the next day; the score never changes."""
    key = cast(survey, "Ida", 2)
    other = cast(survey, "Jon", 2)
    third = cast(survey, "Kim", 2)

    replies.tell_anonymously(key, comment="Too slow", given={}, now=NOW)
    with pytest.raises(EditOver):
        replies.tell_anonymously(key, comment="Too fast", given={}, now=NOW)
    end = datetime(2026, 2, 14, 23, 0, tzinfo=UTC)  # Saturday's in Berlin
    just_before = end - timedelta(seconds=1)
    replies.tell_anonymously(other, comment="In time", given={}, now=just_before)
    with pytest.raises(EditOver):
        replies.tell_anonymously(third, comment="Late", given={}, now=end)
    with pytest.raises(UnknownLink):
        answers.change_answer(key, score=5, now=NOW)

    said = Ballot.objects.order_by("comment").values_list("score", "comment")
    assert list(said) == [(2, ""), (2, "In time"), (2, "Too slow")]


def test_a_shared_form_counts_once_before_and_after_the_box_is_opened(world, survey):
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    link = find_shared(shared_address(Survey.objects.get()))
    sunday = datetime(2026, 2, 15, 22, 59, tzinfo=UTC)  # a minute before Monday

    def post(form, score, now):
        return answers.answer_shared(
            link, score=score, form=form.signed, speak=lambda _link: "ar", now=now
        )

    form = Form.hand_out(link=link.name, version_id=link.version.pk, now=sunday)
    for each in range(4):
        other = Form.hand_out(link=link.name, version_id=link.version.pk, now=NOW)
        post(other, 1 + each, NOW)
    assert post(form, 5, sunday).is_new
    assert not post(form, 5, sunday).is_new
    with pytest.raises(AlreadyAnswered):
        post(form, 4, sunday)

    last_moment = sunday + timedelta(hours=24, seconds=-1)
    assert open_boxes(now=last_moment) == 0  # the form could still be posted
    assert not post(form, 5, last_moment).is_new
    assert open_boxes(now=SETTLED) == 5
    teams = Answer.objects.values_list("answered_team", "agent")
    assert set(teams) == {(world.support.pk, None)}


# Five together


def test_small_group_differencing(world, survey):
    """Alice has five, Bob two: without Bob's name the two would still be all less
    Alice's, so none of the seven has an agent."""
    cast_all(survey, [5, 5, 5, 5, 5], agent_id=world.alice.pk)
    for name, score in (("Ida", 1), ("Jon", 2)):
        cast(survey, name, score, agent_id=world.bob.pk)

    open_boxes(now=SETTLED)

    whose = Counter(Answer.objects.values_list("agent", "answered_team"))
    assert whose == {(None, world.berlin.pk): 7}


def test_agents_with_five_answers_each_keep_them(world, survey):
    cast_all(survey, [5, 5, 5, 4, 4], agent_id=world.alice.pk)
    for number in range(5):
        cast(survey, f"B{number}", 1, agent_id=world.bob.pk)

    open_boxes(now=SETTLED)

    def n(user):
        found = results(survey, access=world.access(user), since_day=None)
        return [each.summary.n for each in found.scales]

    assert (n(world.alice), n(world.bob), n(world.lee)) == ([5], [5], [10])


def test_a_day_alone_does_not_tell(survey):
    """Four on Friday and one on Sunday are five of Sunday."""
    cast_all(survey, [1, 2, 3, 4])
    cast(survey, "Ida", 5, now=datetime(2026, 2, 15, 9, 0, tzinfo=UTC))

    open_boxes(now=SETTLED)

    assert set(Answer.objects.values_list("answered_day", "event_day")) == {
        (day("2026-02-15"), day("2026-02-15"))
    }
    instants = set(Answer.objects.values_list("answered_at", flat=True))
    assert instants == {datetime(2026, 2, 14, 23, 0, tzinfo=UTC)}  # Sunday begins


def test_a_box_waits_for_five_and_for_the_week(world, survey):
    cast_all(survey, [1, 2, 3, 4])
    access = world.access(world.mona)

    assert open_boxes(now=SETTLED) == 0
    assert results(survey, access=access, since_day=None).scales == []

    monday = datetime(2026, 2, 16, 9, 0, tzinfo=UTC)
    cast(survey, "Ida", 5, now=monday)
    assert open_boxes(now=SETTLED + DAY) == 0  # the fifth is of another week
    next_week = SETTLED + timedelta(days=7)
    assert open_boxes(now=next_week - timedelta(seconds=1)) == 0
    assert open_boxes(now=next_week) == 5
    assert open_boxes(now=next_week) == 0
    (found,) = results(survey, access=access, since_day=None).scales
    assert found.summary.n == 5


def test_versions_have_boxes_of_their_own(world, survey):
    """An old link asks the old version: among others its answer would be known."""
    _, old = ask(survey, contact("Ida"), now=NOW - DAY)
    change(survey, world, words={"question": "How was it?"})
    cast_all(survey, [1, 2, 3, 4])
    reply(old, 5)

    assert open_boxes(now=SETTLED) == 0
    cast(survey, "Jon", 4)
    assert open_boxes(now=SETTLED) == 5
    assert Ballot.objects.get().score == 5


def test_replies_come_out_with_their_score(world, survey):
    change(survey, world, extras=(WHY, WORD))
    cast_all(survey, [5, 5, 5, 5])
    cast(survey, "Ida", 1, comment="Slow", given={"extra1": ["2"], "extra3": ["No"]})

    open_boxes(now=SETTLED)

    (said,) = Answer.objects.filter(kind="text")
    assert (said.text, said.response.answers.get(kind="csat").value) == ("Slow", 1)
    extras = ExtraAnswer.objects.order_by("question__key")
    assert [(each.chosen, each.text) for each in extras] == [([2], ""), ([], "No")]
    assert {each.response_id for each in extras} == {said.response_id}
    assert {each.replied_at for each in extras} == {said.answered_at}


def test_figures_hear_of_answers_when_they_come_out(survey, heard):
    cast_all(survey, [1, 2, 3, 4, 5])
    assert {news.model for news in heard} == {Invitation}
    heard.clear()

    open_boxes(now=SETTLED)

    (news,) = heard
    assert (news.model, news.before, len(news.after)) == (Answer, [], 5)


def test_the_task_opens_boxes(survey, monkeypatch):
    monkeypatch.setattr("surveys.tasks.timezone.now", lambda: SETTLED)
    cast_all(survey, [1, 2, 3, 4, 5])

    assert open_ballot_boxes() == 5
    assert open_ballot_boxes() == 0


# What else knows of answers


def test_low_answers_become_work_without_a_customer(world, survey):
    FollowUpRule.objects.create(survey=survey, name="Low", created_at=NOW - DAY * 9)
    cast_all(survey, [5, 5, 5, 5])
    cast(survey, "Ida", 1)
    assert not FollowUp.objects.exists()

    open_boxes(now=SETTLED)

    item = FollowUp.objects.get()
    assert item.created_at == SETTLED  # not when it was answered
    assert (item.response.customer, item.response.contact) == (None, None)


def test_a_person_is_exported_and_erased_without_their_answer(world, survey):
    cast_all(survey, [1, 2, 3, 4, 5])
    replies_before = list(Ballot.objects.values_list("score", flat=True))
    held = held_by_address("p0@example.org")
    assert person_as_json(held)["responses"] == []
    (invited,) = person_as_json(held)["invitations"]
    assert (invited["state"], invited["is_anonymous"]) == ("answered", True)

    erase_person("p0@example.org", actor=world.adam, now=NOW)

    assert list(Ballot.objects.values_list("score", flat=True)) == replies_before
    assert open_boxes(now=SETTLED) == 5


def test_words_that_wait_too_long_are_forgotten(survey):
    cast(survey, "Ida", 1, comment="My name is Ida")

    forget_old(keep_days=30, now=NOW + 30 * DAY)
    assert Ballot.objects.get().comment == "My name is Ida"
    forget_old(keep_days=30, now=NOW + 31 * DAY)

    assert (Ballot.objects.get().comment, Ballot.objects.get().score) == ("", 1)
    assert forget_old(keep_days=30, now=NOW + 31 * DAY) == 0


def test_answers_from_elsewhere_make_a_survey_of_their_own(survey):
    """They are known there by their ids."""
    scale = DEFAULT_SCALES[Kind.CSAT]

    asked = imported_survey(name=survey.name, scale=scale, now=NOW)

    assert asked.survey_id != survey.pk
    assert Survey.objects.get(pk=asked.survey_id).name == "After a request (CSAT)"
    with pytest.raises(BadSurvey):
        record_history(survey, [Past("a", NOW, answered_at=NOW, score=5)], now=NOW)


# The flag


def test_the_flag_is_fixed_by_the_first_publishing(world, survey):
    for is_anonymous in (True, False):
        Survey.objects.filter(pk=survey.pk).update(is_anonymous=is_anonymous)
        with pytest.raises(BadSurvey) as refused:
            update_survey(
                survey, is_anonymous=not is_anonymous, actor=world.ana, now=NOW
            )
        assert refused.value.field == "is_anonymous"
    update_survey(survey, is_anonymous=False, actor=world.ana, now=NOW)  # as it is


def test_a_draft_may_change_its_mind(world, survey):
    draft = Survey.objects.create(
        slug="d",
        name="D",
        kind="csat",
        team=world.support,
        created_at=NOW,
        draft=survey.draft,
    )
    for is_anonymous in (True, False, True):
        update_survey(draft, is_anonymous=is_anonymous, actor=world.ana, now=NOW)
    publish(draft, actor=world.ana, now=NOW)

    draft.refresh_from_db()
    assert draft.is_anonymous


def test_the_database_takes_no_anonymous_import(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.create(
            slug="d",
            name="D",
            kind="csat",
            team=world.support,
            created_at=NOW,
            is_anonymous=True,
            is_imported=True,
        )
