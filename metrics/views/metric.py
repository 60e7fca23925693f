"""The page of a metric, and its values as a file."""

from collections.abc import Iterator
from typing import Any

from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_calendar
from crmkpi.lib.periods import from_day
from crmkpi.lib.tables import write_csv
from metrics import files, pickers
from metrics.advice import mark_read, mark_unread
from metrics.alerts.notes import notes_on
from metrics.catalog import FAMILIES, METRICS
from metrics.custom.definitions import FAMILY
from metrics.detail import detail as read_detail
from metrics.dimensions import Cut
from metrics.metric import Metric
from metrics.owners import may_name_owner, name_owner, possible_owners
from metrics.queries import UnknownMetric, Value, get_metric, read_value
from metrics.trends import Trend, trend
from metrics.wordings import other_wordings, with_breaks

LONGEST_KEY = 19  # digits of what a database takes for a key


def metric_or_404(request: ReaderRequest, key: str) -> Metric:
    """Return the metric of an address, if the reader may see it."""
    try:
        return get_metric(key, request.access)
    except UnknownMetric as error:
        raise Http404(str(error)) from error


def picked_of(request: ReaderRequest) -> pickers.Picked:
    """Return scope and period of a page of one number, all days among them."""
    return pickers.context(request, periods=(*pickers.PERIODS, pickers.ALL))


def crumbs_of(metric: Metric, picked: pickers.Picked, *, inside: bool) -> list[Any]:
    """Return the way to a metric's page, or to what is inside it."""
    library = f"{reverse('metrics:library')}?{picked.query}"
    found: list[Any] = [(_("Metrics"), library)]
    found.append((FAMILIES[metric.family], f"{library}#{metric.family}"))
    if inside:
        page = reverse("metrics:detail", kwargs={"key": metric.key})
        found.append((metric.title, f"{page}?{picked.query}"))
    return found


@require_safe
def detail(request: ReaderRequest, key: str) -> HttpResponse:
    """Show a metric of one scope and period: value, trend, split, definition, sum."""
    metric, picked = metric_or_404(request, key), picked_of(request)
    found = read_detail(
        metric,
        picked=picked,
        by=request.GET.get("by", ""),
        grain=request.GET.get("grain", ""),
        access=request.access,
        calendar=get_calendar(request.organisation),
        currency=request.organisation.currency,
        now=timezone.now(),
    )
    notes = notes_on(
        found.trend, metric=key, scope=picked.scope.key, access=request.access
    )
    chart = found.trend.chart(metric, request.organisation.currency)
    wordings = other_wordings(
        found.trend,
        metric=metric,
        scope=picked.scope.key,
        access=request.access,
        zone=request.organisation.zone,
    )
    chart.spec["marks"] = with_breaks(notes.marks, wordings)
    context = picked.as_context() | {
        "nav_active": "metrics",
        "crumbs": crumbs_of(metric, picked, inside=False),
        "notes": notes,
        "wordings": wordings,
        "trend_rows": notes.rows(found.trend),
        "today_date": from_day(request.access.day),
        "detail": found,
        "metric": metric,
        "chart": chart,
        "may_set_targets": request.access.manages,
        "team_slug": _team_slug(picked),
        "possible_owners": possible_owners(request.access)
        if may_name_owner(key, request.access)
        else (),
        "is_own": metric.family == FAMILY,
        "is_retired": metric.family == FAMILY and METRICS.own(key).is_retired,
    }
    return render(request, "metrics/detail.html", context)


def _team_slug(picked: pickers.Picked) -> str:
    """Return the team that is shown, as addresses name it; empty for other scopes."""
    if picked.scope.cut is not Cut.TEAM:
        return ""
    return picked.scope.text.removeprefix("team:")


@require_POST
def read(request: ReaderRequest, key: str) -> HttpResponse:
    """Remember, or forget, that the reader knows what moves a metric."""
    metric = metric_or_404(request, key)
    if request.POST.get("read") == "no":
        mark_unread(key=key, actor=request.user)
    else:
        mark_read(key=key, actor=request.user, now=timezone.now())
    page = reverse("metrics:detail", kwargs={"key": metric.key})
    query = request.POST.get("query", "")
    return redirect(f"{page}?{query}#advice" if query else f"{page}#advice")


@require_POST
def owner(request: ReaderRequest, key: str) -> HttpResponse:
    """Name who answers for a metric, or nobody."""
    metric = metric_or_404(request, key)
    chosen = request.POST.get("user", "")
    if chosen and not (chosen.isdecimal() and len(chosen) < LONGEST_KEY):
        return HttpResponseBadRequest(_("Choose a person."))
    name_owner(
        key=metric.key,
        user=get_object_or_404(User, pk=chosen) if chosen else None,
        actor=request.user,
        now=timezone.now(),
    )
    page = reverse("metrics:detail", kwargs={"key": metric.key})
    query = request.POST.get("query", "")
    return redirect(f"{page}?{query}#definition" if query else f"{page}#definition")


@require_safe
def detail_csv(request: ReaderRequest, key: str) -> HttpResponseBase:
    """Send the value and the periods of its trend as a file, the value first."""
    metric, picked = metric_or_404(request, key), picked_of(request)
    today, now = request.access.day, timezone.now()
    value = read_value(key, picked.scope, picked.period, today=today, now=now)
    drawn = trend(
        metric,
        scope=picked.scope,
        period=picked.period,
        asked=request.GET.get("grain", ""),
        calendar=get_calendar(request.organisation),
        currency=request.organisation.currency,
        today=today,
        now=now,
    )
    name = slugify(f"{key}-{picked.scope.label}-{picked.period_label}")
    return StreamingHttpResponse(
        write_csv(files.HEADINGS, _lines(metric, picked, value, drawn)),
        content_type="text/csv; charset=utf-8",
        headers=files.csv_headers(name, request.organisation),
    )


def _lines(
    metric: Metric, picked: pickers.Picked, value: Value, drawn: Trend
) -> Iterator[list[Any]]:
    yield files.line(metric, picked.scope, value)
    for point in drawn.points:
        yield files.line(metric, picked.scope, point.value)
