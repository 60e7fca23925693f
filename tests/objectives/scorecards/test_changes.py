"""Better, worse, or nothing to speak of; all numbers worked out by hand."""

from decimal import Decimal

import pytest

from crmkpi.lib.numbers import Unit
from crmkpi.lib.statistics import newcombe, wilson
from metrics.catalog import METRICS
from objectives.printing import Print
from objectives.scorecards.changes import Change, Measured, change, measured

PERCENT = Print(Unit.PERCENT, "EUR")
SECONDS = Print(Unit.SECONDS, "EUR")
COUNT = Print(Unit.COUNT, "EUR")
MONEY = Print(Unit.MONEY, "EUR")


def of(value: float, low: float | None = None, high: float | None = None) -> Measured:
    return Measured(
        *(None if n is None else Decimal(str(n)) for n in (value, low, high))
    )


@pytest.mark.parametrize(
    ("better", "word", "look"),
    [("higher", "worse", "worse"), ("lower", "better", "better"), ("", "less", "")],
)
def test_goodness_decides_and_not_the_sign(better, word, look):
    found = change(of(31), of(40), better=better, printed=COUNT)

    # −9 of 40 is −22.5 %, which prints as −23 %
    assert found == Change("−23 %", word, look)


def test_a_fall_is_good_where_less_is_better():
    found = change(of(369), of(375), better="lower", printed=SECONDS)

    assert found == Change("−6 s", "better", "better")


def test_a_difference_whose_interval_holds_nought_is_no_real_change():
    # 94.7 (93.3 to 95.8) after 95.5 (94.2 to 96.5): the gap is −0.8, and its lower end
    # −0.8 − √(1.4² + 1.0²) = −2.5, its upper −0.8 + √(1.1² + 1.3²) = 0.9
    now, before = of(94.7, 93.3, 95.8), of(95.5, 94.2, 96.5)

    found = change(now, before, better="higher", printed=PERCENT)

    assert found == Change("−0.8 pts", "no real change", "")


def test_a_difference_whose_interval_leaves_nought_out_is_one():
    # −5 − √(1² + 1²) = −6.4 and −5 + 1.4 = −3.6
    now, before = of(90, 89, 91), of(95, 94, 96)

    found = change(now, before, better="higher", printed=PERCENT)

    assert found == Change("−5.0 pts", "worse", "worse")


@pytest.mark.parametrize(
    ("before", "word"), [((48, 80), "better"), ((6, 10), "no real change")]
)
def test_shares_are_judged_as_by_newcombe(before, word):
    k, n = before
    low_0, high_0 = _wilson(k, n)
    low, high = _wilson(56, 70)
    interval = newcombe(56, 70, k, n)

    found = change(
        of(80, low, high), of(60, low_0, high_0), better="higher", printed=PERCENT
    )

    assert found.word == word
    assert (interval.low > 0) == (word == "better")


def _wilson(k: int, n: int) -> tuple[float, float]:
    found = wilson(k, n)
    return 100 * found.low, 100 * found.high


def test_what_prints_as_nought_is_no_change():
    found = change(of(1000), of(1001), better="higher", printed=COUNT)

    assert found == Change("−0.1 %", "worse", "worse")
    assert change(of(9), of(9), better="higher", printed=COUNT).word == "no change"


def test_nothing_to_divide_by_is_no_change_at_all():
    assert change(of(5), of(0), better="higher", printed=COUNT) is None
    assert change(of(5), of(0), better="higher", printed=MONEY) is None


def test_a_mean_without_spread_is_taken_to_vary_as_much_as_its_size():
    # 1.96 × 360 ÷ √144 = 58.8
    found = measured(METRICS["average_handle_time"], Decimal(360), None, None, 144)

    assert found == Measured(Decimal(360), Decimal("301.2"), Decimal("418.8"))


def test_one_row_and_totals_get_no_interval():
    mean, total = METRICS["average_handle_time"], METRICS["won_deals"]

    assert measured(mean, Decimal(360), None, None, 1).low is None
    assert measured(total, Decimal(9), None, None, 9).low is None
    assert measured(None, Decimal(1), None, None, None).low is None


def test_a_known_interval_is_kept():
    known = (Decimal(80), Decimal(70), Decimal(88), 50)

    assert measured(METRICS["csat"], *known).low == 70
