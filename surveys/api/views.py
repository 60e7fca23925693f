"""Surveys for other systems: their results, and answers that were given elsewhere."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crmkpi.accounts.access import Access
from crmkpi.accounts.api.shapes import FAULTS, PROBLEM
from crmkpi.accounts.models import ApiKey
from crmkpi.crm.ingest.services import slug_of
from crmkpi.lib.periods import FIRST_DAY, LAST_DAY, to_day
from surveys.api import shapes
from surveys.api.doors import access_of, only, visible_survey
from surveys.api.sent import outcome_as_json, read_sent, take_sent
from surveys.models import Survey
from surveys.queries.extras import ExtraResult, extra_results
from surveys.queries.results import Results, ScaleResult, results, versions_by_scale
from surveys.records import may_bring


class SurveyList(APIView):
    required_scope = ApiKey.Scope.READ_SURVEYS

    @extend_schema(
        operation_id="surveys_list",
        summary="The surveys you may see",
        responses={200: shapes.SURVEYS, 401: PROBLEM, 403: PROBLEM},
    )
    def get(self, request: Request) -> Response:
        only(request, ())
        rows = Survey.objects.visible_to(access_of(request))
        found = rows.select_related("team", "version").order_by("slug")
        return Response([_survey_as_json(each) for each in found])


class SurveyResults(APIView):
    required_scope = ApiKey.Scope.READ_SURVEYS

    @extend_schema(
        operation_id="survey_results",
        summary="What the answers to a survey add up to",
        description="Each scale apart, the current one first. Answers left out as "
        "test, spam or duplicate are in no number, and neither are skipped questions.",
        parameters=[shapes.FROM, shapes.TO],
        responses={200: shapes.RESULTS} | FAULTS,
    )
    def get(self, request: Request, slug: str) -> Response:
        only(request, ("from", "to"))
        access = access_of(request)
        survey = visible_survey(request, slug)
        first, last = _day(request, "from"), _day(request, "to")
        if first is not None and last is not None and last < first:
            raise ValidationError({"to": [_("The last day is before the first.")]})
        since = to_day(first) if first else None
        until = to_day(last) + 1 if last else None
        found = results(survey, access=access, since_day=since, until_day=until)
        replied = extra_results(survey, access=access, since_day=since, until_day=until)
        return Response(
            _survey_as_json(survey)
            | {"from": first, "to": last}
            | _as_json(survey, found)
            | {"questions": [_extra_as_json(each) for each in replied]}
        )


class SentResponses(APIView):
    required_scope = ApiKey.Scope.WRITE_SURVEYS

    @extend_schema(
        operation_id="responses_send",
        summary="Send answers that were given elsewhere",
        description="Good rows are taken although others are refused; sending the "
        "same again changes nothing, and a known id with other content corrects it. "
        "Answers of the past move the figures of their own days. A key for teams "
        "sends answers about agents of these teams, named by their sign-in address.",
        request=shapes.SENT,
        responses={200: shapes.TAKEN, 422: shapes.TAKEN} | FAULTS,
    )
    def post(self, request: Request) -> Response:
        only(request, ())
        access = access_of(request)
        _may_send(access, is_key=isinstance(request.auth, ApiKey))
        source, rows = read_sent(request.data)
        try:
            slug_of(source)
        except ValueError as error:
            raise ValidationError({"source": [str(error)]}) from error
        outcome = take_sent(rows, source=source, access=access, now=timezone.now())
        status = 200 if outcome.taken else 422
        return Response(outcome_as_json(outcome, rows), status=status)


def _may_send(access: Access, *, is_key: bool) -> None:
    """Let keys send for their teams, and people only who manage the whole company."""
    if not is_key and not may_bring(access):
        raise PermissionDenied(
            _("Sending answers takes a key, or a manager of the whole company.")
        )


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or not FIRST_DAY <= to_day(found) <= LAST_DAY:
        raise ValidationError({name: [_("Write a day as 2026-02-13.")]})
    return found


def _survey_as_json(survey: Survey) -> dict[str, Any]:
    return {
        "slug": survey.slug,
        "name": survey.name,
        "kind": survey.kind,
        "team": survey.team.slug,
        "status": survey.status,
        "version": survey.version.number if survey.version else None,
    }


def _as_json(survey: Survey, found: Results) -> dict[str, Any]:
    versions = versions_by_scale(survey)
    return {
        "is_too_few": found.is_too_few,
        "results": [
            _scale_as_json(each, versions.get(each.scale, 0)) for each in found.scales
        ],
    }


def _scale_as_json(result: ScaleResult, version: int) -> dict[str, Any]:
    added, scale = result.summary, result.scale
    return {
        "value": added.value,
        "n": added.n,
        "low": added.low,
        "high": added.high,
        "method": added.method,
        "version": version,
        "is_current": result.is_current,
        "scale": {
            "low": scale.low,
            "high": scale.high,
            "top_from": scale.top_from,
            "reversed": scale.reversed,
        },
        "mean": added.mean,
        "sd": added.sd,
        "net": added.net,
        "distribution": {str(score): n for score, n in added.distribution},
    }


def _extra_as_json(result: ExtraResult) -> dict[str, Any]:
    return {
        "key": result.key,
        "question": result.question,
        "kind": result.kind.value,
        "n": result.n,
        "options": [{"text": each.text, "n": each.n} for each in result.options],
        "texts": result.texts,
    }
