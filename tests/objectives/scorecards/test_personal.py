"""One person's numbers beside the middle half of the colleagues, by hand.

Deals of Support Berlin, decided in February up to today, Friday the 13th.
"""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crmkpi.accounts.models import Membership, User
from crmkpi.accounts.queries import get_calendar
from metrics.engine.snapshots import pin
from metrics.scopes import agent_scope
from metrics.why.earlier import Revised
from objectives.scorecards.personal import OwnRow, PersonalScorecard, personal_scorecard
from surveys import models as surveys
from surveys.services.releases import release_comment
from tests.metrics import rows
from tests.metrics.everything import survey_version
from tests.objectives.cast import deals, key_result, numbers, objective, put
from tests.world import NOW, TODAY, World, day, person

pytestmark = pytest.mark.django_db
NAMES = ("Dora", "Emil", "Finn", "Gina", "Hana")


def deals_of(world: World, who: User, *, won: int, lost: int) -> list[Any]:
    closed = day("2026-02-03")
    return [
        rows.deal(who, world.berlin, opened=closed - 30, closed=closed, won=is_won)
        for is_won in [True] * won + [False] * lost
    ]


def colleagues(world: World) -> list[User]:
    """Return five more agents beside Alice and Bob."""
    return [person(name, world.berlin) for name in NAMES]


def team_of_seven(world: World) -> None:
    """Alice wins 9 of 10; five colleagues 2 to 6 of 10; Bob has too few to count."""
    piles = deals_of(world, world.alice, won=9, lost=1)
    for won, who in enumerate(colleagues(world), start=2):
        piles += deals_of(world, who, won=won, lost=10 - won)
    put(*piles, *deals_of(world, world.bob, won=4, lost=0))


def scorecard(
    world: World, who: User, *, period: str = "this-month", reader: User | None = None
) -> PersonalScorecard:
    return personal_scorecard(
        who,
        period=get_calendar(world.org).parse(period, today=TODAY),
        access=world.access(reader or who),
        organisation=world.org,
        now=NOW,
    )


def row(found: PersonalScorecard, key: str) -> OwnRow:
    return next(each for each in found.rows if each.key == key)


def test_a_value_beside_the_middle_half(world):
    team_of_seven(world)

    mine = row(scorecard(world, world.alice), "win_rate")

    assert (mine.me.text, mine.me.unit, mine.under) == ("90", "%", "9 of 10")
    # Of 20, 30, 40, 50, 60 the middle half is 30 to 50; Wilson of 9 of 10 is 59.6 to
    # 98.2.
    assert mine.verdict.text == "Better than the team's middle half"
    assert mine.verdict.notes == ["The middle half of the team: 30 % to 50 %."]
    assert 'class="team"' in mine.range.svg
    assert mine.metric_query == (f"scope=agent%3A~{world.alice.pk}&period=2026-02")


def test_ones_own_value_is_not_in_the_middle_half(world):
    team_of_seven(world)
    dora = User.objects.get(name="Dora")

    # Without Dora's own 20 % there are 30, 40, 50, 60 and Alice's 90.
    found = row(scorecard(world, dora), "win_rate")

    assert "middle half of the team 40 % to 60 %" in found.range.svg


def test_four_colleagues_are_too_few(world):
    team_of_seven(world)
    Membership.objects.filter(user__name="Hana").update(until_day=day("2026-01-01"))

    mine = row(scorecard(world, world.alice), "win_rate")

    assert mine.verdict.text == "Too few colleagues to compare"
    assert 'class="team"' not in mine.range.svg


def test_who_left_before_the_period_is_no_colleague_but_who_left_within_it_is(world):
    team_of_seven(world)
    gone = Membership.objects.filter(user__name="Hana")

    gone.update(until_day=day("2026-02-02"))
    still = row(scorecard(world, world.alice), "win_rate").verdict.text
    gone.update(until_day=day("2026-02-01"))
    then = row(scorecard(world, world.alice), "win_rate").verdict.text

    assert still == "Better than the team's middle half"
    assert then == "Too few colleagues to compare"


def test_too_few_rows_of_ones_own(world):
    team_of_seven(world)

    bobs = row(scorecard(world, world.bob), "win_rate")

    assert bobs.verdict.text == "Too few to judge"
    assert bobs.verdict.notes == ["Five deals decided are needed; there are 4."]


def test_the_target_of_the_team_and_before_it_the_own_one(world):
    team_of_seven(world)
    key_result(
        world, objective(world), direction="at_least", aim=numbers(target=95, red=50)
    )
    own = objective(world, visibility="private", owner=world.alice)

    teams = row(scorecard(world, world.alice), "win_rate").verdict.notes
    key_result(
        world,
        own,
        scope=f"agent:~{world.alice.pk}",
        direction="at_least",
        aim=numbers(target=80, red=50),
    )
    mine = row(scorecard(world, world.alice), "win_rate").verdict.notes

    assert teams[1] == "Target at least 95 %: too close to tell."
    assert mine[1] == "On target: at least 80 %."


def test_a_total_of_the_team_is_no_target_of_one_person(world):
    team_of_seven(world)
    key_result(
        world,
        objective(world),
        metric="won_deals",
        direction="at_least",
        aim=numbers(target=100),
    )

    mine = row(scorecard(world, world.alice), "won_deals")

    # Of 2, 3, 4, 4, 5 and 6 won the middle half is 3.25 to 4.75; Alice won 9.
    assert mine.verdict.text == "More than the team's middle half"
    assert mine.verdict.notes == ["The middle half of the team: 3 to 5."]


def test_metrics_that_fit_what_the_person_does(world):
    team_of_seven(world)
    put(*[rows.call(world.bob, world.berlin, at=TODAY, talk_seconds=300)])

    def keys(who: User) -> list[str]:
        return [each.key for each in scorecard(world, who).rows]

    sales = ["win_rate", "won_deals", "won_value", "sales_cycle_length"]
    assert keys(world.alice) == sales
    assert keys(world.bob) == ["average_handle_time", *sales]


def test_no_rows_at_all(world):
    found = scorecard(world, world.alice)

    assert found.rows == []
    assert found.computed_at is None
    assert found.team == world.berlin


def test_the_period_in_words(world):
    week = scorecard(world, world.alice, period="this-week")
    last = scorecard(world, world.alice, period="last-week")
    seen = scorecard(world, world.alice, reader=world.lee)

    assert (week.heading, week.lede) == (
        "My week",
        "Monday 9 to Sunday 15 February, still open",
    )
    assert last.lede == "Monday 2 to Sunday 8 February"
    assert (seen.heading, seen.lede) == (
        "Alice",
        "Support Berlin, February 2026, still open",
    )
    assert scorecard(world, world.alice, period="2026-01-26..2026-02-01").heading == (
        "My figures"
    )


def test_a_week_over_two_months_names_both(world):
    found = scorecard(world, world.alice, period="2026-W05")

    assert found.lede == "Monday 26 January to Sunday 1 February"


def test_what_the_team_aims_at_by_status_alone(world):
    put(*deals_of(world, world.alice, won=20, lost=20))
    key_result(world, objective(world), title="Win")
    key_result(world, objective(world, visibility="private"), title="Secret")

    found = scorecard(world, world.alice)

    assert [aim.title for aim in found.aims] == ["Win"]
    assert [aim.title for aim in scorecard(world, world.alice, reader=world.ana).aims]


def answer(world: World, text: str, *, value: int, on: int = TODAY, who=None) -> Any:
    version = survey_version("csat", 1, 5, 4)
    who = who or world.alice
    response = surveys.Response(
        source=rows.source(),
        external_id=f"{text} {value}",
        written_at=NOW,
        survey=version.survey,
        version=version,
        origin=surveys.Response.Origin.IMPORT,
        agent=who,
        answered_team=world.berlin,
        answered_at=NOW,
    )
    response.save()
    why, _made = surveys.Question.objects.get_or_create(
        version=version, key="why", defaults={"kind": "text"}
    )
    known = {
        "response": response,
        "survey": version.survey,
        "answered_at": NOW,
        "answered_day": on,
        "event_day": on,
        "answered_team": world.berlin,
        "agent": who,
    }
    surveys.Answer.objects.create(
        question=version.questions.get(key="score"),
        kind="csat",
        value=value,
        low=1,
        high=5,
        is_top=value >= 4,
        **known,
    )
    return surveys.Answer.objects.create(question=why, kind="text", text=text, **known)


def passed_on(world: World, text: str, *, value: int) -> None:
    said = answer(world, text, value=value, on=TODAY - 7)
    release_comment(said.response, actor=world.lee, now=NOW)


def test_comments_that_the_lead_passed_on(world):
    for number in range(5):
        answer(world, f"Kept {number}", value=5, on=TODAY - 7)
    passed_on(world, "Quick and kind", value=5)
    passed_on(world, "Too slow", value=2)
    passed_on(world, "pay\u202egnp", value=2)  # cannot turn the page around

    found = scorecard(world, world.alice)

    assert [each.text for each in found.thanks] == ["Quick and kind"]
    assert [each.text for each in found.lessons] == ["paygnp", "Too slow"]


def test_as_many_queries_whatever_the_number_of_colleagues(world):
    put(*deals_of(world, world.alice, won=6, lost=4))
    with CaptureQueriesContext(connection) as few:
        scorecard(world, world.alice)
    for number in range(20):
        put(*deals_of(world, person(f"P{number}", world.berlin), won=5, lost=5))

    with CaptureQueriesContext(connection) as many:
        scorecard(world, world.alice)

    assert len(many) == len(few)


def test_a_closed_figure_that_moved_says_so(world):
    put(*deals(world, on="2025-12-10", won=7, lost=3))
    pin("win_rate", agent_scope(world.alice).key, now=NOW)
    put(*deals(world, on="2025-12-11", lost=1), *deals(world, on="2026-01-08", won=1))

    def moved(period: str) -> Revised | None:
        return row(scorecard(world, world.alice, period=period), "win_rate").revised

    assert moved("2025-12") == Revised(1, NOW, "late")
    assert moved("2026-01") is None
