"""What is wrong with conditions, and how they read. No database."""

from decimal import Decimal

import pytest

from crmkpi.crm.segments.rules import (
    COMPARING,
    NAMING,
    Condition,
    How,
    Rule,
    Shape,
    fault_of,
    sentence,
)

REGION = Shape("region", "Region", (*NAMING, How.UNKNOWN))
ORDERS = Shape("orders", "Orders", COMPARING, looks_back=True, counts_from_zero=True)
SCORE = Shape("last_nps", "Last score", COMPARING, most=Decimal(10))
REGIONS = {"North": "North", "South": "South"}


def region(*values: str, how: How = How.ANY_OF) -> Condition:
    return Condition("region", how, values=values)


def orders(number: object, days: int | None = 90, how: How = How.AT_LEAST) -> Condition:
    held = None if number is None else Decimal(str(number))
    return Condition("orders", how, number=held, days=days)


@pytest.mark.parametrize(
    ("condition", "shape", "part", "told"),
    [
        (region("North"), None, "field", "nothing that is called so"),
        (region("North", how=How.AT_LEAST), REGION, "how", "is one of"),
        (region(), REGION, "value", "Name at least one. There are: North, South."),
        (region("Nort"), REGION, "value", "There is none called “Nort”."),
        (region("North", "South"), REGION, "value", "tells nobody apart"),
        (orders(None), ORDERS, "value", "Write a number."),
        (orders(2.5), ORDERS, "value", "Write a whole number."),
        (orders(-1), ORDERS, "value", "between 0 and"),
        (orders("NaN"), ORDERS, "value", "Write a number."),
        (orders(0), ORDERS, "value", "Everybody has at least 0"),
        (orders(3, days=None), ORDERS, "days", "Say over how many days."),
        (orders(3, days=4_000), ORDERS, "days", "1 to 3650 days"),
        (orders(11, days=None), SCORE, "value", "between 0 and 10"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(condition, shape, part, told):
    found = fault_of(condition, shape, REGIONS)

    assert found is not None
    assert found[0] == part
    assert told in found[1]


@pytest.mark.parametrize(
    ("condition", "shape"),
    [
        (region("North"), REGION),
        (region("North", how=How.NONE_OF), REGION),
        (region(how=How.UNKNOWN), REGION),
        (orders(3), ORDERS),
        (orders(0, how=How.AT_MOST), ORDERS),  # nobody who ordered
        (orders(9, days=None), SCORE),
    ],
)
def test_what_is_right_has_no_fault(condition, shape):
    assert fault_of(condition, shape, REGIONS) is None


def test_conditions_read_as_sentences():
    assert sentence(orders(3), ORDERS, {}) == "Orders in the last 90 days: at least 3"
    assert sentence(region("North"), REGION, REGIONS) == "Region: one of North"
    assert sentence(region(how=How.UNKNOWN), REGION, {}) == "Region: not known"


def test_a_rule_comes_back_as_it_was_stored():
    rule = Rule((region("North"), orders(3)), needs_all=False)

    stored = [each.as_json() for each in rule.conditions]

    assert stored == [
        {"field": "region", "how": "any_of", "values": ["North"]},
        {"field": "orders", "how": "at_least", "number": "3", "days": 90},
    ]
    assert Rule.from_json(stored, needs_all=False) == rule


@pytest.mark.parametrize("stored", [{}, {"field": "x"}, {"field": "x", "how": "like"}])
def test_what_is_no_condition_is_refused(stored):
    with pytest.raises(ValueError):
        Rule.from_json([stored], needs_all=True)
