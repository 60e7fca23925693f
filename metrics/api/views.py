"""Metrics for other systems: the catalogue, a value, a series of values."""

from typing import cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import ApiKey
from crmkpi.accounts.queries import get_calendar
from metrics import queries, results
from metrics.api import shapes
from metrics.api.asked import (
    GRAINS,
    asked_grain,
    asked_metric,
    asked_period,
    asked_periods,
    asked_scope,
    asked_stat,
    only,
)
from metrics.catalog import METRICS
from metrics.engine import versions

FAULTS = {
    400: shapes.PROBLEM,
    401: shapes.PROBLEM,
    403: shapes.PROBLEM,
    404: shapes.PROBLEM,
}


class MetricsView(APIView):
    """What people who signed in may read, and keys with the scope metrics:read."""

    required_scope = ApiKey.Scope.READ_METRICS


class MetricList(MetricsView):
    @extend_schema(
        operation_id="metrics_list",
        summary="All metrics of the catalogue",
        responses={200: shapes.METRICS, 401: shapes.PROBLEM},
    )
    def get(self, request: Request) -> Response:
        only(request, ())
        numbers = {key: row.number for key, row in versions.current_versions().items()}
        return Response(
            [
                results.metric_as_json(metric, version=numbers.get(key, 0))
                for key, metric in METRICS.items()
            ]
        )


class MetricValue(MetricsView):
    @extend_schema(
        operation_id="metric_value",
        summary="The value of a metric",
        parameters=[shapes.SCOPE, shapes.FROM, shapes.TO, shapes.STAT],
        responses={200: shapes.VALUE} | FAULTS,
    )
    def get(self, request: Request, key: str) -> Response:
        only(request, ("scope", "from", "to", "stat"))
        reader = _reader(request)
        metric = asked_metric(key)
        scope = asked_scope(request, reader.access)
        period = asked_period(request)
        stat = asked_stat(request, metric)
        today, now = reader.access.day, timezone.now()
        value = queries.read_value(key, scope, period, today=today, now=now)
        left_out = queries.exclusions(key, scope.key, period, today=today)
        return Response(results.as_json(value, scope, period, left_out, stat=stat))


class MetricSeries(MetricsView):
    @extend_schema(
        operation_id="metric_series",
        summary="The values of a metric, period by period",
        description="Every period of the grain that touches the days asked for, whole. "
        "Five years and 400 periods are the most.",
        parameters=[
            shapes.SCOPE,
            shapes.GRAIN,
            shapes.NEEDED_FROM,
            shapes.NEEDED_TO,
        ],
        responses={200: shapes.SERIES} | FAULTS,
    )
    def get(self, request: Request, key: str) -> Response:
        only(request, ("scope", "grain", "from", "to"))
        reader = _reader(request)
        metric = asked_metric(key)
        scope = asked_scope(request, reader.access)
        grain = asked_grain(request)
        calendar = get_calendar(reader.organisation)
        periods = asked_periods(request, calendar, GRAINS[grain])
        asked = [(key, scope.key, period) for period in periods]
        found = queries.read_values(asked, today=reader.access.day, now=timezone.now())
        values = [found[each] for each in asked]
        return Response(results.series_as_json(metric, scope, grain, values))


def _reader(request: Request) -> ReaderRequest:
    """Return the request that carries the rights of the person or key."""
    return cast(ReaderRequest, request._request)
