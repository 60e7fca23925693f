"""Calling people to an item: who listens decides how they hear of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from surveys.models import FollowUp, FollowUpEvent
from surveys.signals import follow_ups_called


@dataclass(frozen=True)
class Call:
    """What one person is to hear about an item: it is theirs, or it is overdue."""

    event: FollowUpEvent  # opened, given, escalated or reopened; each calls once
    person_id: int


def call(calls: Iterable[Call], *, now: datetime) -> None:
    """Announce calls inside the transaction that writes their events."""
    if wanted := list(calls):
        follow_ups_called.send(FollowUp, calls=wanted, now=now)
