"""What is held about one person, for administrators: look, save, erase."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.views.administrators import administrators_only
from surveys.queries.person import person_as_json
from surveys.services.erasure import Held, erase_person, held_by_address
from surveys.services.errors import BadSurvey


class PersonForm(forms.Form):
    """Whom it is about; sent by POST, so that no log holds the address."""

    address = forms.EmailField(label=gettext_lazy("E-mail address of the person"))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def person(request: ReaderRequest) -> HttpResponse:
    """Find what is held under an address, save it as a file, or erase it."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    held: Held | None = None
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"]
        try:
            held = held_by_address(address)
        except BadSurvey as error:
            form.add_error("address", str(error))
        else:
            act = request.POST.get("act", "")
            if act == "export":
                return _file(request, held)
            if act == "erase":
                erased = erase_person(address, actor=request.user, now=timezone.now())
                messages.success(request, erased.sentence)
                messages.info(request, _("No figure changed, and no mail goes there."))
                return redirect("surveys:erasures")
    context: dict[str, Any] = {
        "nav_active": "settings",
        "crumbs": [
            (_("Settings"), reverse("accounts:settings")),
            (_("Wishes to be forgotten"), reverse("surveys:erasures")),
        ],
        "form": form,
        "held": held,
        "contacts": held.contacts[:20] if held else [],
        "customers": held.customers if held else [],
        "n_invitations": held.invitations.count() if held else 0,
        "n_responses": held.responses.count() if held else 0,
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/person.html", context, status=status)


def _file(request: ReaderRequest, held: Held) -> HttpResponse:
    write_event(
        "survey.person_exported",
        subject="a person by address",
        actor=request.user,
        now=timezone.now(),
        responses=held.responses.count(),
    )
    return HttpResponse(
        json.dumps(person_as_json(held), ensure_ascii=False, indent=2),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="person.json"'},
    )
