"""Customers who stay, leave and cost, worked out by hand."""

from decimal import Decimal

import pytest

from crmkpi.crm import models as crm
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.world import NOW, day

FIRST = day("2026-02-01")


@pytest.fixture
def spells(world):
    """Of three active before February one left on the 5th; a fourth joined on the 3rd.

    One left and came back within the month: it stayed.
    """
    held = []
    for name, spans in {
        "stays": [(FIRST - 100, None)],
        "leaves": [(FIRST - 100, FIRST + 4)],
        "returns": [(FIRST - 50, FIRST + 1), (FIRST + 3, None)],
        "joins": [(FIRST + 2, None)],
    }.items():
        customer = crm.Customer.objects.create(
            source=rows.source(), external_id=name, name=name, written_at=NOW
        )
        held += [
            crm.CustomerSpell(
                customer=customer,
                agent=world.cleo,
                team=world.north,
                started_day=start,
                ended_day=end,
            )
            for start, end in spans
        ]
    rows.put(*held)
    computed()


def test_retention_and_churn_share_their_customers(world, spells):
    stayed, left = of_company("customer_retention_rate"), of_company("churn_rate")
    assert (stayed.numerator, stayed.denominator) == (2, 3)
    assert (left.numerator, left.denominator) == (1, 3)
    assert stayed.value + left.value == 100


def test_active_customers_at_the_end(world, spells):
    """3 before, less 1 that left, plus 1 that joined."""
    assert of_company("active_customers").value == 3
    assert of_team("active_customers", world.sales).value == 3
    assert of_team("active_customers", world.support).value == 0
    assert of_agent("customer_retention_rate", world.alice).status == "no_data"


def test_acquisition_cost_of_new_customers(world):
    """Marketing 300.00 and sales 100.00 in February, service apart: 400 ÷ 2."""
    cost = crm.Cost.objects.create(
        source=rows.source(),
        external_id="c",
        kind=crm.Cost.Kind.MARKETING,
        first_day=FIRST,
        end_day=FIRST + 28,
        written_at=NOW,
    )
    rows.put(
        *[
            crm.CostShare(cost=cost, kind=kind, day=on, amount=amount)
            for kind, on, amount in (
                (crm.Cost.Kind.MARKETING, FIRST, 300_00),
                (crm.Cost.Kind.SALES, FIRST + 3, 100_00),
                (crm.Cost.Kind.SERVICE, FIRST + 3, 900_00),
                (crm.Cost.Kind.SALES, FIRST - 1, 500_00),
            )
        ]
    )
    rows.put(
        *[
            crm.Customer(
                source=rows.source(),
                external_id=f"new-{number}",
                name="New",
                acquired_day=on,
                acquired_team=world.north,
                agent=world.cleo,
                written_at=NOW,
            )
            for number, on in enumerate((FIRST, FIRST + 5, FIRST - 3))
        ]
    )
    computed()
    assert of_company("new_customers").value == 2
    assert of_company("customer_acquisition_cost").value == Decimal(200)
    assert of_agent("customer_acquisition_cost", world.cleo).status == "error"
