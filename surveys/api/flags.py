"""Flagged answers for other systems: which there are, and that one was looked at."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response as Reply
from rest_framework.views import APIView

from crmkpi.accounts.api.shapes import FAULTS
from crmkpi.accounts.models import ApiKey, User
from surveys.api import shapes
from surveys.api.doors import access_of, only, visible_survey, writable_survey
from surveys.models import Response, Survey
from surveys.queries.flags import flagged
from surveys.queries.replies import Asked
from surveys.queries.results import (
    ResponseLine,
    reads_answers,
    response_page,
    responses_for,
)
from surveys.services.flag_looks import forget_look, note_look


class FlaggedResponses(APIView):
    required_scope = ApiKey.Scope.READ_SURVEYS

    @extend_schema(
        operation_id="survey_flagged",
        summary="Answers that may not be what a customer thinks",
        description="A flag explains and decides nothing: a person looks, and leaves "
        "the answer out or lets it count. The latest first, 25 on a page.",
        parameters=[shapes.PAGE, shapes.FLAG_STATE],
        responses={200: shapes.FLAGGED} | FAULTS,
    )
    def get(self, request: Request, slug: str) -> Reply:
        only(request, ("page", "state"))
        survey, access = visible_survey(request, slug), access_of(request)
        if not reads_answers(access):
            raise PermissionDenied
        state = request.query_params.get("state", "open")
        if state not in shapes.FLAG_STATES:
            raise ValidationError({"state": [_("There are: open, all.")]})
        is_open = state == "open"
        rows = responses_for(survey, access=access, is_flagged=is_open)
        page, lines = response_page(
            rows if is_open else flagged(rows),
            asked=Asked.of(survey),
            number=request.query_params.get("page"),
        )
        return Reply(
            {
                "count": page.paginator.count,
                "page": page.number,
                "pages": page.paginator.num_pages,
                "results": [_line_as_json(line) for line in lines],
            }
        )


class FlagLooks(APIView):
    required_scope = ApiKey.Scope.WRITE_SURVEYS

    @extend_schema(
        operation_id="survey_flags_looked_at",
        summary="Say that a flagged answer was looked at and counts",
        request=None,
        responses={204: None} | FAULTS,
    )
    def put(self, request: Request, slug: str, pk: int) -> Reply:
        only(request, ())
        response = _flagged(request, writable_survey(request, slug), pk)
        note_look(response, actor=_actor(request), now=timezone.now())
        return Reply(status=204)

    @extend_schema(
        operation_id="survey_flags_to_look_at",
        summary="Put a flagged answer among those to be looked at again",
        responses={204: None} | FAULTS,
    )
    def delete(self, request: Request, slug: str, pk: int) -> Reply:
        only(request, ())
        response = _flagged(request, writable_survey(request, slug), pk)
        forget_look(response, actor=_actor(request), now=timezone.now())
        return Reply(status=204)


def _flagged(request: Request, survey: Survey, pk: int) -> Response:
    rows = flagged(responses_for(survey, access=access_of(request)))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such flagged answer."))
    return found


def _actor(request: Request) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _line_as_json(line: ResponseLine) -> dict[str, Any]:
    response = line.response
    look = getattr(response, "flag_look", None)
    return {
        "id": response.pk,
        "answered_at": response.answered_at,
        "score": line.score,
        "flags": [flag.name.lower() for flag in line.flags],
        "is_left_out": bool(response.exclusion),
        "looked_at": look.looked_at if look else None,
    }
