"""Answers that were given elsewhere, from a file on the page."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crmkpi.accounts.http import ReaderRequest
from crmkpi.crm.ingest.files import Imported, import_file
from crmkpi.crm.ingest.mapping import MappingError, parse_mapping, read_json
from crmkpi.crm.ingest.services import slug_of
from crmkpi.crm.models import Source
from crmkpi.crm.uploads import TableFileForm, put_aside
from crmkpi.lib.tables import TableError
from surveys.records import RESPONSE, may_bring

ERRORS_SHOWN = 100
CHECK, ALL, GOOD = "check", "all", "good"


class PastAnswersForm(TableFileForm):
    """A file with one answer in each row, and whose ids they have."""

    source = forms.CharField(
        label=gettext_lazy("System they come from"),
        max_length=64,
        help_text=gettext_lazy(
            "The ids in the file are known by it: write it the same next time."
        ),
    )
    columns = forms.CharField(
        label=gettext_lazy("Mapping"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(
            attrs={"rows": 4, "class": "mono", "spellcheck": "false"}
        ),
        help_text=gettext_lazy(
            'Which heading is which field, such as {"columns": {"Note": "score"}}. '
            "Blank: headings are the names of fields, or as the last file of this "
            "system was read."
        ),
    )
    take = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[
            (CHECK, gettext_lazy("Check only, write nothing")),
            (ALL, gettext_lazy("Take all rows, or none if one is wrong")),
            (GOOD, gettext_lazy("Take the good rows, refuse the others")),
        ],
        initial=CHECK,
        widget=forms.RadioSelect,
    )
    field_order = ("file", "source", "date_order", "columns", "take")

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"]
        try:
            slug_of(source)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return source

    def mapping_data(self) -> Any:
        """Return how the file is read, as a mapping says it; call it after is_valid.

        Raises: MappingError for a text that is no JSON.
        """
        given = self.cleaned_data
        if given["columns"].strip():
            told = read_json(given["columns"])
        else:
            known = Source.objects.filter(slug=slug_of(given["source"])).first()
            told = known.mapping.get(RESPONSE.name, {}) if known else {}
        written = {"date_order": given["date_order"]}
        return written | told if isinstance(told, dict) else told


@require_http_methods(["GET", "HEAD", "POST"])
def past_answers(request: ReaderRequest) -> HttpResponse:
    """Check a file of past answers or take it; say of each row what is wrong."""
    if not may_bring(request.access):
        raise PermissionDenied
    is_posted = request.method == "POST"
    form = PastAnswersForm(*((request.POST, request.FILES) if is_posted else ()))
    checked: Imported | None = None
    if is_posted and form.is_valid():
        try:
            checked = _import(request, form)
        except MappingError as error:
            form.add_error("columns", str(error))
        except TableError as error:
            form.add_error("file", str(error))
        else:
            if checked.run is not None:
                return redirect("crm:import", pk=checked.run.pk)
    context = {
        "nav_active": "surveys",
        "crumbs": [(_("Surveys"), reverse("surveys:list"))],
        "form": form,
        "fields": RESPONSE.fields,
        "checked": checked,
        "errors": checked.outcome.refused[:ERRORS_SHOWN] if checked else [],
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/past_answers.html", context, status=status)


def _import(request: ReaderRequest, form: PastAnswersForm) -> Imported:
    data, take = form.mapping_data(), form.cleaned_data["take"]
    with put_aside(form.cleaned_data["file"], prefix="answers") as path:
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
