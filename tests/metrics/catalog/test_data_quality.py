"""Filled fields and values that obey their rules, counted by hand."""

from crmkpi.crm import models as crm
from crmkpi.crm.models import Member
from crmkpi.lib.periods import UNDATED, Period
from tests.crm.rows import take
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.world import day

FIRST = day("2026-02-01")
JANUARY = Period(day("2026-01-01"), FIRST)


def tickets(world):
    """Three tickets of Alice's: of 4 fields each 4, 2 and 1 are filled in."""
    customer = rows.saved(crm.Customer, name="Acme")
    topic, kind = rows.member("topic", "Invoice"), rows.member("type", "Question")
    who = (world.alice, world.berlin)
    rows.put(
        rows.ticket(*who, opened=FIRST, customer=customer, topic=topic, type=kind),
        rows.ticket(*who, opened=FIRST - 1, customer=customer),
        rows.ticket(*who, opened=FIRST),
        rows.ticket(*who, opened=FIRST, exclusion=crm.Exclusion.SPAM),
    )


def test_without_records_there_is_nothing_to_be_complete(world):
    for key in ("data_completeness", "data_validity"):
        found = of_company(key)
        assert (found.value, found.status) == (None, "no_data")
        assert found.reason


def test_completeness_by_record_and_field(world):
    """7 of 12 fields of tickets and 2 of 3 of a deal are filled in: 9 of 15, 60 %."""
    tickets(world)
    deal = rows.deal(world.cleo, world.north, opened=UNDATED)
    deal.customer = crm.Customer.objects.get()
    rows.put(deal)
    computed()
    found = of_company("data_completeness")
    assert (found.numerator, found.denominator, found.value) == (9, 15, 60)
    assert (found.n, found.low) == (4, None)
    assert found.stats["ticket_customer"].quantize(1) == 67
    assert found.stats["ticket"].quantize(1) == 58
    assert found.stats["deal_product"] == 0
    assert found.stats["deal_owner"] == 100
    assert found.stats["order"] is None  # no order, no share
    assert of_agent("data_completeness", world.alice).denominator == 12
    assert of_team("data_completeness", world.north).denominator == 3
    assert of_team("data_completeness", world.support).numerator == 7


def test_completeness_counts_all_records_up_to_a_day(world):
    """Up to 31 January one ticket with 2 of 4 fields; those of February come later."""
    tickets(world)
    computed()
    found = of_company("data_completeness", JANUARY)
    assert (found.numerator, found.denominator) == (2, 4)
    assert of_company("data_completeness").denominator == 12


def test_words_that_say_nothing_are_empty(world):
    take(
        "customer",
        {"name": "A", "owner": "Alice", "industry": "n/a", "region": "0000"},
        {"name": "B", "owner": "Alice", "industry": "Retail", "segment": "-"},
    )
    kept = dict(crm.Customer.objects.values_list("name", "industry__name"))
    assert kept == {"A": None, "B": "Retail"}
    named = set(Member.objects.values_list("name", flat=True))
    assert named & {"n/a", "0000", "-"} == set()


def test_validity_of_values(world):
    """Orders: 2 with a day, 1 of 2 with an amount; won deals: 1 of 2 with an amount;
    deals: 1 of 2 with a day; 1 of 1 tickets in order; calls: 1 of 2 talked: 7 of 11.
    """
    who = (world.cleo, world.north)
    rows.put(
        rows.order(*who, paid=FIRST, amount=100), rows.order(*who, paid=FIRST, amount=0)
    )
    rows.put(
        rows.deal(*who, opened=FIRST, closed=FIRST, won=True),
        rows.deal(*who, opened=UNDATED, closed=FIRST, won=True, amount=0),
    )
    rows.put(
        rows.resolved(world.alice, world.berlin, opened=FIRST, on=FIRST, seconds=9),
        rows.ticket(world.alice, world.berlin, opened=FIRST),
    )
    rows.put(
        rows.call(*who, at=FIRST, talk_seconds=30),
        rows.call(*who, at=FIRST),
        rows.call(*who, at=FIRST, is_answered=False),
    )
    computed()
    found = of_company("data_validity")
    assert (found.numerator, found.denominator) == (7, 11)
    assert found.stats["order_with_an_amount"] == 50
    assert found.stats["answered_call_with_talk_time"] == 50
    assert of_team("data_validity", world.support).numerator == 1
