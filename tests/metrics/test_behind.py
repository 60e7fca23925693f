"""Rows and numbers agree, for every metric of the catalogue."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from crmkpi.crm.models import Order
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Calendar
from metrics import behind, queries
from metrics.behind import Part
from metrics.catalog import METRICS
from metrics.expressions import FromRows
from metrics.queries import Asked, Value
from metrics.scopes import Scope, agent_scope, company, parse_scope, team_scope
from metrics.tallies import tally
from tests.metrics import rows
from tests.metrics.keys import WITH_ROWS
from tests.world import NOW, TODAY, World, day

CALENDAR = Calendar()
PERIODS = ("2025-Q4", "2026-Q1", "2026-01", "2026-02-02..2026-02-13", None)


def period(text: str | None):
    return None if text is None else CALENDAR.parse(text, today=TODAY)


def scopes(world: World) -> list[Scope]:
    return [company(), team_scope(world.support), agent_scope(world.alice)]


@pytest.fixture(scope="module")
def values(_everything: World, django_db_blocker) -> dict[Asked, Value]:
    """Every metric of every scope and period, read at once."""
    asked = [
        (key, scope.key, period(text))
        for key in METRICS
        for scope in scopes(_everything)
        for text in PERIODS
    ]
    with django_db_blocker.unblock():
        return queries.read_values(asked, today=TODAY, now=NOW)


OF_PARTS = [
    key
    for key, metric in METRICS.items()
    if isinstance(metric.expression, FromRows) and metric.expression.parts
]
# A product, a share of what these rows do not tell, and a ratio of variances.
WITHOUT_SIDES = (
    "customer_lifetime_value",
    "market_share",
    "segmentation_effectiveness",
)


@pytest.mark.parametrize("key", WITH_ROWS)
def test_the_rows_are_as_many_as_the_number_says(
    key: str, everything: World, values: dict[Asked, Value]
) -> None:
    checked = 0
    for scope in scopes(everything):
        for text in PERIODS:
            value = values[key, scope.key, period(text)]
            if value.status == "error" or value.n is None:
                continue
            found = behind.behind(METRICS[key], scope.key, period(text), today=TODAY)
            divided_by = [each for each in found if not each.is_above_only]
            counted = sum(each.counted.count() for each in divided_by)
            assert counted == value.n, (scope, text)
            checked += value.n > 0
    assert checked >= 4


@pytest.mark.parametrize("key", WITH_ROWS)
def test_what_rows_add_sums_up_to_both_sides(
    key: str, everything: World, values: dict[Asked, Value]
) -> None:
    metric, checked = METRICS[key], 0
    for scope in scopes(everything):
        for text in PERIODS:
            value = values[key, scope.key, period(text)]
            if value.numerator is None and value.denominator is None:
                continue
            found = behind.behind(metric, scope.key, period(text), today=TODAY)
            above, below = added_up(found)
            upper = metric.above_unit or metric.unit
            assert above == minor(value.numerator or 0, upper), (scope, text)
            if value.denominator is not None:
                assert below == minor(value.denominator, metric.below_unit), text
            checked += 1
    assert checked


@pytest.mark.parametrize("key", OF_PARTS)
def test_what_is_made_of_several_sums_has_the_rows_of_each(
    key: str, everything: World, values: dict[Asked, Value]
) -> None:
    metric, checked = METRICS[key], 0
    for text in PERIODS:
        value = values[key, company().key, period(text)]
        found = behind.behind(metric, company().key, period(text), today=TODAY)
        assert len({each.kind for each in found}) == len(found)
        if value.numerator is not None:
            upper = minor(value.numerator, metric.above_unit or metric.unit)
            assert upper in [added_up([each])[0] for each in found], text
            checked += 1
    assert checked or key in WITHOUT_SIDES


def added_up(found: list[behind.Behind]) -> tuple[int, int]:
    """Return what the counted rows of all axes add above and below the line."""
    above = below = 0
    for each in found:
        held = each.counted.annotate(upper=behind.above(each), lower=behind.below(each))
        sums = held.aggregate(above=Sum("upper"), below=Sum("lower"))
        above, below = above + (sums["above"] or 0), below + (sums["below"] or 0)
    return above, below


def minor(side: Decimal | int, unit: Unit) -> Decimal:
    return Decimal(side) * (100 if unit in queries.MONEY else 1)


@pytest.mark.parametrize("key", WITH_ROWS)
def test_found_less_left_out_less_too_young_is_counted(
    key: str, everything: World, values: dict[Asked, Value]
) -> None:
    for scope in scopes(everything):
        for text in PERIODS:
            value = values[key, scope.key, period(text)]
            if value.n is None or value.cases is None:
                continue
            found = behind.behind(METRICS[key], scope.key, period(text), today=TODAY)
            found = [each for each in found if not each.is_above_only]
            everyone = sum(each.found.count() for each in found)
            out = sum(line.count for each in found for line in tally(each).left_out)
            young = value.cases - value.n
            assert everyone - out - young == value.n, (scope, text)


def test_exclusions_name_the_reason_and_count_rows_of_this_metric_alone(
    everything: World,
) -> None:
    world, on = everything, day("2026-02-02")
    paid = {"paid": on, "amount": 100}
    rows.put(
        rows.order(world.carl, world.north, **paid),
        rows.order(world.carl, world.north, **paid, exclusion=1),
        rows.order(world.carl, world.north, **paid, state=Order.State.REFUNDED),
        rows.order(world.carl, world.north, paid=on - 30, amount=100, exclusion=1),
    )
    scope = agent_scope(world.carl).key

    left_out = queries.exclusions(
        "average_order_value", scope, period("2026-02"), today=TODAY
    )

    assert [(each.name, each.count) for each in left_out] == [
        ("Test or internal account", 1),
        ("Refunded", 1),
    ]


def test_rows_without_a_known_day_are_said_for_a_period_only(everything: World) -> None:
    scope = company().key
    bounded = queries.exclusions("close_rate", scope, period("2026-Q1"), today=TODAY)
    unbounded = queries.exclusions("close_rate", scope, None, today=TODAY)

    assert {each.name: each.count for each in bounded}["Undated"] == 4
    assert "Undated" not in {each.name for each in unbounded}


def test_the_sides_of_a_balance(everything: World) -> None:
    (found,) = behind.behind(METRICS["nps"], company().key, None, today=TODAY)
    parts = tally(found).parts
    value = queries.read_value("nps", company(), today=TODAY, now=NOW)

    plus, minus = parts[Part.ABOVE], parts[Part.AGAINST]
    assert plus > 0 and minus > 0
    assert plus - minus == value.numerator
    assert plus + minus + parts[Part.BELOW] == value.n


@pytest.mark.parametrize("key", WITH_ROWS)
@pytest.mark.parametrize("who", ["mona", "ana", "alice"])
def test_a_tally_counts_the_lists_that_a_reader_gets(
    key: str, who: str, everything: World
) -> None:
    access = everything.access(getattr(everything, who))
    for each in behind.behind(METRICS[key], company().key, None, today=TODAY):
        counted = tally(each, access)
        for part in (Part.COUNTED, Part.OUT, Part.YOUNG):
            assert behind.visible(each, access, part).count() == counted.parts[part]
        if behind.has_parts(METRICS[key]):
            for part in (Part.ABOVE, Part.BELOW, Part.AGAINST):
                assert behind.visible(each, access, part).count() == counted.parts[part]


def test_readers_get_the_rows_of_their_people_alone(everything: World) -> None:
    scope = parse_scope("team:support-berlin")
    (found,) = behind.behind(
        METRICS["ticket_volume"], scope.key, period("2026-Q1"), today=TODAY
    )
    seen = {}
    for name in ("mona", "lee", "alice", "carl"):
        held = behind.visible(found, everything.access(getattr(everything, name)))
        seen[name] = {row.agent_id for row in held}

    both = {everything.alice.pk, everything.bob.pk}
    assert seen["mona"] == seen["lee"] == both
    assert seen["alice"] == {everything.alice.pk}
    assert seen["carl"] == set()


def test_what_is_calculated_from_other_metrics_has_no_rows_of_its_own() -> None:
    assert behind.main_axes(METRICS["pipeline_velocity"]) == []
