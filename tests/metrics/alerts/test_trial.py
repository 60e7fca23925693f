"""How often a rule would have told, from the data there are."""

from decimal import Decimal

import pytest

from metrics.alerts.models import AlertRule
from metrics.alerts.trial import trial
from tests.metrics.alerts.scenes import MONDAY, terms, tickets
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def tried(**fields):
    return trial(AlertRule(**terms(**fields).columns()), now=NOW)


def test_it_counts_changes_and_not_weeks(world: World) -> None:
    """Weeks back from the last closed one: 6, 6, 2, 6, 2 …: told twice at above 5."""
    for weeks, count in enumerate([6, 6, 2, 6, 2], start=1):
        tickets(world, count, on=MONDAY - 7 * weeks)
    found = tried()
    assert (found.times, found.judged) == (2, 5)  # before them there was nothing
    assert found.sentence == "It would have told you 2 times in the last 13 weeks."
    assert [line.label for line in found.lines[:2]] == ["Week 6 2026", "Week 5 2026"]
    assert [line.is_told for line in found.lines[:5]] == [
        False,
        True,
        False,
        True,
        False,
    ]


def test_the_open_week_is_not_among_them(world: World) -> None:
    tickets(world, 1, on=MONDAY - 7 * 13)
    tickets(world, 9, on=MONDAY)
    found = tried()
    assert found.times == 0
    assert found.sentence == "It would have told you nothing in the last 13 weeks."


def test_without_data_nobody_can_say(world: World) -> None:
    found = tried(metric="win_rate", side="below", threshold=Decimal(50))
    assert (found.times, found.judged) == (0, 0)
    assert found.sentence == "Too few data in the last 13 weeks to say."
    assert all(line.text == "" for line in found.lines)


def test_a_change_looks_one_period_further_back(world: World) -> None:
    """13 changes need 14 weeks: from 4 to 8 in the oldest pair is +100 %."""
    tickets(world, 4, on=MONDAY - 7 * 14)
    for weeks in range(1, 14):
        tickets(world, 8, on=MONDAY - 7 * weeks)
    found = tried(kind="change", side="above", is_relative=True, threshold=Decimal(50))
    assert (found.times, found.judged) == (1, 13)
    assert found.sentence == "It would have told you once in the last 13 weeks."
    assert found.lines[-1].is_told


def test_a_signal_is_judged_as_it_was_then(world: World) -> None:
    """3 and 4 by turns over 24 weeks, and 30 in the last."""
    for weeks in range(2, 25):
        tickets(world, 3 + weeks % 2, on=MONDAY - 7 * weeks)
    tickets(world, 30, on=MONDAY - 7)
    found = tried(kind="signal", side="", threshold=None)
    assert (found.times, found.lines[0].is_told) == (1, True)


def test_gaps_without_rows(world: World) -> None:
    """Rows 30, 20, 18 days ago and yesterday: gaps of 9 and 16 whole days."""
    for back in (30, 20, 18, 1):
        tickets(world, 1, on=MONDAY + 4 - back)
    known = {"kind": "freshness", "side": ""}
    assert tried(threshold=Decimal(9), **known).times == 2
    assert tried(threshold=Decimal(10), **known).times == 1
    assert tried(threshold=Decimal(16), **known).times == 1
    assert tried(threshold=Decimal(17), **known).times == 0
