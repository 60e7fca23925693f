"""Personal scorecards: the own one, and those of people for whom one answers."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import User
from metrics.pickers import Picked, context
from metrics.scopes import agent_scope
from objectives.scorecards.freshness import freshness_lines
from objectives.scorecards.personal import personal_scorecard
from objectives.services import note_look
from objectives.views.scorecards import scorecard_url

PERIODS = (
    "this-month",
    "this-week",
    "last-week",
    "last-month",
    "this-quarter",
    "last-quarter",
)


@require_safe
def my_scorecard(request: ReaderRequest) -> HttpResponse:
    """Show readers their own scorecard."""
    person = request.user
    if not request.access.may_read_agent(person.pk):
        raise Http404(_("You work in no team, so there are no figures of yours."))
    return _page(request, person)


@require_safe
def agent_scorecard(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show the scorecard of somebody else, and note who looked.

    Raises: Http404 for people whose figures are not open to the reader.
    """
    if pk == request.user.pk:
        return redirect("objectives:my_scorecard")
    if not request.access.may_read_agent(pk):
        raise Http404(_("There is no such scorecard that you may see."))
    person = get_object_or_404(User, pk=pk)
    if request.method == "GET":
        note_look(viewer=request.user, subject=person, now=timezone.now())
    return _page(request, person)


def _page(request: ReaderRequest, person: User) -> HttpResponse:
    picked = context(
        request,
        default_scope=agent_scope(person),
        fixed_scope=True,
        scope_url=lambda scope: scorecard_url(request, scope),
        periods=PERIODS,
    )
    if picked.period is None:  # all days cannot be picked here
        raise Http404
    found = personal_scorecard(
        person,
        period=picked.period,
        access=request.access,
        organisation=request.organisation,
        now=timezone.now(),
    )
    return render(
        request,
        "objectives/my_scorecard.html",
        _shell(request, picked)
        | {
            "scorecard": found,
            "is_own": person.pk == request.user.pk,
            "freshness": freshness_lines(
                computed_at=found.computed_at,
                day=request.access.day,
                organisation=request.organisation,
            ),
        },
    )


def _shell(request: ReaderRequest, picked: Picked) -> dict[str, Any]:
    """Return the top bar; people are not compared with other periods."""
    shown = picked.as_context()
    shown |= {"nav_active": "scorecards", "compare_options": [], "compare_current": ""}
    if picked.scope.key.member == request.user.pk:
        shown["scope_current"] = _("My scorecard")
    return shown
