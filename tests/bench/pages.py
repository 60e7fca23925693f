"""A survey answer against a bare insert, a scorecard against its bare SQL."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import time_machine
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt

from crmkpi.accounts import services as accounts
from crmkpi.accounts.models import Membership, Team, User
from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.crm.models import FxRate
from crmkpi.lib.periods import Grain, Period
from crmkpi.urls import urlpatterns as project_urls
from metrics import services as engine
from metrics.models import MetricVersion, Snapshot
from metrics.scopes import ScopeKey, team_scope
from objectives import evaluation
from objectives.models import Cycle
from objectives.printing import Print
from objectives.rules import Numbers
from objectives.scorecards.history import last_weeks, read_weeks, spark
from objectives.services import add_key_result, create_objective
from surveys.links import shared_address
from surveys.models import FollowUpRule, Response
from surveys.scoring import Kind
from surveys.services.surveys import create_survey, publish, share
from tests.bench.clock import cpu, medians, say, tell
from tests.bench.mailed import mailed_links
from tests.bench.orders import Company
from tests.world import NOW, TODAY, day

ANSWERS = 200
VIEWS = 20
ROWS = 12  # of a scorecard
METRICS = ("average_order_value", "new_revenue")


class RateForm(ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = FxRate
        fields = ("currency", "day", "rate")


@csrf_exempt
@login_not_required
def insert_by_form(request: HttpRequest) -> HttpResponse:
    """Insert one row: what an ordinary view of a form does, without a page."""
    form = RateForm(request.POST)
    with transaction.atomic():
        form.save()
    return redirect("surveys:list")


@csrf_exempt
@login_not_required
def insert_unchecked(request: HttpRequest) -> HttpResponse:
    """Insert one row with nothing checked: the least that a view can do."""
    day, rate = int(request.POST["day"]), int(request.POST["rate"])
    with transaction.atomic():
        FxRate.objects.create(currency="XXX", day=day, rate=rate)
    return redirect("surveys:list")


urlpatterns = [
    path("form/", insert_by_form),
    path("unchecked/", insert_unchecked),
    *project_urls,
]


@override_settings(ROOT_URLCONF="tests.bench.pages", ALLOWED_HOSTS=["testserver"])
def measure(company: Company) -> None:
    """Print the ratios of pages."""
    with time_machine.travel(NOW, tick=False):
        measure_answers(company)
        measure_series(company)
        measure_scorecard(company)


def measure_answers(company: Company) -> None:
    survey = create_survey(
        name="Bench",
        kind=Kind.CSAT,
        team=company.teams[0],
        brand="Bench",
        actor=None,
        now=NOW,
    )
    publish(survey, actor=None, now=NOW)
    survey.refresh_from_db()
    share(survey, is_shared=True, actor=None, now=NOW)
    FollowUpRule.objects.create(survey=survey, name="Low", created_at=NOW)
    one_page = reverse("surveys:shared", args=[shared_address(survey)])
    _compare_answers("through the shared link", [one_page] * ANSWERS)
    links = mailed_links(survey, ANSWERS, request="bench", now=NOW)
    pages = [reverse("surveys:answer", args=[token]) for token in links]
    _compare_answers("to an invitation", pages)


def _compare_answers(how: str, pages: list[str]) -> None:
    """Answer and insert by turns. Sums, not medians: some answers ring for the job."""
    client = Client()
    answers = by_form = unchecked = 0.0
    before = Response.objects.count()
    for number, page in enumerate(pages):
        html = client.get(page).content.decode()
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html)
        place = f"10.0.0.{number}"  # each customer at a place of its own
        answers += _one(client, page, {**dict(found), "score": "4"}, place)
        row = {"currency": "XXX", "day": f"{2 * (before + number)}", "rate": "4"}
        by_form += _one(client, "/form/", row, place)
        row["day"] = f"{2 * (before + number) + 1}"
        unchecked += _one(client, "/unchecked/", row, place)
    if Response.objects.count() != before + len(pages):
        raise SystemExit("an answer was not stored")
    say(
        f"survey answer {how}, POST / view that inserts one row by a form",
        answers / by_form,
        accept=3,
        good=2.2,
        note=f"{1000 * answers / len(pages):.1f} ms CPU",
    )
    tell("the same / view that inserts it unchecked", answers / unchecked)


def _one(client: Client, page: str, fields: dict[str, str], place: str) -> float:
    body = urlencode(fields)  # as browsers send a form
    form = "application/x-www-form-urlencoded"
    before = cpu()
    response = client.post(page, body, content_type=form, REMOTE_ADDR=place)
    spent = cpu() - before
    if response.status_code not in (302, 303):
        raise SystemExit(f"{page} answered {response.status_code}")
    return spent


def measure_series(company: Company) -> None:
    """Compare reading and drawing the series of a large scorecard with their SQL."""
    weeks = last_weeks(TODAY, get_calendar(get_organisation()))
    scopes = [team_scope(team).key for team in company.teams]
    series = [(key, scope) for key in METRICS for scope in scopes]
    _store(series, weeks)

    def draw() -> int:
        found = read_weeks(series, weeks, currency="EUR")
        for (key, _scope), values in found.items():
            printed = Print.of(key, "EUR")
            spark(key, values, printed=printed, goal=None, is_open=True, steps="")
        return sum(map(len, found.values()))

    with CaptureQueriesContext(connection) as captured:
        drawn = draw()
    if drawn != len(series) * len(weeks):
        raise SystemExit(f"{drawn} points were drawn of {len(series) * len(weeks)}")
    statements = [(each["sql"], None) for each in captured.captured_queries]
    ours, least = medians(draw, lambda: _run(statements), times=VIEWS)
    say(
        f"{len(series)} series of {len(weeks)} weeks, read and drawn / their SQL",
        ours / least,
        accept=10,
        good=6,
    )


def _store(series: list[tuple[str, ScopeKey]], weeks: list[Period]) -> None:
    versions = dict(MetricVersion.objects.values_list("key", "pk"))
    Snapshot.objects.bulk_create(
        Snapshot(
            version_id=versions[key],
            cut=scope.cut,
            member=scope.member,
            other=scope.other,
            grain=Grain.WEEK,
            start=week.start,
            end=week.end,
            value=1_000 + number,
            status=Snapshot.Status.OK,
            as_of_day=TODAY,
            computed_at=NOW,
        )
        for key, scope in series
        for number, week in enumerate(weeks)
    )


def measure_scorecard(company: Company) -> None:
    manager = company.agents[0]
    accounts.set_membership(
        user=manager,
        team=get_organisation().root_team,
        role=Membership.Role.MANAGER,
        since_day=TODAY - 1,
        actor=None,
        now=NOW,
    )
    team = company.teams[0]
    _key_results(manager, team)
    engine.drain(now=NOW)
    evaluation.evaluate_due(now=NOW)
    client = Client()
    client.force_login(manager)
    page = reverse("objectives:team_scorecard", args=[team.slug])
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    statements = [(each["sql"], None) for each in captured.captured_queries]
    pages, sqls = [], []
    for _ in range(VIEWS):
        before = cpu()
        client.get(page)
        pages.append(cpu() - before)
        before = cpu()
        _run(statements)
        sqls.append(cpu() - before)
    # The bar is that of the series above: a page adds sign-in, frame and sentences.
    tell(
        f"page of {ROWS} key results with frame / its {len(statements)} statements",
        sum(pages) / sum(sqls),
        f"{1000 * sum(pages) / VIEWS:.0f} ms CPU a page",
    )


def _run(statements: list[tuple[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for sql, _params in statements:
            if sql.lstrip().upper().startswith("SELECT"):
                cursor.execute(sql.replace("%", "%%"), [])
                cursor.fetchall()


def _key_results(manager: User, team: Team) -> None:
    cycle = Cycle.objects.create(
        name="Bench", start_day=day("2026-01-01"), end_day=day("2026-04-01")
    )
    objective = create_objective(
        title="Sell",
        team=team,
        cycle=cycle,
        owner=manager,
        reviewer=manager,
        actor=manager,
        now=NOW,
    )
    for number in range(ROWS):
        add_key_result(
            objective=objective,
            metric=METRICS[number % 2],
            scope=team_scope(team),
            direction="increase",
            numbers=Numbers(baseline=Decimal(0), target=Decimal(3_000 + number)),
            title=f"Sell {number}",
            actor=manager,
            now=NOW,
        )
