from decimal import Decimal

import pytest

from crmkpi.lib.periods import Period
from metrics.catalog import METRICS
from metrics.dimensions import Cut
from objectives import rules
from objectives.rules import Numbers, Step
from tests.world import day

Q1 = Period(day("2026-01-01"), day("2026-04-01"))
RATE, TOTAL, TIME = (
    METRICS[key] for key in ("win_rate", "won_deals", "average_handle_time")
)


def numbers(**given: str) -> Numbers:
    return Numbers(**{name: Decimal(value) for name, value in given.items()})


@pytest.mark.parametrize(
    ("metric", "direction", "given"),
    [
        (RATE, "increase", numbers(baseline="40", target="60")),
        (RATE, "decrease", numbers(baseline="60", target="0")),
        (RATE, "at_least", numbers(target="95", red="90")),
        (RATE, "at_least", numbers(target="95")),
        (RATE, "range", numbers(low="75", high="85", red_low="65", red_high="92")),
        (TIME, "at_most", numbers(target="360", red="420")),
        (TOTAL, "at_least", numbers(target="630")),
        (TOTAL, "increase", numbers(target="630")),
        (TOTAL, "at_most", numbers(target="10", red="20")),
        (METRICS["nps"], "increase", numbers(baseline="-10", target="20")),
    ],
)
def test_targets_that_can_be(metric, direction, given):
    assert rules.target_faults(metric, direction, given, cycle=Q1) == {}


@pytest.mark.parametrize(
    ("metric", "direction", "given", "field"),
    [
        (RATE, "increase", numbers(baseline="90", target="90"), "target"),
        (RATE, "increase", numbers(baseline="60", target="40"), "target"),
        (RATE, "decrease", numbers(baseline="40", target="60"), "target"),
        (RATE, "increase", numbers(baseline="40", target="100.1"), "target"),
        (RATE, "increase", numbers(baseline="-1", target="50"), "baseline"),
        (RATE, "increase", numbers(baseline="40", target="NaN"), "target"),
        (RATE, "increase", numbers(target="50"), "baseline"),
        (RATE, "at_least", numbers(), "target"),
        (RATE, "at_least", numbers(target="95", red="95"), "red"),
        (RATE, "at_most", numbers(target="5", red="4"), "red"),
        (RATE, "range", numbers(low="75"), "high"),
        (RATE, "range", numbers(low="75", high="75"), "high"),
        (RATE, "range", numbers(low="75", high="85", red_high="80"), "red_high"),
        (RATE, "milestone", numbers(), "direction"),
        (RATE, "nonsense", numbers(), "direction"),
        (TOTAL, "decrease", numbers(baseline="9", target="1"), "direction"),
        (TOTAL, "range", numbers(low="1", high="2"), "direction"),
        (TOTAL, "at_least", numbers(target="0"), "target"),
        (TOTAL, "increase", numbers(target="0"), "target"),
        (METRICS["nps"], "increase", numbers(baseline="0", target="101"), "target"),
    ],
)
def test_targets_that_cannot_be(metric, direction, given, field):
    assert set(rules.target_faults(metric, direction, given, cycle=Q1)) == {field}


def test_steps_lie_within_the_cycle():
    def faults(curve: str, *days: str) -> set[str]:
        steps = tuple((day(each), Decimal(50)) for each in days)
        given = Numbers(Decimal(40), Decimal(60), curve=curve, steps=steps)
        return set(rules.target_faults(RATE, "increase", given, cycle=Q1))

    assert faults("steps", "2026-01-31", "2026-03-31") == set()
    assert faults("steps") == {"steps"}
    assert faults("steps", "2026-04-01") == {"steps"}
    assert faults("sideways", "2026-01-31") == {"curve"}


def test_only_rates_and_means_on_their_way_look_back():
    assert rules.window_faults(RATE, "increase", None) == {}
    assert rules.window_faults(RATE, "increase", 90) == {}
    assert set(rules.window_faults(RATE, "increase", 6)) == {"window_days"}
    assert set(rules.window_faults(RATE, "at_least", 90)) == {"window_days"}
    assert set(rules.window_faults(TOTAL, "increase", 90)) == {"window_days"}


def test_milestones():
    plan = Step("Plan", Decimal(1), day("2026-01-31"))

    assert rules.milestone_faults([plan, Step("Go", Decimal(0))], cycle=Q1) == {}
    for steps in (
        [],
        [Step(" ")],
        [Step("Plan", Decimal(0))],
        [Step("Plan", Decimal(-1)), plan],
        [Step("Plan", due_day=day("2026-04-01"))],
    ):
        assert set(rules.milestone_faults(steps, cycle=Q1)) == {"milestones"}


def test_the_metric_decides_which_value_of_the_cycle_counts():
    kinds = {
        "won_deals": "flow",
        "win_rate": "ratio",
        "average_handle_time": "ratio",
        "nps": "ratio",
        "open_tickets": "level",
        "churn_rate": "distribution",
    }

    found = {key: rules.period_value_of(METRICS[key]) for key in kinds}

    assert found == kinds


def test_scopes_that_rows_know_of():
    assert rules.splits_by(RATE, Cut.TEAM)
    assert rules.splits_by(RATE, Cut.REGION)
    assert not rules.splits_by(RATE, Cut.SURVEY)
    assert rules.splits_by(METRICS["csat"], Cut.SURVEY)


def test_only_the_numbers_of_the_direction_are_kept():
    given = numbers(baseline="10", target="60", red="50", low="1", high="2")

    assert rules.settled(RATE, "at_least", given) == numbers(target="60", red="50")
    assert rules.settled(TOTAL, "increase", given) == numbers(baseline="0", target="60")
