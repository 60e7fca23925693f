"""Forgetting people: rows lose what can name them and stay as rows that count.

What they were called is remembered as a hash, so that no import brings it back.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from crmkpi.crm import changes
from crmkpi.crm.forgotten import hash_of_name, remember
from crmkpi.crm.members import folded
from crmkpi.crm.models import (
    Contact,
    Customer,
    ImportRun,
    Lead,
    Opportunity,
    Ticket,
)
from crmkpi.crm.restamp import TEAMS_LOCK
from crmkpi.crm.signals import rows_erased
from crmkpi.crm.telling_ids import rename, replace_ids
from crmkpi.lib import bulk

NAMING = ("name", "email", "phone", "language", "zone")
SHORTEST = 3  # letters of a word that is looked for inside other texts


@dataclass(frozen=True)
class Erased:
    """How many rows no longer name anybody."""

    contacts: int = 0
    customers: int = 0  # people who are customers themselves
    texts: int = 0  # subjects of tickets, names of leads and deals
    ids: int = 0  # that told an address or a number


def customers_being(contacts: QuerySet[Contact]) -> QuerySet[Customer]:
    """Return the customers who are these people: called as their only contact is.

    By its name or its address. A company stays, even one that has a contact of its own
    name beside others.
    """
    others = Contact.objects.filter(customer=OuterRef("pk")).exclude(pk__in=contacts)
    alone = Customer.objects.filter(~Exists(others), contacts__in=contacts)
    called = alone.values_list("pk", "name", "contacts__name", "contacts__email")
    found = {pk for pk, name, *own in called if folded(name) in map(folded, own)}
    return Customer.objects.filter(pk__in=found, erased_at=None)


def texts_about(
    contacts: QuerySet[Contact], customers: QuerySet[Customer]
) -> list[tuple[QuerySet[Any], str]]:
    """Return the rows with free text about people, and its column."""
    theirs = Q(customer__in=customers)
    return [
        (Ticket.objects.filter(theirs | Q(contact__in=contacts)), "subject"),
        (Lead.objects.filter(theirs), "name"),
        (Opportunity.objects.filter(theirs), "name"),
    ]


@transaction.atomic
def erase_people(
    keys: Collection[int], *, now: datetime, called: Iterable[str] = ()
) -> Erased:
    """Blank contacts for good, with the customers who they are and what is about them.

    `called` are further names, addresses and numbers of theirs. Ids of any rows that
    tell one of these are replaced, also where nobody is erased.

    Queries: a fixed number and one for each import with errors that tell of them.
    """
    bulk.hold(TEAMS_LOCK)  # no import may look for them while they go
    wanted = changes.with_keys(Contact, keys).filter(erased_at=None)
    before = changes.rows_by_key(wanted, for_update=True)
    contacts = changes.with_keys(Contact, before)
    customer_ids = list(customers_being(contacts).values_list("pk", flat=True))
    customers = changes.with_keys(Customer, customer_ids)
    words = {*called, *_words(contacts, NAMING[:3]), *_words(customers, ("name",))}
    texts = [
        rows.exclude(**{column: ""}).update(**{column: ""})
        for rows, column in texts_about(contacts, customers)
    ]
    _erase_customers(customers, now=now)
    _erase_contacts(contacts, before, now=now)
    ids = replace_ids(words, now=now)
    forget_in_imports(words)
    return Erased(len(before), len(customer_ids), sum(texts), ids)


def forget_in_imports(words: Iterable[str]) -> None:
    """Blank what old imports keep of refused rows, where it tells one of the words."""
    wanted = {folded(each) for each in words if len(each.strip()) >= SHORTEST}

    def tells(text: object) -> bool:
        return any(word in folded(str(text)) for word in wanted)

    if not wanted:
        return
    kept = ~Q(errors=[]) | ~Q(file_name="")
    for run in ImportRun.objects.filter(kept).only("errors", "file_name").iterator():
        told = [each for each in run.errors if tells(each.get("value", ""))]
        if not told and not tells(run.file_name):
            continue
        for each in told:
            each["value"] = ""
        run.file_name = "" if tells(run.file_name) else run.file_name
        run.save(update_fields=["errors", "file_name"])


def _words(rows: QuerySet[Any], columns: Iterable[str]) -> set[str]:
    return {text for row in rows.values_list(*columns) for text in row if text}


def _erase_contacts(
    rows: QuerySet[Any], before: Mapping[int, changes.Row], *, now: datetime
) -> None:
    if not before:
        return
    remember("contact", _named(rows, "contact", "email"), now=now)
    rename("contact", rows, now=now)
    rows.update(**dict.fromkeys(NAMING, ""), erased_at=now)
    after = changes.rows_by_key(rows)
    changes.announce(
        Contact, before=before, after=after.values(), now=now, cause="edit"
    )


def _erase_customers(rows: QuerySet[Any], *, now: datetime) -> None:
    """Names move no figure: nothing is announced but that they are gone."""
    keys = list(rows.values_list("pk", flat=True))
    if not keys:
        return
    remember("customer", _named(rows, "customer", "name"), now=now)
    rename("customer", rows, now=now)
    rows.update(name=F("external_id"), erased_at=now)
    rows_erased.send(sender=Customer, keys=keys)


def _named(rows: models.QuerySet[Any], record: str, column: str) -> dict[str, int]:
    """Return what rows of other records call these, hashed. Queries: 1."""
    named = rows.exclude(**{column: ""}).values_list("pk", column)
    return {hash_of_name(record, text): pk for pk, text in named}
