"""The chapter of the manual on databases: when one is outgrown, and what helps."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from metrics.measures import AXES


@require_safe
def engines(request: ReaderRequest) -> HttpResponse:
    """Show when to move figures to another database and what it costs."""
    context = {
        "nav_active": "metrics",
        "crumbs": [(_("Metrics"), reverse("metrics:library"))],
        "axes": len(AXES),
        "queries": sum(len(axis.leaf_cuts()) for axis in AXES.values()),
    }
    return render(request, "metrics/engines.html", context)
