"""The tree of teams and the page of one team."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crmkpi.accounts import services
from crmkpi.accounts.forms import NewTeamForm, PlaceForm, TeamForm
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import Team
from crmkpi.accounts.queries.tree import team_page, team_tree
from crmkpi.accounts.views.administrators import administrators_only


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def teams(request: ReaderRequest) -> HttpResponse:
    """Show the tree of today; sending the form adds a team."""
    form = NewTeamForm(
        request.POST if request.method == "POST" else None,
        initial={"parent": request.organisation.root_team},
    )
    if request.method == "POST" and form.is_valid():
        try:
            team = services.add_team(
                actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("%(team)s is a team now.") % {"team": team})
            return redirect("accounts:team", slug=team.slug)
        except services.Refused as error:
            form.add_error("name", str(error))
    context = {
        "nav_active": "people",
        "form": form,
        "lines": team_tree(day=request.access.day),
        "crumbs": [(_("People"), reverse("accounts:people"))],
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/teams.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def team(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show a team; sending the form renames, closes or reopens it."""
    found = _team(request, slug)
    if request.method != "POST":
        return _page(request, found)
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            services.update_team(
                team=found, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("Saved."))
            return redirect("accounts:team", slug=slug)
        except services.Refused as error:
            form.add_error("name", str(error))
    return _page(request, found, status=422, form=form)


@require_POST
@administrators_only
def team_place(request: ReaderRequest, slug: str) -> HttpResponse:
    """Let a team stand below another from a day on."""
    found, form = _team(request, slug), PlaceForm(request.POST, auto_id="place_%s")
    if form.is_valid():
        try:
            services.place_team(
                team=found, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("The tree has changed."))
            return redirect("accounts:team", slug=slug)
        except services.Refused as error:
            form.add_error("parent", str(error))
    return _page(request, found, status=422, place_form=form)


def _team(request: ReaderRequest, slug: str) -> Team:
    found: Team = get_object_or_404(Team.objects.visible_to(request.access), slug=slug)
    return found


def _page(
    request: ReaderRequest, team: Team, *, status: int = 200, **given: forms.Form
) -> HttpResponse:
    initial = {"name": team.name, "region": team.region, "is_active": team.is_active}
    root_id = request.organisation.root_team_id
    context = {
        "nav_active": "people",
        "crumbs": [
            (_("People"), reverse("accounts:people")),
            (_("Teams"), reverse("accounts:teams")),
        ],
        "page": team_page(team, root_id=root_id, day=request.access.day),
        "form": TeamForm(initial=initial),
        "place_form": PlaceForm(auto_id="place_%s"),
    } | given
    return render(request, "accounts/team.html", context, status=status)
