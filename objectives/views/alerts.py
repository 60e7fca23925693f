"""Alerts on the status of a key result."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crmkpi.accounts.http import ReaderRequest
from metrics.alerts import evaluation
from metrics.alerts.forms import DeliveryForm, delivery_of
from metrics.custom.errors import BadInput, Refused
from objectives.alerts.services import change_status_rule, create_status_rule
from objectives.alerts.watching import status_trial, word_of
from objectives.models import KeyResult, StatusRule
from objectives.views.doors import shell


class StatusAlertForm(DeliveryForm):
    """From which status on, and how to be told."""

    worse_than = forms.ChoiceField(
        label=gettext_lazy("Tell me when the status is worse than"),
        choices=StatusRule.WorseThan.choices,
    )
    field_order = ["worse_than", "audience", "channels", "quiet_from", "quiet_until"]


@require_http_methods(["GET", "HEAD", "POST"])
def status_alert_new(request: ReaderRequest, pk: int) -> HttpResponse:
    """Make an alert on a key result that the reader may open."""
    results = KeyResult.objects.visible_to(request.access)
    result = get_object_or_404(results.select_related("objective"), pk=pk)
    form = StatusAlertForm(
        request.POST if request.method == "POST" else None,
        may_tell_others=request.access.may_manage_team(result.objective.team_id),
        initial={"channels": ["app", "mail"], "audience": "self"},
    )
    if request.method == "POST" and form.is_valid() and _save(request, form, result):
        return redirect("metrics:alerts")
    return _page(request, form, result)


@require_http_methods(["GET", "HEAD", "POST"])
def status_alert_edit(request: ReaderRequest, pk: int) -> HttpResponse:
    """Change an alert of the reader's on a key result."""
    rules = StatusRule.objects.filter(owner=request.user)
    rule = get_object_or_404(rules.select_related("key_result__objective"), pk=pk)
    result = rule.key_result
    if not KeyResult.objects.visible_to(request.access).filter(pk=result.pk).exists():
        raise Http404(_("You may no longer see what this alert is on."))
    form = StatusAlertForm(
        request.POST if request.method == "POST" else None,
        may_tell_others=request.access.may_manage_team(result.objective.team_id),
        initial={"worse_than": rule.worse_than} | delivery_of(rule),
    )
    posted = request.method == "POST"
    if posted and form.is_valid() and _save(request, form, result, rule):
        return redirect("metrics:alerts")
    return _page(request, form, result, rule)


def _save(
    request: ReaderRequest,
    form: StatusAlertForm,
    result: KeyResult,
    rule: StatusRule | None = None,
) -> bool:
    worse_than, delivery = form.cleaned_data["worse_than"], form.delivery()
    actor, now = request.user, timezone.now()
    try:
        if rule is None:
            made = create_status_rule(
                key_result=result,
                worse_than=worse_than,
                delivery=delivery,
                actor=actor,
                now=now,
            )
            evaluation.evaluate(made, now=now)
        else:
            change_status_rule(
                rule=rule,
                worse_than=worse_than,
                delivery=delivery,
                actor=actor,
                now=now,
            )
    except BadInput as error:
        form.refuse(error.faults)
        return False
    except Refused as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("You will be told.") if rule is None else _("Saved."))
    return True


def _page(
    request: ReaderRequest,
    form: StatusAlertForm,
    result: KeyResult,
    rule: StatusRule | None = None,
) -> HttpResponse:
    now = timezone.now()
    trials = [
        (word_of(value), status_trial(result, value, now=now))
        for value in StatusRule.WorseThan.values
    ]
    context = shell(
        result.objective, form=form, key_result=result, rule=rule, trials=trials
    )
    status = 422 if form.errors else 200
    return render(request, "objectives/status_alert.html", context, status=status)
