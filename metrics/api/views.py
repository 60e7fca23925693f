"""Metrics for other systems: the catalogue, a value, a series of values."""

from typing import cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crmkpi.accounts.api.shapes import FAULTS, PROBLEM
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import ApiKey
from crmkpi.accounts.queries import get_calendar
from crmkpi.lib.periods import Period, day_start
from metrics import queries, results
from metrics.api import shapes
from metrics.api.asked import (
    GRAINS,
    asked_choice,
    asked_grain,
    asked_metric,
    asked_page,
    asked_period,
    asked_periods,
    asked_scope,
    asked_since,
    asked_stat,
    only,
)
from metrics.behind import Part
from metrics.catalog import METRICS
from metrics.engine import versions
from metrics.engine.spans import calendar_period
from metrics.passports import passport
from metrics.row_lists import kind_of, plain_page, row_list
from metrics.tallies import tallied
from metrics.why.earlier import earlier_computations, revised
from metrics.why.explain import Asked, explain
from metrics.why.results import changes_as_json


class MetricsView(APIView):
    """What people who signed in may read, and keys with the scope metrics:read."""

    required_scope = ApiKey.Scope.READ_METRICS


class MetricList(MetricsView):
    @extend_schema(
        operation_id="metrics_list",
        summary="All metrics of the catalogue",
        responses={200: shapes.METRICS, 401: PROBLEM},
    )
    def get(self, request: Request) -> Response:
        only(request, ())
        readable = METRICS.readable(_reader(request).access)
        numbers = {key: row.number for key, row in versions.current_versions().items()}
        return Response(
            [
                results.metric_as_json(metric, version=numbers.get(key, 0))
                for key, metric in readable.items()
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
        metric = asked_metric(key, reader.access)
        scope = asked_scope(request, reader.access)
        period = asked_period(request)
        stat = asked_stat(request, metric)
        today, now = reader.access.day, timezone.now()
        value = queries.read_value(key, scope, period, today=today, now=now)
        left_out = queries.exclusions(key, scope.key, period, today=today)
        wanted = (key, scope.key, _named(reader, period))
        moved = revised([wanted]).get(wanted)
        return Response(
            results.as_json(value, scope, period, left_out, stat=stat, revised=moved)
        )


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
        metric = asked_metric(key, reader.access)
        scope = asked_scope(request, reader.access)
        grain = asked_grain(request)
        calendar = get_calendar(reader.organisation)
        periods = asked_periods(request, calendar, GRAINS[grain])
        asked = [(key, scope.key, period) for period in periods]
        found = queries.read_values(asked, today=reader.access.day, now=timezone.now())
        values = [found[each] for each in asked]
        return Response(
            results.series_as_json(metric, scope, grain, values, revised(asked))
        )


class MetricPassport(MetricsView):
    @extend_schema(
        operation_id="metric_passport",
        summary="How the value of a metric adds up",
        description="Rows found, less those left out by each rule, less those too "
        "recent, and what stands above and below the line.",
        parameters=[shapes.SCOPE, shapes.FROM, shapes.TO],
        responses={200: shapes.PASSPORT} | FAULTS,
    )
    def get(self, request: Request, key: str) -> Response:
        only(request, ("scope", "from", "to"))
        reader = _reader(request)
        metric = asked_metric(key, reader.access)
        scope = asked_scope(request, reader.access)
        found = passport(
            metric.key,
            scope=scope,
            period=asked_period(request),
            access=reader.access,
            today=reader.access.day,
            now=timezone.now(),
        )
        return Response(results.passport_as_json(found))


class MetricRows(MetricsView):
    @extend_schema(
        operation_id="metric_rows",
        summary="The rows behind a value",
        description="One kind and part of them, 50 on a page, newest first; adds and "
        "counts say what a row adds above and below the line.",
        parameters=[
            shapes.SCOPE,
            shapes.FROM,
            shapes.TO,
            shapes.PART,
            shapes.KIND,
            shapes.PAGE,
        ],
        responses={200: shapes.ROWS} | FAULTS,
    )
    def get(self, request: Request, key: str) -> Response:
        only(request, ("scope", "from", "to", "part", "kind", "page"))
        reader = _reader(request)
        access = reader.access
        metric = asked_metric(key, access)
        scope, period = asked_scope(request, access), asked_period(request)
        counted = tallied(metric, scope.key, period, access=access, today=access.day)
        kind = asked_choice(request, "kind", [kind_of(each.rows) for each in counted])
        found = row_list(
            metric,
            counted,
            access=access,
            part=asked_choice(request, "part", [each.value for each in Part]),
            kind=kind,
        )
        if found is None:
            raise NotFound(NO_ROWS % {"metric": metric.key})
        page = asked_page(request, found.count)
        rows = plain_page(found, page, reader.organisation)
        return Response(results.rows_as_json(metric, scope, period, found, page, rows))


class MetricChanges(MetricsView):
    @extend_schema(
        operation_id="metric_changes",
        summary="Why a value changed",
        description="Since a day, or without one since the latest earlier computation "
        "of a closed period that moved. The parts add up to the change, each with the "
        "rows that you may open, 50 at most. Without either there are no parts.",
        parameters=[shapes.SCOPE, shapes.FROM, shapes.TO, shapes.SINCE],
        responses={200: shapes.CHANGES} | FAULTS,
    )
    def get(self, request: Request, key: str) -> Response:
        only(request, ("scope", "from", "to", "since"))
        reader = _reader(request)
        access, org = reader.access, reader.organisation
        metric = asked_metric(key, access)
        scope = asked_scope(request, access)
        period = _named(reader, asked_period(request))
        earlier = earlier_computations(metric.key, scope.key, period)
        since = asked_since(request, access.day)
        found = None
        if since is not None or earlier:
            start = day_start(since, org.zone) if since is not None else None
            asked = Asked(
                metric, scope.key, period, access.day, get_calendar(org), org.zone
            )
            found = explain(
                asked,
                since=start or earlier[0].since,
                earlier=None if start else earlier[0],
            )
        return Response(
            changes_as_json(metric, scope, period, found, earlier, access, org)
        )


def _named(reader: ReaderRequest, period: Period | None) -> Period | None:
    """Return the calendar's own period of these days, where they are one."""
    if period is None:
        return None
    calendar = get_calendar(reader.organisation)
    return calendar_period(period.start, period.end, calendar)


NO_ROWS = _("%(metric)s has no rows of its own; its passport names what it is made of.")


def _reader(request: Request) -> ReaderRequest:
    """Return the request that carries the rights of the person or key."""
    return cast(ReaderRequest, request._request)
