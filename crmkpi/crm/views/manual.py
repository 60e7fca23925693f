"""The chapter of the manual on bringing in data, written from the records there are."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.crm.ingest.mapping import KEYS
from crmkpi.crm.ingest.registry import RECORDS, Field, Kind, Record

WORDS = 12  # of a choice that are listed


@dataclass(frozen=True)
class FieldLine:
    """One field of a record as the manual lists it."""

    name: str
    kind: str
    is_required: bool
    help: str


@dataclass(frozen=True)
class Chapter:
    """One record with its fields."""

    record: Record
    fields: list[FieldLine]


@require_safe
def bring_data(request: ReaderRequest) -> HttpResponse:
    """Show how to bring in data: the steps, mappings, and every record with fields."""
    context = {
        "nav_active": "data",
        "crumbs": [(_("Data"), reverse("crm:data"))],
        "chapters": list(_chapters()),
        "mapping_keys": KEYS.items(),
    }
    return render(request, "crm/bring_data.html", context)


def _chapters() -> Iterator[Chapter]:
    for record in RECORDS.values():
        yield Chapter(record, [_line(field) for field in record.fields])


def _line(field: Field) -> FieldLine:
    return FieldLine(field.name, _kind(field), field.required, str(field.help))


def _kind(field: Field) -> str:
    """Return what a field holds, in words."""
    if field.kind is Kind.REFERENCE:
        return _("id or name of: %(record)s") % {"record": field.to}
    if field.kind is Kind.CHOICE:
        more = ", …" if len(field.words) > WORDS else ""
        words = ", ".join(field.words[:WORDS])
        return _("one of: %(words)s") % {"words": f"{words}{more}"}
    kinds = {
        Kind.TEXT: _("text"),
        Kind.WHOLE: _("whole number"),
        Kind.NUMBER: _("number"),
        Kind.MONEY: _("money"),
        Kind.YES_NO: _("yes or no"),
        Kind.DAY: _("day"),
        Kind.INSTANT: _("date and time"),
    }
    found = kinds[field.kind]
    return f"{found}, {field.unit}" if field.unit else found
