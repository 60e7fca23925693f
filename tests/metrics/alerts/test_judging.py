"""Whether what a rule looks for holds; values by hand, no database."""

from dataclasses import replace
from decimal import Decimal

import pytest

from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Period
from metrics.alerts import judging
from metrics.alerts.models import AlertRule
from metrics.alerts.trial import alarms
from metrics.catalog import METRICS
from metrics.queries import Value
from metrics.scopes import COMPANY_KEY
from tests.world import NOW, TODAY


def value(number: float | None, **fields) -> Value:
    known = Value(
        key="csat",
        scope=COMPANY_KEY,
        period=Period(0, 7),
        value=None if number is None else Decimal(str(number)),
        numerator=None,
        denominator=None,
        n=100,
        cases=100,
        status="ok" if number is not None else "no_data",
        low=None,
        high=None,
        method="",
        unit=Unit.PERCENT,
        version=1,
        computed_at=NOW,
    )
    return replace(known, **fields)


def rule(kind: str, side: str = "", threshold: float = 0, **fields) -> AlertRule:
    return AlertRule(kind=kind, side=side, threshold=Decimal(str(threshold)), **fields)


def on_value(side: str, threshold: float, closed, running=None, min_n=30) -> str:
    made = rule("value", side, threshold)
    return judging.judge_value(made, closed, running=running, min_n=min_n).state


@pytest.mark.parametrize(
    ("side", "number", "state"),
    [
        ("below", 79.9, "firing"),
        ("below", 80, "quiet"),
        ("below", 80.1, "quiet"),
        ("above", 80.1, "firing"),
        ("above", 80, "quiet"),
        ("above", 79.9, "quiet"),
    ],
)
def test_a_value_on_the_threshold_is_neither_above_nor_below(side, number, state):
    assert on_value(side, 80, value(number)) == state


@pytest.mark.parametrize(
    ("closed", "why"),
    [
        (None, "no_data"),
        (value(None), "no_data"),
        (value(None, status="error"), "no_data"),
        (value(10, status="immature"), "early"),
        (value(10, status="low_n", n=3), "few"),
        (value(10, n=29), "few"),
    ],
    ids=["nothing read", "no data", "error", "immature", "low n", "one too few"],
)
def test_what_says_nothing_is_never_a_fall(closed, why):
    found = judging.judge_value(
        rule("value", "below", 80), closed, running=None, min_n=30
    )
    assert (found.state, found.why) == ("unknown", why)


def test_an_open_period_counts_only_upwards():
    """7 of at most 5 already; 2 of at most 5 says nothing, the closed one decides."""
    assert on_value("above", 5, value(1), running=value(7), min_n=0) == "firing"
    assert on_value("above", 5, value(1), running=value(2), min_n=0) == "quiet"
    assert on_value("above", 5, value(9), running=value(2), min_n=0) == "firing"


def test_only_counts_of_things_can_but_grow():
    assert judging.grows(METRICS["ticket_volume"])
    assert not judging.grows(METRICS["win_rate"])
    money = [key for key, each in METRICS.items() if each.unit is Unit.MONEY]
    assert money and not any(judging.grows(METRICS[key]) for key in money)


@pytest.mark.parametrize(
    ("side", "before", "after", "relative", "state"),
    [
        ("either", 80, 94, True, "firing"),  # +17.5 %
        ("above", 80, 94, True, "firing"),
        ("below", 80, 94, True, "quiet"),
        ("below", 80, 66, True, "firing"),  # −17.5 %
        ("either", 80, 94, False, "firing"),  # +14 points
        ("either", 80, 89, False, "quiet"),  # +9 points
        ("either", 80, 90, False, "quiet"),  # +10: not more than 10
        ("either", 80, 88, True, "quiet"),  # +10 %: not more than 10
        ("above", -50, -40, True, "firing"),  # +20 % of 50
    ],
)
def test_a_change_is_measured_against_the_period_before(
    side, before, after, relative, state
):
    made = rule("change", side, 10, is_relative=relative)
    found = judging.judge_change(made, value(after), value(before), min_n=30)
    assert found.state == state


@pytest.mark.parametrize(
    ("after", "before", "why"),
    [
        (value(None), value(80), "no_data"),
        (value(1), value(None), "no_before"),
        (value(1), value(80, n=3), "few_before"),
        (value(1), value(0), "no_before"),
        (value(0, n=3), value(80), "few"),
    ],
    ids=["no value now", "none before", "few before", "share of 0", "few now"],
)
def test_a_change_from_or_to_nothing_says_nothing(after, before, why):
    made = rule("change", "either", 10, is_relative=True)
    found = judging.judge_change(made, after, before, min_n=30)
    assert (found.state, found.why) == ("unknown", why.replace("few_b", "no_b"))


STEADY = [86, 88, 85, 87, 89, 86, 88, 84, 87, 86]


def test_only_the_last_closed_period_is_a_signal_to_tell():
    calm = judging.judge_signal([value(number) for number in STEADY], min_n=30)
    odd = judging.judge_signal([value(number) for number in [*STEADY, 60]], min_n=30)
    over = judging.judge_signal([value(number) for number in [60, *STEADY]], min_n=30)
    assert [each.state for each in (calm, odd, over)] == ["quiet", "firing", "quiet"]
    assert odd.found.is_above is False


def test_a_signal_needs_8_periods_with_enough_rows():
    few = [value(number) for number in STEADY[:7]]
    thin = [value(number, n=29) for number in STEADY[:3]] + few
    for series in (few, thin):
        found = judging.judge_signal(series, min_n=30)
        assert (found.state, found.why) == ("unknown", "short")
    assert judging.judge_signal([], min_n=30).why == "no_data"


@pytest.mark.parametrize(
    ("last", "state"),
    [(0, "quiet"), (-1, "quiet"), (-2, "quiet"), (-3, "firing"), (-90, "firing")],
)
def test_rows_are_missing_after_whole_days_alone(last, state):
    """Two days: the last row of Tuesday, today Friday; Wednesday and Thursday."""
    found = judging.judge_rows(rule("freshness", "", 2), TODAY + last, today=TODAY)
    assert found.state == state


def test_of_rows_that_never_came_nobody_can_say():
    found = judging.judge_rows(rule("freshness", "", 2), None, today=TODAY)
    assert (found.state, found.why) == ("unknown", "no_rows")


def test_an_alert_is_told_once_until_it_is_over():
    states = ["quiet", "firing", "unknown", "firing", "quiet", "firing"]
    assert alarms(states) == [False, True, False, False, False, True]
    assert alarms([]) == []


def test_every_reason_has_words():
    for why in ("no_data", "few", "early", "no_before", "short", "late", "gone"):
        assert judging.reason_text(why)
    assert judging.reason_text("") == ""
