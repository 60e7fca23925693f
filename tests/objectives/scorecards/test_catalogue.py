"""What is known of a team without key results."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from crmkpi.accounts.queries import get_calendar
from crmkpi.lib.periods import Grain
from metrics.scopes import team_scope
from objectives.scorecards.catalogue import Measurements, MetricRow, measurements
from tests.metrics import rows
from tests.objectives.cast import deals, put
from tests.world import NOW, TODAY, World, day

pytestmark = pytest.mark.django_db


def known(world: World, period: str = "2026-Q1", **options) -> Measurements:
    return measurements(
        options.pop("scope", team_scope(world.berlin)),
        access=options.pop("access", None) or world.access(world.lee),
        period=get_calendar(world.org).parse(period, today=TODAY),
        comparison="previous",
        organisation=world.org,
        today=TODAY,
    )


def by_key(found: Measurements) -> dict[str, MetricRow]:
    return {row.key: row for family in found.families for row in family.rows}


def test_values_with_their_past_and_their_change(world):
    put(*deals(world, on="2025-11-12", won=60, lost=20))
    put(*deals(world, on="2025-12-10", won=40, lost=40))
    put(*deals(world, on="2026-01-20", won=20, lost=60))

    row = by_key(known(world))["win_rate"]

    assert (row.now.text, row.now.unit, row.under) == ("25", "%", "20 of 80")
    # 25 % after 100 of 160
    assert (row.change.text, row.change.word) == ("−37.5 pts", "worse")
    assert strip_tags(row.spark.split("</title>")[0]) == (
        "Win rate, last 13 months, the last one still open: from 75 % to 25 %"
    )
    assert row.metric_query == "scope=team%3Asupport-berlin&period=2026-Q1"


def test_a_total_that_still_grows_is_not_compared(world):
    put(*deals(world, on="2025-11-12", won=60))
    put(*deals(world, on="2026-01-20", won=20))

    row = by_key(known(world))["won_deals"]
    closed = by_key(known(world, "2026-01"))["won_deals"]

    assert (row.now.text, row.change, row.is_open) == ("20", None, True)
    assert closed.change is None and not closed.is_open  # December has no deals


def test_a_total_of_a_closed_period_is_compared(world):
    put(*deals(world, on="2025-12-10", won=40))
    put(*deals(world, on="2026-01-20", won=20))

    row = by_key(known(world, "2026-01"))["won_deals"]

    assert (row.change.text, row.change.word) == ("−50 %", "worse")


def test_only_what_has_a_value_in_the_order_of_the_catalogue(world):
    put(*deals(world, on="2026-01-20", won=20))
    put(rows.call(world.alice, world.berlin, at=day("2026-01-20")))

    found = known(world)

    assert [str(family.title) for family in found.families] == [
        "Sales and conversion",
        "Engagement",  # a call is an interaction
        "Customer service",
        "Data quality",  # of these very records
    ]
    assert "csat" not in by_key(found)


def test_of_a_week_the_month_is_shown(world):
    put(*deals(world, on="2026-02-03", won=20))

    found = known(world, "2026-W07")

    assert found.period.grain == Grain.MONTH
    assert found.period.label == "February 2026"
    assert by_key(found)["won_deals"].now.text == "20"


def test_nothing_measured(world):
    assert known(world).families == []


def test_rows_of_other_teams_stay_away(world):
    put(*deals(world, on="2026-01-20", won=20))

    assert known(world, scope=team_scope(world.north)).families == []


@pytest.mark.parametrize(("period", "queries"), [("2026-Q1", 2), ("2026-01", 3)])
def test_queries_for_own_metrics_values_and_what_moved(world, period, queries):
    put(*deals(world, on="2026-01-20", won=20))

    access = world.access(world.lee)
    with CaptureQueriesContext(connection) as seen:
        known(world, period, access=access)

    assert len(seen) == queries


def test_a_closed_figure_that_moved_says_so(world):
    put(*deals(world, on="2025-12-10", won=7, lost=3))
    put(*deals(world, on="2025-12-11", lost=1))

    moved = by_key(known(world, "2025-12"))["win_rate"].revised

    assert (moved.count, moved.at, moved.what) == (1, NOW, "rows that arrived late")
    assert by_key(known(world, "2025-Q4"))["win_rate"].revised is not None
    put(*deals(world, on="2026-02-10", won=5))
    assert by_key(known(world, "2026-02"))["win_rate"].revised is None
