"""From purchases to predictions: what is refused, and what is stored."""

from dataclasses import dataclass

import pytest

from metrics.analytics import predicting
from metrics.analytics.bgnbd import BgNbd
from metrics.analytics.predicting import Refusal, discounted, predict

np = pytest.importorskip("numpy")
pytest.importorskip("scipy")

UNTIL = 1_000


def customers(count: int, *, since: int = 250, worth=lambda number, _times: 50_00):
    """Return customers who buy one to four times, the later the fewer; no chance.

    Customer n bought first on one of 120 days from `since` days before UNTIL on.
    """
    found = {}
    for number in range(count):
        first, times = UNTIL - since + number % 120, 1 + number % 4
        pause = 15 + number * 7 % 40
        days = [first + pause * each for each in range(times)]
        found[number] = {
            on: worth(number, times) + each * 100
            for each, on in enumerate(days)
            if on <= UNTIL
        }
    return found


@dataclass(frozen=True)
class Linear(BgNbd):
    """A customer who buys once in ten weeks, for good."""

    def purchases(self, weeks, frequency, recency, age):
        return weeks / 10


def test_later_purchases_are_worth_less():
    """5.214 purchases in 365 days, in 12 equal parts, each from its middle."""
    expected = sum(365 / 7 / 10 / 12 / 1.1 ** ((part + 0.5) / 12) for part in range(12))
    assert discounted(Linear(1, 1, 1, 1), 0, 0, 0) == pytest.approx(expected)
    assert expected == pytest.approx(4.97, abs=0.01)


def test_199_customers_are_too_few_and_200_are_enough():
    few = predict(customers(199), until=UNTIL)
    assert (few.refusal, few.customers, few.expected) == (
        Refusal.FEW_CUSTOMERS,
        199,
        {},
    )
    enough = predict(customers(200), until=UNTIL)
    assert enough.refusal is None
    assert set(enough.expected) == set(range(200))


def test_25_weeks_are_too_short_and_26_are_enough():
    short = predict(customers(240, since=26 * 7 - 1), until=UNTIL)
    assert short.refusal == short.value_refusal == Refusal.SHORT_HISTORY
    assert predict(customers(240, since=26 * 7), until=UNTIL).refusal is None


def test_nobody_who_came_back_gives_no_pattern():
    once = {number: {UNTIL - 200 + number % 100: 10_00} for number in range(300)}
    assert predict(once, until=UNTIL).refusal is Refusal.NOT_FITTED


def test_no_values_where_who_buys_more_often_spends_more():
    told = predict(
        customers(400, worth=lambda _number, times: times * 90_00), until=UNTIL
    )
    assert told.correlation > 0.3
    assert told.refusal is None and told.value_refusal is Refusal.CORRELATED
    assert {each.value for each in told.expected.values()} == {None}
    assert all(0 <= each.gone <= 1 for each in told.expected.values())


def test_who_bought_once_gets_the_low_estimate_not_none():
    """The purchases the model expects of such a one, at the mean value of all."""
    even = predict(
        customers(400, worth=lambda number, _t: 40_00 + number % 7 * 5_00), until=UNTIL
    )
    assert abs(even.correlation) <= 0.3 and even.value_refusal is None
    once, age = even.expected[8], (250 - 8) / 7
    worth = discounted(even.buying, 0, 0, age) * even.spending.value(0, 0)
    assert once.value == pytest.approx(float(worth)) and once.value > 0
    assert once.alive == 1 and 0 < once.gone < 1
    assert once.purchases < max(each.purchases for each in even.expected.values())
    assert even.holdout is not None and 0 < even.holdout.brier < 1


def test_the_last_90_days_are_held_out(monkeypatch):
    """With a model that foretells 1 purchase for everybody and no one gone.

    On day 910 there are 300 customers; the count of days bought on after it is the
    oracle, and the Brier score the share of those who bought nothing.
    """

    class Sure(BgNbd):
        def purchases(self, weeks, frequency, recency, age):
            return np.ones(len(age))

        def gone(self, weeks, frequency, recency, age):
            return np.zeros(len(age))

    monkeypatch.setattr(predicting, "_buying", lambda _seen: Sure(1, 1, 1, 1))
    bought = customers(300)
    known = [days for days in bought.values() if min(days) <= UNTIL - 90]
    after = [sum(on > UNTIL - 90 for on in days) for days in known]
    held = predicting._holdout(bought, UNTIL)
    assert held.error == pytest.approx((len(known) / sum(after) - 1) * 100)
    assert held.brier == pytest.approx(after.count(0) / len(known))


def test_very_many_customers_are_fitted_by_a_sample(monkeypatch):
    monkeypatch.setattr(predicting, "FITTED_AT_MOST", 150)
    sampled = predict(customers(300), until=UNTIL)
    assert len(sampled.expected) == 300
    monkeypatch.setattr(predicting, "FITTED_AT_MOST", 300)
    whole = predict(customers(300), until=UNTIL)
    assert sampled.buying.log_likelihood > whole.buying.log_likelihood * 0.7
    assert sampled.customers == 300
