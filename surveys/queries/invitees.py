"""Whom to invite: contacts that a manager may see, and pasted addresses."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from crmkpi.accounts.access import Access
from crmkpi.crm.models import Channel, Contact
from surveys.services.invitations import Recipient

FOUND_AT_MOST = 50
PASTED_AT_MOST = 500


@dataclass(frozen=True)
class Pasted:
    """A text of addresses, taken apart."""

    addresses: tuple[str, ...]  # each once
    bad: tuple[str, ...]  # what is no address


def find_contacts(text: str, *, access: Access) -> list[Contact]:
    """Return contacts by words of their name, address or customer. Queries: 1."""
    words = text.split()[:5]
    if not words:
        return []
    found = Contact.objects.visible_to(access).filter(erased_at=None).exclude(email="")
    for word in words:
        found = found.filter(
            Q(name__icontains=word)
            | Q(email__icontains=word)
            | Q(customer__name__icontains=word)
        )
    ordered = found.select_related("customer").order_by("customer__name", "name", "pk")
    return list(ordered[:FOUND_AT_MOST])


def take_apart(text: str) -> Pasted:
    """Return the addresses in a text, parted by blanks, commas, semicolons or lines.

    Example: take_apart("a@x.org; A@x.org x") == Pasted(("a@x.org",), ("x",))
    """
    addresses: dict[str, str] = {}
    bad = []
    for part in re.split(r"[\s,;]+", text.strip()):
        address = part.strip("<>\"'")
        if not address:
            continue
        try:
            validate_email(address)
        except ValidationError:
            bad.append(part[:80])
        else:
            addresses.setdefault(address.lower(), address)
    return Pasted(tuple(addresses.values()), tuple(bad))


def recipients(
    contact_ids: Iterable[int], addresses: Iterable[str], *, access: Access
) -> list[Recipient]:
    """Return whom to ask; an address of a contact we know is that contact.

    Asked about the relation as a whole, the answer counts for the customer's owner.

    Queries: 1
    """
    wanted = list(addresses)
    known = (
        Contact.objects.visible_to(access)
        .filter(
            Q(pk__in=list(contact_ids))
            | Q(email__in=[*wanted, *(each.lower() for each in wanted)])
        )
        .select_related("customer")
        .order_by("pk")
    )
    chosen: dict[str, Recipient] = {}
    for contact in known:
        chosen.setdefault(contact.email.lower(), _recipient(contact))
    for address in wanted:
        chosen.setdefault(address.lower(), Recipient(address=address))
    return list(chosen.values())


def _recipient(contact: Contact) -> Recipient:
    customer = contact.customer
    return Recipient(
        address=contact.email,
        contact_id=contact.pk,
        customer_id=contact.customer_id,
        language=contact.language or (customer.language if customer else ""),
        agent_id=customer.agent_id if customer else None,
        segment_id=customer.segment_id if customer else None,
        channel=Channel.EMAIL,
    )
