"""Wishes to be forgotten, for administrators: look at each, then erase or decline."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.views.administrators import administrators_only
from surveys.models import ErasureRequest
from surveys.services import erasure
from surveys.services.errors import BadSurvey

PER_PAGE = 50


class DeclineForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why nothing is erased"), max_length=300, required=False
    )


@require_safe
@administrators_only
def erasures(request: ReaderRequest) -> HttpResponse:
    """Show who wants to be forgotten, open wishes first."""
    rows = _requests().order_by(F("closed_at").desc(nulls_first=True), "requested_at")
    context = {
        "nav_active": "settings",
        "crumbs": _crumbs()[:1],
        "zone": request.organisation.zone,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "surveys/erasures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def erasure_detail(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show what would be erased; do it, or decline with a reason."""
    wish = get_object_or_404(_requests(), pk=pk)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _deal_with(request, wish, form)
        except BadSurvey as error:
            field = error.field if error.field in form.fields else None
            form.add_error(field, str(error))
        else:
            return redirect("surveys:erasures")
    held = erasure.held_of(wish)
    context = {
        "nav_active": "settings",
        "crumbs": _crumbs(),
        "zone": request.organisation.zone,
        "wish": wish,
        "is_open": wish.state == ErasureRequest.State.OPEN,
        "contacts": held.contacts[:20],
        "customers": held.customers,
        "n_invitations": held.invitations.count(),
        "n_responses": held.responses.count(),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/erasure.html", context, status=status)


def _deal_with(request: ReaderRequest, wish: ErasureRequest, form: DeclineForm) -> None:
    actor, now = request.user, timezone.now()
    if request.POST.get("act") == "decline":
        erasure.decline(wish, note=form.cleaned_data["note"], actor=actor, now=now)
        messages.success(request, _("Declined; nothing was erased."))
    elif request.POST.get("act") == "erase":
        erased = erasure.carry_out(wish, actor=actor, now=now)
        messages.success(request, erased.sentence)
        messages.info(request, _("Scores and counts stay, without a name."))
    else:
        raise BadSurvey(_("Choose whether to erase or to decline."))


def _requests() -> QuerySet[ErasureRequest]:
    return ErasureRequest.objects.select_related(
        "invitation__survey", "invitation__contact", "response__survey", "closed_by"
    )


def _crumbs() -> list[tuple[str, str]]:
    return [
        (_("Settings"), reverse("accounts:settings")),
        (_("Wishes to be forgotten"), reverse("surveys:erasures")),
    ]
