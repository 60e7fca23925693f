"""From when until when a customer is in a segment, by hand."""

import pytest

from crmkpi.crm.segments.stays import (
    Stay,
    counts,
    given,
    given_anew,
    moved,
    segment_on,
    stretches,
)

LOYAL, QUIET = 7, 8


@pytest.mark.parametrize(
    ("before", "segment", "after"),
    [
        ([], LOYAL, [Stay(LOYAL, 20)]),
        ([Stay(LOYAL, 10)], QUIET, [Stay(LOYAL, 10, 20), Stay(QUIET, 20)]),
        ([Stay(LOYAL, 10)], None, [Stay(LOYAL, 10, 20)]),
        ([Stay(LOYAL, 10)], LOYAL, [Stay(LOYAL, 10)]),
        # Back after days outside: a stay of its own.
        ([Stay(LOYAL, 10, 15)], LOYAL, [Stay(LOYAL, 10, 15), Stay(LOYAL, 20)]),
        # Another rule on the same day: who was in for no day was not there.
        ([Stay(LOYAL, 20)], QUIET, [Stay(QUIET, 20)]),
        ([Stay(LOYAL, 10, 20), Stay(QUIET, 20)], LOYAL, [Stay(LOYAL, 10)]),
        ([Stay(LOYAL, 20)], None, []),
    ],
)
def test_moving_leaves_the_days_before(before, segment, after):
    assert moved(before, segment, on=20) == after


def test_the_day_of_entering_counts_and_that_of_leaving_does_not():
    stays = [Stay(LOYAL, 10, 20)]

    found = [segment_on(stays, day, otherwise=3) for day in (9, 10, 19, 20)]

    assert found == [3, LOYAL, LOYAL, 3]


def test_stretches_are_cut_where_the_segment_changes():
    stays = [Stay(LOYAL, 10, 20), Stay(QUIET, 20)]

    assert stretches(stays, 5, 30, otherwise=None) == [
        (5, 10, None),
        (10, 20, LOYAL),
        (20, 30, QUIET),
    ]
    assert stretches(stays, 12, 18, otherwise=None) == [(12, 18, LOYAL)]
    assert stretches([], 5, None, otherwise=3) == [(5, None, 3)]


def test_a_stretch_goes_on_where_rule_and_source_agree():
    assert stretches([Stay(LOYAL, 10)], 5, None, otherwise=LOYAL) == [(5, None, LOYAL)]


@pytest.mark.parametrize(
    ("before", "held", "on", "after"),
    [
        ([], LOYAL, 20, [(20, LOYAL)]),
        ([(10, QUIET)], LOYAL, 20, [(10, QUIET), (20, LOYAL)]),
        ([], None, 20, [(20, None)]),  # in none before
        ([(20, QUIET)], LOYAL, 20, [(20, QUIET)]),  # something else the same day
        ([(10, QUIET), (30, LOYAL)], QUIET, 20, [(10, QUIET), (20, LOYAL)]),
        ([(10, QUIET)], LOYAL, 0, []),  # it always held
    ],
)
def test_what_was_given_before_a_day_stays(before, held, on, after):
    assert given_anew(before, held, on=on, always=0) == after


def test_rules_come_before_what_is_given():
    others = given([(10, None), (20, QUIET)], LOYAL, always=0)
    assert others == [Stay(QUIET, 10, 20), Stay(LOYAL, 20)]

    both = [Stay(3, 15, 25), *others]

    assert stretches(both, 5, None, otherwise=None) == [
        (5, 10, None),
        (10, 15, QUIET),
        (15, 25, 3),
        (25, None, LOYAL),
    ]


def test_counts_at_the_ends_of_days():
    tallies = [(10, 20, 2), (15, None, 1)]

    assert counts(tallies, [9, 10, 14, 15, 19, 20]) == [0, 2, 2, 3, 3, 1]
