"""All figures anew: how far it is, and the wish for it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crmkpi.accounts import services
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.queries.recalculation import (
    last_recalculation,
    last_recalculations,
    may_recalculate,
)


@require_safe
def recalculation(request: ReaderRequest) -> HttpResponse:
    """Show the latest recalculations and how far the last one is."""
    _admit(request)
    return _page(request)


@require_safe
def recalculation_progress(request: ReaderRequest) -> HttpResponseBase:
    """Send how far the last recalculation is; nothing (304) while that is the same.

    `said` is what the page has told aloud: it is told again only when that differs.
    """
    _admit(request)
    found = last_recalculation()
    tag = found.etag if found else '"none"'
    response = get_conditional_response(request, tag)
    if response is None:
        context = {
            "recalculation": found,
            "is_news": found is not None and request.GET.get("said") != found.said,
        }
        response = render(request, "accounts/recalculation_progress.html", context)
        response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def rebuild(request: ReaderRequest) -> HttpResponse:
    """Ask first, then have all figures computed again from the rows."""
    _admit(request)
    if request.method == "POST":
        try:
            services.ask_for_rebuild(actor=request.user, now=timezone.now())
        except services.RecalculationRunning as error:
            return _page(request, refused=str(error), status=409)
        return redirect("accounts:recalculation")
    return _ask_first(
        request,
        heading=_("Compute all figures again from the rows?"),
        text=_(
            "This takes as long as the first computation did and keeps a worker busy. "
            "Pages go on showing the figures there are; nothing is lost."
        ),
        button=_("Rebuild all figures"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: ReaderRequest) -> HttpResponse:
    """Ask first, then stop the recalculation under way."""
    _admit(request)
    if request.method == "POST":
        try:
            services.stop_recalculation(actor=request.user, now=timezone.now())
        except services.Refused as error:
            return _page(request, refused=str(error), status=409)
        return redirect("accounts:recalculation")
    return _ask_first(
        request,
        heading=_("Stop the recalculation?"),
        text=_(
            "Settings stay as they are, and figures go on following their rows. What "
            "has been computed again stays so. You can ask for it anew at any time."
        ),
        button=_("Stop the recalculation"),
    )


def _ask_first(
    request: ReaderRequest, *, heading: str, text: str, button: str
) -> HttpResponse:
    """Show what an act means, with the button that does it and a way back."""
    here = reverse("accounts:recalculation")
    context = {
        "nav_active": _nav(request),
        "crumbs": [*_crumbs(request), (_("Recalculation"), here)],
        "heading": heading,
        "text": text,
        "button": button,
        "back": here,
    }
    return render(request, "accounts/confirm.html", context)


def _page(
    request: ReaderRequest, *, refused: str = "", status: int = 200
) -> HttpResponse:
    found = last_recalculations()
    context = {
        "nav_active": _nav(request),
        "crumbs": _crumbs(request),
        "recalculation": found[0] if found else None,
        "earlier": found,
        "refused": refused,
    }
    return render(request, "accounts/recalculation.html", context, status=status)


def _admit(request: ReaderRequest) -> None:
    if not may_recalculate(request.access, request.organisation):
        raise PermissionDenied


def _nav(request: ReaderRequest) -> str:
    return "settings" if request.user.is_administrator else "data"


def _crumbs(request: ReaderRequest) -> list[tuple[str, str]]:
    if request.user.is_administrator:
        return [(_("Settings"), reverse("accounts:settings"))]
    return [(_("Data"), reverse("crm:data"))]
