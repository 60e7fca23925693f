"""The shape of answers, for the description of the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from metrics.api.asked import GRAINS
from metrics.behind import Part
from metrics.models import Snapshot


def _number(text: str = "", **options: Any) -> serializers.Field:
    return serializers.FloatField(help_text=text, allow_null=True, **options)


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
    "is_recalculating": serializers.BooleanField(
        help_text="Settings changed and not all figures follow them yet: ask again."
    ),
}
REVISED: dict[str, Any] = {
    "revised_at": serializers.DateTimeField(
        allow_null=True, help_text="When the figure moved last after it was closed."
    ),
    "revisions": serializers.IntegerField(help_text="How often it did."),
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
DEFINITION = ("title", "text", "formula", "includes", "excludes", "source")
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
    }
    | REVISED,
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
            }
            | REVISED,
            many=True,
        ),
    },
)

PASSPORT = inline_serializer(
    "Passport",
    IDENTITY
    | DAYS
    | NUMBERS
    | {
        "definition": inline_serializer(
            "Definition", {name: serializers.CharField() for name in DEFINITION}
        ),
        "version": serializers.IntegerField(),
        "computed_at": serializers.DateTimeField(),
        "interval": Interval(allow_null=True),
        "lines": inline_serializer(
            "Line",
            {
                "label": serializers.CharField(),
                "text": serializers.CharField(),
                "count": serializers.IntegerField(
                    allow_null=True, help_text="Rows; negative when left out."
                ),
                "metric": serializers.CharField(
                    allow_null=True, help_text="An input, with a passport of its own."
                ),
            },
            many=True,
        ),
        "notes": serializers.ListField(child=serializers.CharField()),
    },
)
ROWS = inline_serializer(
    "Rows",
    IDENTITY
    | DAYS
    | {
        "kind": serializers.CharField(),
        "kinds": serializers.ListField(child=serializers.CharField()),
        "part": serializers.CharField(),
        "count": serializers.IntegerField(help_text="Of this kind and part."),
        "page": serializers.IntegerField(),
        "pages": serializers.IntegerField(),
        "columns": serializers.ListField(child=serializers.CharField()),
        "rows": serializers.ListField(child=serializers.ListField()),
    },
)

CHANGES = inline_serializer(
    "Changes",
    IDENTITY
    | DAYS
    | {
        "unit": UNIT,
        "since": serializers.DateTimeField(allow_null=True),
        "old_value": _number(),
        "value": _number(),
        "change": _number(),
        "note": serializers.CharField(
            allow_null=True, help_text="What cannot be told, and why."
        ),
        "is_waiting": serializers.BooleanField(
            help_text="Some changes are still being counted."
        ),
        "parts": inline_serializer(
            "ChangePart",
            {
                "cause": serializers.CharField(
                    help_text="definition, tree, waiting, unrecorded, time, new, late, "
                    "edit, reassignment, deletion, input or rows."
                ),
                "metric": serializers.CharField(allow_null=True),
                "rows": serializers.IntegerField(),
                "numerator": _number(),
                "denominator": _number(),
                "value": _number("None: told together with the next part."),
                "shown": inline_serializer(
                    "ChangedRow",
                    {
                        "record": serializers.CharField(),
                        "kind": serializers.CharField(),
                        "changes": serializers.ListField(child=serializers.CharField()),
                        "at": serializers.DateTimeField(allow_null=True),
                        "by": serializers.CharField(allow_null=True),
                    },
                    many=True,
                ),
                "more": serializers.IntegerField(),
                "hidden": serializers.IntegerField(help_text="Rows of others."),
            },
            many=True,
        ),
        "earlier": inline_serializer(
            "EarlierValue",
            {
                "until": serializers.DateTimeField(),
                "value": _number(),
                "version": serializers.IntegerField(),
                "cause": serializers.CharField(),
            },
            many=True,
        ),
    },
)

SINCE = OpenApiParameter(
    "since", OpenApiTypes.DATE, description="What it was when this day began."
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
PART = OpenApiParameter(
    "part", OpenApiTypes.STR, enum=[part.value for part in Part], default="counted"
)
KIND = OpenApiParameter(
    "kind", OpenApiTypes.STR, description="Of a metric that counts rows of two kinds."
)
PAGE = OpenApiParameter("page", OpenApiTypes.INT, default=1)
GRAIN = OpenApiParameter("grain", OpenApiTypes.STR, enum=list(GRAINS), default="month")
NEEDED_FROM = OpenApiParameter("from", OpenApiTypes.DATE, required=True)
NEEDED_TO = OpenApiParameter("to", OpenApiTypes.DATE, required=True)
