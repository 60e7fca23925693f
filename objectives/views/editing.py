"""New objectives, and changes of what they say."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import Team
from crmkpi.accounts.queries import get_calendar, home_team
from metrics.catalog import METRICS
from objectives import services
from objectives.forms import ObjectiveEditForm, ObjectiveForm
from objectives.models import Objective
from objectives.views.doors import (
    managed_objective,
    must_be_manager,
    must_be_running,
    shell,
)


@require_http_methods(["GET", "HEAD", "POST"])
def objective_new(request: ReaderRequest) -> HttpResponse:
    """Create an objective of a team the reader manages.

    With ?metric= its first key result follows this metric.
    """
    must_be_manager(request)
    form = ObjectiveForm(
        request.POST if request.method == "POST" else None,
        access=request.access,
        calendar=get_calendar(request.organisation),
        initial={
            "owner": request.user,
            "reviewer": request.user,
            "team": _asked_team(request) or home_team(request.access),
        },
    )
    if request.method == "POST" and form.is_valid():
        objective = _create(request, form)
        if objective is not None:
            return redirect(_first_key_result(request, objective))
    context = shell(form=form)
    status = 422 if form.errors else 200
    return render(request, "objectives/objective_new.html", context, status=status)


def _first_key_result(request: ReaderRequest, objective: Objective) -> str:
    """Return where the first key result is added: of the metric in the address."""
    page = reverse("objectives:key_result_new", kwargs={"pk": objective.pk})
    key = request.GET.get("metric", "")
    readable = key in METRICS.readable(request.access)
    return f"{page}?{urlencode({'metric': key})}" if readable else page


def _asked_team(request: ReaderRequest) -> Team | None:
    """Return the team that the address names, if the reader manages it."""
    managed = Team.objects.filter(pk__in=request.access.managed_team_ids)
    return managed.filter(slug=request.GET.get("team", "")).first()


def _create(request: ReaderRequest, form: ObjectiveForm) -> Objective | None:
    given = dict(form.cleaned_data)
    try:
        with transaction.atomic():
            given["cycle"] = services.cycle_for(period=given["cycle"])
            return services.create_objective(
                actor=request.user, now=timezone.now(), **given
            )
    except services.BadInput as error:
        for name, sentence in error.faults.items():
            form.add_error(name, str(sentence))
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def objective_edit(request: ReaderRequest, pk: int) -> HttpResponse:
    """Change what an objective says and who answers for it."""
    objective = managed_objective(request, pk)
    must_be_running(objective)
    initial = {
        "title": objective.title,
        "description": objective.description,
        "owner": objective.owner_id,
        "reviewer": objective.reviewer_id,
        "visibility": objective.visibility,
        "state": objective.state,
        "version": objective.version,
    }
    form = ObjectiveEditForm(
        request.POST if request.method == "POST" else None,
        access=request.access,
        objective=objective,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.update_objective(
                objective=objective,
                actor=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, _("Saved."))
            return redirect("objectives:detail", pk=pk)
        except services.BadInput as error:
            for name, sentence in error.faults.items():
                form.add_error(name, str(sentence))
        except services.Refused as error:
            form.add_error(None, str(error))
    context = shell(objective, form=form)
    status = 422 if form.errors else 200
    return render(request, "objectives/objective_edit.html", context, status=status)
