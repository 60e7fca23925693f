"""Verdicts on differences, against published and recomputed numbers."""

import pytest

from surveys.comparing import Verdict, compare, compare_with_rest, holm
from surveys.scoring import DEFAULT_SCALES, Kind, Scale, ScoreError

CSAT = DEFAULT_SCALES[Kind.CSAT]
NPS = DEFAULT_SCALES[Kind.NPS]
EFFORT = Scale(Kind.CES, 1, 5, 2, reversed=True)


def nps(promoters, passives, detractors):
    return {10: promoters, 8: passives, 3: detractors}


def good(k, n):
    return {5: k, 2: n - k}


@pytest.mark.parametrize(
    ("times", "p", "verdict"), [(1, 0.199, Verdict.SAME), (10, 0.00004, Verdict.BETTER)]
)
def test_nps_of_two_groups(times, p, verdict):
    """60/20/20 against 50/25/25: 15 points, adjusted 14.56 with SE 11.339."""
    first = nps(60 * times, 20 * times, 20 * times)
    second = nps(50 * times, 25 * times, 25 * times)

    found = compare(NPS, first, second)

    assert found.value == pytest.approx(15)
    assert found.p == pytest.approx(p, abs=0.0006)
    assert found.verdict == verdict
    if times == 1:
        assert found.low == pytest.approx(14.563 - 1.959964 * 11.339, abs=0.01)
        assert found.high == pytest.approx(14.563 + 1.959964 * 11.339, abs=0.01)
        assert found.method == "adjusted_wald"


@pytest.mark.parametrize(
    ("first", "second", "p", "verdict"),
    [
        ((85, 100), (75, 100), 0.0771, Verdict.SAME),
        ((170, 200), (150, 200), 0.0124, Verdict.BETTER),
        ((150, 200), (170, 200), 0.0124, Verdict.WORSE),
    ],
)
def test_shares_of_two_groups(first, second, p, verdict):
    found = compare(CSAT, good(*first), good(*second))

    assert found.p == pytest.approx(p, abs=0.00005)
    assert found.verdict == verdict


def test_interval_of_a_difference():
    """Newcombe 1998: 56 of 70 against 48 of 80 is 0.0524 to 0.3339."""
    found = compare(CSAT, good(56, 70), good(48, 80))

    assert (found.low, found.high) == (
        pytest.approx(5.24, abs=0.005),
        pytest.approx(33.39, abs=0.005),
    )
    assert found.value == pytest.approx(20)
    assert found.method == "newcombe"


def test_no_verdict_under_thirty():
    """29 of 29 against 0 of 29 is as far apart as can be, and still too few."""
    assert compare(CSAT, good(29, 29), good(0, 29)).verdict == Verdict.TOO_FEW
    assert compare(CSAT, good(30, 30), good(0, 29)).verdict == Verdict.TOO_FEW
    assert compare(CSAT, good(30, 30), good(0, 30)).verdict == Verdict.BETTER


def test_no_answers_is_no_difference_of_zero():
    found = compare(CSAT, good(5, 5), {})

    assert (found.value, found.low, found.high, found.p) == (None, None, None, None)
    assert found.verdict == Verdict.TOO_FEW


def test_all_alike_is_no_difference():
    found = compare(CSAT, good(50, 50), good(40, 40))

    assert (found.value, found.p, found.verdict) == (0, None, Verdict.SAME)


def test_on_a_reversed_scale_a_low_score_is_better():
    found = compare(EFFORT, {1: 90, 5: 10}, {1: 50, 5: 50})

    assert found.value == pytest.approx(40)
    assert found.verdict == Verdict.BETTER


def test_scores_off_the_scale_are_refused():
    with pytest.raises(ScoreError):
        compare(CSAT, {6: 1}, {})


def test_holm():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1, 1])
    assert holm([]) == []


def test_many_groups_are_judged_more_strictly():
    """p 0.0124 for two groups is a difference; one among six it is not."""
    even = {n: good(160, 200) for n in range(4)}

    two = compare_with_rest(CSAT, {"a": good(170, 200), "b": good(150, 200)})
    six = compare_with_rest(CSAT, {"a": good(172, 200), "b": good(152, 200), **even})

    assert two["a"].verdict == Verdict.BETTER
    assert two["b"].verdict == Verdict.WORSE
    assert compare(CSAT, good(172, 200), good(792, 1000)).verdict == Verdict.BETTER
    assert {each.verdict for each in six.values()} == {Verdict.SAME}


def test_a_single_group_has_no_rest():
    assert compare_with_rest(CSAT, {"a": good(50, 60)})["a"].verdict == Verdict.TOO_FEW
