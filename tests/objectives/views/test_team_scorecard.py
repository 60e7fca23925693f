"""The scorecard of a team: page, part that refreshes, file."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from objectives.evaluation import evaluate_due
from objectives.models import Evaluation, KeyResult
from tests.objectives.cast import deals, key_result, objective, of_autumn, put
from tests.world import NOW, TODAY

pytestmark = pytest.mark.django_db
URL = "/scorecards/teams/support-berlin/"
ROWS = f"{URL}rows/"
CSV = f"{URL}scorecard.csv"


@pytest.fixture
def result(world) -> KeyResult:
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    put(*deals(world, on="2026-02-13", won=10))
    return key_result(world, objective(world), title="Win half")


def text(answer) -> str:
    return answer.content.decode()


def test_the_page_says_where_the_team_stands(world, as_, result):
    answer = as_("ana").get(URL)

    page = text(answer)
    assert answer.status_code == 200
    for words in (
        "Support Berlin",
        "closed to Thursday 12 February",
        "Win half",
        "30 of 50",
        "On track",
        "All of the weight has data",
        "Win half, last 13 weeks",
        "Reaching it by 31 March",
        "Against Q4 2025",
    ):
        assert words in page
    assert f"/objectives/{result.objective_id}/" in page
    assert "/metrics/win_rate/passport/?scope=team%3Asupport-berlin" in page
    assert "/metrics/win_rate/rows/?scope=team%3Asupport-berlin" in page


def test_the_page_of_a_team_without_objectives(world, as_):
    empty = text(as_("ana").get(URL))
    assert "Nothing is measured here yet" in empty
    assert "/objectives/new/" in empty

    put(*deals(world, on="2026-01-20", won=20, lost=20))
    measured = text(as_("ana").get(URL))
    assert "What is measured, Q1 2026" in measured
    assert "Win rate" in measured and "20 of 40" in measured
    assert "Define an objective" in measured


def test_those_who_may_not_define_are_not_asked_to(world, as_):
    put(*deals(world, on="2026-01-20", won=20, lost=20))

    page = text(as_("lee").get(URL))

    assert "/objectives/new/" not in page
    assert "Its managers can define one." in page


def test_readers_of_the_team_only(as_, result):
    answers = {
        name: as_(name).get(URL).status_code
        for name in ("ana", "lee", "mona", "nora", "alice", "carl", "adam")
    }

    assert answers == {
        "ana": 200,
        "lee": 200,
        "mona": 200,
        "nora": 200,
        "alice": 404,
        "carl": 404,
        "adam": 404,
    }


@pytest.mark.parametrize("url", [ROWS, CSV])
def test_a_foreign_lead_gets_neither_part_nor_file(as_, result, url):
    assert as_("lee").get(url).status_code == 200
    assert as_("carl").get(url).status_code == 404


@pytest.mark.parametrize(
    "query", ["?period=nonsense", "?period=2026-13", "?period=all", "?period=0001"]
)
def test_a_period_that_is_none(as_, query):
    assert as_("ana").get(URL + query).status_code == 404
    assert as_("ana").get(ROWS + query).status_code == 404


def test_an_unknown_team(as_):
    assert as_("mona").get("/scorecards/teams/nobody/").status_code == 404


@pytest.mark.parametrize("url", [URL, ROWS, CSV, "/scorecards/company/"])
def test_posting_is_not_taken(as_, url):
    assert as_("mona").post(url).status_code == 405


def test_nobody_signed_in(client, result):
    answer = client.get(URL)

    assert answer.status_code == 302 and "login" in answer["Location"]


def test_the_root_team_is_the_company(world, as_):
    moved = as_("mona").get("/scorecards/teams/company/?period=2025-Q4")

    assert moved["Location"] == "/scorecards/company/?period=2025-Q4"
    assert "Northwind" in text(as_("mona").get("/scorecards/company/"))
    assert as_("ana").get("/scorecards/company/").status_code == 404


def test_the_company_refreshes_too(world, as_):
    mona = as_("mona")
    page = mona.get("/scorecards/company/")

    part = mona.get(
        "/scorecards/teams/company/rows/",
        headers={"If-None-Match": page.context["etag"]},
    )

    assert part.status_code == 304


def test_pickers_lead_to_other_scorecards_in_the_same_period(as_):
    page = as_("ana").get(f"{URL}?period=2026-02&compare=last-year")

    (support, berlin) = page.context["scope_options"]
    assert (
        support.url
        == "/scorecards/teams/support-emea/?period=2026-02&compare=last-year"
    )
    assert berlin.is_current
    assert page.context["compare_current"] == "February 2025"


def test_words_of_the_users_cannot_become_markup(world, as_):
    key_result(world, objective(world, title="<b>bold</b>"), title="<script>x")

    page = text(as_("ana").get(URL))

    assert "<script>x" not in page and "&lt;script&gt;x" in page
    assert "<b>bold</b>" not in page


# The part that refreshes


def tag(client) -> str:
    return client.get(URL).context["etag"]


def test_nothing_new_is_an_empty_answer(as_, result):
    ana = as_("ana")
    known = tag(ana)

    answer = ana.get(ROWS, headers={"If-None-Match": known})

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer["Vary"]


def test_nothing_new_costs_two_queries(as_, result):
    ana = as_("ana")
    known = tag(ana)

    with CaptureQueriesContext(connection) as seen:
        ana.get(ROWS, headers={"If-None-Match": known})

    # session, user, organisation, rights 2; the team and its key results
    assert len(seen) == 5 + 2


def test_something_new_is_sent_with_its_tag(world, as_, result):
    ana = as_("ana")
    known = tag(ana)

    put(*deals(world, on="2026-02-13", lost=50))
    evaluate_due(now=NOW)
    answer = ana.get(ROWS, headers={"If-None-Match": known})

    assert answer.status_code == 200
    assert answer["ETag"] not in ("", known)
    assert answer["Cache-Control"] == "private, no-cache"
    assert "30 of 100" in text(answer)
    assert "<html" not in text(answer)
    again = ana.get(ROWS, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_new_judgement_or_an_edit_is_new(world, as_, result):
    ana = as_("ana")
    known = tag(ana)
    Evaluation.objects.filter(key_result=result).update(
        computed_at="2026-02-13T12:00:01Z"
    )
    judged = tag(ana)
    result.objective.version += 1
    result.objective.save()

    assert len({known, judged, tag(ana)}) == 3


def test_the_tag_is_the_readers_own_and_of_its_address(world, as_, result):
    mona = as_("mona")
    tags = {tag(as_("ana")), tag(mona), tag(as_("lee"))}
    tags.add(mona.get(f"{URL}?period=2025-Q4").context["etag"])
    tags.add(mona.get(f"{URL}?compare=last-year").context["etag"])
    world.mona.language = "de"
    world.mona.save()
    tags.add(tag(as_("mona")))

    assert len(tags) == 6


def test_another_day_has_another_tag(as_, result):
    ana = as_("ana")
    known = tag(ana)

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        answer = ana.get(ROWS, headers={"If-None-Match": known})

    assert answer.status_code == 200


def test_what_changed_is_said_to_those_who_cannot_see_it(as_, result):
    ana = as_("ana")

    said = text(ana.get(f"{ROWS}?seen={result.pk}:watch"))
    same = text(ana.get(f"{ROWS}?seen={result.pk}:on_track"))

    assert (
        '<p id="scorecard-news" hx-swap-oob="innerHTML">Win half: on track</p>' in said
    )
    assert "scorecard-news" not in same


def test_what_a_page_claims_to_show_is_not_believed(as_, result):
    found = as_("ana").get(ROWS, {"seen": f"{result.pk}:<b>," * 5000})

    assert found.status_code == 200
    assert "<b>" not in text(found)


def test_the_page_polls_for_its_period(as_, result):
    page = text(as_("ana").get(f"{URL}?period=2026-Q1"))

    assert f'hx-get="{ROWS}?period=2026-Q1"' in page
    assert 'hx-trigger="every 5s, refresh"' in page


# The trend


def trend_of(result: KeyResult) -> str:
    return f"{URL}trend/{result.pk}/"


def test_the_trend_of_a_key_result_with_its_table(as_, result):
    page = text(as_("ana").get(trend_of(result)))

    assert 'data-chart="trend-data"' in page
    assert "The same as a table" in page
    assert "<html" not in page


def test_the_page_leads_to_the_trend_of_the_worst(as_, result):
    page = text(as_("ana").get(f"{URL}?period=2026-Q1"))

    assert f'hx-get="{trend_of(result)}?period=2026-Q1" hx-trigger="intersect' in page


def test_the_trend_of_what_is_not_on_the_scorecard(world, as_, result):
    other = key_result(world, objective(world, team=world.support))
    secret = key_result(world, objective(world, visibility="private"))

    assert as_("ana").get(trend_of(other)).status_code == 404
    assert as_("lee").get(trend_of(secret)).status_code == 404
    assert as_("carl").get(trend_of(result)).status_code == 404
    assert as_("ana").get(f"{URL}trend/0/").status_code == 404
    assert as_("ana").get(f"{trend_of(result)}?period=2025-Q4").status_code == 404


def test_an_objective_is_defined_for_the_team_of_the_scorecard(world, as_):
    page = as_("ana").get("/objectives/new/?team=support-berlin")
    foreign = as_("ana").get("/objectives/new/?team=sales-north")

    assert page.context["form"].initial["team"] == world.berlin
    assert foreign.context["form"].initial["team"] == world.support


def test_a_closed_figure_that_moved_is_marked_where_it_stands(world, as_):
    put(*deals(world, on="2025-12-10", won=7, lost=3))
    autumn = objective(world)
    key_result(world, autumn)
    key_result(world, autumn, scope="company", actor=world.mona)
    of_autumn(autumn)
    put(*deals(world, on="2025-12-11", lost=1))

    lee = as_("lee")
    with CaptureQueriesContext(connection) as seen:
        page = text(lee.get(f"{URL}?period=2025-Q4"))

    told = "Revised 13 Feb 2026 13:00: rows that arrived late"
    query = "scope=team%3Asupport-berlin&amp;period=2025-Q4"
    assert page.count(told) == 2
    assert f'<a href="/metrics/win_rate/why/?{query}">{told}</a>' in page
    assert page.count(f">{told}") == 1  # of the company Lee may not see the rows
    assert len(seen) == 5 + 9  # 1 for names of other scopes than the page's


# Costs


def test_as_many_queries_for_fifty_as_for_one(as_, result):
    ana = as_("ana")
    with CaptureQueriesContext(connection) as one:
        ana.get(URL)
    for number in range(49):
        copied = KeyResult.objects.get(pk=result.pk)
        copied.pk, copied.title = None, f"Copy {number}"
        copied.save()
        evaluation = Evaluation.objects.get(key_result=result, day=TODAY)
        evaluation.pk, evaluation.key_result = None, copied
        evaluation.save()

    with CaptureQueriesContext(connection) as fifty:
        ana.get(URL)

    # session, user, organisation, rights 2; team, teams to pick 2, key results,
    # evaluations, weeks, holidays, sources
    assert len(one) == len(fifty) == 5 + 8


# The file


def table(answer) -> list[dict[str, str]]:
    body = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(body)))


def test_the_file_has_the_numbers_of_the_page(as_, result):
    answer = as_("ana").get(CSV)

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == (
        'attachment; filename="scorecard-support-berlin-2026-Q1.csv"'
    )
    (row,) = table(answer)
    assert row["Key result"] == "Win half"
    assert row["Status"] == "On track"
    assert (row["Value now"], row["Numerator"], row["Denominator"]) == (
        "60",
        "30",
        "50",
    )
    assert (row["Value at close"], row["Closed to"]) == ("50", "2026-02-12")
    assert (row["Start or limit"], row["Goal"]) == ("40", "60")
    assert row["Progress"] == "0.5"
    assert row["Scope"] == "Support Berlin"


def test_the_file_of_nothing_has_its_headings(as_):
    body = b"".join(as_("ana").get(CSV).streaming_content).decode()

    assert body.startswith("Status,Key result,Objective,")
    assert body.count("\n") == 1


def test_no_spreadsheet_runs_the_file(world, as_):
    key_result(world, objective(world), title="=1+1")

    (row,) = table(as_("ana").get(CSV))

    assert row["Key result"] == "'=1+1"


def test_addresses():
    assert reverse("objectives:team_scorecard", kwargs={"slug": "a"}) == (
        "/scorecards/teams/a/"
    )
