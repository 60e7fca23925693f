"""The doors to the staff pages: a foreign survey is 404, a forbidden act 403."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from crmkpi.accounts.http import ReaderRequest
from surveys.models import Survey
from surveys.queries.results import reads_answers


def visible_survey(request: ReaderRequest, slug: str) -> Survey:
    """Return a survey that the reader may see; 404 for any other."""
    rows = Survey.objects.visible_to(request.access).select_related("team", "version")
    return get_object_or_404(rows, slug=slug)


def managed_survey(request: ReaderRequest, slug: str) -> Survey:
    """Return a survey that the reader may change; 403 when only visible."""
    survey = visible_survey(request, slug)
    if not request.access.may_manage_team(survey.team_id):
        raise PermissionDenied
    return survey


def our_survey(request: ReaderRequest, slug: str) -> Survey:
    """Return a survey that the reader may change and that we ask ourselves.

    Imported ones have no draft: 404.
    """
    survey = managed_survey(request, slug)
    if survey.is_imported:
        raise Http404
    return survey


def readable_survey(request: ReaderRequest, slug: str) -> Survey:
    """Return a survey of which the reader may open single answers; agents get 403."""
    survey = visible_survey(request, slug)
    if not reads_answers(request.access):
        raise PermissionDenied
    return survey
