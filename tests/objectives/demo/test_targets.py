"""Targets are proposed so that a key result shows the status wished for."""

from decimal import Decimal

import pytest

from crmkpi.lib.periods import Calendar, Grain
from metrics.catalog import METRICS
from objectives.demo.targets import (
    CHANGED,
    DONE,
    GOALS,
    NONE,
    OFF,
    ON,
    PAST_GOALS,
    WATCH,
    Aim,
    Seen,
    candidates,
    lowered,
)
from objectives.models import KeyResult
from objectives.rules import (
    LIMITS,
    MOST,
    Numbers,
    directions_for,
    target_faults,
)
from tests.objectives.demo.days import FRIDAY

Direction = KeyResult.Direction
AIMS = [aim for goal in (*GOALS, *PAST_GOALS) for aim in goal.aims]
QUARTER = Calendar().period(FRIDAY, Grain.QUARTER)


def seen(
    value: str | None, *, before: str = "80", share: str = "0.5", is_flow: bool = False
) -> Seen:
    known = None if value is None else Decimal(value)
    return Seen(Decimal(before), Decimal(before), known, Decimal(share), is_flow)


def first(aim: Aim, known: Seen) -> Numbers:
    return next(candidates(aim, known))


def test_a_journey_off_track_has_far_to_go():
    aim = Aim("csat", "company", Direction.INCREASE, OFF, "0.5")

    # Fallen from 80 to 76: the target lies eight steps of 0.5 beyond 80.
    assert first(aim, seen("76")) == Numbers(baseline=Decimal(80), target=Decimal(84))


def test_a_journey_on_track_is_a_little_faster_than_needed():
    aim = Aim("csat", "company", Direction.INCREASE, ON, "0.5")

    # 4 gained in half the time at pace 1.08: 4 ÷ 0.5 ÷ 1.08 = 7.41, so 87.5.
    assert first(aim, seen("84")).target == Decimal("87.5")


def test_a_journey_is_never_longer_than_people_would_dare():
    aim = Aim("csat", "company", Direction.INCREASE, ON, "0.5")

    # 15 gained in a few days would make for 30 and more: 16 steps of 0.5 are enough.
    assert first(aim, seen("95", share="0.05")).target == 88


def test_a_total_is_set_by_the_quarter_before_while_little_is_known():
    aim = Aim("won_value", "company", Direction.AT_LEAST, ON, "10")

    # 1,080 in the quarter before, at pace 1.08.
    known = seen("500", before="1080", share="0.05", is_flow=True)
    assert first(aim, known).target == 1000


def test_a_journey_that_is_done_has_its_target_behind_it():
    aim = Aim("csat", "company", Direction.INCREASE, DONE, "0.5")

    numbers = first(aim, seen("84"))

    assert numbers.baseline == 80 and numbers.target == 82


def test_a_journey_downwards():
    aim = Aim("sales_cycle_length", "company", Direction.DECREASE, ON, "0.5")

    # From 30 to 26 in half the time: 30 − 7.41 = 22.59, so 22.5.
    assert first(aim, seen("26", before="30")).target == Decimal("22.5")


def test_a_total_on_watch_runs_behind():
    aim = Aim("won_value", "company", Direction.AT_LEAST, WATCH, "10")

    # 440 in half the time at pace 0.88: 440 ÷ 0.5 ÷ 0.88 = 1,000.
    assert first(aim, seen("440", is_flow=True)).target == 1000


def test_a_value_to_keep_was_kept_in_the_quarter_before():
    aim = Aim("customer_retention_rate", "company", Direction.AT_LEAST, ON, "0.5")

    # 97 now and 94 over the whole of last quarter: two steps below 94.
    assert first(aim, seen("97", before="94")) == Numbers(
        target=Decimal(93), red=Decimal(89)
    )


def test_a_value_to_stay_below_is_beyond_its_red_limit_when_off_track():
    aim = Aim("first_response_time", "company", Direction.AT_MOST, OFF, "900")

    numbers = first(aim, seen("36000", before="20000"))

    assert numbers.target == 32400 and numbers.red == 34200


@pytest.mark.parametrize("aim", AIMS, ids=lambda aim: f"{aim.metric} {aim.direction}")
@pytest.mark.parametrize("value", [None, "0", "0.4", "3", "50", "99.9", "250000"])
@pytest.mark.parametrize("share", ["0", "0.02", "0.5", "1"])
def test_whatever_the_figures_some_target_is_accepted(aim, value, share):
    metric = METRICS[aim.metric]
    most = Decimal(LIMITS.get(metric.unit, (0, MOST))[1])
    figure = None if value is None else min(Decimal(value), most)
    known = Seen(figure, None, figure, Decimal(share), metric.is_flow)

    last = list(candidates(aim, known))[-1]

    assert not target_faults(metric, aim.direction, last, cycle=QUARTER)


def test_aims_fit_their_metrics_and_show_every_status():
    assert all(aim.direction in directions_for(METRICS[aim.metric]) for aim in AIMS)
    aims = [aim for goal in GOALS for aim in goal.aims]
    assert {aim.wish for aim in aims} == {OFF, WATCH, ON, DONE, NONE}
    used = {aim.direction for aim in aims} | {
        Direction.MILESTONE for goal in GOALS if goal.stages
    }
    assert used == set(Direction)
    assert CHANGED in {(aim.metric, aim.scope) for aim in aims}


def test_a_lowered_target_is_a_quarter_nearer():
    aim = Aim("csat", "company", Direction.INCREASE, OFF, "0.5")
    numbers = Numbers(baseline=Decimal(80), target=Decimal(84))

    assert lowered(aim, numbers).target == 83
