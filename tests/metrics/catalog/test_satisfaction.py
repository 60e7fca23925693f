"""What customers answered, and which tickets surveys asked about, by hand."""

from crmkpi.crm import models as crm
from surveys import models as surveys
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.metrics.catalog.test_market import answered
from tests.metrics.everything import survey_version
from tests.world import TODAY, day

FIRST = day("2026-02-01")


def resolved(owner, team, *, on, **fields):
    ticket = rows.resolved(owner, team, opened=on, on=on, seconds=60, **fields)
    rows.put(ticket)
    return ticket


def asked(ticket, *, on, **fields):
    """Write an invitation about a ticket; on no day when it was never sent."""
    version = survey_version("csat", 1, 5, 4)
    at = rows.noon(on or FIRST)
    rows.put(
        surveys.Invitation(
            survey=version.survey,
            version=version,
            request_key=ticket.external_id,
            event_day=ticket.resolved_day,
            sent_day=on,
            send_after=at,
            created_at=at,
            **{"subject": f"ticket:{ticket.external_id}"} | fields,
        )
    )


def test_survey_coverage_is_the_share_of_resolved_tickets_asked_about(world):
    """Seven resolved in February up to the 13th, three of them asked about.

    Asked on the same day, the day after, and in vain (the mail came back): 3. Never
    sent, a test, about another thing, and not at all: not. Tickets of 31 January and
    spam are not in it, whether they were asked about or not.
    """
    alice = (world.alice, world.berlin)
    tickets = [resolved(*alice, on=FIRST) for _ in range(6)]
    last = resolved(world.bob, world.berlin, on=TODAY)
    early = resolved(*alice, on=FIRST - 1)
    spam = resolved(*alice, on=FIRST, exclusion=crm.Exclusion.SPAM)
    asked(tickets[0], on=FIRST)
    asked(tickets[1], on=FIRST + 1)
    asked(last, on=TODAY, is_bounced=True)
    asked(tickets[2], on=None)
    asked(tickets[3], on=FIRST, exclusion=crm.Exclusion.TEST)
    asked(tickets[4], on=FIRST, subject=f"order:{tickets[4].external_id}")
    asked(early, on=FIRST)
    asked(spam, on=FIRST)
    computed()
    found = of_company("survey_coverage")
    assert (found.numerator, found.denominator, found.method) == (3, 7, "wilson")
    assert of_team("survey_coverage", world.support).denominator == 7
    assert of_agent("survey_coverage", world.alice).numerator == 2
    assert of_agent("survey_coverage", world.bob).value == 100
    none = of_team("survey_coverage", world.sales)
    assert (none.value, none.status) == (None, "no_data")


def test_survey_coverage_counts_what_rules_for_sending_asked(world):
    """Of three tickets one was asked about by a rule, one of another source was."""
    mine, _other, theirs = (
        resolved(world.alice, world.berlin, on=FIRST) for _ in range(3)
    )
    asked(mine, on=FIRST, subject=f"ticket:{mine.source_id}:{mine.external_id}")
    asked(theirs, on=FIRST, subject=f"ticket:{mine.source_id + 1}:{theirs.external_id}")
    computed()
    found = of_company("survey_coverage")
    assert (found.numerator, found.denominator) == (1, 3)


def test_survey_coverage_of_nothing_has_a_reason(world):
    found = of_company("survey_coverage")
    assert (found.value, found.status) == (None, "no_data")
    assert found.reason


def test_mean_and_scores_stand_beside_csat(world):
    """5, 5, 4 and 2 of 5: three of four are satisfied, and 16 ÷ 4 is 4."""
    answered(world, "csat", 1, 5, 4, [5, 5, 4, 2], on=FIRST)
    computed()
    found = of_company("csat")
    assert (found.value, found.stats["mean"]) == (75, 4)
    scores = [found.stats[f"score:{score}"] for score in range(1, 6)]
    assert scores == [0, 1, 0, 1, 2]
    assert of_company("csat_mean").stats["score:5"] == 2


def test_mean_and_scores_stand_beside_ces(world):
    """7 and 4 of 7: one of two found it easy, and 11 ÷ 2 is 5.5."""
    answered(world, "ces", 1, 7, 5, [7, 4], on=FIRST)
    computed()
    found = of_company("ces")
    assert (found.value, found.stats["mean"]) == (50, 5.5)
    assert (found.stats["score:7"], found.stats["score:1"]) == (1, 0)
