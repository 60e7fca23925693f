"""Published and hand-worked numbers; the remark names who published them."""

import pytest

from crmkpi.lib.sampling import (
    answers_needed,
    answers_to_detect,
    response_rates,
    weighted_nps,
)


@pytest.mark.parametrize(
    ("margin", "variance", "expected"),
    [
        (0.10, 1, 385),  # NPS ±10 points, the worst there is
        (0.10, 0.6, 231),  # NPS ±10 points, as it usually varies
        (0.05, 1, 1537),
        (0.05, 0.6, 922),
        (0.05, 0.25, 385),  # CSAT ±5 points at one half, in every textbook
        (0.03, 0.25, 1068),
    ],
)
def test_sample_size(margin: float, variance: float, expected: int) -> None:
    assert answers_needed(margin, variance) == expected


def test_sample_size_of_few_people() -> None:
    # 385 ÷ (1 + 384 ÷ 1000) = 278.2
    assert answers_needed(0.05, 0.25, population=1000) == 279
    assert answers_needed(0.05, 0.25, population=1) == 1


def test_answers_to_detect_ten_points() -> None:
    # 2 × 2.801585² × 0.6 ÷ 0.01 = 941.9
    assert answers_to_detect(0.10, 0.6) == 942


@pytest.mark.parametrize(("reach", "variance"), [(0, 1), (-0.1, 1), (0.1, 0)])
def test_no_margin_needs_answers_without_end(reach: float, variance: float) -> None:
    for needed in (answers_needed, answers_to_detect):
        with pytest.raises(ValueError, match="above 0"):
            needed(reach, variance)


def test_response_rates() -> None:
    # AAPOR's definitions; the numbers as on the page of statscalculators
    found = response_rates(
        complete=650, partial=50, refused=150, unreached=100, other=30, unknown=20
    )
    assert found is not None
    assert (found.rr1, found.rr2, found.refusal) == (0.65, 0.70, 0.15)
    assert found.cooperation == pytest.approx(0.765, abs=5e-4)


def test_response_rates_of_nobody() -> None:
    assert response_rates(complete=0) is None
    silent = response_rates(complete=0, unknown=7)
    assert silent is not None
    assert (silent.rr1, silent.cooperation) == (0, None)


def test_weighted_nps() -> None:
    # A: 60, 10, 10 of a fifth of all; B: 4, 6, 10 of the rest; all alike +44.0
    found = weighted_nps([(0.2, (60, 10, 10)), (0.8, (4, 6, 10))])
    assert found is not None
    assert found.value == pytest.approx(-11.5)
    assert found.se == pytest.approx(14.06, abs=0.005)
    # 1 ÷ (0.04 ÷ 80 + 0.64 ÷ 20)
    assert found.effective_n == pytest.approx(30.77, abs=0.005)


def test_weights_as_the_answers_have_them_change_nothing() -> None:
    found = weighted_nps([(0.8, (60, 10, 10)), (0.2, (4, 6, 10))])
    assert found is not None
    assert found.value == pytest.approx(44)
    assert found.effective_n == pytest.approx(100)


def test_weighted_nps_of_a_silent_group() -> None:
    assert weighted_nps([(0.5, (1, 0, 0)), (0.5, (0, 0, 0))]) is None
    with pytest.raises(ValueError, match="add up"):
        weighted_nps([(0.5, (1, 0, 0)), (0.4, (1, 0, 0))])
