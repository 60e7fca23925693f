"""Passing a comment on to the agent whom it is about."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crmkpi.accounts.http import ReaderRequest
from surveys.models import CommentRelease, Response
from surveys.queries.releases import DELAY_DAYS, is_releasable, led_team_ids
from surveys.queries.replies import Asked
from surveys.queries.results import line_of, responses_for
from surveys.services import releases
from surveys.services.errors import BadSurvey
from surveys.views.doors import readable_survey
from surveys.views.results import survey_context


@require_http_methods(["GET", "HEAD", "POST"])
def response_release(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Show what the agent would read; pass it on, or take it back."""
    survey = readable_survey(request, slug)
    rows = responses_for(survey, access=request.access)
    response = get_object_or_404(rows, pk=pk)
    if response.answered_team_id not in led_team_ids(request.access):
        raise PermissionDenied
    fault = ""
    if request.method == "POST":
        try:
            messages.success(request, _acted(request, response))
        except BadSurvey as error:
            fault = str(error)
        else:
            return redirect("surveys:answers", slug=slug)
    context = {
        **survey_context(request, survey, tab="answers"),
        "line": line_of(response, asked=Asked.of(survey)),
        "release": CommentRelease.objects.filter(response=response).first(),
        "is_releasable": is_releasable(response),
        "since": response.answered_at + timedelta(days=DELAY_DAYS),
        "days": DELAY_DAYS,
        "fault": fault,
    }
    status = 422 if fault else 200
    return render(request, "surveys/release.html", context, status=status)


def _acted(request: ReaderRequest, response: Response) -> str:
    """Do what the button says and return what was done."""
    actor, now = request.user, timezone.now()
    if request.POST.get("act") == "take_back":
        releases.take_comment_back(response, actor=actor, now=now)
        return _("The agent reads the comment no more.")
    releases.release_comment(response, actor=actor, now=now)
    return _("The agent may read the comment.")
