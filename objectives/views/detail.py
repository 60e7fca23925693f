"""The page of an objective, and what people do on it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from crmkpi.accounts.http import ReaderRequest
from objectives import services
from objectives.forms import CheckInForm
from objectives.lines import KeyResultLine
from objectives.models import Cycle, Objective
from objectives.queries.detail import ObjectivePage, objective_page
from objectives.queries.trend import Trend, trend
from objectives.views.doors import (
    managed_key_result,
    managed_objective,
    milestone_or_404,
    must_be_running,
    objective_or_404,
    shell,
)
from objectives.views.listing import closing_text


@require_safe
def detail(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show an objective; ?kr= names the key result whose trend is shown."""
    objective = objective_or_404(request, pk)
    return _page(request, objective)


@require_POST
def check_in(request: ReaderRequest, pk: int) -> HttpResponse:
    """Keep a check-in."""
    objective = objective_or_404(request, pk)
    form = CheckInForm(request.POST)
    if form.is_valid():
        try:
            services.check_in(
                objective=objective,
                actor=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, _("Your check-in is saved."))
            return redirect("objectives:detail", pk=pk)
        except services.BadInput as error:
            for name, sentence in error.faults.items():
                form.add_error(name, str(sentence))
        except services.Refused as error:
            form.add_error(None, str(error))
    elif not _may_check_in(request, objective):
        raise PermissionDenied
    return _page(request, objective, status=422, form=form)


def _may_check_in(request: ReaderRequest, objective: Objective) -> bool:
    mine = request.user.pk in (objective.owner_id, objective.reviewer_id)
    return mine or request.access.may_manage_team(objective.team_id)


@require_POST
def milestone_tick(request: ReaderRequest, pk: int) -> HttpResponse:
    """Note that a milestone is done (done=1) or not (done=0)."""
    milestone = milestone_or_404(request, pk)
    done = request.POST.get("done") == "1"
    try:
        services.tick_milestone(
            milestone=milestone, done=done, actor=request.user, now=timezone.now()
        )
    except services.Refused as error:
        messages.warning(request, str(error))
    else:
        text = _("“%(step)s” is done.") if done else _("“%(step)s” is open again.")
        messages.success(request, text % {"step": milestone})
    return redirect("objectives:detail", pk=milestone.key_result.objective_id)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask, then close an objective before its cycle does."""
    objective = managed_objective(request, pk)
    must_be_running(objective)
    if request.method == "POST":
        try:
            services.close_objective(
                objective=objective,
                version=_version(request),
                actor=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The objective is closed."))
        except services.Refused as error:
            messages.warning(request, str(error))
        return redirect("objectives:detail", pk=pk)
    context = shell(
        objective,
        heading=_("Close “%(title)s” early?") % {"title": objective.title},
        text=_(
            "Its key results get their result from the figures of today, and nobody "
            "checks in any more. This cannot be undone."
        ),
        button=_("Close the objective"),
        hidden={"version": objective.version},
    )
    return render(request, "objectives/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def key_result_cancel(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask, then take a key result out of its objective."""
    key_result = managed_key_result(request, pk)
    objective = key_result.objective
    must_be_running(objective)
    if request.method == "POST":
        services.cancel_key_result(
            key_result=key_result, actor=request.user, now=timezone.now()
        )
        messages.success(request, _("It no longer counts."))
        return redirect("objectives:detail", pk=objective.pk)
    context = shell(
        objective,
        heading=_("Take “%(title)s” out?") % {"title": key_result.title},
        text=_(
            "It no longer counts in the objective's score. Its targets and figures "
            "stay readable."
        ),
        button=_("Take it out"),
        hidden={},
    )
    return render(request, "objectives/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cycle_close(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask, then close a cycle with all objectives in it."""
    if request.organisation.root_team_id not in request.access.managed_team_ids:
        raise PermissionDenied
    cycle = get_object_or_404(Cycle, pk=pk)
    if request.method == "POST":
        try:
            services.close_cycle(cycle=cycle, actor=request.user, now=timezone.now())
            text = _("%(cycle)s is closed.") % {"cycle": cycle.name}
            messages.success(request, text)
        except services.Refused as error:
            messages.warning(request, str(error))
        return redirect("objectives:list")
    count = cycle.objectives.exclude(state=Objective.State.CLOSED).count()
    context = shell(
        heading=_("Close %(cycle)s?") % {"cycle": cycle.name},
        text=closing_text(cycle, count),
        button=_("Close the cycle"),
        hidden={},
    )
    return render(request, "objectives/confirm.html", context)


def _version(request: ReaderRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _page(
    request: ReaderRequest,
    objective: Objective,
    *,
    status: int = 200,
    form: CheckInForm | None = None,
) -> HttpResponse:
    page = objective_page(
        objective, access=request.access, organisation=request.organisation
    )
    shown = _shown(request, page)
    last = page.last_check_in
    initial = {"confidence": last.confidence} if last else None
    context = shell(
        page=page,
        objective=objective,
        shown=shown,
        trend=_trend(request, page, shown),
        form=form or CheckInForm(initial=initial),
    )
    return render(request, "objectives/detail.html", context, status=status)


def _shown(request: ReaderRequest, page: ObjectivePage) -> KeyResultLine | None:
    """Return the key result whose trend is asked for, else the worst."""
    asked = request.GET.get("kr")
    if asked is None:
        return page.worst
    for line in page.lines:
        if str(line.key_result.pk) == asked and line.key_result.metric:
            return line
    raise Http404


def _trend(
    request: ReaderRequest, page: ObjectivePage, shown: KeyResultLine | None
) -> Trend | None:
    if shown is None:
        return None
    return trend(
        shown,
        versions=page.versions[shown.key_result.pk],
        organisation=request.organisation,
        now=timezone.now(),
    )
