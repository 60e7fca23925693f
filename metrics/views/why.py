"""Why a number changed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from metrics.views.metric import crumbs_of, metric_or_404, picked_of
from metrics.why.page import why as read_why


@require_safe
def why(request: ReaderRequest, key: str) -> HttpResponse:
    """Show what moved a number: rows since it was computed, or members since a period.

    What is asked for and does not exist is passed over for the first there is.
    """
    metric, picked = metric_or_404(request, key), picked_of(request)
    found = read_why(
        metric,
        picked=picked,
        against=request.GET.get("against", ""),
        since=request.GET.get("since", ""),
        by=request.GET.get("by", ""),
        access=request.access,
        org=request.organisation,
        now=timezone.now(),
    )
    context = picked.as_context() | {
        "nav_active": "metrics",
        "metric": metric,
        "why": found,
        "crumbs": crumbs_of(metric, picked, inside=True),
        "title": _("Why did %(metric)s change?") % {"metric": metric.title},
    }
    return render(request, "metrics/why.html", context)
