"""Ids that tell whose a row is: replaced for good, and still found by imports."""

from datetime import date

import pytest
from django.apps import apps

from crmkpi.crm.erasure import erase_people
from crmkpi.crm.ingest.registry import RECORDS, get_record
from crmkpi.crm.ingest.services import delete_records
from crmkpi.crm.models import Contact, Fact, Forgotten, Interaction, Ticket
from tests.crm.rows import at, call, lead, opportunity, order, take, ticket
from tests.surveys.test_person import texts_with
from tests.world import NOW

pytestmark = pytest.mark.django_db

JANE = "Jane@example.org"
PHONE = "+49 (30) 1234-567"
ID = "mail:jane@example.org"
# One good row of each record, and what a second import tells differently.
ROWS = {
    "customer": ({"name": "Acme"}, {"country": "Norway"}),
    "contact": ({"name": "Pat"}, {"name": "Kim"}),
    "product": ({"name": "Kettle"}, {"family": "Kitchen"}),
    "campaign": ({"name": "Spring"}, {"name": "Autumn"}),
    "lead": (lead(), {"name": "Boat"}),
    "opportunity": (opportunity(), {"name": "Boat"}),
    "order": (order(), {"amount": 70}),
    "contract": (
        {"customer": "Acme", "started": date(2026, 1, 1)},
        {"kind": "service"},
    ),
    "ticket": (ticket(), {"subject": "Late"}),
    "interaction": (call(), {"talk_seconds": 60}),
    "cost": (
        {"kind": "marketing", "amount": 5, "first_day": date(2026, 1, 1)},
        {"amount": 6},
    ),
    "agent_time": (
        {"agent": "Alice", "day": date(2026, 1, 1), "state": "handling", "seconds": 9},
        {"seconds": 10},
    ),
    "process_run": ({"ended": at("2026-01-02 09:00")}, {"human_touches": 1}),
    "engagement_day": ({"channel": "email", "day": date(2026, 1, 1)}, {"reach": 7}),
    "market_figure": (
        {
            "metric": "market_size",
            "value": 7,
            "first_day": date(2026, 1, 1),
            "last_day": date(2026, 1, 31),
        },
        {"value": 8},
    ),
}


def erase(*called):
    return erase_people([], now=NOW, called=called)


def test_each_record_with_ids_is_looked_at():
    models = {RECORDS[name].model for name in ROWS}

    facts = apps.get_app_config("crm").get_models()
    assert models == {each for each in facts if issubclass(each, Fact)}


@pytest.mark.parametrize("record", ROWS)
@pytest.mark.parametrize("told", [ID, "tel:0049-30-1234567"])
def test_replaced_once_and_found_by_imports_as_before(world, record, told):
    if record in ("order", "contract"):
        take("customer", {"name": "Acme"})
    values, news = ROWS[record]
    row = values | {"external_id": told}
    other = {"external_id": "other"} | ({"name": "Other"} if "name" in values else {})
    take(record, row, values | other)
    rows = get_record(record).model.objects
    (key,) = rows.filter(external_id=told).values_list("pk", flat=True)

    assert erase(JANE, PHONE).ids == 1
    assert erase(JANE, PHONE).ids == 0

    assert texts_with("jane", "1234567") == set()
    ids = set(rows.values_list("external_id", flat=True))
    assert ids == {"other", f"erased:{key}"}
    assert take(record, row).same == 1
    assert take(record, {**row, **news}).changed == 1
    assert set(rows.values_list("external_id", flat=True)) == ids
    assert texts_with("jane", "1234567") == set()
    assert delete_records(record, [told], source="crm", now=NOW) == 1
    # What its source tells again after that has no address either.
    assert take(record, row).new == take(record, row).same == 1
    assert f"erased:{key}" in rows.values_list("external_id", flat=True)


def test_other_rows_find_it_by_the_id_that_its_source_knows(world):
    take("customer", {"name": "Acme", "external_id": f"c-{ID}"})
    take("ticket", ticket(ID, customer=f"c-{ID}"))
    erase(JANE)

    take("interaction", call(ticket=ID))
    take("ticket", ticket("t2", customer=f"c-{ID}"))

    asked = Ticket.objects.get(external_id__startswith="erased:")
    assert Interaction.objects.get().ticket == asked
    assert {each.customer.name for each in Ticket.objects.all()} == {"Acme"}


def test_who_is_erased_stays_so_and_who_only_had_such_an_id_is_written(world):
    take(
        "contact",
        {"external_id": "p1", "name": "Jane", "email": JANE},
        {"external_id": f"{ID}:assistant", "name": "Kim"},
    )
    jane, kim = Contact.objects.order_by("pk")

    gone = erase_people([jane.pk], now=NOW)

    assert (gone.contacts, gone.ids) == (1, 1)
    again = take(
        "contact",
        {"external_id": "p1", "name": "Jane", "email": JANE},
        {"external_id": f"{ID}:assistant", "name": "Kim", "language": "de"},
    )
    assert (again.erased, again.changed, again.new) == (1, 1, 0)
    kim.refresh_from_db()
    assert (kim.language, kim.erased_at) == ("de", None)


def test_a_customer_that_is_called_by_the_address_is_that_person(world):
    take("customer", {"name": JANE})
    take("contact", {"external_id": "p1", "email": JANE, "customer": JANE})

    gone = erase_people([Contact.objects.get().pk], now=NOW)

    assert (gone.customers, texts_with("jane")) == (1, set())
    assert take("customer", {"name": JANE}).erased == 1


@pytest.mark.parametrize(
    ("told", "is_found"),
    [
        ("jane@example.org", True),
        ("MAIL-JANE@EXAMPLE.ORG/2026", True),
        ("<jane@example.org>.", True),
        ("jane@example.org-7", True),
        ("jane@example.org.2026.eml", True),
        ("maryjane@example.org", False),
        ("jane@example.org.uk", False),
        ("jane@example.organic", False),
        ("jane@examplexorg", False),
        ("+49301234567", True),
        ("wa:49 30 1234567-2026", True),
        ("0049301234567", True),
        ("1493012345670", False),
        ("301234567", False),
    ],
)
def test_longer_addresses_and_numbers_are_those_of_others(world, told, is_found):
    take("ticket", ticket(told))

    assert erase(JANE, PHONE).ids == is_found
    assert Forgotten.objects.count() == is_found


@pytest.mark.parametrize("word", ["", "Jane", "12345", "Room 1234567", "j", "%"])
def test_names_and_short_numbers_are_not_looked_for(world, word):
    take("ticket", ticket("Jane 12345 Room 1234567"))

    assert erase(word).ids == 0


@pytest.mark.parametrize(
    "word", ["a+b{2}.(x)|@example.org", "j'ö&~#-_^$[]@example.org"]
)
def test_signs_in_an_address_mean_themselves(world, word):
    take("ticket", ticket(f"mail:{word}"), ticket("a+bb.x@example.org"))

    assert erase(word).ids == 1
