"""The first page after signing in."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.queries import home_team


@require_safe
def landing(request: ReaderRequest) -> HttpResponse:
    """Send readers to the scorecard they came for, administrators to the people."""
    url = _first_page(request)
    if url is not None:
        return redirect(url)
    return render(request, "accounts/no_team.html")


def _first_page(request: ReaderRequest) -> str | None:
    team = home_team(request.access)
    try:
        if team is not None:
            return reverse("objectives:team_scorecard", kwargs={"slug": team.slug})
        if request.access.own_team_ids:
            return reverse("objectives:my_scorecard")
    except NoReverseMatch:
        pass  # an installation without scorecards still has its people
    return reverse("accounts:people") if request.access.is_administrator else None
