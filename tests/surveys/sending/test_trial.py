"""What a rule would have done in the last 30 days, from real rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crmkpi.crm.models import Contact
from surveys.models import Invitation, Occasion, SendingRule, Suppression
from surveys.sending.trial import Trial, trial
from surveys.services.suppressions import suppress
from surveys.tokens import address_hash
from tests.surveys.cast import ask
from tests.surveys.cast import contact as make_contact
from tests.surveys.sending.making import became, rule, run, solved
from tests.world import NOW

DAY = timedelta(days=1)
LATER = NOW + DAY


@pytest.fixture
def past(survey, contact):
    """Tickets before anybody thought of a rule: five people, six tickets."""
    for n in range(5):
        make_contact(f"P{n}", customer=contact.customer)
        solved(f"T-{n}", contact=f"P{n}", channel="phone")
    solved("T-again", contact="P0", channel="email")
    Contact.objects.filter(name="P1").update(email="")
    suppress(
        address_hash("p2@example.org"),
        reason=Suppression.Reason.UNSUBSCRIBED,
        now=NOW,
    )
    ask(survey, Contact.objects.get(name="P3"), subject="", now=NOW - 9 * DAY)


def _off(survey, **fields):
    return rule(survey, is_on=False, on_since=None, **fields)


def test_counts_and_reasons(survey, past):
    found = trial(_off(survey), now=LATER)

    assert found.sent == 2  # P0 once, P4
    assert dict(found.skips) == {
        "Was asked by this survey a short while ago": 2,  # P0 again, P3
        "Has no e-mail address": 1,
        "Asked not to get surveys, or cannot be reached": 1,
    }
    assert found.skipped == 4
    assert found.sentence == (
        "It would have sent 2 invitations in the last 30 days and skipped 4."
    )


def test_writes_nothing(survey, past):
    made = _off(survey)
    before = Invitation.objects.count()
    trial(made, now=LATER)

    assert (Invitation.objects.count(), Occasion.objects.count()) == (before, 0)


def test_conditions_count(survey, past):
    found = trial(_off(survey, conditions={"channels": [2]}), now=LATER)

    assert (found.sent, found.skipped) == (1, 0)


def test_it_says_what_then_happens(survey, past):
    """On from the start, the rule does what the trial said."""
    made = _off(survey)
    said = trial(made, now=LATER)
    made.is_on, made.on_since = True, NOW - DAY
    made.save()
    for ticket in ("T-0", "T-1", "T-2", "T-3", "T-4", "T-again"):
        person = "P0" if ticket == "T-again" else f"P{ticket[-1]}"
        solved(ticket, contact=person, channel="app")
    run()

    outcomes = list(became().values())
    assert outcomes.count("asked") == said.sent
    assert len(outcomes) - said.sent == said.skipped
    # Its own mails are no reason against it when it is tried again.
    assert trial(made, now=LATER).sent == said.sent


def test_other_teams_and_older_events_are_left_out(survey, contact):
    solved("T-sales", agent="Cleo")
    solved("T-17")

    assert trial(_off(survey), now=LATER).sent == 1
    assert trial(_off(survey), now=NOW + 31 * DAY).sent == 0


def test_nothing_happened(survey, contact):
    found = trial(_off(survey), now=LATER)

    assert found == Trial(sent=0, skips=())
    assert "nothing would have been asked about" in found.sentence


def test_rules_for_other_systems_have_no_past(survey):
    assert trial(_off(survey, event=SendingRule.Event.API), now=LATER) is None


def test_number_of_queries_does_not_grow(survey, contact):
    made = _off(survey)
    counts = []
    for numbers in (range(1), range(1, 21)):
        for n in numbers:
            make_contact(f"P{n}", customer=contact.customer)
            solved(f"T-{n}", contact=f"P{n}")
        with CaptureQueriesContext(connection) as seen:
            found = trial(made, now=LATER)
        counts.append(len(seen))
    assert found.sent == 21
    assert counts[0] == counts[1]
