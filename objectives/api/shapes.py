"""The shape of answers, for the description of the API."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from crmkpi.accounts.api.shapes import PROBLEM
from objectives.models import KeyResult, Objective
from objectives.scoring import KrStatus

__all__ = ["CYCLE", "OBJECTIVE", "OBJECTIVES", "PAGE", "PROBLEM", "STATE"]

STATUSES = [each.value for each in KrStatus]
STATES = Objective.State.values


def _number(text: str = "") -> serializers.Field:
    return serializers.FloatField(allow_null=True, help_text=text)


class KeyResultShape(serializers.Serializer):
    """A key result; values in the unit of its metric."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    metric = serializers.CharField(allow_null=True, help_text="None for milestones.")
    scope = serializers.CharField(allow_null=True)
    direction = serializers.ChoiceField(KeyResult.Direction.values)
    weight = serializers.FloatField()
    baseline = _number()
    target = _number()
    red = _number("The red limit of a hold.")
    low = _number()
    high = _number()
    target_version = serializers.IntegerField(allow_null=True)
    value_now = _number("With today so far.")
    value = _number("Up to the last closed day; all below rests on it.")
    closed_day = serializers.DateField(allow_null=True)
    progress = _number("1 is the target; below 0 is worse than the start.")
    expected = _number()
    pace = _number()
    status = serializers.ChoiceField(STATUSES)
    reason = serializers.CharField(allow_null=True)
    forecast = _number()
    forecast_low = _number("80 %.")
    forecast_high = _number()
    reach = _number("The chance of ending on target, 0 to 1.")
    computed_at = serializers.DateTimeField(allow_null=True)


def _objective() -> dict[str, Any]:
    return {
        "id": serializers.IntegerField(),
        "title": serializers.CharField(),
        "description": serializers.CharField(allow_blank=True),
        "team": serializers.CharField(help_text="The slug of the team."),
        "owner": serializers.CharField(),
        "reviewer": serializers.CharField(),
        "cycle": serializers.CharField(),
        "from": serializers.DateField(help_text="First day of the cycle."),
        "to": serializers.DateField(help_text="Last day of the cycle."),
        "state": serializers.ChoiceField(STATES),
        "visibility": serializers.ChoiceField(Objective.Visibility.values),
        "status": serializers.ChoiceField(STATUSES),
        "score": _number("0 to 1."),
        "coverage": _number("The share of the weight that has data."),
        "confidence": serializers.IntegerField(allow_null=True),
    }


OBJECTIVE = inline_serializer(
    "Objective", _objective() | {"key_results": KeyResultShape(many=True)}
)
OBJECTIVES = inline_serializer(
    "Objectives",
    {
        "count": serializers.IntegerField(),
        "page": serializers.IntegerField(),
        "pages": serializers.IntegerField(),
        "results": inline_serializer("ObjectiveLine", _objective(), many=True),
    },
)
PAGE = OpenApiParameter("page", int, description="50 objectives are on a page.")
STATE = OpenApiParameter("state", str, enum=Objective.State.values)
CYCLE = OpenApiParameter("cycle", str, description="The name of a cycle.")
