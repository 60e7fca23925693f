"""The data page: how fresh the sources are, and what imports came to."""

import json
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.queries.recalculation import may_recalculate
from crmkpi.crm.forms import ImportsFilter
from crmkpi.crm.ingest.registry import RECORDS, Words
from crmkpi.crm.models import ImportRun
from crmkpi.crm.queries.figures import may_read_figures
from crmkpi.crm.queries.sources import (
    imports,
    imports_page,
    may_see_imports,
    record_counts,
    sources,
)
from crmkpi.crm.views.files import csv_file


@require_safe
def data(request: ReaderRequest) -> HttpResponse:
    """Show every source with its last success and, to those who may, its imports."""
    context: dict[str, Any] = {
        "nav_active": "data",
        "may_read_figures": may_read_figures(request.access),
        "may_recalculate": may_recalculate(request.access, request.organisation),
        "sources": sources(access=request.access, now=timezone.now()),
    }
    if may_see_imports(request.access):
        form = ImportsFilter(request.GET)
        page = imports_page(imports(**form.wanted()), number=request.GET.get("page"))
        context |= {
            "may_see_imports": True,
            "counts": record_counts(),
            "form": form,
            "page_obj": page,
            "lines": [(run, label_of(run.record)) for run in page],
            "is_filtered": any(form.cleaned_data.values()),
        }
    return render(request, "crm/data.html", context)


@require_safe
def import_detail(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show what one import came to and why rows were refused."""
    run = _visible(request, pk)
    context = {
        "nav_active": "data",
        "crumbs": [(_("Data"), reverse("crm:data"))],
        "run": run,
        "record": label_of(run.record),
        "mapping": json.dumps(run.mapping, indent=2, ensure_ascii=False)
        if run.mapping
        else "",
    }
    return render(request, "crm/import.html", context)


def label_of(record: str) -> Words:
    """Return what people call a kind of record, its key when it is no more."""
    found = RECORDS.get(record)
    return found.label if found else record


@require_safe
def import_errors_csv(request: ReaderRequest, pk: int) -> HttpResponseBase:
    """Send the refused cells as a file."""
    run = _visible(request, pk)
    headings = [_("Row"), _("Column"), _("Value"), _("Reason")]
    keys = ("row", "column", "value", "reason")
    rows = ([error.get(key) for key in keys] for error in run.errors)
    return csv_file(f"import-{run.pk}-errors.csv", headings, rows)


def _visible(request: ReaderRequest, pk: int) -> ImportRun:
    if not may_see_imports(request.access):
        raise Http404
    return get_object_or_404(imports(), pk=pk)
