"""How far segments tell customers apart, by hand and with an oracle."""

from decimal import Decimal
from statistics import fmean

import pytest

from crmkpi.crm import models as crm
from metrics.engine.cohorts import CohortWindow
from metrics.expressions import Span
from metrics.rules.segmentation import Group, eta_squared, segmentation
from metrics.scopes import company, team_scope
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.world import TODAY

KEY = "segmentation_effectiveness"
START = TODAY + 1 - 365  # the first day of the window of a February still open


def group(*amounts):
    found = Group()
    for amount in amounts:
        found.add(amount)
    return found


def test_the_example_worked_out_by_hand():
    assert eta_squared([group(1, 3), group(5, 7)]) == (Decimal("0.8"), 50)
    assert eta_squared([group(4, 4), group(4, 4)]) is None
    assert eta_squared([group(1, 3), group(1, 3)]) == (0, 0)


def customers(world, segment, amounts, *, owner=None, team=None, since=START - 9):
    """Write customers of a segment, each with one order at the end of the window."""
    owner, team = owner or world.cleo, team or world.north
    member = segment and rows.member("segment", segment)
    people = [rows.customer(owner, team, segment=member) for _each in amounts]
    rows.put(*people)
    spells = [rows.stay(who, owner, team, since=since) for who in people]
    for spell in spells:
        spell.segment = member
    rows.put(*spells)
    orders = [
        rows.order(owner, team, paid=TODAY, amount=amount, customer=who)
        for who, amount in zip(people, amounts, strict=True)
        if amount
    ]
    if orders:
        rows.put(*orders)
    return people


def oracle(*groups):
    """Return η² from the textbook, with means."""
    every = [amount for each in groups for amount in each]
    mean = fmean(every)
    between = sum(len(each) * (fmean(each) - mean) ** 2 for each in groups)
    return between / sum((amount - mean) ** 2 for amount in every)


SMALL = [number * 7 % 50 * 100 for number in range(30)]
LARGE = [number * 11 % 90 * 400 for number in range(40)]


def test_the_share_of_variance_between_segments(world):
    customers(world, "Home", SMALL)
    customers(world, "Business", LARGE)
    computed()
    found = of_company(KEY)
    assert float(found.value) == pytest.approx(oracle(SMALL, LARGE), abs=1e-6)
    assert (found.n, found.status) == (70, "ok")
    assert found.stats["segments"] == 2
    lift = fmean(LARGE) / fmean(SMALL + LARGE) - 1
    assert float(found.stats["best_segment"]) == pytest.approx(lift * 100)
    assert of_team(KEY, world.sales).value == found.value
    assert of_team(KEY, world.support).value is None
    assert of_agent(KEY, world.cleo).status == "error"


def test_other_outcomes_stand_beside_it(world):
    """Of 30 at home 10 leave, of 40 in business nobody; most have one order."""
    home = customers(world, "Home", SMALL)
    customers(world, "Business", LARGE)
    for who in home[:10]:
        spell = crm.CustomerSpell.objects.get(customer=who)
        spell.ended_day = TODAY - 5
        rows.put(spell)
    computed()
    orders = oracle([amount > 0 for amount in SMALL], [amount > 0 for amount in LARGE])
    stayed = oracle([0] * 10 + [1] * 20, [1] * 40)
    found = of_company(KEY).stats
    assert float(found["by_orders"]) == pytest.approx(orders, abs=1e-6)
    assert float(found["by_stayed"]) == pytest.approx(stayed, abs=1e-6)


def test_what_does_not_count(world):
    """A segment of 29, no segment, customers of the window, test accounts, and orders
    that are not paid or older than the window."""
    first = customers(world, "Home", SMALL)
    customers(world, "Business", LARGE)
    customers(world, "Rare", [900_000] * 29)
    customers(world, None, [900_000] * 40)
    customers(world, "Home", [900_000] * 3, since=START)
    odd = customers(world, "Home", [900_000])
    odd[0].exclusion = crm.Exclusion.TEST
    rows.put(odd[0])
    sold = {"amount": 900_000, "customer": first[0]}
    rows.put(
        rows.order(world.cleo, world.north, paid=START - 1, **sold),
        rows.order(world.cleo, world.north, paid=TODAY, state=0, **sold),
        rows.order(world.cleo, world.north, paid=TODAY, exclusion=1, **sold),
    )
    rows.put(rows.order(world.cleo, world.north, paid=START, **sold | {"amount": 500}))
    computed()
    changed = [SMALL[0] + 500, *SMALL[1:]]
    found = of_company(KEY)
    assert float(found.value) == pytest.approx(oracle(changed, LARGE), abs=1e-6)


def test_one_segment_tells_nothing(world):
    customers(world, "Home", SMALL)
    computed()
    found = of_company(KEY)
    assert (found.value, found.status) == (None, "no_data")
    assert found.reason == "Fewer than two segments have 30 customers."


def test_customers_who_all_bring_the_same(world):
    customers(world, "Home", [500] * 30)
    customers(world, "Business", [500] * 30)
    computed()
    assert of_company(KEY).reason == "All customers brought the same."


def test_one_statement_for_any_number_of_spans(world, django_assert_num_queries):
    customers(world, "Home", SMALL)
    customers(world, "Business", LARGE)
    days = [(TODAY - number, TODAY + 1) for number in range(1, 40)]
    windows = [
        CohortWindow(scope.key, Span(*each, *each))
        for each in days
        for scope in (company(), team_scope(world.sales), team_scope(world.support))
    ]

    with django_assert_num_queries(2):  # and 1 for the teams
        found = segmentation(set(windows))

    alone = {each: segmentation({each})[each] for each in windows[::20]}
    assert {each: found[each] for each in alone} == alone
    assert len({outcome.value for outcome in found.values()}) > 1
