from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from objectives.scoring import ScoringError, miss_budget, mix_and_rate, shrunk_rate

sides = st.dictionaries(
    st.sampled_from("abcd"),
    st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)


def test_overdrawn_budget_asks_for_more_than_all() -> None:
    # 5 of 100 allowed, 8 used: the other 50 would have to make up for 3
    budget = miss_budget(D("0.95"), 42, 50, 50)
    assert (budget.allowed, budget.used, budget.left) == (5, 8, -3)
    assert budget.required == D(53) / 50


def test_budget_that_cannot_be_spent_asks_for_nothing() -> None:
    budget = miss_budget(D("0.5"), 90, 90, 10)
    assert (budget.left, budget.required) == (50, 0)


def test_budget_before_the_first_and_after_the_last_case() -> None:
    before, after = miss_budget(0.9, 0, 0, 100), miss_budget(0.9, 95, 100, 0)
    assert (before.share, before.allowed, before.required) == (None, 10, D("0.9"))
    assert (after.left, after.required) == (5, None)


def test_budget_counts_whole_misses_exactly() -> None:
    # 0.29 x 100 is 28.999... in binary
    assert miss_budget(0.71, 0, 0, 100).allowed == 29
    assert miss_budget(0.95, 0, 0, 19).allowed == 0


def test_budget_of_a_target_of_nothing_and_of_all() -> None:
    assert miss_budget(0, 0, 10, 0).allowed == 10
    assert miss_budget(1, 10, 10, 5).allowed == 0


@pytest.mark.parametrize(
    ("target", "met", "total", "more"),
    [(95, 1, 2, 3), (-0.1, 1, 2, 3), (0.9, 3, 2, 1), (0.9, -1, 2, 1), (0.9, 1, 2, -1)],
)
def test_budget_refuses_contradictions(
    target: float, met: int, total: int, more: int
) -> None:
    with pytest.raises(ScoringError):
        miss_budget(target, met, total, more)


def test_rate_without_cases_is_nobody_s() -> None:
    assert shrunk_rate(0, 0, 0.86, 20) is None


def test_rate_without_a_prior_is_one_s_own() -> None:
    assert shrunk_rate(3, 4, 0.86, 0) == 0.75


@pytest.mark.parametrize(
    ("k", "n", "rate", "prior"),
    [(6, 5, 0.8, 20), (-1, 5, 0.8, 20), (1, 5, 86, 20), (1, 5, 0.8, -1)],
)
def test_rate_refuses_contradictions(k: int, n: int, rate: float, prior: int) -> None:
    with pytest.raises(ScoringError):
        shrunk_rate(k, n, rate, prior)


def test_mix_by_segment_counts_against_the_whole() -> None:
    change = mix_and_rate(
        {"phone": (540, 600), "email": (280, 400)},
        {"phone": (276, 300), "email": (497, 700)},
    )
    assert change is not None
    # mean of the wholes 0.7965: -0.3 x (0.91 - 0.7965), 0.3 x (0.705 - 0.7965)
    phone, email = change.parts
    assert (phone.segment, phone.mix) == ("phone", D("-0.03405"))
    assert (email.segment, email.mix) == ("email", D("-0.02745"))
    assert (phone.rate, email.rate) == (D("0.02") * D("0.45"), D("0.01") * D("0.55"))


def test_segment_that_came_or_went_is_mix() -> None:
    change = mix_and_rate({"a": (8, 10), "b": (5, 10)}, {"a": (8, 10), "c": (2, 10)})
    assert change is not None
    assert change.rate == 0
    assert change.mix == change.total == D("-0.15")
    assert [part.segment for part in change.parts] == ["a", "b", "c"]
    assert not change.simpson


def test_no_simpson_where_the_segments_go_with_the_whole() -> None:
    change = mix_and_rate({"a": (8, 10)}, {"a": (9, 10)})
    assert change is not None
    assert (change.mix, change.rate, change.simpson) == (0, D("0.1"), False)


def test_no_simpson_where_only_some_segments_go_against_it() -> None:
    change = mix_and_rate(
        {"a": (90, 100), "b": (50, 100)}, {"a": (91, 100), "b": (40, 100)}
    )
    assert change is not None
    assert not change.simpson


def test_no_simpson_where_the_whole_stands_still() -> None:
    # Both rates rise, and the worse segment grows just enough: 130 of 200 twice
    change = mix_and_rate(
        {"a": (80, 100), "b": (50, 100)}, {"a": (45, 50), "b": (85, 150)}
    )
    assert change is not None
    assert change.total == 0
    assert change.rate > 0
    assert not change.simpson


def test_no_cases_no_change() -> None:
    assert mix_and_rate({}, {"a": (1, 2)}) is None
    assert mix_and_rate({"a": (1, 2)}, {"a": (0, 0)}) is None
    with pytest.raises(ScoringError, match="denominator"):
        mix_and_rate({"a": (1, -2)}, {"a": (1, 2)})


@given(before=sides, after=sides)
def test_nothing_is_left_over(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]
) -> None:
    change = mix_and_rate(before, after)
    if change is None:
        assert not sum(n for _, n in before.values()) or not sum(
            n for _, n in after.values()
        )
        return
    first, then = (
        sum(k for k, _ in side.values()) / sum(n for _, n in side.values())
        for side in (before, after)
    )
    assert float(change.total) == pytest.approx(then - first, abs=1e-12)
    assert abs(change.mix + change.rate - change.total) < D("1e-24")
