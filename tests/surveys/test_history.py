"""Invitations of the past: asked, answered or not, and counted like our own."""

from datetime import timedelta

import pytest
from django.core import mail

from crmkpi.accounts.services import move_agent
from surveys.models import Answer, Invitation, Response
from surveys.scoring import ScoreError
from surveys.services.history import Past, record_history
from tests.world import NOW, day

DAY = timedelta(days=1)


def test_answered_open_expired_and_bounced(world, survey, customer, contact, heard):
    rows = [
        Past(
            "1",
            NOW - 30 * DAY,
            agent_id=world.alice.pk,
            customer_id=customer.pk,
            contact_id=contact.pk,
            channel=1,
            answered_at=NOW - 28 * DAY,
            score=4,
            comment="fine",
        ),
        Past("2", NOW - 30 * DAY, agent_id=world.alice.pk),
        Past("3", NOW - DAY),
        Past("4", NOW - 30 * DAY, is_bounced=True),
    ]
    assert record_history(survey, rows, now=NOW) == 4

    states = dict(Invitation.objects.values_list("request_key", "state"))
    assert states == {"1": "answered", "2": "expired", "3": "sent", "4": "bounced"}
    asked = Invitation.objects.get(request_key="1")
    assert asked.sent_day == asked.event_day == day("2026-01-14")
    assert (asked.sent_team, asked.is_answered) == (world.berlin, True)
    assert Invitation.objects.get(request_key="3").sent_team == world.support
    score = Answer.objects.get(kind="csat")
    assert (score.value, score.is_top, score.agent) == (4, True, world.alice)
    assert score.answered_team == world.berlin
    assert (score.answered_day, score.event_day) == (
        day("2026-01-16"),
        day("2026-01-14"),
    )
    assert Answer.objects.get(kind="text").text == "fine"
    response = Response.objects.get()
    assert (response.invitation, response.customer) == (asked, customer)
    assert response.contact == contact
    assert [(news.model, len(news.after)) for news in heard] == [
        (Invitation, 4),
        (Answer, 2),
    ]
    assert mail.outbox == []


def test_a_second_run_changes_nothing(survey, heard):
    rows = [Past("1", NOW - DAY, answered_at=NOW, score=5), Past("2", NOW - DAY)]
    record_history(survey, rows, now=NOW)
    heard.clear()

    assert record_history(survey, rows, now=NOW) == 0
    assert heard == []
    assert Invitation.objects.count() == 2
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("score", [0, 6, None])
def test_a_bad_score_stores_nothing(survey, score):
    rows = [Past("1", NOW - DAY), Past("2", NOW - DAY, answered_at=NOW, score=score)]

    with pytest.raises(ScoreError):
        record_history(survey, rows, now=NOW)
    assert not Invitation.objects.exists()


def test_the_team_is_that_of_the_day_of_sending(world, survey):
    """Alice answered for in Berlin though the answer came after she had moved."""
    move_agent(
        user=world.alice,
        team=world.north,
        from_day=day("2026-02-01"),
        actor=None,
        now=NOW,
    )
    sent = NOW - 14 * DAY  # 30 January
    rows = [Past("1", sent, agent_id=world.alice.pk, answered_at=NOW, score=5)]

    record_history(survey, rows, now=NOW)

    assert Answer.objects.get().answered_team == world.berlin
    assert Answer.objects.get().answered_day == day("2026-02-13")


def test_queries_do_not_grow(survey, django_assert_max_num_queries):
    rows = [
        Past(
            str(n),
            NOW - n * timedelta(hours=1),
            answered_at=NOW if n % 3 else None,
            score=1 + n % 5,
        )
        for n in range(1_000)
    ]
    with django_assert_max_num_queries(50):  # of 1,000 rows
        assert record_history(survey, rows, now=NOW) == 1_000
