"""The declared queries on DuckDB: the same cells as on the database under test."""

import pytest

from metrics.dimensions import Cut
from metrics.engine.cells import leaf_query
from metrics.measures import AXES
from metrics.measures.orders import OrdersPaid
from tests.world import World

pytestmark = pytest.mark.engines


def duck_with(*queries):
    from tests.engines.adapters import Duck
    from tests.engines.copies import copy_tables

    duck = Duck()
    copy_tables([duck], queries)
    return duck


def test_every_axis_gives_the_same_cells_on_duckdb(everything: World) -> None:
    from metrics.engine.engines import run_on
    from tests.engines.copies import as_cells, leaf_queries

    queries = list(leaf_queries())
    duck = duck_with(*(query for _axis, _cut, query in queries))

    assert {axis.key() for axis, _cut, _query in queries} == set(AXES)
    for axis, cut, query in queries:
        ours, theirs = as_cells(query), as_cells(run_on(duck, query))
        assert ours, (axis.key(), cut)
        assert theirs == ours, (axis.key(), cut)


def test_a_row_that_only_one_of_both_has_is_a_difference(everything: World) -> None:
    from metrics.engine.engines import run_on
    from tests.engines.copies import as_cells

    query = leaf_query(OrdersPaid, Cut.AGENT)
    duck = duck_with(query)
    duck.db.execute(
        'DELETE FROM "crm_order" WHERE paid_day = (SELECT max(paid_day) '
        'FROM "crm_order" WHERE exclusion = 0)'
    )

    assert as_cells(run_on(duck, query)) != as_cells(query)
