"""Rows of which each equals at least four others; all worked by hand."""

from collections import Counter

from surveys.blurring import blur

BLANK = (9, None, None)  # the survey's team, nobody, no segment


def test_what_five_share_stays():
    rows = [(1, 10, 100)] * 5 + [(1, 11, 100)] * 6

    assert blur(rows, blank=BLANK) == rows


def test_the_few_go_and_with_them_who_would_give_them_away():
    """Of 7, 5 and 2 the two alone would be 14 less 7 less 5: the five go too."""
    rows = [(1, 10, 100)] * 7 + [(1, 11, 100)] * 5 + [(1, 12, 100)] * 2

    blurred = blur(rows, blank=BLANK)

    assert blurred == [(1, 10, 100)] * 7 + [(1, None, None)] * 7


def test_small_ones_that_are_many_hide_each_other():
    rows = [(1, agent, 100) for agent in (10, 11, 12, 13, 14) for _ in range(2)]

    assert blur(rows, blank=BLANK) == [(1, None, None)] * 10


def test_whose_team_is_not_told_has_no_agent_either():
    """Team 2 has too few; team 1 goes with it, though Alice alone has five."""
    rows = [(1, 10, None)] * 5 + [(2, 20, None)] * 3

    assert blur(rows, blank=BLANK) == [BLANK] * 8


def test_a_finer_column_is_blurred_within_the_coarser():
    """Segment 100 has six in all, but only three with each agent."""
    rows = [
        (1, agent, segment) for agent in (10, 11) for segment in [100] * 3 + [None] * 5
    ]

    blurred = blur(rows, blank=BLANK)

    assert Counter(blurred) == {(1, 10, None): 8, (1, 11, None): 8}


def test_what_was_blank_and_what_became_so_are_one():
    rows = [(1, None, 100)] * 5 + [(1, 10, 100)] * 2

    blurred = blur(rows, blank=BLANK)

    assert blurred == [(1, None, None)] * 7


def test_fewer_than_five_tell_nothing():
    assert blur([(1, 10, 100)] * 4, blank=BLANK) == [BLANK] * 4
    assert blur([], blank=BLANK) == []
