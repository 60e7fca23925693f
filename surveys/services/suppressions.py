"""Addresses that get no surveys: on request, or because mail comes back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.lib.bulk import KeysIn
from surveys.links import find_invitation
from surveys.models import Invitation, Suppression
from surveys.services.errors import UnknownLink

Skip = Invitation.Skip


def suppress(
    hashed: str,
    *,
    reason: Suppression.Reason,
    now: datetime,
    until: datetime | None = None,
) -> Suppression:
    """Keep an address from getting surveys; a wish outweighs a bounce.

    What holds for ever is never shortened, and of two ends the later one counts.
    """
    found, created = Suppression.objects.get_or_create(
        address_hash=hashed,
        defaults={"reason": reason, "until": until, "created_at": now},
    )
    if created:
        return found
    if found.reason == Suppression.Reason.ERASED:
        return found
    is_wish = reason in Suppression.WISHES
    is_longer = found.until is not None and (until is None or until > found.until)
    if is_wish or is_longer:
        found.reason, found.until = reason, None if is_wish else until
        found.save(update_fields=["reason", "until"])
    return found


@transaction.atomic
def unsubscribe(token: str, *, now: datetime) -> Invitation:
    """Send no more surveys to the address that this link was mailed to.

    Raises: UnknownLink.
    """
    link = find_invitation(token, may_be_unsubscribe=True)
    if link is None or link.invitation is None:
        raise UnknownLink(_("This link leads nowhere."))
    if link.invitation.address_hash:
        suppress(
            link.invitation.address_hash,
            reason=Suppression.Reason.UNSUBSCRIBED,
            now=now,
        )
    return link.invitation


def stops(hashes: Iterable[str], *, now: datetime) -> dict[str, Skip]:
    """Return which addresses get no surveys now, and why. Queries: 1."""
    rows = Suppression.objects.filter(
        _in_force(now), KeysIn([F("address_hash")], [(each,) for each in set(hashes)])
    )
    return {each.address_hash: _skip_of(each) for each in rows}


def _skip_of(suppression: Suppression) -> Skip:
    special = {
        Suppression.Reason.SOFT_BOUNCE: Skip.QUARANTINE,
        Suppression.Reason.ERASED: Skip.ERASED,
    }
    return special.get(Suppression.Reason(suppression.reason), Skip.SUPPRESSED)


def _in_force(now: datetime) -> Q:
    return Q(until=None) | Q(until__gt=now)
