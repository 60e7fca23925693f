"""The audit log: who did what to people, settings and keys."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from crmkpi.accounts.models import AuditEvent, Team, User


def write_event(
    action: str,
    *,
    subject: models.Model | str,
    actor: User | None,
    now: datetime,
    **detail: Any,
) -> AuditEvent:
    """Append an event; secrets and passwords never belong into its detail.

    Example: `write_event("team.placed", subject=team, actor=ana, now=now, parent=3)`
    """
    return AuditEvent.objects.create(
        at=now,
        actor=actor,
        action=action,
        subject=subject if isinstance(subject, str) else name_of(subject),
        detail=detail,
    )


def name_of(subject: models.Model) -> str:
    """Return how the log calls a row: "team support-emea", "user 12"."""
    kind = subject._meta.model_name
    return f"{kind} {subject.slug if isinstance(subject, Team) else subject.pk}"


def forget_details(subjects: Iterable[str], name: str) -> None:
    """Blank one detail of past events that may tell of somebody who is forgotten.

    The events stay. Queries: 1 and one for each event that has the detail.
    """
    told = AuditEvent.objects.filter(
        subject__in=list(subjects), detail__has_key=name
    ).only("detail")
    for event in told:
        event.detail[name] = ""
        event.save(update_fields=["detail"])
