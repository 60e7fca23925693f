"""Whom an event is asked about: a person, an address, and the clock on their wall."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from crmkpi.crm.models import Contact, Customer
from crmkpi.lib.bulk import KeysIn
from surveys.models import Means
from surveys.sending.hours import first_zone
from surveys.tokens import address_hash

Place = tuple[int | None, int | None]  # customer and contact of an event


@dataclass(frozen=True)
class Person:
    """Somebody who can be asked; blank address and number: nobody can."""

    zone: str
    contact_id: int | None = None
    customer_id: int | None = None
    address: str = ""
    phone: str = ""
    language: str = ""

    @property
    def known_as(self) -> str:
        """Return what the same person is always known under, for the sample."""
        if self.contact_id is not None:
            return f"contact {self.contact_id}"
        return address_hash(self.address or self.phone)


def people_for(
    places: Iterable[Place], *, means: str, zone: str
) -> dict[Place, Person]:
    """Return whom to ask for each pair of customer and contact.

    The contact of the event; where it names none, the customer's first contact that
    can be reached by these means. Nobody else is asked when the contact cannot be.

    Queries: 3
    """
    wanted = set(places)
    customers = _customers({customer for customer, _contact in wanted if customer})
    named = _named({contact for _customer, contact in wanted if contact})
    first = _first_of(
        {customer for customer, contact in wanted if customer and not contact},
        means=means,
    )
    found = {}
    for customer_id, contact_id in wanted:
        contact = named.get(contact_id) if contact_id else first.get(customer_id or 0)
        customer = customers.get(customer_id or 0)
        found[customer_id, contact_id] = _person(contact, customer, zone=zone)
    return found


def _person(contact: Contact | None, customer: Customer | None, *, zone: str) -> Person:
    zones = [each.zone for each in (contact, customer) if each is not None]
    languages = [each.language for each in (contact, customer) if each is not None]
    return Person(
        zone=first_zone(*zones, otherwise=zone),
        contact_id=contact.pk if contact else None,
        customer_id=customer.pk if customer else None,
        address=contact.email if contact else "",
        phone=contact.phone if contact else "",
        language=next(filter(None, languages), ""),
    )


def _customers(keys: set[int]) -> dict[int, Customer]:
    rows = Customer.objects.filter(_keys("pk", keys)).only("pk", "zone", "language")
    return {each.pk: each for each in rows}


def _named(keys: set[int]) -> dict[int, Contact]:
    return {each.pk: each for each in _contacts().filter(_keys("pk", keys))}


def _first_of(keys: set[int], *, means: str) -> dict[int, Contact]:
    reached = ~Q(phone="") if means == Means.SMS else ~Q(email="")
    rows = _contacts().filter(_keys("customer_id", keys), reached, erased_at=None)
    first: dict[int, Contact] = {}
    for each in rows.filter(exclusion=0).order_by("pk"):
        first.setdefault(each.customer_id or 0, each)
    return first


def _contacts() -> QuerySet[Contact]:
    return Contact.objects.only(
        "pk", "customer_id", "email", "phone", "zone", "language"
    )


def _keys(column: str, keys: Iterable[int]) -> KeysIn:
    return KeysIn([F(column)], [(key,) for key in sorted(keys)])
