"""The scorecard of a team, against numbers worked out by hand.

Today is Friday 13 February 2026: 43 of the 90 days of Q1 have closed, 31 of its 64
business days. The first 43 days of Q4 2025 end on 12 November.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from crmkpi.accounts.models import Holiday
from crmkpi.accounts.queries import get_business_calendar, get_calendar
from crmkpi.lib.periods import Period
from metrics.scopes import company, team_scope
from metrics.services import drain
from objectives import services
from objectives.models import Evaluation, KeyResult
from objectives.rules import Step
from objectives.scorecards.team import Scorecard, lede, team_scorecard
from objectives.scoring import KrStatus
from tests.metrics import rows
from tests.objectives.cast import deals, key_result, numbers, objective, of_autumn, put
from tests.world import NOW, TODAY, World, day

pytestmark = pytest.mark.django_db


def q1(world: World) -> Period:
    return get_calendar(world.org).parse("2026-Q1", today=TODAY)


def scorecard(world: World, who: str = "ana", **options) -> Scorecard:
    known = {
        "scope": team_scope(world.berlin),
        "period": q1(world),
        "comparison": "previous",
        "access": world.access(getattr(world, who)),
        "organisation": world.org,
    }
    return team_scorecard(world.berlin, **known | options)


def a_week_ago(result: KeyResult, status: str) -> None:
    """Let a key result have had a status a week ago."""
    found = Evaluation.objects.get(key_result=result, day=TODAY)
    found.pk, found.day, found.status = None, TODAY - 7, status
    found.save()


def test_one_key_result_with_all_that_backs_it(world):
    put(*deals(world, on="2025-11-12", won=60, lost=20))  # 75 % of Q4 so far
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    put(*deals(world, on="2026-02-13", won=10))  # today
    key_result(world, objective(world))  # from 40 % to 60 %

    found = scorecard(world)
    (row,) = found.rows

    assert row.line.status == KrStatus.ON_TRACK
    assert (row.now.text, row.now.unit, row.under) == ("60", "%", "30 of 50")
    assert row.line.so_far == "50 % to 12 Feb"
    assert (row.line.left, row.line.right) == ("40 %", "60 %")
    # 50 % of 40 after 75 % of 80: Newcombe −0.42 to −0.07
    assert (row.change.text, row.change.word) == ("−25.0 pts", "worse")
    assert row.outlook.text == "No forecast yet"
    assert row.outlook.sub == "50 % of the way, 48 % expected"
    assert row.note == ""
    assert found.closed_day == date(2026, 2, 12)
    assert found.ends == "31 March"
    assert found.coverage == "All of the weight has data"
    assert found.computed_at == NOW


def test_the_same_months_a_year_earlier(world):
    put(*deals(world, on="2025-01-20", won=10, lost=90))
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    key_result(world, objective(world))

    (row,) = scorecard(world, comparison="last-year").rows
    (before,) = scorecard(world).rows

    assert (row.change.text, row.change.word) == ("+40.0 pts", "better")
    assert before.change is None  # no deal was decided in Q4


def test_thirteen_weeks_the_last_one_open(world):
    # Weeks begin on Mondays: 17 November 2025 to 9 February 2026.
    put(*deals(world, on="2025-11-16", won=9))  # a day too early
    put(*deals(world, on="2025-11-17", won=1))
    put(*deals(world, on="2026-02-09", won=3))
    key_result(
        world,
        objective(world),
        metric="won_deals",
        direction="at_least",
        aim=numbers(target=90),
    )

    (row,) = scorecard(world).rows

    title = strip_tags(row.spark.split("</title>")[0])
    assert title == ("Won deals, last 13 weeks, the last one still open: from 1 to 3")
    # Weeks without a deal are 0, not gaps: one line through twelve closed weeks.
    line = row.spark.split('class="line" d="')[1].split('"')[0]
    assert line.count(",") == 12
    assert 'class="open"' in row.spark
    assert (row.now.text, row.under) == ("3", "of 90")
    # 90 in 90 days is 7 a week, above all of them: its line is at the top.
    assert 'class="goal" x1="0" x2="104" y1="4" y2="4"' in row.spark


def judged(result: KeyResult, status: str, *, pace: str | None = None) -> KeyResult:
    """Let the last evaluation of a key result say something else."""
    rows = Evaluation.objects.filter(key_result=result, day=TODAY)
    rows.update(status=status, pace=pace and Decimal(pace))
    return result


def results(world: World, **statuses: str) -> list[KeyResult]:
    """Return a key result for each name, with its status."""
    berlin = objective(world)
    return [
        judged(key_result(world, berlin, title=name), status)
        for name, status in statuses.items()
    ]


def test_worst_first(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    berlin = objective(world)
    for title, status, pace in [
        ("Fine", "on_track", "1.2"),
        ("Early", "too_early", None),
        ("Silent", "no_data", None),
        ("Bad", "off_track", "0.7"),
        ("Worst", "off_track", "0.2"),
        ("Hm", "watch", "0.9"),
    ]:
        judged(key_result(world, berlin, title=title), status, pace=pace)

    titles = [row.line.key_result.title for row in scorecard(world).rows]

    assert titles == ["Worst", "Bad", "Hm", "Silent", "Early", "Fine"]


def counted(found: Scorecard) -> list[tuple[str, int]]:
    return [(each.word or each.status, each.count) for each in found.tally]


def test_the_tally(world):
    results(world, a="off_track", b="achieved_so_far", c="on_track", d="no_data")

    assert counted(scorecard(world)) == [
        ("off_track", 1),
        ("watch", 0),
        ("on_track", 2),
        ("no_data", 1),
    ]


def test_several_reasons_for_no_verdict_are_one_number(world):
    results(world, a="too_early", b="stale", c="no_data")

    assert counted(scorecard(world))[3:] == [("No verdict", 3)]


def test_results_of_a_closed_cycle_have_their_own_words(world):
    results(world, a="met", b="missed", c="partly")

    assert counted(scorecard(world)) == [("missed", 1), ("partly", 1), ("met", 1)]


def test_how_much_of_the_weight_has_data(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    berlin = objective(world)
    key_result(world, berlin, weight=Decimal(3))
    key_result(world, berlin, metric="csat", aim=numbers(baseline=70, target=80))

    assert scorecard(world).coverage == "75 % of the weight has data"


def test_what_changed_within_a_week(world):
    first, second, _third = results(world, A="off_track", B="on_track", C="watch")
    a_week_ago(first, "watch")
    a_week_ago(second, "on_track")

    found = scorecard(world)

    assert found.since == date(2026, 2, 6)
    assert [(m.line.key_result.title, m.words) for m in found.movements] == [
        ("A", "fell from watch to off track"),
        ("C", "is new"),
    ]


def test_at_most_three_movements_are_shown(world):
    for each in results(world, A="watch", B="watch", C="watch", D="watch", E="watch"):
        a_week_ago(each, "on_track")

    found = scorecard(world)

    assert len(found.first_movements) == 3
    assert found.more_movements == 2


def test_no_key_results(world):
    found = scorecard(world)

    assert found.rows == []
    assert found.computed_at is None
    assert counted(found) == [("off_track", 0), ("watch", 0), ("on_track", 0)]


def test_drafts_cancelled_ones_and_other_teams_stay_away(world):
    key_result(world, objective(world, state="draft"), title="draft")
    key_result(world, objective(world, team=world.support), title="above")
    gone = key_result(world, objective(world), title="gone")
    services.cancel_key_result(key_result=gone, actor=world.ana, now=NOW)

    assert scorecard(world).rows == []


def test_private_ones_are_for_those_who_may_open_them(world):
    key_result(world, objective(world, visibility="private"))

    assert len(scorecard(world, "ana").rows) == 1
    assert scorecard(world, "lee").rows == []


def test_whose_number_it_is_where_that_is_not_the_page(world):
    key_result(world, objective(world), scope="company", actor=world.mona)

    (row,) = scorecard(world, "mona").rows
    (foreign,) = scorecard(world, "lee").rows

    assert row.note == "Northwind"
    assert row.line.may_open and not foreign.line.may_open


def test_another_period_shows_the_cycles_it_touches_by_name(world):
    key_result(world, objective(world))
    calendar = get_calendar(world.org)
    january = calendar.parse("2026-01", today=TODAY)
    autumn = calendar.parse("2025-Q4", today=TODAY)

    (row,) = scorecard(world, period=january).rows

    assert row.note == "Q1 2026"
    assert scorecard(world, period=autumn).rows == []
    assert scorecard(world, period=january).movements == []


def test_the_company_has_the_objectives_of_its_root_team(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    top = objective(
        world,
        team=world.company,
        owner=world.mona,
        reviewer=world.mona,
        actor=world.mona,
    )
    key_result(world, top, scope="company", actor=world.mona)

    found = team_scorecard(
        world.company,
        scope=company("Northwind"),
        period=q1(world),
        comparison="previous",
        access=world.access(world.mona),
        organisation=world.org,
    )

    assert [row.note for row in found.rows] == [""]


def test_milestones_have_no_weeks_and_no_rows(world):
    services.add_milestones(
        objective=objective(world),
        title="Launch",
        steps=[Step("Plan"), Step("Go")],
        actor=world.ana,
        now=NOW,
    )

    (row,) = scorecard(world).rows

    assert (row.now.text, row.now.unit) == ("0", "%")
    assert row.spark is None
    assert row.change is None
    assert not row.line.may_open


def test_a_value_in_money_fits(world):
    put(*deals(world, on="2026-01-20", won=20))  # 20 × 100.00 €
    key_result(
        world,
        objective(world),
        metric="won_value",
        direction="at_least",
        aim=numbers(target=300_000),
    )

    (row,) = scorecard(world).rows

    assert (row.now.text, row.under) == ("€2k", "of €300k")


# What can be said about the end


def outlook_of(world: World, **evaluation) -> tuple[str, str]:
    result = key_result(
        world,
        objective(world),
        metric="sla_compliance",
        direction="at_least",
        aim=numbers(target=95, red=90),
    )
    known = {
        "value_now": Decimal("94.66"),
        "value_closed": Decimal("94.66"),
        "numerator": 1240,
        "denominator": 1310,
        "n": 1310,
        "progress": Decimal("0.932"),
        "status": "watch",
    }
    Evaluation.objects.filter(key_result=result).update(**known | evaluation)
    (row,) = scorecard(world).rows
    return row.outlook.text, row.outlook.sub


def test_misses_that_a_promise_still_allows(world):
    # 33 of 31 business days are to come: 1,310 × 33 ÷ 31 = 1,395 more cases, so 5 % of
    # 2,705 are 135 misses; 70 are used.
    assert outlook_of(world) == ("Between limit and target", "65 misses left of 135")


def test_misses_beyond_what_was_allowed(world):
    # 5 % of 2,705 are 135; 210 are used.
    found = outlook_of(
        world,
        numerator=1100,
        value_closed=Decimal("83.97"),
        progress=0,
        status="off_track",
    )

    assert found == ("Past the limit", "75 misses over the 135 allowed")


def test_a_chance_in_words_for_what_lies_between(world):
    assert outlook_of(world, reach=0.5)[0] == "Toss-up"


def test_in_band(world):
    found = outlook_of(
        world,
        numerator=1300,
        value_closed=Decimal("99.24"),
        progress=1,
        status="on_track",
    )

    assert found == ("In band", "125 misses left of 135")


def test_why_there_is_no_value(world):
    found = outlook_of(
        world,
        value_now=None,
        value_closed=None,
        progress=None,
        status="no_data",
        reason="No promises in this period.",
    )

    assert found == ("No promises in this period", "")


def test_no_news_from_the_source(world):
    assert outlook_of(world, status="stale", data_day=day("2026-02-02")) == (
        "No news since 2 Feb",
        "",
    )


@pytest.mark.parametrize(
    ("status", "words"),
    [("met", "Reached"), ("partly", "Partly reached"), ("missed", "Not reached")],
)
def test_results(world, status, words):
    found = outlook_of(world, status=status, weeks=13, weeks_in_band=9)

    assert found == (words, "in band 9 of 13 closed weeks")


def test_the_result_of_a_way_to_go(world):
    judged(key_result(world, objective(world)), "partly").evaluations.update(
        progress=Decimal("0.83")
    )

    (row,) = scorecard(world).rows

    assert (row.outlook.text, row.outlook.sub) == (
        "Partly reached",
        "83 % of the way",
    )


def test_a_forecast_of_a_way_to_go(world):
    result = key_result(world, objective(world))
    Evaluation.objects.filter(key_result=result).update(
        value_now=50,
        value_closed=50,
        n=40,
        progress=Decimal("0.5"),
        expected=Decimal("0.4778"),
        status="off_track",
        reach=0.0008,
        forecast=Decimal("52.84"),
        forecast_low=Decimal("48.7"),
        forecast_high=Decimal("56.97"),
    )

    (row,) = scorecard(world).rows

    assert row.outlook.text == "Very unlikely"
    assert row.outlook.sub == "52.8 by 31 Mar (48.7–57)"


# Words above the table


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2026-Q1", "Q1 2026, closed to Thursday 12 February: 30 of 63 business days"),
        ("2025-Q4", "Q4 2025, closed: 66 business days"),
        ("2026-Q2", "Q2 2026 begins on 1 April"),
        ("2026-02-13", "13 Feb 2026, no day has closed yet"),
    ],
)
def test_the_period_in_words(world, period, words):
    Holiday.objects.create(day=day("2026-01-01"), name="New Year")
    found = get_calendar(world.org).parse(period, today=TODAY)

    said = lede(found, today=TODAY, business=get_business_calendar(world.org))

    assert said == words


# What waits for the reader


def waiting(world: World, who: str) -> list[tuple[str, str]]:
    return [(each.text, each.note) for each in scorecard(world, who).decisions]


def test_check_ins_that_are_due(world):
    # Set up on 5 February: due on the 12th, and for those above on the 15th.
    key_result(world, objective(world, owner=world.lee, now=NOW - timedelta(days=8)))

    assert waiting(world, "lee") == [("1 check-in due", "since 12 Feb")]
    assert waiting(world, "ana") == []


def test_check_ins_that_are_late_are_shown_to_those_above(world):
    key_result(world, objective(world, owner=world.lee, now=NOW - timedelta(days=12)))
    key_result(world, objective(world, owner=world.lee, now=NOW - timedelta(days=10)))

    assert waiting(world, "ana") == [("2 check-ins late", "since 11 Feb")]
    assert waiting(world, "lee") == [("2 check-ins due", "since 8 Feb")]
    assert waiting(world, "nora") == []


def test_a_check_in_settles_it(world):
    first = objective(world, owner=world.lee, now=NOW - timedelta(days=12))
    key_result(world, first)
    services.check_in(
        objective=first, confidence=6, sentence="On it", actor=world.lee, now=NOW
    )

    assert waiting(world, "lee") == []


@pytest.mark.parametrize(
    ("sure", "status", "note"),
    [
        (8, "off_track", "8 of 10 sure, yet off track"),
        (3, "on_track", "3 of 10 sure, yet on track"),
        (7, "off_track", None),
        (4, "on_track", None),
    ],
)
def test_claims_that_the_numbers_deny(world, sure, status, note):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    first = objective(world)
    result = key_result(world, first)
    judged(result, status, pace="0.5" if status == "off_track" else "1.2")
    services.check_in(
        objective=first, confidence=sure, sentence="Sure", actor=world.ana, now=NOW
    )

    assert waiting(world, "ana") == ([(first.title, note)] if note else [])
    assert waiting(world, "lee") == []


def test_a_closed_figure_that_moved_says_what_moved_it(world):
    """7 of 10 deals of Q4 won; then one more comes, lost, and one is lost after all."""
    first = deals(world, on="2025-12-10", won=7, lost=3)
    put(*first)
    autumn = objective(world)
    key_result(world, autumn)
    key_result(world, autumn, title="Lately", window_days=28)
    key_result(
        world,
        autumn,
        metric="ticket_volume",
        direction="at_most",
        aim=numbers(target=90),
    )
    of_autumn(autumn)
    key_result(world, objective(world))
    put(*deals(world, on="2025-12-11", lost=1))
    first[0].state, first[0].stage = 2, rows.stage("Lost", 2)
    rows.put(first[0], cause="edit")
    drain(now=NOW)

    q4 = get_calendar(world.org).parse("2025-Q4", today=TODAY)
    found = scorecard(world, period=q4).rows
    moved = {row.line.key_result.title: row.revised for row in found}

    assert (moved["Win rate"].count, moved["Win rate"].what) == (2, "edited rows")
    assert moved["Lately"] is moved["Ticket volume"] is None
    assert [row.revised for row in scorecard(world).rows] == [None]


def test_as_many_queries_for_fifty_as_for_one(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    berlin = objective(world)
    first = key_result(world, berlin)

    with CaptureQueriesContext(connection) as one:
        scorecard(world)
    for number in range(49):
        copied = KeyResult.objects.get(pk=first.pk)
        copied.pk, copied.title = None, f"Copy {number}"
        copied.save()
        evaluation = Evaluation.objects.get(key_result=first)
        evaluation.pk, evaluation.key_result = None, copied
        evaluation.save()
    with CaptureQueriesContext(connection) as fifty:
        assert len(scorecard(world).rows) == 50

    # access 2, and of the scorecard: key results, evaluations, weeks, holidays
    assert len(one) == len(fifty) == 2 + 4
