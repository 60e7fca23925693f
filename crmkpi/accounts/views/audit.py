"""Who did what to people, settings and keys."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.forms import AuditFilter
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.queries.audit import audit_lines, events
from crmkpi.accounts.views.administrators import administrators_only

PER_PAGE = 50


@require_safe
@administrators_only
def audit(request: ReaderRequest) -> HttpResponse:
    """Show the audit log, latest first, 50 on a page."""
    form = AuditFilter(request.GET)
    found = events(**form.wanted())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav_active": "settings",
        "crumbs": [(_("Settings"), reverse("accounts:settings"))],
        "form": form,
        "page_obj": page,
        "lines": audit_lines(page.object_list),
        "zone": request.organisation.zone,
        "heading": _("Audit log"),
    }
    return render(request, "accounts/audit.html", context)
