"""Writes to objectives: creating, editing, checking in, linking, closing."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import Team, User
from crmkpi.accounts.queries import get_organisation, today
from metrics.dimensions import Cut
from objectives.evaluation import evaluate_many
from objectives.models import CheckIn, Cycle, Link, Objective
from objectives.services.errors import (
    AlreadyClosed,
    BadInput,
    Conflict,
    LinkLoop,
    SecondParent,
)
from objectives.services.rights import must_be_open, must_manage

EDITABLE = ("title", "description", "owner", "reviewer", "visibility", "state")


@transaction.atomic
def create_objective(
    *,
    title: str,
    team: Team,
    cycle: Cycle,
    owner: User,
    reviewer: User,
    actor: User,
    now: datetime,
    description: str = "",
    visibility: str = Objective.Visibility.PUBLIC,
    state: str = Objective.State.ACTIVE,
) -> Objective:
    """Create an objective of a team the actor manages.

    Raises: PermissionDenied; BadInput for a blank title or a cycle that is over.
    """
    must_manage(team, actor=actor, now=now)
    if not title.strip():
        raise BadInput({"title": _("Say what is to be reached.")})
    if cycle.is_closed or cycle.end_day <= today(now, get_organisation()):
        raise BadInput({"cycle": _("This cycle is over. Choose one that still runs.")})
    return Objective.objects.create(
        title=title.strip(),
        description=description.strip(),
        owner=owner,
        reviewer=reviewer,
        team=team,
        cycle=cycle,
        visibility=visibility,
        state=state,
        created_at=now,
        created_by=actor,
    )


@transaction.atomic
def update_objective(
    *, objective: Objective, version: int, actor: User, now: datetime, **changes: object
) -> Objective:
    """Change an objective as it was read in a version; unnamed fields stay.

    Raises: PermissionDenied; AlreadyClosed; Conflict when it has another version now;
    BadInput for opening figures of one person to others.
    """
    if unknown := changes.keys() - set(EDITABLE):
        raise TypeError(f"not editable: {sorted(unknown)}")
    if changes.get("state") == Objective.State.CLOSED:
        raise TypeError("close_objective closes")
    must_manage(objective.team_id, actor=actor, now=now)
    must_be_open(objective)
    visibility = changes.get("visibility", objective.visibility)
    if visibility != Objective.Visibility.PRIVATE and _is_about_a_person(objective):
        raise BadInput({"visibility": ABOUT_A_PERSON})
    rows = Objective.objects.filter(pk=objective.pk, version=version)
    if not rows.update(version=F("version") + 1, **changes):
        raise Conflict
    objective.refresh_from_db()
    return objective


ABOUT_A_PERSON = _(
    "A key result about one person needs an objective that only its owner, reviewer "
    "and the managers see."
)


def _is_about_a_person(objective: Objective) -> bool:
    return objective.key_results.filter(cut=Cut.AGENT).exists()


@transaction.atomic
def close_objective(
    *, objective: Objective, version: int, actor: User, now: datetime
) -> Objective:
    """Close an objective before its cycle does: its results are those of today.

    Closing it again changes nothing.

    Raises: PermissionDenied; Conflict.
    """
    must_manage(objective.team_id, actor=actor, now=now)
    held = Objective.objects.select_for_update().get(pk=objective.pk)
    if held.state == Objective.State.CLOSED:
        return held
    if held.version != version:
        raise Conflict
    held.state, held.closed_at = Objective.State.CLOSED, now
    held.version += 1
    held.save(update_fields=["state", "closed_at", "version"])
    evaluate_many(held.key_results.values_list("pk", flat=True), now=now)
    return held


@transaction.atomic
def check_in(
    *,
    objective: Objective,
    confidence: int,
    sentence: str,
    actor: User,
    now: datetime,
) -> CheckIn:
    """Note how sure somebody is and what they will do; the status stays as it is.

    Owner and reviewer may, and the managers of the team.

    Raises: PermissionDenied; AlreadyClosed; BadInput.
    """
    if actor.pk not in (objective.owner_id, objective.reviewer_id):
        must_manage(objective.team_id, actor=actor, now=now)
    elif not actor.is_active:
        raise PermissionDenied
    must_be_open(objective)
    if not 0 <= confidence <= 10:
        raise BadInput({"confidence": _("Choose a number from 0 to 10.")})
    if not sentence.strip():
        raise BadInput({"sentence": _("Say in one sentence what you will do next.")})
    return CheckIn.objects.create(
        objective=objective,
        confidence=confidence,
        sentence=sentence.strip(),
        author=actor,
        at=now,
    )


@transaction.atomic
def link_objectives(
    *,
    child: Objective,
    parent: Objective,
    kind: str,
    actor: User,
    now: datetime,
    weight: Decimal = Decimal(1),
) -> Link:
    """Let an objective contribute to another, or be aligned with it.

    Raises: PermissionDenied for those who do not manage the child's team;
    AlreadyClosed; SecondParent; LinkLoop when the parent hangs on the child.
    """
    must_manage(child.team_id, actor=actor, now=now)
    must_be_open(child)
    if parent.state == Objective.State.CLOSED:
        raise AlreadyClosed(_("The other objective is closed."))
    links = Link.objects.select_for_update().filter(child=child)
    contributes = kind == Link.Kind.CONTRIBUTES
    others = links.filter(kind=Link.Kind.CONTRIBUTES).exclude(parent=parent)
    if contributes and others.exists():
        raise SecondParent(_("It already contributes to another objective."))
    if child.pk == parent.pk or child.pk in _above(parent.pk):
        raise LinkLoop(_("The other objective already hangs on this one."))
    link, _made = Link.objects.update_or_create(
        child=child, parent=parent, defaults={"kind": kind, "weight": weight}
    )
    return link


def _above(pk: int) -> set[int]:
    """Return all objectives that one hangs on. Queries: 1."""
    parents: dict[int, list[int]] = {}
    for child, parent in Link.objects.values_list("child_id", "parent_id"):
        parents.setdefault(child, []).append(parent)
    found, todo = set[int](), [pk]
    while todo:
        for parent in parents.get(todo.pop(), ()):
            if parent not in found:
                found.add(parent)
                todo.append(parent)
    return found
