"""The service that takes answers: once, on the scale, in time, for whom it is about."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from crmkpi.accounts.models import AuditEvent, Organisation
from crmkpi.accounts.services import move_agent
from crmkpi.crm.models import Channel, Exclusion, Source
from surveys.content import Content
from surveys.links import find_shared, shared_address
from surveys.models import Answer, AnswerRevision, Invitation, Response
from surveys.scoring import Kind, Scale
from surveys.services import answers
from surveys.services.errors import (
    AlreadyAnswered,
    BadComment,
    BadScore,
    EditOver,
    LinkClosed,
    StaleForm,
    UnknownLink,
)
from surveys.services.surveys import close, publish, share, update_survey
from surveys.tokens import Form
from tests.surveys.cast import ask, contact, english, form_for, reply
from tests.world import NOW, day

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_an_answer_counts_for_agent_team_channel_of_the_event(world, survey, contact):
    _, token = ask(survey, contact, agent_id=world.alice.pk)

    reply(token, "4", now=NOW + DAY)

    given = Answer.objects.get()
    assert (given.kind, given.value, given.low, given.high) == ("csat", 4, 1, 5)
    assert given.is_top is True
    assert given.agent == world.alice
    assert given.answered_team == world.berlin
    assert given.channel == Channel.PHONE
    assert given.survey == survey
    assert given.answered_day == day("2026-02-14")
    assert given.event_day == day("2026-02-12")
    assert given.exclusion == 0
    assert given.response.customer == contact.customer


def test_the_day_is_of_the_zone_as_another_process_has_just_set_it(survey):
    """NOW is noon in UTC: 13:00 in Berlin, and 01:00 of the next day in Auckland."""
    (_, one), (_, two) = (ask(survey, contact(name)) for name in ("Ann", "Bob"))
    for token, zone, told in (
        (one, "Europe/Berlin", "2026-02-13"),
        (two, "Pacific/Auckland", "2026-02-14"),
    ):
        Organisation.objects.update(zone=zone)
        answered = reply(token, 4)
        given = Answer.objects.get(response_id=answered.response_id)
        assert given.answered_day == day(told)


def test_an_answer_takes_six_statements(survey):
    """Invitation, response, score, the invitation's use, its image, keys of cells."""
    (_, one), (_, two) = (ask(survey, contact(name)) for name in ("Ann", "Bob"))
    reply(one, 4)  # what never changes is read now
    form = form_for(two)

    with CaptureQueriesContext(connection) as asked:
        reply(two, 4, form=form)

    statements = [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]
    assert len(statements) == 6
    assert sum("metrics_dirtykey" in each for each in statements) == 1


def test_attribution_at_answer_time(world, survey, contact):
    """Who moved to another team since then takes no answers along."""
    invitation, token = ask(survey, contact, agent_id=world.alice.pk)
    move_agent(
        user=world.alice,
        team=world.north,
        from_day=day("2026-02-13"),
        actor=None,
        now=NOW,
    )

    reply(token, 2, now=NOW + DAY)

    assert Answer.objects.get().answered_team == world.berlin
    invitation.refresh_from_db()
    assert invitation.sent_team == world.berlin


def test_a_correction_of_the_past_moves_the_answer(world, survey, contact, heard):
    """Somebody tells later that Alice had moved before the event."""
    _, token = ask(survey, contact, agent_id=world.alice.pk)
    reply(token, 2)
    heard.clear()

    move_agent(
        user=world.alice,
        team=world.north,
        from_day=day("2026-02-12"),
        actor=None,
        now=NOW,
    )

    assert Answer.objects.get().answered_team == world.north
    assert Response.objects.get().answered_team == world.north
    assert Invitation.objects.get().sent_team == world.north
    assert {news.model for news in heard} == {Answer, Invitation}
    for news in heard:
        assert news.cause == "reassignment"
    moved = next(news for news in heard if news.model is Answer)
    assert moved.before[0]["answered_team_id"] == world.berlin.pk
    assert moved.after[0]["answered_team_id"] == world.north.pk


def test_the_answer_and_the_invitation_are_announced(survey, contact, heard):
    _, token = ask(survey, contact)
    heard.clear()

    reply(token, 5)

    answer, invitation = heard
    assert answer.model is Answer
    assert answer.before == []
    assert answer.after[0]["value"] == 5
    assert "text" not in answer.after[0]
    assert invitation.model is Invitation
    assert invitation.before[0]["is_answered"] is False
    assert invitation.after[0]["is_answered"] is True


def test_double_submit(survey, contact):
    """The same form twice is one answer and leads to the same page."""
    _, token = ask(survey, contact)
    form = form_for(token)

    first = reply(token, 5, form=form)
    second = reply(token, 5, form=form, now=NOW + HOUR)

    assert second.edit_key == first.edit_key
    assert (first.is_new, second.is_new) == (True, False)
    assert Response.objects.count() == Answer.objects.count() == 1


@pytest.mark.parametrize("score", [5, 1])
def test_forwarded_link_overwrites_first(survey, contact, score):
    """Another opening of the link is another form, with an equal score too."""
    _, token = ask(survey, contact)
    reply(token, 5)

    with pytest.raises(AlreadyAnswered):
        reply(token, score)

    assert Answer.objects.get().value == 5


def test_same_form_with_another_score_is_refused(survey, contact):
    _, token = ask(survey, contact)
    form = form_for(token)
    reply(token, 5, form=form)

    with pytest.raises(AlreadyAnswered):
        reply(token, 1, form=form)


def test_one_response_per_invitation_is_a_constraint(survey, contact):
    invitation, token = ask(survey, contact)
    reply(token, 5)

    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.create(
            source=Source.objects.get(slug="surveys"),
            external_id="another",
            written_at=NOW,
            survey=survey,
            version=survey.version,
            origin=Response.Origin.INVITATION,
            invitation=invitation,
            answered_at=NOW,
        )


@pytest.mark.parametrize(
    "score", ["6.5", "7 ", "0", "6", "-1", "", None, "five", "٥", "1_0", True, "5\x00"]
)
def test_wrong_formula_or_denominator_starts_with_a_bad_score(survey, contact, score):
    """What is not on the scale is stored nowhere, so it is in no denominator."""
    _, token = ask(survey, contact)

    with pytest.raises(BadScore):
        reply(token, score)

    assert not Response.objects.exists()
    assert not Invitation.objects.filter(is_answered=True).exists()


def test_token_guessing(survey, contact):
    _, token = ask(survey, contact)
    form = form_for(token)
    wrong = ["", "x", token[:-1], token + "A", token.lower(), "A" * 43, "é" * 43]

    for guess in wrong:
        with pytest.raises(UnknownLink):
            answers.answer(guess, score=5, form=form, speak=english, now=NOW)


def test_a_revoked_token_leads_nowhere(survey, contact):
    invitation, token = ask(survey, contact)
    form = form_for(token)
    invitation.tokens.update(revoked_at=NOW)

    with pytest.raises(UnknownLink):
        reply(token, 5, form=form)


def test_the_unsubscribe_token_cannot_answer(survey, contact, mailoutbox):
    ask(survey, contact)
    stop = mailoutbox[-1].extra_headers["List-Unsubscribe"].split("/")[-2]

    with pytest.raises(UnknownLink):
        answers.answer(stop, score=5, form="", speak=english, now=NOW)


def test_key_rotation_kills_links(settings, survey, contact):
    _, token = ask(survey, contact)
    settings.SECRET_KEY = "another" * 10

    reply(token, 5)

    assert Answer.objects.get().value == 5


@pytest.mark.parametrize("spoil", ["", "x", "a.b.c", "1:2:3:4.sig"])
def test_a_forged_form_is_refused(survey, contact, spoil):
    _, token = ask(survey, contact)

    with pytest.raises(StaleForm):
        answers.answer(token, score=5, form=spoil, speak=english, now=NOW)


def test_a_form_of_another_link_is_refused(survey, contact):
    _, token = ask(survey, contact)
    other = Form.hand_out(link="other", version_id=survey.version_id, now=NOW)

    with pytest.raises(StaleForm):
        reply(token, 5, form=other.signed)


def test_a_form_older_than_a_day_is_refused(survey, contact):
    _, token = ask(survey, contact)
    form = form_for(token)

    reply_in_time = NOW + DAY - timedelta(seconds=1)
    with pytest.raises(StaleForm):
        reply(token, 5, form=form, now=NOW + DAY)
    assert reply(token, 5, form=form, now=reply_in_time).is_new


def test_clock_half_open_end_of_the_window(survey, contact):
    """The window is 14 days: the last instant counts, the end does not."""
    _, token = ask(survey, contact)
    end = NOW + 14 * DAY

    with pytest.raises(LinkClosed):
        reply(token, 5, now=end)
    assert reply(token, 5, now=end - timedelta(seconds=1)).is_new


def test_who_opened_in_time_has_an_hour_more(survey, contact):
    _, token = ask(survey, contact)
    end = NOW + 14 * DAY
    form = form_for(token, opened_at=end - timedelta(minutes=5))

    with pytest.raises(LinkClosed):
        reply(token, 5, form=form, now=end + HOUR)
    assert reply(token, 5, form=form, now=end + HOUR - timedelta(seconds=1)).is_new


def test_a_closed_survey_takes_no_answer(world, survey, contact):
    _, token = ask(survey, contact)
    close(survey, actor=world.ana, now=NOW)

    with pytest.raises(LinkClosed):
        reply(token, 5)


def test_edited_while_running(world, survey, contact):
    """An old link keeps the version it was sent with, scale included."""
    _, token = ask(survey, contact)
    first = survey.version
    update_survey(survey, content=_ten_point(survey), actor=world.ana, now=NOW)
    publish(survey, actor=world.ana, now=NOW)

    with pytest.raises(BadScore):
        reply(token, 9)
    reply(token, 5)

    assert Response.objects.get().version == first
    assert Answer.objects.get().high == 5


def _ten_point(survey):
    content = Content.from_json(survey.draft)
    return replace(content, scale=Scale(Kind.CSAT, 1, 10, 9))


def test_local_day_of_an_answer_is_the_organisations(survey, contact):
    """23:30 UTC on 13 February is 14 February in Berlin."""
    _, token = ask(survey, contact)

    reply(token, 5, now=NOW.replace(hour=23, minute=30))

    assert Answer.objects.get().answered_day == day("2026-02-14")


# Shared links


def test_shared_link_counts_for_the_team_that_asks(world, survey):
    share(survey, is_shared=True, actor=world.ana, now=NOW)

    answers.answer_shared(
        find_shared(shared_address(survey)),
        score="3",
        form=_shared_form(survey),
        speak=lambda link: "de",
        now=NOW,
    )

    given = Answer.objects.get()
    assert (given.agent, given.answered_team) == (None, world.support)
    assert given.channel == Channel.WEB
    assert given.is_top is False
    assert given.response.origin == Response.Origin.SHARED
    assert given.response.invitation is None


def test_shared_link_takes_each_form_once(world, survey):
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    form = _shared_form(survey)

    first = _answer_shared(survey, form, 3)
    second = _answer_shared(survey, form, 3)
    with pytest.raises(AlreadyAnswered):
        _answer_shared(survey, form, 4)
    third = _answer_shared(survey, _shared_form(survey), 4)

    assert second.response_id == first.response_id
    assert third.response_id != first.response_id
    assert sorted(Answer.objects.values_list("value", flat=True)) == [3, 4]


def test_shared_link_that_is_not_open(survey):
    with pytest.raises(LinkClosed):
        _answer_shared(survey, _shared_form(survey), 3)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda survey: survey.slug,
        lambda survey: f"{survey.slug}-{'0' * 32}",
        lambda survey: f"other-{survey.shared_key}",
        lambda survey: str(survey.pk),
    ],
)
def test_shared_link_cannot_be_guessed(world, survey, spoil):
    share(survey, is_shared=True, actor=world.ana, now=NOW)

    assert find_shared(spoil(survey)) is None


def test_shared_form_of_an_earlier_version_is_still_taken(world, survey):
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    form, first = _shared_form(survey), survey.version
    update_survey(survey, content=_ten_point(survey), actor=world.ana, now=NOW)
    publish(survey, actor=world.ana, now=NOW)

    _answer_shared(survey, form, 5)

    assert Response.objects.get().version == first


def _shared_form(survey):
    return Form.hand_out(
        link=survey.shared_key, version_id=survey.version_id, now=NOW
    ).signed


def _answer_shared(survey, form, score):
    return answers.answer_shared(
        find_shared(shared_address(survey)),
        score=score,
        form=form,
        speak=english,
        now=NOW,
    )


# Comments and changes


def test_comment_is_an_answer_of_its_own(world, survey, contact, heard):
    _, token = ask(survey, contact, agent_id=world.alice.pk)
    key = reply(token, 2).edit_key
    heard.clear()

    answers.comment(key, text=" Too\r\nslow 🐢 ", now=NOW + HOUR)

    said = Answer.objects.get(kind="text")
    assert said.text == "Too\nslow 🐢"
    assert (said.value, said.is_top) == (None, None)
    assert (said.agent, said.answered_team) == (world.alice, world.berlin)
    assert said.answered_day == Answer.objects.get(kind="csat").answered_day
    assert [news.after[0]["kind"] for news in heard] == ["text"]


def test_comment_again_keeps_the_first_wording(survey, contact):
    _, token = ask(survey, contact)
    key = reply(token, 2).edit_key
    answers.comment(key, text="slow", now=NOW)
    answers.comment(key, text="slow", now=NOW)
    answers.comment(key, text="very slow", now=NOW)

    assert Answer.objects.get(kind="text").text == "very slow"
    assert [each.text for each in AnswerRevision.objects.all()] == ["slow"]


def test_no_comment_stores_nothing(survey, contact):
    _, token = ask(survey, contact)
    answers.comment(reply(token, 2).edit_key, text="  \n ", now=NOW)

    assert not Answer.objects.filter(kind="text").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a\x00b", "unreadable"),
        ("a\ud800b", "unreadable"),
        ("x" * 5_001, "too long"),
    ],
)
def test_text_edge_cases(survey, contact, text, reason):
    _, token = ask(survey, contact)
    key = reply(token, 2).edit_key

    with pytest.raises(BadComment) as refused:
        answers.comment(key, text=text, now=NOW)

    assert refused.value.reason == reason


def test_text_of_5000_code_points_is_kept(survey, contact):
    """Counted in code points: an emoji is one."""
    _, token = ask(survey, contact)
    answers.comment(reply(token, 2).edit_key, text="🐢" * 5_000, now=NOW)

    assert len(Answer.objects.get(kind="text").text) == 5_000


def test_change_keeps_the_first_score_and_the_day(survey, contact, heard):
    _, token = ask(survey, contact)
    key = reply(token, 2).edit_key
    heard.clear()

    answers.change_answer(key, score="5", now=NOW + DAY - HOUR)

    given = Answer.objects.get()
    assert (given.value, given.is_top, given.answered_at) == (5, True, NOW)
    assert [each.value for each in AnswerRevision.objects.all()] == [2]
    assert heard[0].before[0]["value"] == 2
    assert heard[0].after[0]["value"] == 5


def test_change_is_over_after_a_day(survey, contact):
    _, token = ask(survey, contact)
    key = reply(token, 2).edit_key

    with pytest.raises(EditOver):
        answers.change_answer(key, score=5, now=NOW + DAY)
    with pytest.raises(EditOver):
        answers.comment(key, text="late", now=NOW + DAY)
    with pytest.raises(UnknownLink):
        answers.change_answer("0" * 48, score=5, now=NOW)


def test_shared_answers_cannot_be_changed(world, survey):
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    key = _answer_shared(survey, _shared_form(survey), 3).edit_key

    with pytest.raises(EditOver):
        answers.change_answer(key, score=5, now=NOW)
    answers.comment(key, text="may be added", now=NOW)


def test_void_leaves_the_score_alone_and_says_why(world, survey, contact, heard):
    _, token = ask(survey, contact)
    key = reply(token, 1).edit_key
    answers.comment(key, text="test", now=NOW)
    response = Response.objects.get()
    heard.clear()

    for _ in range(2):
        answers.void_response(
            response,
            reason=Exclusion.TEST,
            note="our own try-out",
            actor=world.ana,
            now=NOW + HOUR,
        )

    response.refresh_from_db()
    assert (response.exclusion, response.void_note) == (1, "our own try-out")
    assert response.voided_by == world.ana
    given = Answer.objects.get(kind="csat")
    assert (given.value, given.exclusion) == (1, Exclusion.TEST)
    assert not Answer.objects.counted().exists()
    assert len(heard) == 1
    assert {row["exclusion"] for row in heard[0].before} == {0}
    assert {row["exclusion"] for row in heard[0].after} == {1}
    assert AuditEvent.objects.filter(action="response.voided").count() == 1
    with pytest.raises(EditOver):
        answers.change_answer(key, score=5, now=NOW)


def test_void_for_a_reason_that_is_none(world, survey, contact):
    _, token = ask(survey, contact)
    reply(token, 1)

    with pytest.raises(ValueError, match="3"):
        answers.void_response(
            Response.objects.get(),
            reason=Exclusion.MERGED,
            note="",
            actor=world.ana,
            now=NOW,
        )


def test_two_contacts_answer_apart(survey, customer):
    _, one = ask(survey, contact("Ida", customer=customer))
    _, two = ask(survey, contact("Jon", customer=customer))

    reply(one, 5)
    reply(two, 1)

    assert sorted(Answer.objects.values_list("value", flat=True)) == [1, 5]
