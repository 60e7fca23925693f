"""New key results, changes of targets, and what the past says while one is typed."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import User
from crmkpi.lib.periods import from_day
from crmkpi.lib.values import ValueFault
from metrics.catalog import METRICS
from metrics.fields import read_value
from metrics.metric import Metric
from metrics.queries import UnknownMetric, get_metric
from metrics.scopes import NotVisible, ScopeError, team_scope, visible_scope
from objectives import services
from objectives.forms import (
    NUMBERS,
    KeyResultForm,
    MilestonesForm,
    StepFormSet,
    TargetForm,
    initial_of,
    people_for,
)
from objectives.models import KeyResult, Objective
from objectives.queries.hints import Hint, hint
from objectives.queries.metrics import metric_families
from objectives.rules import Numbers, Step, directions_for, offered_for
from objectives.scope_choices import scope_choices
from objectives.views.doors import (
    managed_key_result,
    managed_objective,
    must_be_running,
    shell,
)


@require_http_methods(["GET", "HEAD", "POST"])
def key_result_new(request: ReaderRequest, pk: int) -> HttpResponse:
    """Choose a metric, then (?metric=) set its target."""
    objective = managed_objective(request, pk)
    must_be_running(objective)
    key = request.GET.get("metric", "")
    if not key:
        return _choose_metric(request, objective)
    metric = _metric_or_404(request, key)
    if request.method == "POST":
        return _add(request, objective, metric)
    form = _key_result_form(
        request, objective, metric, initial=_asked(request, objective, metric)
    )
    return _form_page(request, objective, metric, form)


@require_safe
def target_hint(request: ReaderRequest, pk: int) -> HttpResponse:
    """Send what the past says of the target in the address, for the open form."""
    objective = managed_objective(request, pk)
    metric = _metric_or_404(request, request.GET.get("metric", ""))
    context = {"hint": _hint(request, objective, metric, request.GET)}
    return render(request, "objectives/target_hint.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def milestones_new(request: ReaderRequest, pk: int) -> HttpResponse:
    """Add a key result that is reached milestone by milestone."""
    objective = managed_objective(request, pk)
    must_be_running(objective)
    posted = request.POST if request.method == "POST" else None
    form, steps = MilestonesForm(posted), StepFormSet(posted, prefix="step")
    if posted is not None and form.is_valid() and steps.is_valid():
        try:
            services.add_milestones(
                objective=objective,
                steps=_steps(steps),
                actor=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, _("The key result is added."))
            return redirect("objectives:detail", pk=pk)
        except services.BadInput as error:
            for name, sentence in error.faults.items():
                form.add_error(name if name in form.fields else None, str(sentence))
    context = shell(objective, form=form, steps=steps)
    status = 200 if posted is None else 422
    return render(request, "objectives/milestones_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def target_change(request: ReaderRequest, pk: int) -> HttpResponse:
    """Set another target from a day on."""
    key_result = managed_key_result(request, pk)
    objective = key_result.objective
    must_be_running(objective)
    metric = METRICS.get(key_result.metric)
    last = key_result.targets.order_by("-number").first()
    if metric is None or last is None or key_result.is_cancelled:
        raise Http404(_("The target of this key result cannot be changed."))
    form = TargetForm(
        request.POST if request.method == "POST" else None,
        metric=metric,
        key_result=key_result,
        approvers=_approvers(request, objective),
        currency=request.organisation.currency,
        initial=initial_of(last)
        | {
            "weight": f"{key_result.weight.normalize():f}",
            "effective_day": from_day(request.access.day),
            "approver": objective.reviewer_id,
            "number": last.number,
        },
    )
    posted = request.method == "POST"
    if posted and form.is_valid() and _change(request, key_result, form):
        return redirect("objectives:detail", pk=objective.pk)
    context = shell(objective, form=form, key_result=key_result)
    status = 422 if form.errors else 200
    return render(request, "objectives/target_change.html", context, status=status)


def _metric_or_404(request: ReaderRequest, key: str) -> Metric:
    try:
        return get_metric(key, request.access)
    except UnknownMetric as error:
        raise Http404(str(error)) from error


def _choose_metric(request: ReaderRequest, objective: Objective) -> HttpResponse:
    if request.method == "POST":
        raise Http404(_("Choose a metric first."))
    text = request.GET.get("q", "")[:100]
    context = shell(objective, q=text, families=metric_families(request.access, text))
    return render(request, "objectives/metric_choice.html", context)


def _add(request: ReaderRequest, objective: Objective, metric: Metric) -> HttpResponse:
    form = _key_result_form(request, objective, metric, data=request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.add_key_result(
                objective=objective,
                metric=metric.key,
                scope=given["scope"],
                direction=given["direction"],
                numbers=form.numbers(),
                title=given["title"],
                weight=given["weight"],
                actor=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The key result is added."))
            return redirect("objectives:detail", pk=objective.pk)
        except services.BadInput as error:
            form.refuse(error.faults)
        except services.Refused as error:
            form.add_error(None, str(error))
    return _form_page(request, objective, metric, form, status=422)


def _change(request: ReaderRequest, key_result: KeyResult, form: TargetForm) -> bool:
    given = form.cleaned_data
    try:
        services.change_target(
            key_result=key_result,
            expected_number=given["number"],
            numbers=form.numbers(),
            effective_day=given["effective_day"],
            reason=given["reason"],
            approver=given["approver"],
            weight=given["weight"],
            actor=request.user,
            now=timezone.now(),
        )
    except services.BadInput as error:
        form.refuse(error.faults)
        return False
    except services.Refused as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("The target has changed."))
    return True


def _approvers(request: ReaderRequest, objective: Objective) -> Any:
    """Return the reviewer and who manages the team or one above it."""
    people = people_for(request.access, [objective.team_id])
    managers = Q(memberships__role="manager") & Q(
        memberships__team__edges_down__descendant=objective.team_id
    )
    found = User.objects.filter(Q(pk=objective.reviewer_id) | managers)
    known = Q(pk__in=people.values("pk")) | Q(pk=objective.reviewer_id)
    return User.objects.filter(known, pk__in=found.values("pk"))


def _key_result_form(
    request: ReaderRequest,
    objective: Objective,
    metric: Metric,
    *,
    data: QueryDict | None = None,
    initial: dict[str, Any] | None = None,
) -> KeyResultForm:
    return KeyResultForm(
        data,
        metric=metric,
        direction=_direction(metric, request.GET if data is None else data),
        scopes=scope_choices(
            metric,
            team=objective.team,
            access=request.access,
            with_people=objective.visibility == Objective.Visibility.PRIVATE,
        ),
        access=request.access,
        cycle=objective.cycle.period,
        currency=request.organisation.currency,
        initial=initial,
    )


def _asked(
    request: ReaderRequest, objective: Objective, metric: Metric
) -> dict[str, Any]:
    """Return what the form starts with: the address, else team and usual direction."""
    names = ("title", "scope", "weight", *NUMBERS)
    given = {name: request.GET[name] for name in names if name in request.GET}
    usual = {
        "scope": team_scope(objective.team).text,
        "weight": Decimal(1),
    }
    return usual | given | {"direction": _direction(metric, request.GET)}


def _direction(metric: Metric, given: QueryDict) -> str:
    """Return the direction asked for if the metric can take it, else the usual one."""
    asked = given.get("direction", "")
    return asked if asked in directions_for(metric) else _usual_direction(metric)


def _usual_direction(metric: Metric) -> str:
    Direction = KeyResult.Direction
    by_better = {"higher": Direction.INCREASE, "lower": Direction.DECREASE}
    wanted = by_better.get(metric.better.value, Direction.AT_LEAST)
    possible = directions_for(metric)
    return wanted if wanted in possible and not metric.is_flow else possible[0]


def _form_page(
    request: ReaderRequest,
    objective: Objective,
    metric: Metric,
    form: KeyResultForm,
    *,
    status: int = 200,
) -> HttpResponse:
    source = request.POST if form.is_bound else request.GET
    context = shell(
        objective,
        metric=metric,
        form=form,
        directions=offered_for(metric),
        hint=_hint(request, objective, metric, source),
    )
    return render(request, "objectives/key_result_new.html", context, status=status)


def _hint(
    request: ReaderRequest, objective: Objective, metric: Metric, given: QueryDict
) -> Hint | None:
    """Return what the past says; None for a scope that says nothing to the reader."""
    text = given.get("scope") or team_scope(objective.team).text
    try:
        scope = visible_scope(text, request.access)
    except (ScopeError, NotVisible):
        return None
    return hint(
        metric=metric.key,
        scope=scope,
        cycle=objective.cycle.period,
        direction=_direction(metric, given),
        numbers=_typed(metric, given),
        organisation=request.organisation,
        now=timezone.now(),
    )


def _typed(metric: Metric, given: QueryDict) -> Numbers:
    """Return the numbers typed so far; what cannot be read yet is left out."""
    found: dict[str, Decimal] = {}
    for name in NUMBERS:
        try:
            found[name] = read_value(given.get(name, ""), metric.unit)
        except ValueFault:
            continue
    return Numbers(
        baseline=found.get("baseline"),
        target=found.get("target"),
        low=found.get("low"),
        high=found.get("high"),
    )


def _steps(formset: Any) -> list[Step]:
    return [step for form in formset if (step := form.step()) is not None]
