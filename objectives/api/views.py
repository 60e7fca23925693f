"""Objectives for other systems, to read."""

from typing import cast

from django.core.paginator import Paginator
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import ApiKey
from metrics.api.asked import only
from objectives.api import results, shapes
from objectives.models import Cycle, Objective
from objectives.queries.detail import objective_page
from objectives.queries.listing import listed, objectives_found
from objectives.views.doors import objective_or_404

PER_PAGE = 50


class ObjectivesView(APIView):
    """What people who signed in may read, and keys with the scope metrics:read."""

    required_scope = ApiKey.Scope.READ_METRICS


class ObjectiveList(ObjectivesView):
    @extend_schema(
        operation_id="objectives_list",
        summary="Objectives with status and score, worst first",
        parameters=[shapes.PAGE, shapes.STATE, shapes.CYCLE],
        responses={200: shapes.OBJECTIVES, 400: shapes.PROBLEM, 401: shapes.PROBLEM},
    )
    def get(self, request: Request) -> Response:
        only(request, ("page", "state", "cycle"))
        found = listed(
            objectives_found(
                access=_reader(request).access,
                state=_state(request),
                cycle=_cycle(request),
            )
        )
        page = Paginator(found, PER_PAGE).get_page(request.query_params.get("page"))
        return Response(
            {
                "count": len(found),
                "page": page.number,
                "pages": page.paginator.num_pages,
                "results": [results.line_as_json(line) for line in page.object_list],
            }
        )


class ObjectiveDetail(ObjectivesView):
    @extend_schema(
        operation_id="objective",
        summary="One objective with its key results",
        responses={200: shapes.OBJECTIVE, 401: shapes.PROBLEM, 404: shapes.PROBLEM},
    )
    def get(self, request: Request, pk: int) -> Response:
        only(request, ())
        reader = _reader(request)
        page = objective_page(
            objective_or_404(reader, pk),
            access=reader.access,
            organisation=reader.organisation,
        )
        return Response(results.page_as_json(page))


def _state(request: Request) -> str:
    state = request.query_params.get("state", "")
    if state and state not in Objective.State.values:
        known = ", ".join(Objective.State.values)
        raise ValidationError({"state": f"There is no such state; there are: {known}"})
    return state


def _cycle(request: Request) -> Cycle | None:
    name = request.query_params.get("cycle", "")
    if not name:
        return None
    found = Cycle.objects.filter(name=name).first() if "\x00" not in name else None
    if found is None:
        raise Http404("There is no such cycle.")
    return found


def _reader(request: Request) -> ReaderRequest:
    """Return the request that carries the rights of the person or key."""
    return cast(ReaderRequest, request._request)
