"""What run_on makes of a query: values, divisions, nothing to find, refusals."""

import pytest
from django.db.models import Avg, BigIntegerField, Count, F, Max, Sum
from django.db.models.functions import Cast

from crmkpi.crm.models import Order, Ticket
from metrics.dimensions import Cut
from metrics.engine.cells import CELL_KEY, leaf_query, measure_names
from metrics.measures.orders import OrdersPaid
from tests.metrics import rows
from tests.world import World, day

pytestmark = pytest.mark.engines


def duck_with(*queries):
    from tests.engines.adapters import Duck
    from tests.engines.copies import copy_tables

    duck = Duck()
    copy_tables([duck], queries)
    return duck


def test_whole_numbers_are_divided_as_whole_numbers(world: World) -> None:
    from metrics.engine.engines import run_on

    on = day("2026-01-10")
    for amount in (49, 50, 149, 1_050):  # in units of 100: 0, 1, 1 and 11
        rows.put(rows.order(world.alice, world.berlin, paid=on, amount=amount))
    query = leaf_query(OrdersPaid, Cut.AGENT)
    (row,) = run_on(duck_with(query), query)

    cell = dict(zip([*CELL_KEY, *measure_names(OrdersPaid)], row, strict=True))
    assert cell["amount"] == 49 + 50 + 149 + 1_050
    assert cell["units"] == 0 + 1 + 1 + 11
    assert cell["units2"] == 0 + 1 + 1 + 121


def test_texts_arrive_as_they_are(world: World) -> None:
    from metrics.engine.engines import run_on

    on = day("2026-01-10")
    for currency in ("EUR", "O'N"):
        rows.put(
            rows.order(
                world.alice,
                world.berlin,
                paid=on,
                amount=100,
                original_currency=currency,
            )
        )
    query = Order.objects.filter(original_currency="O'N").values_list("amount")
    assert run_on(duck_with(query), query) == [(100,)]


def test_no_rows_give_no_cells(world: World) -> None:
    from metrics.engine.engines import run_on

    query = leaf_query(OrdersPaid, Cut.AGENT)
    assert run_on(duck_with(query), query) == []
    assert run_on(duck_with(query), Order.objects.none().values_list("id")) == []


@pytest.mark.parametrize(
    ("measure", "named"),
    [
        (Avg("resolution_seconds"), "AVG"),
        (Max(Cast("resolution_seconds", BigIntegerField()) / 2.5), "2.5"),
        (Sum(F("resolution_seconds")) / Count("id"), "SUM"),
    ],
    ids=["average", "fraction", "ratio"],
)
def test_what_engines_answer_differently_is_refused(db, measure, named: str) -> None:
    from metrics.engine.engines import NotPortable, parse

    query = Ticket.objects.values("agent_id").annotate(x=measure).values_list("x")
    with pytest.raises(NotPortable, match=named):
        parse(query)
