"""The hosts to which surveys may lead customers, for administrators."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.views.administrators import administrators_only
from surveys.models import RedirectHost
from surveys.services.errors import BadSurvey
from surveys.services.redirects import allow_host, forbid_host


class HostForm(forms.Form):
    host = forms.CharField(
        label=gettext_lazy("Host"),
        help_text=gettext_lazy("Such as www.example.org: this one, none below it."),
        max_length=300,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def hosts(request: ReaderRequest) -> HttpResponse:
    """Show the list and add to it."""
    form = HostForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            allowed = allow_host(
                form.cleaned_data["host"], actor=request.user, now=timezone.now()
            )
        except BadSurvey as error:
            form.add_error("host", str(error))
        else:
            text = _("Surveys may lead to %(host)s.") % {"host": allowed.host}
            messages.success(request, text)
            return redirect("surveys:hosts")
    context = {
        "nav_active": "settings",
        "crumbs": [(_("Settings"), reverse("accounts:settings"))],
        "zone": request.organisation.zone,
        "hosts": RedirectHost.objects.select_related("created_by"),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/hosts.html", context, status=status)


@require_POST
@administrators_only
def host_forbid(request: ReaderRequest, pk: int) -> HttpResponse:
    """Take a host off the list."""
    allowed = get_object_or_404(RedirectHost, pk=pk)
    forbid_host(allowed, actor=request.user, now=timezone.now())
    text = _("Surveys lead to %(host)s no more.") % {"host": allowed.host}
    messages.success(request, text)
    return redirect("surveys:hosts")
