"""Take what customers agree to beside their answer, and take it back."""

from collections.abc import Collection
from datetime import datetime

from surveys.consent_texts import sentences
from surveys.models import Consent, Response


def agreed_to(response: Response) -> frozenset[str]:
    """Return what stands of what a customer agreed to. Queries: 1."""
    standing = Consent.objects.filter(response=response, revoked_at=None)
    return frozenset(standing.values_list("what", flat=True))


def agree(
    response: Response, ticked: Collection[str], *, brand: str, now: datetime
) -> bool:
    """Store which boxes are ticked now; return whether that is another set.

    A box that was ticked and is not any more takes the consent back. Only who was
    invited is offered boxes: of others we do not know whom to contact.
    """
    if response.origin != Response.Origin.INVITATION:
        return False
    before = agreed_to(response)
    wanted = frozenset(ticked) & frozenset(Consent.What.values)
    words = sentences(response.language, brand)
    for what in wanted - before:
        Consent.objects.update_or_create(
            response=response,
            what=what,
            defaults={
                "wording": words[what][:300],
                "given_at": now,
                "revoked_at": None,
            },
        )
    taken_back = Consent.objects.filter(response=response, what__in=before - wanted)
    taken_back.update(revoked_at=now)
    return wanted != before
