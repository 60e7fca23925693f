"""What holds across all surveys: the second clock, and who is not asked at all."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crmkpi.accounts.http import ReaderRequest
from surveys.models import Suppression
from surveys.sending import services
from surveys.sending.clocks import rest_days
from surveys.sending.forms import LimitsForm, SuppressForm, may_limit
from surveys.sending.queries import suppressions
from surveys.services.errors import BadSurvey


@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: ReaderRequest) -> HttpResponse:
    """Show who is not asked; add an address, or change the days of rest."""
    _only_managers(request)
    limits_form = LimitsForm(initial={"rest_days": rest_days()})
    address_form = SuppressForm()
    if request.method == "POST" and "rest_days" in request.POST:
        limits_form = LimitsForm(request.POST)
        if not may_limit(request.access, request.organisation.root_team_id):
            raise PermissionDenied
        if limits_form.is_valid():
            services.change_limits(
                rest_days=limits_form.cleaned_data["rest_days"],
                actor=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("Saved. It holds from the next mail on."))
            return redirect("surveys:limits")
    elif request.method == "POST":
        address_form = SuppressForm(request.POST)
        if address_form.is_valid():
            services.suppress_by_hand(
                address_form.cleaned_data["address"],
                actor=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("This address gets no surveys any more."))
            return redirect("surveys:limits")
    return _page(request, limits_form, address_form)


@require_POST
def suppression_release(request: ReaderRequest, pk: int) -> HttpResponse:
    """Let an address get surveys again."""
    _only_managers(request)
    suppression = get_object_or_404(Suppression, pk=pk)
    try:
        services.release(suppression, actor=request.user, now=timezone.now())
    except BadSurvey as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("This address may get surveys again."))
    return redirect("surveys:limits")


def _page(
    request: ReaderRequest, limits_form: LimitsForm, address_form: SuppressForm
) -> HttpResponse:
    text = request.GET.get("q", "")[:254]
    page, lines = suppressions(
        access=request.access,
        now=timezone.now(),
        text=text,
        number=request.GET.get("page"),
    )
    context = {
        "nav_active": "surveys",
        "crumbs": [(_("Surveys"), reverse("surveys:list"))],
        "limits_form": limits_form,
        "address_form": address_form,
        "may_limit": may_limit(request.access, request.organisation.root_team_id),
        "rest_days": rest_days(),
        "page_obj": page,
        "lines": lines,
        "text": text,
        "zone": request.organisation.zone,
    }
    status = 422 if limits_form.errors or address_form.errors else 200
    return render(request, "surveys/sending/limits.html", context, status=status)


def _only_managers(request: ReaderRequest) -> None:
    access = request.access
    if not access.manages and not may_limit(access, request.organisation.root_team_id):
        raise PermissionDenied
