"""The doors of the API to surveys: a foreign one is 404, a forbidden act 403."""

from typing import cast

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request

from crmkpi.accounts.access import Access
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import ApiKey
from surveys.models import Survey


def access_of(request: Request) -> Access:
    """Return what the person or key may see."""
    return cast(ReaderRequest, request._request).access


def visible_survey(request: Request, slug: str) -> Survey:
    """Return a survey that the reader may see; 404 for any other."""
    rows = Survey.objects.visible_to(access_of(request)).select_related(
        "team", "version"
    )
    survey: Survey | None = rows.filter(slug=slug).first()
    if survey is None:
        raise NotFound(_("There is no such survey, or it is not yours to read."))
    return survey


def writable_survey(request: Request, slug: str) -> Survey:
    """Return a survey that people manage, or whose team a key was made for."""
    survey, access = visible_survey(request, slug), access_of(request)
    is_key = isinstance(request.auth, ApiKey)
    may = access.may_read_team if is_key else access.may_manage_team
    if not may(survey.team_id):
        raise PermissionDenied
    return survey


def only(request: Request, known: tuple[str, ...]) -> None:
    """Refuse a parameter that is not known, with those that are."""
    for name in request.query_params:
        if name not in known:
            reason = _("There is no such parameter; there are: %(known)s.")
            said = reason % {"known": ", ".join(known) or "–"}
            raise ValidationError({name[:80]: [said]})
