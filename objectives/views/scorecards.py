"""Scorecards of teams and the company: the page, the part that refreshes, the file."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import Team
from crmkpi.lib.periods import Period
from crmkpi.lib.tables import write_csv
from metrics.dimensions import Cut
from metrics.files import csv_headers
from metrics.models import ScopeVersion
from metrics.pickers import KEPT, Picked, context
from metrics.queries import scope_version
from metrics.scopes import COMPANY_KEY, Scope, company, team_scope
from objectives.queries.parts import read_lines, targets_of
from objectives.queries.trend import trend
from objectives.scorecards.catalogue import Measurements, measurements
from objectives.scorecards.export import HEADINGS, csv_row
from objectives.scorecards.freshness import freshness_lines
from objectives.scorecards.movements import news, states
from objectives.scorecards.overview import overview
from objectives.scorecards.revision import Revision, etag, read_revision
from objectives.scorecards.team import Scorecard, key_results_of, team_scorecard

MANY_STATES = 4_000  # characters of what an open page says it shows


@require_safe
def scorecards(request: ReaderRequest) -> HttpResponse:
    """List the scorecards that are open to the reader; agents go to their own."""
    access = request.access
    if access.is_agent_only:
        return redirect("objectives:my_scorecard")
    page = overview(access=access, organisation=request.organisation)
    return render(
        request,
        "objectives/scorecards.html",
        {"nav_active": "scorecards", "overview": page},
    )


@require_safe
def company_scorecard(request: ReaderRequest) -> HttpResponse:
    """Show the scorecard of the whole company."""
    return _page(request, _company(request))


@require_safe
def team_page(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show the scorecard of a team; that of the root team is the company's."""
    place = _place(request, slug)
    if place.is_company:
        url = reverse("objectives:company_scorecard")
        return redirect(f"{url}?{request.GET.urlencode()}".removesuffix("?"))
    return _page(request, place)


@require_safe
def scorecard_rows(request: ReaderRequest, slug: str) -> HttpResponseBase:
    """Send what has changed of an open scorecard; nothing (304) while it is current.

    `seen` says which statuses the page shows, so that the answer can tell in words
    what is different.

    Queries: 2 for nothing new.
    """
    place = _place(request, slug)
    picked = _pick(request, place, options=False)
    results = key_results_of(place.team, _period(picked), access=request.access)
    tag = _etag(request, place, picked, read_revision(results))
    unchanged = get_conditional_response(request, tag)
    if unchanged is not None:
        return _private(unchanged)
    scorecard = _scorecard(request, place, picked)
    seen = request.GET.get("seen", "")[:MANY_STATES]
    body = _context(request, place, picked, scorecard)
    body |= {"news": news(scorecard.lines, seen), "is_part": True}
    response = render(request, "objectives/_rows.html", body)
    response["ETag"] = _etag(request, place, picked, scorecard.revision)
    return _private(response)


@require_safe
def scorecard_trend(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Send the trend of one key result of a scorecard, with its table.

    Raises: Http404 for key results that are not on the scorecard or have no metric.
    """
    place = _place(request, slug)
    period = _period(_pick(request, place, options=False))
    on_it = key_results_of(place.team, period, access=request.access)
    related = on_it.select_related("objective__cycle").exclude(metric="")
    result = get_object_or_404(related, pk=pk)
    versions = targets_of([result])
    (line,) = read_lines(
        [result],
        access=request.access,
        currency=request.organisation.currency,
        versions=versions,
    )
    found = trend(
        line,
        versions=versions[result.pk],
        organisation=request.organisation,
        now=timezone.now(),
    )
    return render(request, "objectives/detail_trend.html", {"trend": found})


@require_safe
def scorecard_csv(request: ReaderRequest, slug: str) -> HttpResponseBase:
    """Send the key results of a scorecard as a file."""
    place = _place(request, slug)
    picked = _pick(request, place, options=False)
    scorecard = _scorecard(request, place, picked)
    name = f"scorecard-{slug}-{_period(picked).key}"
    return StreamingHttpResponse(
        write_csv(HEADINGS, map(csv_row, scorecard.rows)),
        content_type="text/csv; charset=utf-8",
        headers=csv_headers(name, request.organisation),
    )


@dataclass(frozen=True)
class Place:
    """Whose scorecard is asked for."""

    team: Team
    scope: Scope
    is_company: bool
    figures: int  # grows with every change of the figures of the scope


def _company(request: ReaderRequest) -> Place:
    """Return the company, for those who see it all.

    Raises: Http404 for everybody else.
    Queries: 1
    """
    root = request.organisation.root_team
    if not request.access.sees_company or root is None:
        raise Http404(_("There is no such scorecard that you may see."))
    version = scope_version(COMPANY_KEY)
    return Place(root, company(request.organisation.name), True, version)


def _place(request: ReaderRequest, slug: str) -> Place:
    """Return a team whose figures the reader may see.

    Raises: Http404 for an unknown or foreign team.
    Queries: 1, and 1 for the root team
    """
    version = ScopeVersion.objects.filter(cut=Cut.TEAM, member=OuterRef("pk"))
    figures = Coalesce(Subquery(version.values("number")[:1]), 0)
    team = get_object_or_404(Team.objects.annotate(figures=figures), slug=slug)
    if not request.access.may_read_team(team.pk):
        raise Http404(_("There is no such scorecard that you may see."))
    if request.access.sees_company and team.pk == request.organisation.root_team_id:
        return _company(request)
    figures_now: int = team.figures  # type: ignore[attr-defined]
    return Place(team, team_scope(team), False, figures_now)


def _pick(request: ReaderRequest, place: Place, *, options: bool = True) -> Picked:
    return context(
        request,
        default_scope=place.scope,
        fixed_scope=True,
        scope_url=lambda scope: scorecard_url(request, scope),
        options=options,
    )


def scorecard_url(request: ReaderRequest, scope: Scope) -> str:
    """Return the address of the scorecard of a scope, in the same period."""
    kept = {name: request.GET[name] for name in KEPT if name in request.GET}
    kept.pop("scope", None)
    kind, _colon, rest = scope.text.partition(":")
    if kind == "team":
        url = reverse("objectives:team_scorecard", kwargs={"slug": rest})
    elif kind == "agent":
        url = reverse("objectives:my_scorecard")
    else:
        url = reverse("objectives:company_scorecard")
    return f"{url}?{urlencode(kept)}" if kept else url


def _period(picked: Picked) -> Period:
    if picked.period is None:  # all days cannot be picked here
        raise Http404
    return picked.period


def _page(request: ReaderRequest, place: Place) -> HttpResponse:
    picked = _pick(request, place)
    scorecard = _scorecard(request, place, picked)
    body = _context(request, place, picked, scorecard)
    body["etag"] = _etag(request, place, picked, scorecard.revision)
    lines = freshness_lines(
        computed_at=scorecard.computed_at,
        day=request.access.day,
        organisation=request.organisation,
    )
    return render(request, "objectives/scorecard.html", body | {"freshness": lines})


def _scorecard(request: ReaderRequest, place: Place, picked: Picked) -> Scorecard:
    return team_scorecard(
        place.team,
        scope=place.scope,
        period=_period(picked),
        comparison=picked.comparison,
        access=request.access,
        organisation=request.organisation,
    )


def _etag(
    request: ReaderRequest, place: Place, picked: Picked, revision: Revision
) -> str:
    return etag(
        revision,
        scope=place.scope.text,
        figures=place.figures,
        period=_period(picked),
        comparison=picked.comparison,
        access=request.access,
    )


def _context(
    request: ReaderRequest, place: Place, picked: Picked, scorecard: Scorecard
) -> dict[str, Any]:
    return picked.as_context() | {
        "nav_active": "scorecards",
        "scorecard": scorecard,
        "states": states(scorecard.lines),
        "measured": None if scorecard.rows else _measured(request, place, picked),
        "slug": place.team.slug,
        "query": request.GET.urlencode(),
        "may_define": request.access.may_manage_team(place.team.pk),
    }


def _measured(request: ReaderRequest, place: Place, picked: Picked) -> Measurements:
    """Return the metrics of a team that has no key results."""
    return measurements(
        place.scope,
        access=request.access,
        period=_period(picked),
        comparison=picked.comparison,
        organisation=request.organisation,
        today=request.access.day,
    )


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Let only the reader's own browser keep a part, and ask before it is used."""
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ("Cookie",))
    return response
