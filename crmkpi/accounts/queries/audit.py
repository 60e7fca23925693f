"""Reads of the audit log."""

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import AuditEvent

ACTIONS: dict[str, str | Promise] = {
    "user.invited": _("Invited a person"),
    "user.joined": _("Accepted an invitation"),
    "user.updated": _("Changed a person"),
    "user.deactivated": _("Deactivated a person"),
    "membership.set": _("Set a role"),
    "membership.ended": _("Ended a role"),
    "membership.moved": _("Moved an agent"),
    "team.added": _("Added a team"),
    "team.updated": _("Changed a team"),
    "team.placed": _("Placed a team"),
    "organisation.updated": _("Changed settings"),
    "key.created": _("Created a key"),
    "key.revoked": _("Revoked a key"),
}


def events(*, text: str = "", action: str = "") -> QuerySet[AuditEvent]:
    """Return events, latest first; the text is looked for in subject and actor."""
    found = AuditEvent.objects.select_related("actor").order_by("-at", "-pk")
    if action:
        found = found.filter(action=action)
    for word in text.split()[:5]:
        found = found.filter(
            Q(subject__icontains=word) | Q(actor__name__icontains=word)
        )
    return found


def action_label(action: str) -> str:
    """Return what an event is called; those of other parts by their key."""
    return str(ACTIONS.get(action, action))
