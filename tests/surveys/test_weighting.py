"""Scores with each segment as heavy as it is among the customers."""

import pytest

from surveys.scoring import DEFAULT_SCALES, Kind
from surveys.weighting import weigh

NPS, CSAT = DEFAULT_SCALES[Kind.NPS], DEFAULT_SCALES[Kind.CSAT]
A, B = {10: 60, 8: 10, 3: 10}, {9: 4, 7: 6, 0: 10}


def test_the_published_vector():
    """A has a share of .2, B of .8: −11.5, SE 14.06, 1 ÷ (.04 ÷ 80 + .64 ÷ 20)."""
    found = weigh(NPS, {"A": A, "B": B}, {"A": 30, "B": 120})

    assert found.value == pytest.approx(-11.5)
    assert found.high - found.value == pytest.approx(1.96 * 14.06, abs=0.02)
    assert found.effective_n == pytest.approx(30.77, abs=0.005)
    assert (found.n, found.left_out, found.unheard) == (100, 0, 0)
    assert [(each.of_population, each.of_answers) for each in found.strata] == [
        (0.8, 0.2),
        (0.2, 0.8),
    ]


def test_shares_as_among_the_answers_change_nothing():
    found = weigh(NPS, {"A": A, "B": B}, {"A": 8, "B": 2})

    assert found.value == pytest.approx(44)
    assert found.effective_n == pytest.approx(100)


def test_satisfaction():
    """0.5 × 90 % + 0.5 × 30 %, its variance 0.25 × (0.09 ÷ 20 + 0.21 ÷ 10)."""
    found = weigh(CSAT, {1: {5: 18, 1: 2}, 2: {4: 3, 3: 7}}, {1: 50, 2: 50})

    assert found.value == pytest.approx(60)
    assert found.low == pytest.approx(60 - 196 * (0.25 * 0.0255) ** 0.5, abs=0.01)


def test_who_is_not_heard_and_who_is_nobody():
    """C has a quarter of the people and no answer, D six answers and nobody."""
    people = {"A": 60, "B": 240, "C": 100, "D": 0}

    found = weigh(NPS, {"A": A, "B": B, "C": {}, "D": {0: 6}}, people)

    assert found.value == pytest.approx(-11.5)
    assert found.unheard == pytest.approx(0.25)
    assert (found.n, found.left_out) == (100, 6)


def test_small_group_differencing():
    """Of two scores of the same answers nobody finds out what three of them said."""
    groups = {"A": A, "B": B, "C": {0: 3}, "D": {10: 4}}
    people = {"A": 25, "B": 25, "C": 40, "D": 10}

    found = weigh(NPS, groups, people)
    swapped = weigh(NPS, {**groups, "C": {10: 3}, "D": {10: 1, 0: 3}}, people)

    assert [sorted(map(str, each.keys)) for each in found.strata] == [
        ["C", "D"],
        ["A"],
        ["B"],
    ]
    assert found.value == pytest.approx(swapped.value)


def test_a_small_group_is_not_left_alone_where_others_are_nobody():
    found = weigh(NPS, {"A": A, "C": {0: 3}, "D": {10: 4}}, {"A": 9, "C": 1})

    assert sorted(each.n for each in found.strata) == [7, 80]


def test_no_answer_of_anybody_is_no_score():
    assert weigh(NPS, {}, {"A": 5}) is None
    assert weigh(NPS, {"A": A}, {}) is None
    assert weigh(NPS, {"A": A}, {"A": 0, "B": 5}) is None


def test_no_interval_where_all_agree():
    """It would be a point, which is far too sure."""
    found = weigh(NPS, {"A": {10: 5}, "B": {10: 9}}, {"A": 1, "B": 1})

    assert (found.value, found.low, found.high) == (100, None, None)
