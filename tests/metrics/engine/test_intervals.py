"""Intervals of means, and of what is derived: as wide as the rows say."""

from decimal import Decimal
from statistics import mean, stdev

import pytest

from crmkpi.crm import models as crm
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_company
from tests.world import day

AT = day("2026-02-10")
STUDENT = {3: 4.302653, 6: 2.570582}  # 97.5 % of t with n − 1 degrees of freedom


def reach(values):
    """Return half the width of a 95 % t interval, from the values themselves."""
    return STUDENT[len(values)] * stdev(values) / len(values) ** 0.5


def test_the_interval_of_short_times_is_not_too_narrow(world):
    seconds = [100, 140, 90, 150, 130, 95]
    rows.put(
        *(
            rows.resolved(world.alice, world.north, opened=AT, on=AT, seconds=each)
            for each in seconds
        )
    )
    computed()
    value = of_company("average_resolution_time")
    assert float(value.value) == pytest.approx(mean(seconds), abs=1e-5)
    assert float(value.high - value.value) == pytest.approx(reach(seconds), rel=0.1)
    assert float(value.value - value.low) == pytest.approx(reach(seconds), rel=0.1)


def test_handle_time_has_an_interval_over_the_three_parts_together(world):
    """120, 150 and 210 seconds; the middle one has no known hold."""
    parts = [(100, 10, 10), (140, None, 10), (180, 20, 10)]
    rows.put(
        *(
            rows.call(
                world.alice,
                world.north,
                at=AT,
                talk_seconds=talk,
                hold_seconds=hold,
                wrap_up_seconds=wrap_up,
            )
            for talk, hold, wrap_up in parts
        )
    )
    computed()
    value = of_company("average_handle_time")
    assert value.value == 160
    assert float(value.high - value.value) == pytest.approx(
        reach([120, 150, 210]), abs=1e-4
    )


def test_what_is_derived_from_too_few_rows_says_so(world):
    """2 deals won in 10 and 20 days, 1 open: 1 × 100 % × 100.00 ÷ 15 days = 6.67."""
    who = (world.alice, world.north)
    rows.put(
        *(rows.deal(*who, opened=AT - days, closed=AT, won=True) for days in (10, 20))
    )
    talks = rows.deal(*who, opened=AT)
    rows.put(talks)
    rows.put(
        crm.StageSpell(
            opportunity=talks,
            stage=talks.stage,
            agent=world.alice,
            team=world.north,
            started_day=AT,
        )
    )
    computed()
    value = of_company("pipeline_velocity")
    assert round(value.value, 6) == Decimal("6.666667")
    assert (value.n, value.status) == (1, "low_n")
