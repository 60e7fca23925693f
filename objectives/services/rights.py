"""Who may change what; the last word after pages have hidden the buttons."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team, User
from crmkpi.accounts.queries import access_of, get_organisation, today
from objectives.models import Objective
from objectives.services.errors import AlreadyClosed


def access_at(actor: User, now: datetime) -> Access:
    """Return the rights of a person at an instant. Queries: 3."""
    return access_of(actor, day=today(now, get_organisation()))


def must_manage(team: Team | int, *, actor: User, now: datetime) -> Access:
    """Return the actor's rights if the team is one of theirs.

    Raises: PermissionDenied otherwise.
    """
    access = access_at(actor, now)
    if not access.may_manage_team(team if isinstance(team, int) else team.pk):
        raise PermissionDenied(_("Only managers of the team may do this."))
    return access


def must_be_open(objective: Objective) -> None:
    """Raises: AlreadyClosed when the objective or its cycle takes no more changes."""
    if objective.state == Objective.State.CLOSED or objective.cycle.is_closed:
        raise AlreadyClosed(_("This objective is closed and takes no more changes."))
