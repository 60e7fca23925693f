"""The shape of answers, for the description of the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from surveys.extras import ExtraKind
from surveys.flags import Flag
from surveys.models import Survey
from surveys.models.surveys import SCORE_KINDS

FROM = OpenApiParameter("from", OpenApiTypes.DATE, description="First local day.")
TO = OpenApiParameter("to", OpenApiTypes.DATE, description="Last local day, included.")

PAGE = OpenApiParameter("page", int, description="From 1.")
FLAG_STATES = ("open", "all")
FLAG_STATE = OpenApiParameter(
    "state",
    enum=FLAG_STATES,
    default="open",
    description="open: those that count and nobody looked at.",
)


def _number(text: str = "") -> serializers.Field:
    return serializers.FloatField(allow_null=True, help_text=text)


_SURVEY: dict[str, Any] = {
    "slug": serializers.CharField(),
    "name": serializers.CharField(),
    "kind": serializers.ChoiceField(SCORE_KINDS),
    "team": serializers.CharField(help_text="The slug of the team."),
    "status": serializers.ChoiceField(Survey.Status.choices),
    "version": serializers.IntegerField(allow_null=True),
}
SURVEYS = inline_serializer("SurveyLine", _SURVEY, many=True)
RESULTS = inline_serializer(
    "SurveyResults",
    _SURVEY
    | {
        "from": serializers.DateField(allow_null=True),
        "to": serializers.DateField(allow_null=True),
        "is_too_few": serializers.BooleanField(
            help_text="There are answers, but fewer than you may see."
        ),
        "results": inline_serializer(
            "ScaleResult",
            {
                "value": _number("Percent in the top box; NPS: −100 to 100."),
                "n": serializers.IntegerField(help_text="Answers with a score."),
                "low": _number("95 % interval of the value."),
                "high": _number(),
                "method": serializers.CharField(help_text="wilson or adjusted_wald."),
                "version": serializers.IntegerField(
                    help_text="The last version of the survey that asked so."
                ),
                "is_current": serializers.BooleanField(),
                "scale": inline_serializer(
                    "Scale",
                    {
                        "low": serializers.IntegerField(),
                        "high": serializers.IntegerField(),
                        "top_from": serializers.IntegerField(),
                        "reversed": serializers.BooleanField(),
                    },
                ),
                "mean": _number(),
                "sd": _number(),
                "net": _number("High band less low band, in percent."),
                "distribution": serializers.DictField(
                    child=serializers.IntegerField(), help_text="Score to answers."
                ),
            },
            many=True,
        ),
        "questions": inline_serializer(
            "ExtraResult",
            {
                "key": serializers.CharField(),
                "question": serializers.CharField(),
                "kind": serializers.ChoiceField([each.value for each in ExtraKind]),
                "n": serializers.IntegerField(help_text="People who replied."),
                "options": inline_serializer(
                    "ExtraOption",
                    {
                        "text": serializers.CharField(),
                        "n": serializers.IntegerField(),
                    },
                    many=True,
                ),
                "texts": serializers.ListField(
                    child=serializers.CharField(), help_text="The latest ten."
                ),
            },
            many=True,
            help_text="Asked after the score; for who may read single answers.",
        ),
    },
)
SENT = inline_serializer(
    "SentResponses",
    {
        "source": serializers.CharField(help_text="Whose ids these are."),
        "responses": inline_serializer(
            "SentResponse",
            {
                "external_id": serializers.CharField(help_text="Once in the source."),
                "survey": serializers.CharField(
                    help_text="Name of the survey; made when it is new."
                ),
                "kind": serializers.ChoiceField(SCORE_KINDS),
                "score": serializers.IntegerField(),
                "answered": serializers.CharField(
                    help_text="2026-02-13T09:30:00Z, or a local day: 2026-02-13."
                ),
                "low": serializers.IntegerField(required=False),
                "high": serializers.IntegerField(required=False),
                "top_from": serializers.IntegerField(
                    required=False, help_text="First good score of an unusual scale."
                ),
                "agent": serializers.CharField(required=False),
                "customer": serializers.CharField(required=False),
                "contact": serializers.CharField(
                    required=False, help_text="Id or e-mail of the person."
                ),
                "channel": serializers.CharField(required=False),
                "client": serializers.CharField(
                    required=False, help_text="Whom you work for, if for several."
                ),
                "comment": serializers.CharField(required=False),
                "language": serializers.CharField(required=False),
            },
            many=True,
        ),
    },
)
TAKEN = inline_serializer(
    "TakenResponses",
    {
        "new": serializers.IntegerField(),
        "changed": serializers.IntegerField(),
        "same": serializers.IntegerField(),
        "erased": serializers.IntegerField(
            help_text="Of people who were erased: left as they are."
        ),
        "refused": serializers.IntegerField(),
        "errors": inline_serializer(
            "RefusedResponse",
            {
                "row": serializers.IntegerField(help_text="Its place, from 0."),
                "external_id": serializers.CharField(allow_blank=True),
                "field": serializers.CharField(allow_blank=True),
                "value": serializers.CharField(allow_blank=True),
                "reason": serializers.CharField(),
            },
            many=True,
        ),
    },
)
FLAGGED = inline_serializer(
    "FlaggedResponses",
    {
        "count": serializers.IntegerField(),
        "page": serializers.IntegerField(),
        "pages": serializers.IntegerField(),
        "results": inline_serializer(
            "FlaggedResponse",
            {
                "id": serializers.IntegerField(),
                "answered_at": serializers.DateTimeField(),
                "score": serializers.IntegerField(),
                "flags": serializers.ListField(
                    child=serializers.ChoiceField([each.name.lower() for each in Flag])
                ),
                "is_left_out": serializers.BooleanField(),
                "looked_at": serializers.DateTimeField(allow_null=True),
            },
            many=True,
        ),
    },
)
