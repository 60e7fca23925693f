"""Leads on a few rows worked out by hand."""

from decimal import Decimal

from crmkpi.crm import models as crm
from crmkpi.lib.periods import UNDATED, Period
from tests.metrics import rows
from tests.metrics.catalog.ask import (
    FEBRUARY,
    computed,
    of_agent,
    of_company,
    of_team,
)
from tests.world import TODAY, day

FIRST = FEBRUARY.start
OCTOBER = Period(day("2025-10-01"), day("2025-11-01"))
CONVERTED = crm.Lead.State.CONVERTED


def came(world, on, **fields):
    return rows.lead(world.cleo, world.north, created=on, **fields)


def test_new_leads_by_the_day_they_came(world):
    """2 in February: on its first day and today; not on 31 January, not spam."""
    campaign = rows.campaign("Spring")
    rows.put(
        came(world, FIRST, campaign=campaign),
        came(world, TODAY),
        came(world, FIRST - 1),
        came(world, FIRST, exclusion=crm.Exclusion.SPAM),
        came(world, UNDATED),
    )
    computed()
    assert of_company("new_leads").value == 2
    assert of_team("new_leads", world.sales).value == 2
    assert of_team("new_leads", world.support).value == 0
    assert of_agent("new_leads", world.cleo).value == 2


def test_without_any_lead_nothing_is_known(world):
    computed()
    for key in ("new_leads", "lead_conversion_rate", "lead_response_time"):
        found = of_company(key)
        assert (found.value, found.status) == (None, "no_data"), key
        assert found.reason


def test_conversion_within_90_days(world):
    """Of 4 leads of October 2 count as converted: after 0 days and after 90.

    Not after 91 days, not the lost one. Left out: spam, a lead of somebody who was a
    customer the day before, leads of 30 September and 1 November. A customer won on the
    day of the lead was won by it.
    """
    first, last = OCTOBER.start, OCTOBER.end - 1
    known, won = (
        rows.customer(world.cleo, world.north, acquired=first + shift)
        for shift in (4, 5)
    )
    rows.put(known, won)
    rows.put(
        came(world, first, state=CONVERTED, closed_day=first),
        came(world, first + 5, state=CONVERTED, closed_day=first + 95, customer=won),
        came(world, last, state=CONVERTED, closed_day=last + 91),
        came(world, last, state=crm.Lead.State.LOST, closed_day=last + 1),
        came(world, first, exclusion=crm.Exclusion.SPAM),
        came(world, first + 5, state=CONVERTED, closed_day=first + 6, customer=known),
        came(world, first - 1, state=CONVERTED, closed_day=first),
        came(world, last + 1),
    )
    computed()
    found = of_company("lead_conversion_rate", OCTOBER)
    assert (found.numerator, found.denominator, found.value) == (2, 4, 50)
    assert found.status == "low_n"
    assert of_team("lead_conversion_rate", world.sales, OCTOBER).denominator == 4
    assert of_team("lead_conversion_rate", world.support, OCTOBER).value is None


def test_leads_younger_than_90_days_are_not_judged(world):
    """What came 90 days ago is judged today, what came a day later is not."""
    rows.put(
        came(world, TODAY - 90, state=CONVERTED, closed_day=TODAY - 90),
        came(world, TODAY - 89, state=CONVERTED, closed_day=TODAY - 88),
    )
    computed()
    days = Period(TODAY - 100, TODAY + 1)
    found = of_company("lead_conversion_rate", days)
    assert (found.numerator, found.denominator, found.cases) == (1, 1, 2)
    young = of_company("lead_conversion_rate", Period(TODAY - 89, TODAY + 1))
    assert (young.status, young.value) == ("immature", None)


def test_an_earlier_acquisition_takes_a_lead_out(world):
    """The customer turns out to have been one before: its lead no longer counts."""
    first = OCTOBER.start
    customer = rows.customer(world.cleo, world.north, acquired=first + 2)
    rows.put(customer)
    rows.put(
        came(world, first + 1),
        came(
            world, first + 1, state=CONVERTED, closed_day=first + 2, customer=customer
        ),
    )
    computed()
    assert of_company("lead_conversion_rate", OCTOBER).value == 50
    customer.acquired_day = first
    rows.put(customer, cause="edit")
    computed()
    found = of_company("lead_conversion_rate", OCTOBER)
    assert (found.numerator, found.denominator) == (0, 1)


def test_customers_to_leads_may_exceed_100_percent(world):
    """3 customers and 2 leads in February: 150 %, and no interval of a share."""
    rows.put(
        *[
            rows.customer(world.cleo, world.north, acquired=on)
            for on in (FIRST, FIRST + 1, TODAY, FIRST - 1)
        ]
    )
    rows.put(came(world, FIRST), came(world, TODAY))
    computed()
    found = of_company("lead_to_customer_ratio")
    assert (found.value, found.low, found.n) == (150, None, 2)
    assert of_company("lead_to_customer_ratio", OCTOBER).value is None


def test_response_time_of_answered_leads(world):
    """60, 120 and 600 seconds: mean 260, median 120; two nobody has answered.

    The answer of 31 January belongs to January, though the lead is none of February.
    """
    rows.put(
        came(world, FIRST - 3, responded_day=FIRST, response_seconds=600),
        came(world, FIRST, responded_day=FIRST, response_seconds=60),
        came(world, FIRST, responded_day=TODAY, response_seconds=120),
        came(world, FIRST - 1, responded_day=FIRST - 1, response_seconds=9_000),
        came(world, FIRST, responded_day=TODAY),
        came(world, FIRST),
        came(world, TODAY),
        came(world, FIRST - 1),
    )
    computed()
    found = of_company("lead_response_time")
    assert (found.value, found.n, found.stats["median"]) == (260, 3, 120)
    assert found.stats["unanswered"] == Decimal(2)
    assert of_agent("lead_response_time", world.alice).status == "no_data"
