"""What a metric reads, and what is built on it."""

import pytest

from metrics.catalog import METRICS
from metrics.lineage import WHEN, lineage
from metrics.measures import AXES
from tests.metrics.views.reading import page, signed_in, words
from tests.objectives import scenes as aims
from tests.world import World

pytestmark = pytest.mark.usefixtures("at_now")


def test_a_ratio_of_two_facts_names_both(world: World) -> None:
    found = lineage(METRICS["customer_acquisition_cost"], world.access(world.mona))
    assert [(need.title, need.when) for need in found.needs] == [
        ("Costs", "by their day"),
        ("Customers", "by the day they were acquired"),
    ]
    assert found.inputs == []


def test_the_measures_taken_of_rows_are_named(world: World) -> None:
    (need,) = lineage(METRICS["win_rate"], world.access(world.mona)).needs

    assert need.counted == "deals closed, deals won"
    assert need.counted in words(page(signed_in(world.mona), "/metrics/win_rate/"))


def test_a_formula_names_its_inputs_and_they_name_it(world: World) -> None:
    access = world.access(world.mona)
    velocity = lineage(METRICS["pipeline_velocity"], access)
    assert [link.title for link in velocity.inputs] == [
        "Open opportunities",
        "Win rate",
        "Average deal size",
        "Sales cycle length",
    ]
    win_rate = lineage(METRICS["win_rate"], access)
    assert "Pipeline velocity" in [link.title for link in win_rate.used_by]


def test_key_results_are_named_to_those_who_may_see_them(world: World) -> None:
    aims.key_result(world)
    mine = words(page(signed_in(world.ana), "/metrics/win_rate/"))
    others = lineage(METRICS["win_rate"], world.access(world.carl))
    assert "Nothing uses it yet" not in mine
    assert others.hidden == 1


@pytest.mark.parametrize("axis", AXES.values(), ids=str)
def test_every_axis_says_by_which_day_it_counts(axis) -> None:
    assert axis.when in WHEN
