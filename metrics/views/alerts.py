"""Alert rules of the reader: list, form with a trial on the past, pause, delete."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from crmkpi.accounts.http import ReaderRequest
from metrics.alerts import evaluation, services
from metrics.alerts.forms import AlertForm, initial_of
from metrics.alerts.kinds import source_of
from metrics.alerts.models import AlertRule
from metrics.alerts.queries import rule_lines
from metrics.alerts.reading import axes_of
from metrics.alerts.trial import Trial, trial
from metrics.catalog import METRICS
from metrics.custom.errors import BadInput, Refused
from metrics.metric import Metric
from metrics.pickers import home_scope, readable_scopes
from metrics.scopes import (
    NotVisible,
    Scope,
    ScopeError,
    visible_scope,
)
from metrics.views.metric import metric_or_404

Kind = AlertRule.Kind
KINDS = (Kind.VALUE, Kind.CHANGE, Kind.SIGNAL, Kind.FRESHNESS)


@require_safe
def alerts(request: ReaderRequest) -> HttpResponse:
    """List what the reader wants to be told of, alerts first."""
    context = {
        "nav_active": "metrics",
        "crumbs": _crumbs()[:1],
        "lines": rule_lines(request.access),
    }
    return render(request, "metrics/alerts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def alert_new(request: ReaderRequest) -> HttpResponse:
    """Make a rule on a metric, ?metric=&scope=&kind=."""
    given = request.POST if request.method == "POST" else request.GET
    metric, kind = _asked_metric(request, given), _asked_kind(given)
    if request.method == "POST":
        form = _form(request, metric, kind, given, request.POST)
        if form.is_valid() and _create(request, form):
            return redirect("metrics:alerts")
    else:
        form = _form(request, metric, kind, given, None)
        form.initial = {**form.initial, **_typed(given)}
    return _form_page(request, metric, kind, form)


@require_safe
def alert_trial(request: ReaderRequest) -> HttpResponse:
    """Send what the rule in the address would have told, for the open form."""
    given = request.GET
    metric, kind = _asked_metric(request, given), _asked_kind(given)
    form = _form(request, metric, kind, given, given)
    context = {"trial": _trial_of(form), "metric": metric}
    return render(request, "metrics/alert_trial.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def alert_edit(request: ReaderRequest, pk: int) -> HttpResponse:
    """Change a rule of the reader's."""
    rule = rule_or_404(request, pk)
    if rule.kind not in KINDS:
        return redirect(source_of(rule).edit_page(rule))
    metric = METRICS.get(rule.metric)
    if metric is None or not source_of(rule).may_see(rule, request.access):
        raise Http404(_("You may no longer see what this alert is on."))
    posted = request.POST if request.method == "POST" else None
    initial = initial_of(rule)
    form = _form(request, metric, rule.kind, initial, posted)
    form.initial = {**form.initial, **initial}
    if posted is not None and form.is_valid() and _change(request, rule, form):
        return redirect("metrics:alerts")
    return _form_page(request, metric, rule.kind, form, rule)


@require_http_methods(["GET", "HEAD", "POST"])
def alert_delete(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask, then forget a rule."""
    rule = rule_or_404(request, pk)
    if request.method == "POST":
        services.delete_rule(rule=rule, actor=request.user)
        messages.success(request, _("The alert is deleted."))
        return redirect("metrics:alerts")
    context = {
        "nav_active": "metrics",
        "crumbs": _crumbs(),
        "heading": _("Delete this alert?"),
        "text": f"{source_of(rule).name(rule)}: {source_of(rule).condition(rule)}",
        "button": _("Delete the alert"),
        "back": reverse("metrics:alerts"),
    }
    return render(request, "accounts/confirm.html", context)


@require_POST
def alert_pause(request: ReaderRequest, pk: int) -> HttpResponse:
    """Pause a rule, or let it go on with pause=no."""
    rule = rule_or_404(request, pk)
    paused = request.POST.get("pause") != "no"
    now = timezone.now()
    services.pause_rule(rule=rule, paused=paused, actor=request.user, now=now)
    words = _("The alert is paused.") if paused else _("The alert goes on.")
    messages.success(request, words)
    return redirect("metrics:alerts")


def rule_or_404(request: ReaderRequest, pk: int) -> AlertRule:
    """Return a rule of the reader's; another's is 404. Queries: 1."""
    return get_object_or_404(AlertRule.objects.visible_to(request.access), pk=pk)


def _create(request: ReaderRequest, form: AlertForm) -> bool:
    now = timezone.now()
    try:
        rule = services.create_rule(
            terms=form.terms(), delivery=form.delivery(), actor=request.user, now=now
        )
    except BadInput as error:
        form.refuse(error.faults)
        return False
    except Refused as error:
        form.add_error(None, str(error))
        return False
    evaluation.evaluate(rule, now=now)
    messages.success(request, _("You will be told."))
    return True


def _change(request: ReaderRequest, rule: AlertRule, form: AlertForm) -> bool:
    try:
        services.change_rule(
            rule=rule,
            terms=form.terms(),
            delivery=form.delivery(),
            actor=request.user,
            now=timezone.now(),
        )
    except BadInput as error:
        form.refuse(error.faults)
        return False
    except Refused as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Saved."))
    return True


def _asked_metric(request: ReaderRequest, given: QueryDict) -> Metric:
    return metric_or_404(request, given.get("metric", ""))


def _asked_kind(given: QueryDict) -> str:
    asked = given.get("kind", "")
    return asked if asked in KINDS else Kind.VALUE.value


def _form(
    request: ReaderRequest,
    metric: Metric,
    kind: str,
    given: QueryDict | dict[str, Any],
    data: QueryDict | None,
) -> AlertForm:
    scope = _asked_scope(request, given)
    name = request.organisation.name
    known = readable_scopes(request.access, company_name=name)
    if scope.text not in {each.text for each in known}:
        known.insert(0, scope)
    return AlertForm(
        data,
        metric=metric,
        kind=kind,
        access=request.access,
        scopes=known,
        currency=request.organisation.currency,
        initial={
            "scope": scope.text,
            "audience": AlertRule.Audience.SELF,
            "channels": ["app", "mail"],
        },
    )


def _asked_scope(request: ReaderRequest, given: QueryDict | dict[str, Any]) -> Scope:
    """Return the scope asked for, else the reader's own.

    Raises: Http404 for one that is unknown or foreign, and without any figures.
    """
    text = str(given.get("scope") or "")
    if not text:
        scope = home_scope(request.access)
        if scope is None:
            raise Http404(_("There are no figures that you may see."))
        return scope
    try:
        return visible_scope(text[:500], request.access)
    except (ScopeError, NotVisible) as error:
        raise Http404(_("There is no such scope that you may see.")) from error


def _typed(given: QueryDict) -> dict[str, Any]:
    """Return what a page without script carries over from one kind to another."""
    names = (
        *("side", "measure", "threshold", "grain", "min_n"),
        *("quiet_from", "quiet_until", "audience"),
    )
    found: dict[str, Any] = {name: given[name] for name in names if given.get(name)}
    if "channels" in given:
        found["channels"] = given.getlist("channels")
    return found


def _trial_of(form: AlertForm) -> Trial | None:
    """Return how the rule would have behaved; None while it is not complete."""
    if not form.has_terms():
        return None
    terms = form.terms()
    if terms.kind == Kind.FRESHNESS and not axes_of(form.metric):
        return None
    if services.faults_of(terms, form.access):
        return None
    return trial(AlertRule(**terms.columns()), now=timezone.now())


def _form_page(
    request: ReaderRequest,
    metric: Metric,
    kind: str,
    form: AlertForm,
    rule: AlertRule | None = None,
) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    shown = form if form.is_bound else _as_typed(request, metric, kind, form)
    scope_text = str(form["scope"].value())
    context = {
        "nav_active": "metrics",
        "crumbs": _crumbs(),
        "metric": metric,
        "kind": kind,
        "kinds": [] if rule else _kind_links(metric, scope_text),
        "form": form,
        "rule": rule,
        "trial": _trial_of(shown),
    }
    return render(request, "metrics/alert_form.html", context, status=status)


def _as_typed(
    request: ReaderRequest, metric: Metric, kind: str, form: AlertForm
) -> AlertForm:
    """Return the form as if what it starts with had been sent, for the first trial."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, list):
            data.setlist(name, value)
        elif value is not None:
            data[name] = str(value)
    return _form(request, metric, kind, data, data)


def _kind_links(metric: Metric, scope_text: str) -> list[tuple[str, str, str]]:
    """Return key, label and address of the form of each kind the metric can have."""
    links = []
    for kind in KINDS:
        if kind == Kind.FRESHNESS and not axes_of(metric):
            continue
        parts = {"metric": metric.key, "scope": scope_text, "kind": kind.value}
        address = f"{reverse('metrics:alert_new')}?{urlencode(parts)}"
        links.append((kind.value, str(kind.label), address))
    return links


def _crumbs() -> list[tuple[str, str]]:
    return [
        (_("Metrics"), reverse("metrics:library")),
        (_("Alerts"), reverse("metrics:alerts")),
    ]
