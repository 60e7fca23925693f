from datetime import timedelta

import pytest

from crmkpi.lib.progress import bar, left_in_words, time_left

MINUTE = timedelta(minutes=1)


def test_the_rest_takes_as_long_as_what_is_done():
    assert time_left(MINUTE, 0.25) == 3 * MINUTE
    assert time_left(MINUTE, 1) == timedelta(0)


@pytest.mark.parametrize("share", [-1, 0, 0.02, 1.1])
def test_before_enough_is_done_nothing_is_said(share):
    assert time_left(MINUTE, share) is None


def test_no_time_has_passed():
    assert time_left(timedelta(0), 0.5) is None


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(0), "less than a minute left"),
        (MINUTE, "less than a minute left"),
        (1.5 * MINUTE, "about 2 minutes left"),
        (99 * MINUTE, "about 99 minutes left"),
        (100 * MINUTE, "about 2 hours left"),
        (timedelta(hours=30), "about 30 hours left"),
    ],
)
def test_words(left, words):
    assert left_in_words(left) == words


def test_a_bar_has_one_width():
    assert bar(0.5) == "[############············]"
    assert {len(bar(share)) for share in (-1, 0, 0.3, 1, 7)} == {26}
