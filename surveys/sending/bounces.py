"""Mail that came back: what the mail provider tells about it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from surveys.changes import announce, row_of
from surveys.models import BounceEvent, Invitation, Suppression
from surveys.services.suppressions import suppress
from surveys.tokens import address_hash

Kind = BounceEvent.Kind
MOST_EVENTS = 1_000
SOFT_LIMIT = 3  # so many within the window
SOFT_WINDOW = timedelta(days=90)
QUARANTINE = timedelta(days=30)


class BadBounces(ValueError):
    """What was sent cannot be read; the text says how to mend it."""


@dataclass(frozen=True)
class Bounce:
    """One mail that came back."""

    event_id: str  # of the provider; the same event is taken once
    kind: str
    address: str
    message_id: str = ""  # ours, "<…@host>", when the provider tells it


def read_bounces(body: bytes) -> list[Bounce]:
    """Return what a provider sent: {"events": [{"id", "kind", "address", …}]}.

    Raises: BadBounces.
    """
    try:
        data = json.loads(body)
        events = data["events"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadBounces(_("Send JSON with a list “events”.")) from error
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise BadBounces(
            _("“events” must be a list of %(most)d at most.") % {"most": MOST_EVENTS}
        )
    return [_bounce(each, at) for at, each in enumerate(events, start=1)]


@transaction.atomic
def take_bounces(bounces: Iterable[Bounce], *, now: datetime) -> int:
    """Write down what came back, and ask these addresses no more or not for a while.

    Safe to repeat: an event counts once, under its id. An address that does not exist
    and one whose owner calls a mail unwanted get no more surveys; the third mail within
    90 days that could not be delivered keeps them away for 30 days.

    Returns: how many were new.
    """
    new = 0
    for bounce in bounces:
        hashed = address_hash(bounce.address)
        invitation = _invitation_of(bounce, hashed)
        _event, is_new = BounceEvent.objects.get_or_create(
            event_id=bounce.event_id,
            defaults={
                "kind": bounce.kind,
                "address_hash": hashed,
                "invitation": invitation,
                "happened_at": now,
            },
        )
        if not is_new:
            continue
        new += 1
        _follow(bounce, hashed, now=now)
        if invitation is not None and bounce.kind != Kind.COMPLAINT:
            _came_back(invitation, bounce, now=now)
    return new


def _follow(bounce: Bounce, hashed: str, *, now: datetime) -> None:
    if bounce.kind == Kind.HARD:
        suppress(hashed, reason=Suppression.Reason.HARD_BOUNCE, now=now)
    elif bounce.kind == Kind.COMPLAINT:
        suppress(hashed, reason=Suppression.Reason.UNSUBSCRIBED, now=now)
    else:
        lately = BounceEvent.objects.filter(
            address_hash=hashed, kind=Kind.SOFT, happened_at__gt=now - SOFT_WINDOW
        )
        if lately.count() >= SOFT_LIMIT:
            suppress(
                hashed,
                reason=Suppression.Reason.SOFT_BOUNCE,
                now=now,
                until=now + QUARANTINE,
            )


def _came_back(invitation: Invitation, bounce: Bounce, *, now: datetime) -> None:
    """Note that a mail did not arrive, unless an answer proves that it did."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.is_answered or locked.is_bounced or locked.sent_at is None:
        return
    before = row_of(locked)
    locked.is_bounced = True
    locked.state, locked.remind_at = Invitation.State.BOUNCED, None
    locked.fault = str(Kind(bounce.kind).label)
    locked.save()
    announce(Invitation, before=[before], after=[row_of(locked)], now=now, cause="edit")


def _invitation_of(bounce: Bounce, hashed: str) -> Invitation | None:
    """Return the invitation that the message carried, to that very address."""
    text = bounce.message_id.strip("<> ").partition("@")[0][:36]
    try:
        uuid = UUID(text)
    except ValueError:
        return None
    return Invitation.objects.filter(uuid=uuid, address_hash=hashed).first()


def _bounce(data: Any, at: int) -> Bounce:
    def bad(field: str) -> BadBounces:
        words = _("Event %(at)d: “%(field)s” is missing or cannot be read.")
        return BadBounces(words % {"at": at, "field": field})

    if not isinstance(data, Mapping):
        raise bad("id")
    event_id, kind = data.get("id"), data.get("kind")
    address, message_id = data.get("address"), data.get("message_id") or ""
    if not isinstance(event_id, str) or not 0 < len(event_id) <= 200:
        raise bad("id")
    if "\x00" in event_id:
        raise bad("id")
    if kind not in Kind.values:
        raise bad("kind")
    try:
        validate_email(address)
    except (ValidationError, TypeError) as error:
        raise bad("address") from error
    if not isinstance(message_id, str):
        raise bad("message_id")
    return Bounce(event_id, kind, str(address), message_id)
