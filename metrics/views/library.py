"""The library of metrics and the chapter of the manual that defines them."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.queries import get_calendar
from crmkpi.lib.tables import write_csv
from metrics import files, pickers
from metrics.engine.once import reading
from metrics.library import Family, definitions
from metrics.library import library as read_library
from metrics.scopes import Scope

LONGEST_SEARCH = 100


@require_safe
def library(request: ReaderRequest) -> HttpResponse:
    """Show every metric by family with its latest value, or those that a search finds.

    Readers without figures get the definitions.
    """
    text = request.GET.get("q", "")[:LONGEST_SEARCH].strip()
    context: dict[str, Any] = {"nav_active": "metrics", "text": text}
    name = request.organisation.name
    home = pickers.home_scope(request.access, company_name=name)
    if home is None:
        context["families"] = definitions(request.access, text)
    else:
        picked = _picked(request, home)
        context |= picked.as_context()
        context["families"] = _families(request, picked, text)
    context["may_make"] = request.access.manages
    context["count"] = sum(len(family.entries) for family in context["families"])
    return render(request, "metrics/library.html", context)


@require_safe
def library_csv(request: ReaderRequest) -> HttpResponseBase:
    """Send the values of the library as a file."""
    picked = _picked(request)
    families = _families(request, picked, request.GET.get("q", "")[:LONGEST_SEARCH])
    return StreamingHttpResponse(
        write_csv(files.HEADINGS, _lines(families, picked)),
        content_type="text/csv; charset=utf-8",
        headers=files.csv_headers("metrics", request.organisation),
    )


@require_safe
def manual(request: ReaderRequest) -> HttpResponse:
    """Show how every metric is defined."""
    context = {"nav_active": "metrics", "families": definitions(request.access)}
    with reading():  # which dimensions are in use, asked for each metric
        return render(request, "metrics/manual.html", context)


def _picked(request: ReaderRequest, home: Scope | None = None) -> pickers.Picked:
    periods = (*pickers.PERIODS, pickers.ALL)
    return pickers.context(request, default_scope=home, periods=periods)


def _families(
    request: ReaderRequest, picked: pickers.Picked, text: str
) -> list[Family]:
    return read_library(
        access=request.access,
        scope=picked.scope,
        period=picked.period,
        text=text,
        calendar=get_calendar(request.organisation),
        currency=request.organisation.currency,
        today=request.access.day,
        now=timezone.now(),
    )


def _lines(families: list[Family], picked: pickers.Picked) -> Iterator[list[Any]]:
    for family in families:
        for entry in family.entries:
            if entry.value is not None:
                yield files.line(entry.metric, picked.scope, entry.value)
