"""Keys of other systems."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crmkpi.accounts import services
from crmkpi.accounts.forms import ApiKeyForm
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import ApiKey
from crmkpi.accounts.views.administrators import administrators_only
from crmkpi.lib.periods import day_start

PER_PAGE = 50


@require_safe
@administrators_only
def api_keys(request: ReaderRequest) -> HttpResponse:
    """Show which keys there are and when each was last used."""
    keys = (
        ApiKey.objects.visible_to(request.access)
        .select_related("created_by")
        .prefetch_related("teams")
        .order_by("revoked_at", "name", "pk")
    )
    context = {
        "nav_active": "settings",
        "crumbs": _crumbs()[:1],
        "now": timezone.now(),
        "page_obj": Paginator(keys, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "accounts/api_keys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def api_key_new(request: ReaderRequest) -> HttpResponse:
    """Create a key and show it on this answer alone: only its hash is kept."""
    form = ApiKeyForm(request.POST if request.method == "POST" else None)
    context = {
        "nav_active": "settings",
        "form": form,
        "crumbs": _crumbs(),
    }
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            key, plain = services.create_api_key(
                name=given["name"],
                scopes=given["scopes"],
                teams=given["teams"],
                whole_company=given["whole_company"],
                expires_at=_end_of(request, given["last_day"]),
                actor=request.user,
                now=timezone.now(),
            )
            context |= {"key": key, "plain": plain}
            return render(request, "accounts/api_key_created.html", context)
        except services.NoScope as error:
            form.add_error("teams", str(error))
        except services.DaysOutOfOrder as error:
            form.add_error("last_day", str(error))
    status = 422 if form.errors else 200
    return render(request, "accounts/api_key_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def api_key_revoke(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask first, then end a key for good."""
    key = get_object_or_404(ApiKey.objects.visible_to(request.access), pk=pk)
    if request.method == "POST":
        services.revoke_api_key(key=key, actor=request.user, now=timezone.now())
        messages.success(request, _("The key %(name)s is revoked.") % {"name": key})
        return redirect("accounts:api_keys")
    context = {
        "nav_active": "settings",
        "heading": _("Revoke the key %(name)s?") % {"name": key},
        "text": _(
            "The system that uses it is shut out at once. This cannot be undone; "
            "create a new key instead."
        ),
        "button": _("Revoke the key"),
        "back": reverse("accounts:api_keys"),
        "crumbs": _crumbs(),
    }
    return render(request, "accounts/confirm.html", context)


def _end_of(request: ReaderRequest, last_day: int | None) -> datetime | None:
    if last_day is None:
        return None
    return day_start(last_day + 1, request.organisation.zone)


def _crumbs() -> list[tuple[str, str]]:
    return [
        (_("Settings"), reverse("accounts:settings")),
        (_("API keys"), reverse("accounts:api_keys")),
    ]
