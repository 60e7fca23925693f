"""Reads of the audit log."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import ALWAYS, FOREVER, AuditEvent, User
from crmkpi.lib.periods import from_day
from crmkpi.lib.text import clean_display

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
    "recalculation.asked": _("Had all figures recalculated"),
    "recalculation.done": _("Recalculated all figures"),
    "recalculation.stopped": _("Stopped the recalculation of all figures"),
    "recalculation.failed": _("Gave up recalculating the figures"),
    "key.created": _("Created a key"),
    "key.revoked": _("Revoked a key"),
    "figure.entered": _("Entered a figure"),
    "figure.changed": _("Changed a figure"),
    "figure.deleted": _("Deleted a figure"),
    "segment.created": _("Made a segment"),
    "segment.changed": _("Changed a segment"),
    "segment.moved": _("Moved a segment in the order"),
    "segment.archived": _("Archived a segment"),
    "segment.restored": _("Restored a segment"),
    "metric.created": _("Made a metric"),
    "metric.changed": _("Changed a metric"),
    "metric.retired": _("Retired a metric"),
    "metric.restored": _("Restored a metric"),
    "metric.deleted": _("Deleted a metric"),
    "metric.owner": _("Named who answers for a metric"),
    "sending.rule.added": _("Added a rule that sends a survey"),
    "sending.rule.changed": _("Changed a rule that sends a survey"),
    "sending.rule.on": _("Switched on a rule that sends a survey"),
    "sending.rule.off": _("Switched off a rule that sends a survey"),
    "sending.limits": _("Changed how often people are asked"),
    "survey.frames": _("Changed where a survey may be embedded"),
    "suppression.added": _("Kept an address from getting surveys"),
    "suppression.released": _("Let an address get surveys again"),
    "demo.begun": _("Began to load the demonstration"),
    "demo.told": _("Loaded the demonstration"),
}


@dataclass(frozen=True)
class AuditLine:
    """An event in words."""

    at: datetime
    actor: User | None  # None: the system itself
    action: str
    subject: str
    details: list[str]  # "role: agent", "name: Sales → Selling"


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


def audit_lines(found: Iterable[AuditEvent]) -> list[AuditLine]:
    """Return events as people read them. Queries: 1."""
    found = list(found)
    users = User.objects.in_bulk(
        {pk for event in found if (pk := _user_id(event.subject)) is not None}
    )

    def name_of(subject: str) -> str:
        user = users.get(_user_id(subject) or 0)
        return f"{user} ({subject})" if user else subject

    return [
        AuditLine(
            at=event.at,
            actor=event.actor,
            action=str(ACTIONS.get(event.action, event.action)),
            subject=clean_display(name_of(event.subject)),
            details=[clean_display(each) for each in _details(event.detail)],
        )
        for event in found
    ]


def _user_id(subject: str) -> int | None:
    kind, _space, pk = subject.partition(" ")
    return int(pk) if kind == "user" and pk.isdecimal() else None


def _details(detail: Mapping[str, Any]) -> Iterator[str]:
    after = detail.get("after")
    if isinstance(after, dict):  # one line for each change
        before = detail.get("before") or {}
        for name, value in sorted(after.items()):
            if before.get(name) != value:
                old, new = _word(name, before.get(name)), _word(name, value)
                yield f"{name}: {old} → {new}"
    for name, value in sorted(detail.items()):  # databases keep no order
        if name not in ("before", "after") and value not in (None, False, [], ""):
            yield f"{name.removesuffix('_day')}: {_word(name, value)}"


def _word(name: str, value: Any) -> str:
    if isinstance(value, int) and name.endswith("_day"):
        if value == ALWAYS:
            return str(_("from the start"))
        if value == FOREVER:
            return str(_("until further notice"))
        return from_day(value).isoformat()
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(str(entry) for entry in value)
    return "–" if value in (None, "") else str(value)
