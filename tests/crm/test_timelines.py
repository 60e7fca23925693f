"""Stretches of time, one table of cases: what was known, what is told, what holds."""

import pytest

from crmkpi.crm.timelines import Point, Stretch, Told, merge, split, timeline
from crmkpi.lib.periods import UNDATED
from tests.crm.rows import at

NOW = Point(50, at("2026-02-13 12:00"))
ALICE, BOB = 1, 2


def P(day):
    return Point(day)


def S(start, end, state="new", agent=ALICE):
    return Stretch(P(start), None if end is None else P(end), state, agent)


def told(opened, *, state="new", agent=ALICE, has_new_owner=False, **days):
    points = {name: P(day) for name, day in days.items()}
    is_open = "closed" not in days
    return Told(P(opened), is_open, state, agent, has_new_owner=has_new_owner, **points)


def shape(stretches):
    return [(s.start.day, s.end and s.end.day, s.state, s.agent) for s in stretches]


CASES = {
    "open, first met": ([], told(10), [S(10, None)]),
    "closed, first met": ([], told(10, closed=20), [S(10, 20)]),
    "opened nobody knows when": ([], told(UNDATED), [S(UNDATED, None)]),
    "closed nobody knows when": ([], told(10, closed=UNDATED), []),
    "reopened, first met": (
        [],
        told(10, paused=20, reopened=25),
        [S(10, 20), S(25, None)],
    ),
    "reopened without knowing when it had closed": (
        [],
        told(10, reopened=25),
        [S(10, None)],
    ),
    "nothing new": ([S(10, None)], told(10), [S(10, None)]),
    "another state": (
        [S(10, None)],
        told(10, state="open"),
        [S(10, 50), S(50, None, "open")],
    ),
    "another owner": (
        [S(10, None)],
        told(10, agent=BOB),
        [S(10, 50), S(50, None, agent=BOB)],
    ),
    "an owner where there was none": (
        [S(10, None, agent=None)],
        told(10, agent=BOB),
        [S(10, None, agent=BOB)],
    ),
    "closes": (
        [S(10, 30), S(30, None, "open")],
        told(10, closed=40),
        [S(10, 30), S(30, 40, "open")],
    ),
    "closes under another owner": (
        [S(10, None)],
        told(10, agent=BOB, closed=40),
        [S(10, 40)],
    ),
    "closes before the last change we heard of": (
        [S(10, 30), S(30, None, "open")],
        told(10, closed=20),
        [S(10, 20)],
    ),
    "another owner after it closed": (
        [S(10, 20)],
        told(10, agent=BOB, closed=20, has_new_owner=True),
        [S(10, 20, agent=BOB)],
    ),
    "closed under another owner, something else is told": (
        [S(10, 20)],
        told(10, agent=BOB, closed=20),
        [S(10, 20)],
    ),
    "closing moves": ([S(10, 20)], told(10, closed=22), [S(10, 22)]),
    "opening moves earlier": ([S(10, None)], told(5), [S(5, None)]),
    "opening moves beyond the first stretch": (
        [S(10, 20), S(25, None)],
        told(22),
        [S(22, None)],
    ),
    "opening becomes known": (
        [S(UNDATED, None)],
        told(10),
        [S(10, None)],
    ),
    "reopened": (
        [S(10, 20)],
        told(10, reopened=25, state="open"),
        [S(10, 20), S(25, None, "open")],
    ),
    "reopened nobody knows when: the closing is taken back": (
        [S(10, 20)],
        told(10),
        [S(10, None)],
    ),
    "reopened and closed again": (
        [S(10, 20)],
        told(10, reopened=25, closed=30),
        [S(10, 20), S(25, 30)],
    ),
    "closed again, told once more": (
        [S(10, 20), S(25, 30)],
        told(10, reopened=25, closed=30),
        [S(10, 20), S(25, 30)],
    ),
    "another state on the day it was opened": (
        [S(50, None)],
        told(50, state="open"),
        [S(50, 50), S(50, None, "open")],
    ),
    "another state before it was opened, as clocks may differ": (
        [S(60, None)],
        told(60, state="open"),
        [S(60, None, "open")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_timeline(case):
    old, said, wanted = CASES[case]
    assert shape(timeline(old, said, now=NOW)) == shape(wanted)


@pytest.mark.parametrize("case", CASES)
def test_told_twice_is_told_once(case):
    old, said, _wanted = CASES[case]
    once = timeline(old, said, now=NOW)
    assert timeline(once, said, now=Point(60)) == once


def test_a_day_without_time_does_not_end_before_it_begins():
    opened = Point(10, at("2026-02-13 10:00"))
    midnight = Point(10, at("2026-02-13 00:00"))
    (stretch,) = timeline([], Told(opened, False, "new", ALICE, midnight), now=NOW)
    assert (stretch.start, stretch.end) == (opened, opened)


def test_split_cuts_the_stretch_a_point_lies_in():
    stretches = [S(10, 20), S(20, None)]
    assert split(stretches, P(15)) == [S(10, 15), S(15, 20), S(20, None)]
    assert split(stretches, P(20)) == stretches
    assert split(stretches, P(5)) == stretches
    assert split(stretches, None) == stretches


def test_merge_joins_what_only_a_team_had_cut():
    cut = [S(10, 15), S(15, 20), S(20, None, "open"), S(30, None, "open", BOB)]
    assert merge(cut) == [S(10, 20), S(20, None, "open"), S(30, None, "open", BOB)]
    apart = [S(10, 15), S(16, 20)]
    assert merge(apart) == apart
