"""The settings of the organisation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crmkpi.accounts import services
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import Holiday
from crmkpi.accounts.settings_form import SettingsForm, settings_initial
from crmkpi.accounts.views.administrators import administrators_only


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def settings(request: ReaderRequest) -> HttpResponse:
    """Show and change settings; those that move stored days are confirmed first."""
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
            services.update_organisation(
                actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("Saved."))
            return redirect("accounts:settings")
        except services.BadSetting as error:
            form.add_error(_field(error.field), str(error))
    status = 422 if form.errors else 200
    return render(request, "accounts/settings.html", context, status=status)


def _field(name: str) -> str | None:
    return None if name == "business_hours" else name
