"""Asking customers from other systems."""

import re
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crmkpi.accounts.api.shapes import FAULTS, PROBLEM
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import ApiKey
from surveys import tasks
from surveys.api.doors import writable_survey
from surveys.models import Occasion
from surveys.sending.asked_for import OtherContent, Wish, ask_for
from surveys.services.errors import BadSurvey

STATES = Occasion.State.values
KEY = re.compile(r"[\x21-\x7e]{1,120}\Z")


class Conflict(APIException):
    """The request is well-formed, but cannot be done as things stand."""

    status_code = status.HTTP_409_CONFLICT


class WishSerializer(serializers.Serializer[Any]):
    """Whom to ask: an e-mail or a telephone number."""

    email = serializers.EmailField(required=False, max_length=254)
    phone = serializers.RegexField(
        r"\A\+?[0-9 ()/.-]{5,40}\Z",
        required=False,
        error_messages={"invalid": "Write a number such as +4930123456."},
    )
    language = serializers.RegexField(
        r"\A[A-Za-z]{2,3}(-[A-Za-z]{2,4})?\Z", required=False
    )
    agent = serializers.EmailField(
        required=False, help_text="Whom the answer is about, by sign-in address."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("email") and not attrs.get("phone"):
            raise ValidationError("Give an email or a phone.")
        unknown = set(self.initial_data) - set(self.fields)
        if unknown:
            raise ValidationError(dict.fromkeys(sorted(unknown), "Unknown field."))
        return attrs


class AskedSerializer(serializers.Serializer[Any]):
    """What becomes of it."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(STATES)
    reason = serializers.CharField(allow_blank=True)
    due_at = serializers.DateTimeField()


class Invite(APIView):
    """Ask somebody; managers of the survey may, and keys with surveys:write."""

    required_scope = ApiKey.Scope.WRITE_SURVEYS

    @extend_schema(
        operation_id="survey_invite",
        summary="Ask somebody, once for each Idempotency-Key",
        parameters=[
            OpenApiParameter(
                "Idempotency-Key", str, OpenApiParameter.HEADER, required=True
            )
        ],
        request=WishSerializer,
        responses={202: AskedSerializer, **FAULTS, 409: PROBLEM},
    )
    def post(self, request: Request, slug: str) -> Response:
        reader = cast(ReaderRequest, request._request)
        survey = writable_survey(request, slug)
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.match(key):
            raise ValidationError(
                {"Idempotency-Key": "Send 1 to 120 visible ASCII characters."}
            )
        if not isinstance(request.data, dict):
            raise ValidationError("Send one JSON object.")
        given = WishSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            asked = ask_for(
                survey,
                Wish(**given.validated_data),
                key=key,
                owner=_owner(request),
                access=reader.access,
                now=timezone.now(),
            )
        except OtherContent as error:
            raise Conflict(str(error)) from error
        except BadSurvey as error:
            if error.field:
                raise ValidationError({error.field: str(error)}) from error
            raise Conflict(str(error)) from error
        transaction.on_commit(tasks.ring_planning)
        return Response(
            AskedSerializer(
                {
                    "id": asked.uuid,
                    "state": asked.state,
                    "reason": asked.reason,
                    "due_at": asked.due_at,
                }
            ).data,
            status=status.HTTP_202_ACCEPTED,
        )


def _owner(request: Request) -> str:
    if isinstance(request.auth, ApiKey):
        return f"key-{request.auth.pk}"
    return f"user-{request.user.pk}"
