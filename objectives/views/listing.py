"""The list of objectives, as a page and as a file."""

from collections.abc import Iterator
from decimal import Decimal

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.queries import today
from crmkpi.accounts.templatetags.shell import BADGES
from crmkpi.lib.tables import write_csv
from metrics.files import csv_headers
from objectives.forms import ObjectiveFilter
from objectives.lines import KeyResultLine
from objectives.models import Cycle
from objectives.queries.listing import (
    PER_PAGE,
    all_lines,
    listed,
    objectives_found,
)

CSV_HEADINGS = [
    "Objective",
    "Team",
    "Owner",
    "Cycle",
    "Key result",
    "Metric",
    "Scope",
    "Target",
    "Value",
    "Value up to",
    "Progress",
    "Expected",
    "Status",
    "Chance",
    "Weight",
]


@require_safe
def objective_list(request: ReaderRequest) -> HttpResponse:
    """Show the objectives that the reader may open, 25 on a page."""
    form = ObjectiveFilter(request.GET, access=request.access)
    wanted = form.wanted()
    status, sort = wanted.pop("status"), wanted.pop("sort")
    found = objectives_found(access=request.access, **wanted)
    page = Paginator(listed(found, status=status, sort=sort), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "nav_active": "objectives",
        "form": form,
        "page_obj": page,
        "sort": sort,
        "is_filtered": any(form.cleaned_data.get(name) for name in form.fields),
        "may_create": request.access.manages,
        "cycles_to_close": _cycles_to_close(request),
    }
    return render(request, "objectives/list.html", context)


@require_safe
def objective_csv(request: ReaderRequest) -> HttpResponseBase:
    """Send the key results of the same objectives, unpaged, as a file."""
    wanted = ObjectiveFilter(request.GET, access=request.access).wanted()
    status, sort = wanted.pop("status"), wanted.pop("sort")
    found = listed(
        objectives_found(access=request.access, **wanted), status=status, sort=sort
    )
    printed = all_lines(
        [line.objective for line in found],
        access=request.access,
        currency=request.organisation.currency,
    )
    return StreamingHttpResponse(
        write_csv(CSV_HEADINGS, _csv_rows(printed)),
        content_type="text/csv; charset=utf-8",
        headers=csv_headers("objectives", request.organisation),
    )


def _csv_rows(printed: Iterator[KeyResultLine]) -> Iterator[list[object]]:
    for line in printed:
        each, found = line.key_result, line.evaluation
        yield [
            each.objective.title,
            each.objective.team.name,
            str(each.objective.owner),
            each.objective.cycle.name,
            each.title,
            each.metric,
            line.scope_label,
            line.aim,
            _plain(found.value_closed if found else None),
            line.closed_date.isoformat() if line.closed_date else "",
            _plain(found.progress if found else None),
            _plain(found.expected if found else None),
            str(BADGES[line.status].word),
            "" if found is None or found.reach is None else f"{found.reach:.4f}",
            _plain(each.weight),
        ]


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _cycles_to_close(request: ReaderRequest) -> list[Cycle]:
    """Return cycles that are over and wait for those who manage the company."""
    if request.organisation.root_team_id not in request.access.managed_team_ids:
        return []
    day = today(timezone.now(), request.organisation)
    waiting = Cycle.objects.filter(state=Cycle.State.OPEN, end_day__lte=day)
    return list(waiting.order_by("end_day"))


def closing_text(cycle: Cycle, count: int) -> str:
    """Return what closing a cycle means."""
    return _(
        "All %(count)s objectives of %(cycle)s get their result from the figures as "
        "they are now. Figures that come later change nothing about it. This cannot "
        "be undone."
    ) % {"count": count, "cycle": cycle.name}
