"""The settings of the organisation."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crmkpi.accounts import services
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import Holiday
from crmkpi.accounts.queries.recalculation import Progress, last_recalculation
from crmkpi.accounts.settings_form import SettingsForm, settings_initial
from crmkpi.accounts.views.administrators import administrators_only

DAY = timedelta(days=1)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def settings(request: ReaderRequest) -> HttpResponse:
    """Show and change settings; those that move stored days are confirmed first.

    A worker carries these out; meanwhile the page shows how far it is.
    """
    form = SettingsForm(
        request.POST if request.method == "POST" else None,
        organisation=request.organisation,
        is_locked=services.currency_is_locked(),
        initial=settings_initial(
            request.organisation, list(Holiday.objects.values_list("day", "name"))
        ),
    )
    context = {"nav_active": "settings", "form": form}
    if request.method == "POST" and form.is_valid():
        if form.changes_calendar and "confirmed" not in request.POST:
            context["changed"] = [
                form[name].label for name in form.changed_data if name in form.fields
            ]
            return render(request, "accounts/settings_confirm.html", context)
        try:
            asked = services.ask_for_settings(
                actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            if asked is None:
                # Not else: a message is a write, which would wait for the worker where
                # a database has one writer. The page shows how far it is.
                messages.success(request, _("Saved."))
            return redirect("accounts:settings")
        except services.BadSetting as error:
            form.add_error(_field(error.field), str(error))
        except services.RecalculationRunning as error:
            form.add_error(None, str(error))
    status = 422 if form.errors else 200
    context["recalculation"] = _worth_showing()
    return render(request, "accounts/settings.html", context, status=status)


def _worth_showing() -> Progress | None:
    """Return the last recalculation unless it ended longer than a day ago."""
    last = last_recalculation()
    is_old = last and last.finished_at and timezone.now() - last.finished_at > DAY
    return None if is_old else last


def _field(name: str) -> str | None:
    return None if name == "business_hours" else name
