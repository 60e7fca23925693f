"""Answers that were given elsewhere, from a file on the page, in two steps."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crmkpi.accounts.http import ReaderRequest
from crmkpi.crm.ingest.files import Imported, import_file
from crmkpi.crm.ingest.headings import Column, columns_of
from crmkpi.crm.ingest.mapping import MappingError, parse_mapping
from crmkpi.crm.uploads import packed, put_aside, unpacked
from crmkpi.lib.tables import TableError
from surveys.past_forms import CHECK, GOOD, PastColumnsForm, PastFileForm
from surveys.records import RESPONSE, may_bring

ERRORS_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def past_answers(request: ReaderRequest) -> HttpResponse:
    """Take a file, ask what its columns hold, then check it or take it.

    Each row that is wrong is named with its reason.
    """
    if not may_bring(request.access):
        raise PermissionDenied
    if request.method != "POST":
        return _ask_file(request, PastFileForm())
    if "table" in request.POST:
        return _take(request)
    form = PastFileForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            return _ask_columns(
                request,
                PastColumnsForm(
                    columns=_columns(given["file"]),
                    told=form.told(),
                    initial={
                        "table": packed(given["file"]),
                        "file_name": given["file"].name,
                        "source": given["source"],
                    },
                ),
            )
        except MappingError as error:
            form.add_error("mapping", str(error))
        except TableError as error:
            form.add_error("file", str(error))
    return _ask_file(request, form)


def _take(request: ReaderRequest) -> HttpResponse:
    """Check or take the file that came along with what its columns hold."""
    try:
        sent = unpacked(request.POST["table"], name=request.POST.get("file_name", ""))
        columns = _columns(sent)
    except TableError as error:
        again = PastFileForm(request.POST)
        again.errors.pop("file", None)
        again.add_error("file", str(error))
        return _ask_file(request, again)
    form = PastColumnsForm(request.POST, columns=columns, told={})
    checked: Imported | None = None
    if form.is_valid():
        try:
            checked = _import(request, form, sent)
        except (MappingError, TableError) as error:
            form.add_error(None, str(error))
        else:
            if checked.run is not None:
                return redirect("crm:import", pk=checked.run.pk)
    return _ask_columns(request, form, checked)


def _ask_file(request: ReaderRequest, form: PastFileForm) -> HttpResponse:
    return _render(request, "surveys/past_answers.html", form)


def _ask_columns(
    request: ReaderRequest, form: PastColumnsForm, checked: Imported | None = None
) -> HttpResponse:
    return _render(
        request,
        "surveys/past_columns.html",
        form,
        checked=checked,
        errors=checked.outcome.refused[:ERRORS_SHOWN] if checked else [],
    )


def _render(
    request: ReaderRequest,
    template: str,
    form: PastFileForm | PastColumnsForm,
    **context: Any,
) -> HttpResponse:
    context |= {
        "nav_active": "surveys",
        "crumbs": [(_("Surveys"), reverse("surveys:list"))],
        "form": form,
        "fields": RESPONSE.fields,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _columns(sent: UploadedFile) -> list[Column]:
    with put_aside(sent, prefix="answers") as path:
        return columns_of(path)


def _import(
    request: ReaderRequest, form: PastColumnsForm, sent: UploadedFile
) -> Imported:
    data, take = form.mapping_data(), form.cleaned_data["take"]
    with put_aside(sent, prefix="answers") as path:
        return import_file(
            path,
            record=RESPONSE,
            source=form.cleaned_data["source"],
            mapping=parse_mapping(data, RESPONSE),
            mapping_data=data,
            now=timezone.now(),
            clock=timezone.now,
            actor=request.user,
            dry_run=take == CHECK,
            partial=take == GOOD,
        )
