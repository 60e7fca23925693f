"""Many at once: the database lets one through."""

import pytest
from django.core import mail
from django.utils import timezone

from surveys.models import Invitation, SendingLimits, SendingRule, Suppression
from surveys.sending.asked_for import Wish, ask_for
from surveys.sending.bounces import Bounce, take_bounces
from surveys.services.invitations import invite
from tests.surveys.cast import contact, customer, recipient
from tests.surveys.sending.making import another_survey, rule, run
from tests.surveys.test_races import THREADS, at_once
from tests.world import NOW, build_world

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def world():
    return build_world()


def test_one_idempotency_key_20_times(world):
    survey = another_survey(world)
    rule(survey, event=SendingRule.Event.API)

    got = at_once(
        lambda _: (
            ask_for(
                survey,
                Wish(email="grace@example.org"),
                key="visit-1",
                owner="key-1",
                access=world.access(world.mona),
                now=NOW,
            ).pk
        )
    )

    assert len(set(got)) == 1
    run()
    assert len(mail.outbox) == 1


def test_two_surveys_ask_one_person_at_once(world):
    """The clock across surveys holds, whoever is first."""
    surveys = [another_survey(world) for _ in range(2)]
    grace = contact("Grace", customer=customer("Globex"))

    at_once(
        lambda n: invite(
            surveys[n % 2], [recipient(grace)], request=f"r{n}", actor=None, now=NOW
        )
    )

    assert SendingLimits.objects.count() == 1
    states = list(Invitation.objects.values_list("state", flat=True))
    assert sorted(states) == ["queued"] + ["skipped"] * (THREADS - 1)


def test_one_bounce_20_times(world):
    bounce = Bounce("e1", "hard", "grace@example.org")

    got = at_once(lambda _: take_bounces([bounce], now=timezone.now()))

    assert sum(got) == 1
    assert Suppression.objects.count() == 1
