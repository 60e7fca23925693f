"""The shape of answers, for the description of the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from metrics.api.asked import GRAINS
from metrics.models import Snapshot


def _number(text: str = "", **options: Any) -> serializers.Field:
    return serializers.FloatField(help_text=text, allow_null=True, **options)


def _problem() -> serializers.Serializer:
    fault = inline_serializer(
        "Fault",
        {"parameter": serializers.CharField(), "detail": serializers.CharField()},
        many=True,
        required=False,
    )
    return inline_serializer(
        "Problem",
        {
            "type": serializers.CharField(),
            "title": serializers.CharField(),
            "status": serializers.IntegerField(),
            "detail": serializers.CharField(),
            "errors": fault,
        },
    )


class Interval(serializers.Serializer):
    """Between which values the true one lies, with 95 % confidence."""

    low = serializers.FloatField()
    high = serializers.FloatField()
    method = serializers.CharField()


NUMBERS: dict[str, Any] = {
    "value": _number("None when there is none; the reason says why."),
    "numerator": _number(),
    "denominator": _number(),
    "n": serializers.IntegerField(allow_null=True, help_text="Rows that were counted."),
    "status": serializers.ChoiceField(
        Snapshot.Status.choices,
        help_text="low_n: too few rows to judge; immature: all rows are too recent.",
    ),
    "reason": serializers.CharField(allow_null=True),
}
DAYS: dict[str, Any] = {
    "from": serializers.DateField(allow_null=True, help_text="First day."),
    "to": serializers.DateField(allow_null=True, help_text="Last day, included."),
}
IDENTITY: dict[str, Any] = {
    "key": serializers.CharField(),
    "scope": serializers.CharField(),
}
UNIT = serializers.CharField(
    help_text="percent (0 to 100), points, score, count, money, money_per_day, "
    "seconds, days, ratio or index."
)
TEXTS = (
    "key",
    "title",
    "family",
    "better",
    "additivity",
    "text",
    "formula",
    "includes",
    "excludes",
    "source",
)

PROBLEM = _problem()
METRICS = inline_serializer(
    "Metric",
    {name: serializers.CharField() for name in TEXTS}
    | {
        "unit": UNIT,
        "min_n": serializers.IntegerField(
            help_text="With fewer rows the value is too uncertain to judge."
        ),
        "matures_after": serializers.IntegerField(
            help_text="Days after which a row counts."
        ),
        "readings": serializers.ListField(
            child=serializers.CharField(), help_text="What ?stat= takes."
        ),
        "dimensions": serializers.ListField(child=serializers.CharField()),
        "version": serializers.IntegerField(),
    },
    many=True,
)
VALUE = inline_serializer(
    "Value",
    IDENTITY
    | DAYS
    | NUMBERS
    | {
        "interval": Interval(allow_null=True),
        "stats": serializers.DictField(child=_number()),
        "unit": UNIT,
        "version": serializers.IntegerField(),
        "computed_at": serializers.DateTimeField(),
        "exclusions": inline_serializer(
            "Exclusion",
            {"name": serializers.CharField(), "count": serializers.IntegerField()},
            many=True,
        ),
    },
)
SERIES = inline_serializer(
    "Series",
    IDENTITY
    | {
        "grain": serializers.CharField(),
        "unit": UNIT,
        "version": serializers.IntegerField(),
        "points": inline_serializer(
            "Point",
            DAYS
            | NUMBERS
            | {
                "interval": Interval(allow_null=True),
                "is_partial": serializers.BooleanField(
                    help_text="The period is not over."
                ),
            },
            many=True,
        ),
    },
)

SCOPE = OpenApiParameter(
    "scope",
    OpenApiTypes.STR,
    default="company",
    description="company, team:SLUG, agent:EXTERNAL-ID-OR-EMAIL, DIMENSION:MEMBER, or "
    "DIMENSION:MEMBER@team:SLUG for a member within a team.",
)
FROM = OpenApiParameter(
    "from", OpenApiTypes.DATE, description="First day. Without dates all rows count."
)
TO = OpenApiParameter("to", OpenApiTypes.DATE, description="Last day, included.")
STAT = OpenApiParameter(
    "stat", OpenApiTypes.STR, description="Another reading: median, p90, of_all, …"
)
GRAIN = OpenApiParameter("grain", OpenApiTypes.STR, enum=list(GRAINS), default="month")
NEEDED_FROM = OpenApiParameter("from", OpenApiTypes.DATE, required=True)
NEEDED_TO = OpenApiParameter("to", OpenApiTypes.DATE, required=True)
