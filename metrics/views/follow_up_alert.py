"""How the reader is told of follow-ups."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crmkpi.accounts.http import ReaderRequest
from metrics.alerts.follow_ups import change_delivery
from metrics.alerts.forms import DeliveryForm, delivery_of
from metrics.alerts.models import AlertRule
from metrics.custom.errors import BadInput


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_alert(request: ReaderRequest, pk: int) -> HttpResponse:
    """Choose the ways and the quiet hours; the rule is there since the first notice."""
    rules = AlertRule.objects.visible_to(request.access)
    rule = get_object_or_404(rules, pk=pk, kind=AlertRule.Kind.FOLLOW_UP)
    form = DeliveryForm(
        request.POST if request.method == "POST" else None,
        may_tell_others=False,
        initial=delivery_of(rule),
    )
    if request.method == "POST" and form.is_valid() and _save(request, form, rule):
        return redirect("metrics:alerts")
    context = {
        "nav_active": "metrics",
        "crumbs": [
            (_("Metrics"), reverse("metrics:library")),
            (_("Alerts"), reverse("metrics:alerts")),
        ],
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "metrics/follow_up_alert.html", context, status=status)


def _save(request: ReaderRequest, form: DeliveryForm, rule: AlertRule) -> bool:
    try:
        change_delivery(rule=rule, delivery=form.delivery(), actor=request.user)
    except BadInput as error:
        form.refuse(error.faults)
        return False
    messages.success(request, _("Saved."))
    return True
