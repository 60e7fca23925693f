"""People who were erased: no import brings back names, and rows may still name them."""

import pytest

from crmkpi.crm.erasure import erase_people, forget_in_imports
from crmkpi.crm.models import Contact, Customer, ImportRun, Opportunity, Source
from tests.crm.rows import at, take
from tests.world import NOW

pytestmark = pytest.mark.django_db


def test_who_was_erased_does_not_come_back_and_can_still_be_named(world):
    pat = {"external_id": "p1", "name": "Pat", "email": "pat@acme.example"}
    take("contact", pat, {"external_id": "p2", "name": "Kim"})
    erased = Contact.objects.get(name="Pat")
    erase_people([erased.pk], now=at("2026-02-10 08:00"))

    again = take("contact", pat | {"email": "p@acme.example"}, {"external_id": "p2"})

    assert (again.erased, again.same, again.new, again.changed) == (1, 1, 0, 0)
    assert Contact.objects.count() == 2
    erased.refresh_from_db()
    assert (erased.name, erased.email, erased.external_id) == (
        "",
        "",
        f"erased:{erased.pk}",
    )
    opened = {"opened": at("2026-02-02 08:00"), "subject": "Pat asks"}
    for name in ("p1", "PAT@acme.example"):
        assert take("ticket", {"external_id": name, "contact": name} | opened).new == 1
    assert [each.subject for each in erased.tickets.all()] == ["", ""]


def test_a_person_who_is_the_customer_is_erased_with_what_is_about_them(world):
    company = {"name": "Globex"}, {"name": "Pat Doe", "country": "Norway"}
    take("customer", *company)
    pat = {"external_id": "p1", "name": "pat  doe", "email": "pat@doe.example"}
    role = {"external_id": "p2", "name": "Globex", "email": "info@globex.example"}
    other = {"external_id": "p3", "name": "Kim"}
    take(
        "contact",
        pat | {"customer": "Pat Doe"},
        role | {"customer": "Globex"},
        other | {"customer": "Globex"},
    )
    deal = {"external_id": "d1", "name": "Pat's boat", "customer": "Pat Doe"}
    take("opportunity", deal | {"state": "open"})
    keys = Contact.objects.exclude(name="Kim").values_list("pk", flat=True)

    gone = erase_people(list(keys), now=at("2026-02-10 08:00"))

    assert (gone.contacts, gone.customers, gone.texts) == (2, 1, 1)
    person = Customer.objects.exclude(name="Globex").get()
    assert person.name == person.external_id == f"erased:{person.pk}"
    assert take("customer", *company).erased == 1
    assert take("customer", {"name": "Pat Doe", "country": "Spain"}).erased == 1
    assert take("opportunity", deal | {"state": "open"}).same == 1
    person.refresh_from_db()
    assert (person.name, person.country) == (f"erased:{person.pk}", "Norway")
    assert Opportunity.objects.get().name == ""


def test_what_imports_keep_of_refused_rows_is_blanked_where_it_tells_of_them(world):
    source = Source.objects.create(slug="crm", name="CRM")
    told = [{"row": 2, "value": "PAT@acme.example,"}, {"row": 3, "value": "Pa"}]
    for name, errors in (("pat  doe.csv", told), ("all.csv", told[1:])):
        ImportRun.objects.create(
            record="contact",
            source=source,
            file_name=name,
            errors=errors,
            state=ImportRun.State.REFUSED,
            started_at=NOW,
        )

    forget_in_imports(["pat@acme.example", "Pat Doe", "Pa", ""])

    kept = [(run.file_name, run.errors) for run in ImportRun.objects.order_by("pk")]
    assert kept == [
        ("", [{"row": 2, "value": ""}, {"row": 3, "value": "Pa"}]),
        ("all.csv", told[1:]),
    ]
