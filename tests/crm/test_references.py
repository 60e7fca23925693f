"""What rows call other records."""

import pytest

from crmkpi.crm.ingest.references import References
from crmkpi.crm.ingest.services import ensure_source
from crmkpi.crm.models import Customer, Member, Ticket
from tests.crm.rows import at, refused, take, ticket
from tests.world import NOW

pytestmark = pytest.mark.django_db
UNKNOWN = "There is no customer with this id or name."
SEVERAL = "Several are called so: name the customer by its id."


def customer_of(text, source="crm"):
    take("ticket", ticket(customer=text), source=source)
    return Ticket.objects.get().customer.external_id


@pytest.fixture(autouse=True)
def customers(world):
    take("customer", {"external_id": "1", "name": "Acme"})
    take("customer", {"external_id": "2", "name": "Brill"})
    take("customer", {"external_id": "1", "name": "Corner"}, source="shop")
    take("customer", {"external_id": "9", "name": "Brill"}, source="shop")


def test_by_id_in_the_same_source():
    assert customer_of("1") == "1"
    assert Ticket.objects.get().customer.name == "Acme"


def test_by_name_whatever_its_case():
    assert customer_of("  ACME ") == "1"


def test_by_name_in_the_same_source_before_others():
    assert customer_of("Brill") == "2"


def test_by_name_in_another_source():
    assert customer_of("corner") == "1"
    assert Ticket.objects.get().customer.name == "Corner"


def test_by_id_in_another_source():
    assert customer_of("9") == "9"


def test_a_name_that_several_have():
    row = ticket(customer="Brill")
    assert refused("ticket", row, source="desk") == [(2, "customer", SEVERAL)]


def test_two_spellings_of_one_name():
    rows = ticket("t1", customer="acme"), ticket("t2", customer="ACME")
    take("ticket", *rows)
    assert Ticket.objects.filter(customer__name="Acme").count() == 2


def test_nobody_is_called_so():
    rows = ticket(customer="Acme"), ticket("t2", customer="Nobody")
    assert refused("ticket", *rows) == [(3, "customer", UNKNOWN)]
    assert not Ticket.objects.exists()


def test_a_blank_names_nobody():
    take("ticket", ticket(customer=None))
    assert Ticket.objects.get().customer is None


def test_numbers_are_ids_too():
    assert customer_of(2) == "2"


def test_members_are_made_once_whatever_their_case():
    take("ticket", ticket(topic="Late  delivery"), ticket("t2", topic="LATE DELIVERY"))
    assert [member.name for member in Member.objects.all()] == ["Late delivery"]


def test_what_was_found_is_not_looked_up_again(django_assert_num_queries):
    references = References(ensure_source("crm"), NOW)
    references.keys("customer", ["Acme", "2"])
    with django_assert_num_queries(0):
        found = references.keys("customer", ["2", "Acme"])
    acme = Customer.objects.get(name="Acme")
    assert found["Acme"] == acme.pk


def test_an_opportunity_is_named_by_its_id_alone():
    take("opportunity", {"external_id": "o1", "name": "Pumps", "state": "open"})
    row = {"external_id": "c1", "started": at("2026-02-02 08:00")}
    take("interaction", row | {"opportunity": "o1"})
    assert refused("interaction", row | {"opportunity": "Pumps"}) == [
        (2, "opportunity", "There is no opportunity with this id or name.")
    ]
