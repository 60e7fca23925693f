"""The doors to objectives: foreign ones are 404, changes are for managers (403)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from crmkpi.accounts.http import ReaderRequest
from objectives.models import KeyResult, Milestone, Objective


def objective_or_404(request: ReaderRequest, pk: int) -> Objective:
    """Return an objective that the reader may open. Queries: 1."""
    objectives = Objective.objects.visible_to(request.access)
    related = objectives.select_related("owner", "reviewer", "team", "cycle")
    found: Objective = get_object_or_404(related, pk=pk)
    return found


def managed_objective(request: ReaderRequest, pk: int) -> Objective:
    """Return an objective that the reader may change.

    Raises: Http404 for one that they may not open, PermissionDenied for one that they
    may only read.
    """
    found = objective_or_404(request, pk)
    must_manage(request, found)
    return found


def managed_key_result(request: ReaderRequest, pk: int) -> KeyResult:
    """Return a key result of an objective that the reader may change; as above."""
    results = KeyResult.objects.visible_to(request.access)
    related = results.select_related(
        "objective__owner",
        "objective__reviewer",
        "objective__team",
        "objective__cycle",
    )
    found: KeyResult = get_object_or_404(related, pk=pk)
    must_manage(request, found.objective)
    return found


def milestone_or_404(request: ReaderRequest, pk: int) -> Milestone:
    """Return a milestone of an objective that the reader may open. Queries: 1."""
    results = KeyResult.objects.visible_to(request.access)
    steps = Milestone.objects.filter(key_result__in=results).select_related(
        "key_result__objective__cycle"
    )
    return get_object_or_404(steps, pk=pk)


def must_manage(request: ReaderRequest, objective: Objective) -> None:
    if not request.access.may_manage_team(objective.team_id):
        raise PermissionDenied


def must_be_manager(request: ReaderRequest) -> None:
    """Let those in who manage at least one team."""
    if not request.access.manages:
        raise PermissionDenied


def must_be_running(objective: Objective) -> None:
    """Answer 404 for forms of an objective that takes no more changes."""
    if objective.state == Objective.State.CLOSED or objective.cycle.is_closed:
        raise Http404(_("This objective is closed and takes no more changes."))


def shell(objective: Objective | None = None, /, **more: Any) -> dict[str, Any]:
    """Return the variables of the frame around a page, and its objective."""
    crumbs = [(_("Objectives"), reverse("objectives:list"))]
    frame: dict[str, Any] = {"nav_active": "objectives", "crumbs": crumbs}
    if objective is not None:
        crumbs.append((objective.title, _page_of(objective)))
        frame["objective"] = objective
    return frame | more


def _page_of(objective: Objective) -> str:
    return reverse("objectives:detail", kwargs={"pk": objective.pk})
