"""The shape of refusals, for the description of the API."""

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers


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


PROBLEM = _problem()
FAULTS = {400: PROBLEM, 401: PROBLEM, 403: PROBLEM, 404: PROBLEM}
