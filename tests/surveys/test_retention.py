"""What is older than wanted names nobody any more, and moves no figure."""

from datetime import timedelta

import pytest

from surveys.models import Answer, Invitation, Response
from surveys.queries.coverage import response_steps
from surveys.queries.results import results
from surveys.services import answers
from surveys.services.retention import forget_old
from surveys.tasks import forget_old_answers
from tests.surveys.cast import ask, contact, reply
from tests.world import NOW

DAY = timedelta(days=1)


@pytest.fixture
def answered(world, survey, customer):
    """One answer of 40 days ago, one of today, one question still open."""
    old, new, open_ = (contact(name, customer=customer) for name in ("O", "N", "P"))
    for person, now in ((old, NOW - 40 * DAY), (new, NOW)):
        _, token = ask(survey, person, now=now, subject=person.name)
        answers.comment(reply(token, 4, now=now).edit_key, text="Words", now=now)
    ask(survey, open_, now=NOW - 35 * DAY, subject="open")
    return survey


def left():
    return (
        sorted(Answer.objects.exclude(text="").values_list("text", flat=True)),
        sorted(
            Invitation.objects.exclude(address="").values_list("address", flat=True)
        ),
        sorted(Response.objects.exclude(contact=None).values_list("contact__name")),
    )


def test_old_names_and_words_go_and_counts_stay(world, answered):
    access = world.access(world.mona)
    before = results(answered, access=access, since_day=None).scales
    steps = response_steps(answered, access=access, since_day=None)

    assert forget_old(keep_days=30, now=NOW) == 2
    assert forget_old(keep_days=30, now=NOW) == 0

    assert left() == (["Words"], ["n@example.org", "p@example.org"], [("N",)])
    assert results(answered, access=access, since_day=None).scales == before
    found = response_steps(answered, access=access, since_day=None)
    assert (found.sent, found.answered) == (steps.sent, steps.answered) == (3, 2)


def test_nothing_goes_unless_somebody_says_so(answered, settings):
    assert forget_old(keep_days=0, now=NOW + 4000 * DAY) == 0
    assert forget_old_answers() == 0

    settings.SURVEYS_KEEP_DAYS = 30
    assert forget_old_answers() > 0
    assert forget_old_answers() == 0
