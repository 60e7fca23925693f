"""How a number came about, and the rows behind it."""

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.lib.tables import write_csv
from metrics import pickers
from metrics.metric import Metric
from metrics.passports import passport as read_passport
from metrics.row_lists import (
    NEWEST,
    OLDEST,
    RowList,
    file_of,
    headings,
    page_of,
    row_list,
)
from metrics.tallies import Tallied, tallied
from metrics.views.metric import crumbs_of, metric_or_404, picked_of


@require_safe
def passport(request: ReaderRequest, key: str) -> HttpResponse:
    """Show how a number came about: as a page, or for a popover the passport alone."""
    metric, picked = metric_or_404(request, key), picked_of(request)
    context = {
        "passport": read_passport(
            key,
            scope=picked.scope,
            period=picked.period,
            access=request.access,
            today=request.access.day,
            now=timezone.now(),
        )
    }
    if request.headers.get("HX-Request"):
        response = render(request, "metrics/passport.html", context)
    else:
        context |= picked.as_context() | {
            "nav_active": "metrics",
            "metric": metric,
            "crumbs": crumbs_of(metric, picked, inside=True),
        }
        response = render(request, "metrics/passport_page.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def rows(request: ReaderRequest, key: str) -> HttpResponse:
    """Show the rows behind a number, 50 on a page."""
    metric, picked = metric_or_404(request, key), picked_of(request)
    counted = _tallied(request, metric, picked)
    found = _found(request, metric, counted)
    context = picked.as_context() | {
        "nav_active": "metrics",
        "crumbs": crumbs_of(metric, picked, inside=True),
        "metric": metric,
        "passport": read_passport(
            key,
            scope=picked.scope,
            period=picked.period,
            access=request.access,
            today=request.access.day,
            now=timezone.now(),
            rows=counted,
        ),
        "found": found,
        "is_oldest_first": _order(request) == OLDEST,
    }
    if found is not None:
        context["page_obj"] = page_of(
            found, request.GET.get("page"), request.organisation
        )
    return render(request, "metrics/rows.html", context)


@require_safe
def rows_csv(request: ReaderRequest, key: str) -> HttpResponseBase:
    """Send the same rows, all of them, as a file."""
    metric, picked = metric_or_404(request, key), picked_of(request)
    found = _found(request, metric, _tallied(request, metric, picked))
    if found is None:
        raise Http404(_("This number has no rows of its own."))
    name = slugify(f"{key}-rows-{picked.scope.label}-{picked.period_label}")
    return StreamingHttpResponse(
        write_csv(headings(found), file_of(found, request.organisation)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _tallied(
    request: ReaderRequest, metric: Metric, picked: pickers.Picked
) -> list[Tallied]:
    access = request.access
    return tallied(
        metric, picked.scope.key, picked.period, access=access, today=access.day
    )


def _found(
    request: ReaderRequest, metric: Metric, counted: list[Tallied]
) -> RowList | None:
    return row_list(
        metric,
        counted,
        access=request.access,
        part=request.GET.get("part", ""),
        kind=request.GET.get("kind", ""),
        order=_order(request),
    )


def _order(request: ReaderRequest) -> str:
    return OLDEST if request.GET.get("sort") == OLDEST else NEWEST
