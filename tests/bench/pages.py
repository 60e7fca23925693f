"""A survey answer against a bare insert, a scorecard against its bare SQL."""

import re
from decimal import Decimal
from statistics import median
from typing import Any

import time_machine
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
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
from surveys.scoring import Kind
from surveys.services.surveys import create_survey, publish, share
from tests.bench.clock import cpu, medians, say, tell
from tests.bench.orders import Company
from tests.world import NOW, TODAY, day

ANSWERS = 200
VIEWS = 20
ROWS = 12  # of a scorecard
METRICS = ("average_order_value", "new_revenue")


@csrf_exempt
@login_not_required
def bare_insert(request: HttpRequest) -> HttpResponse:
    """Insert one row and redirect: the least that a form's view can do."""
    FxRate.objects.create(
        currency="XXX", day=int(request.POST["day"]), rate=request.POST["score"]
    )
    return HttpResponseRedirect("/healthz")


urlpatterns = [*project_urls, path("bare/", bare_insert)]


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
    share(survey, is_shared=True, actor=None, now=NOW)
    page = reverse("surveys:shared", args=[shared_address(survey)])
    client = Client()
    answers, bare = [], []
    for number in range(ANSWERS):
        html = client.get(page).content.decode()
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html)
        fields = dict(found) | {"score": "4"}
        place = f"10.0.0.{number}"  # each customer at a place of its own
        answers.append(_one(client, page, fields, place))
        bare.append(_one(client, "/bare/", {"day": str(number), "score": "4"}, place))
    say(
        "survey answer, POST / bare view that inserts one row",
        median(answers) / median(bare),
        accept=3,
        good=2.2,
    )


def _one(client: Client, page: str, fields: dict[str, str], place: str) -> float:
    before = cpu()
    response = client.post(page, fields, REMOTE_ADDR=place)
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
