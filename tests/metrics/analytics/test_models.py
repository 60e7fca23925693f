"""The two models against published figures, arithmetic and numeric integration."""

import gzip
import json
import os
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from crmkpi.lib.periods import to_day
from metrics.analytics import bgnbd, gamma_gamma
from metrics.analytics.bgnbd import BgNbd
from metrics.analytics.fitting import NotFitted
from metrics.analytics.gamma_gamma import GammaGamma
from metrics.analytics.purchases import History, correlation, history

np = pytest.importorskip("numpy")
pytest.importorskip("scipy")

FOLDER = Path(os.environ.get("REFERENCE_DATA", "."))
PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426)
PLAIN = BgNbd(1, 1, 1, 1)


def test_purchases_of_one_day_count_once_and_the_first_is_left_out():
    assert history({0: 5, 14: 20, 28: 30, 43: 99}, until=42) == History(2, 4, 6, 25)
    assert history({0: 5}, until=42) == History(0, 0, 6, None)
    assert history({0: 5, 14: None, 21: -3, 28: 30}, until=28) == History(3, 4, 4, 30)
    assert history({50: 5}, until=42) is None


def test_correlation_of_those_who_came_back():
    """Deviations −1, 0, 1 and −10, 20, −10: nothing in common, whoever came once."""
    some = [History(x, 1, 2, y) for x, y in ((1, 10), (2, 20), (3, 30))]
    assert correlation(some) == pytest.approx(1)
    even = [History(x, 1, 2, y) for x, y in ((1, 10), (2, 40), (3, 10), (0, 99))]
    assert correlation(even) == pytest.approx(0)
    assert correlation(some[:2]) is None
    assert correlation([History(1, 1, 2, 7)] * 5) is None


def test_the_chance_of_being_there_worked_out_by_hand():
    assert PLAIN.alive(1, 1, 2) == pytest.approx(1 / 3.25)
    assert PLAIN.alive(0, 0, 2) == 1
    assert PLAIN.gone(3, 1, 1, 2) == pytest.approx(1 - 0.75 / 3.25)
    assert PLAIN.gone(0, 1, 1, 2) == 1


def test_expected_purchases_are_as_published():
    assert PUBLISHED.purchases(39, 2, 30.43, 38.86) == pytest.approx(1.226, abs=1e-3)


@pytest.mark.parametrize("a", [0.4, 1.0, 2.5])
@pytest.mark.parametrize(("x", "tx", "t"), [(0, 0, 10), (1, 4, 10), (6, 9, 10)])
def test_expected_purchases_by_integrating_over_chances(a, x, tx, t):
    """Who is there, leaves with chance p and buys at rate l, buys (1 − exp(−l p w)) ÷ p
    times in w weeks. Rates follow gamma, so the mean of exp(−l s) is a power; chances
    follow beta."""
    from scipy.integrate import quad
    from scipy.stats import beta

    model, weeks = BgNbd(0.8, 3.0, a, 2.0), 20
    chances, rest = beta(model.a, model.b + x), model.alpha + t

    def times(chance):
        none = (rest / (rest + chance * weeks)) ** (model.r + x)
        return (1 - none) / chance * chances.pdf(chance)

    expected, _error = quad(times, 0, 1, limit=200)
    found = model.purchases(weeks, x, tx, t)
    assert found == pytest.approx(expected * model.alive(x, tx, t), rel=1e-4)


def test_expected_purchases_where_hardly_anybody_leaves():
    """Nobody leaves: 52 weeks at the rate (r + x) ÷ (alpha + T) of each, beyond what
    the series can be computed for."""
    stays = BgNbd(0.243, 4.4, 1e-3, 8_000)
    x, age = np.array([0, 5, 60]), np.array([30, 30, 100])
    expected = 52 * (stays.r + x) / (stays.alpha + age)
    assert stays.purchases(52, x, age, age) == pytest.approx(expected, rel=1e-3)
    assert stays.gone(0.0, x, age, age) == pytest.approx([1, 1, 1])


def test_the_value_of_a_purchase_worked_out_by_hand():
    model = GammaGamma(2, 3, 10)
    assert model.value(2, 20) == pytest.approx(100 / 6)
    assert model.value(0, 0) == 10


def made_up(customers: int):
    """Return (frequency, recency, age, mean value) of customers of known ways.

    They buy by r 0.8, alpha 6, a 0.7, b 2.5, and for p 6, q 4, v 15.
    """
    draw = np.random.default_rng(7)
    rows = []
    for number in range(customers):
        rate, chance = draw.gamma(0.8, 1 / 6), draw.beta(0.7, 2.5)
        age, at, times = 30 + number % 30, 0.0, []
        while (at := at + draw.exponential(1 / rate)) < age:
            times.append(at)
            if draw.random() < chance:
                break
        scale = draw.gamma(4, 1 / 15)
        values = draw.gamma(6, 1 / scale, size=len(times))
        mean = values.mean() if times else 0.0
        rows.append((len(times), times[-1] if times else 0.0, age, mean))
    return [list(column) for column in zip(*rows, strict=True)]


@pytest.fixture(scope="module")
def sample():
    return made_up(4_000)


def test_the_ways_of_made_up_customers_are_found_again(sample):
    frequency, recency, age, mean = sample
    found = bgnbd.fit(frequency, recency, age)
    assert found.r == pytest.approx(0.8, rel=0.1)
    assert found.alpha == pytest.approx(6, rel=0.15)
    assert found.a / (found.a + found.b) == pytest.approx(0.7 / 3.2, rel=0.15)
    back = [(x, m) for x, m in zip(frequency, mean, strict=True) if x]
    values = gamma_gamma.fit(*zip(*back, strict=True))
    assert values.p == pytest.approx(6, rel=0.15)
    assert values.value(0, 0) == pytest.approx(6 * 15 / 3, rel=0.05)


def test_nothing_near_the_fit_is_likelier(sample):
    """The log-likelihood of the paper, written out for each customer."""
    from math import exp, lgamma, log

    def paper(model):
        r, alpha, a, b = model.r, model.alpha, model.a, model.b
        total = 0.0
        for x, tx, t in zip(*sample[:3], strict=True):
            first = lgamma(r + x) - lgamma(r) + r * log(alpha)
            second = lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x)
            third = -(r + x) * log(alpha + t)
            inner = exp(third)
            if x:
                inner += exp(log(a) - log(b + x - 1) - (r + x) * log(alpha + tx))
            total += first + second + log(inner)
        return total

    best = bgnbd.fit(*sample[:3])
    assert best.log_likelihood == pytest.approx(paper(best), rel=1e-9)
    for name in ("r", "alpha", "a", "b"):
        for factor in (0.98, 1.02):
            near = {**vars(best), name: getattr(best, name) * factor}
            assert paper(BgNbd(**near)) < best.log_likelihood


def test_the_unit_of_money_changes_nothing_but_the_unit(sample):
    frequency, _recency, _age, mean = sample
    back = [(x, m) for x, m in zip(frequency, mean, strict=True) if x]
    times, values = zip(*back, strict=True)
    euros = gamma_gamma.fit(times, values)
    cents = gamma_gamma.fit(times, [100 * value for value in values])
    assert cents.value(3, 4_000) == pytest.approx(100 * euros.value(3, 40), rel=1e-4)


def test_customers_of_two_worlds_keep_their_mean():
    """90 spend 10 a time and 10 spend 10,000: the mean is 1,009, and somebody without a
    second purchase is worth that, not what the tail of the likeliest model says."""
    means = [10 + number % 5 for number in range(90)] + [10_000] * 10
    found = gamma_gamma.fit([3 + number % 4 for number in range(100)], means)
    mean = sum(means) / 100
    assert found.value(0, 0) == pytest.approx(mean)
    assert 5 < found.value(5, 10) < 500 and found.value(5, 10_000) > 5_000


def test_nobody_who_came_back_has_no_value():
    with pytest.raises(NotFitted):
        gamma_gamma.fit([], [])


def cdnow() -> list[History]:
    """Return the customers of the CDNOW sample as seen on 30 September 1997."""
    bought: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    with gzip.open(FOLDER / "cdnow_sample.txt.gz", "rt") as lines:
        for line in lines:
            _master, customer, on, _count, dollars = line.split()
            day = to_day(date(int(on[:4]), int(on[4:6]), int(on[6:])))
            bought[customer][day] += float(dollars)
    until = to_day(date(1997, 9, 30))
    seen = (history(days, until=until) for days in bought.values())
    return [each for each in seen if each is not None]


@pytest.mark.reference
def test_cdnow_gives_the_published_parameters():
    cases = json.loads((FOLDER / "test_vectors.json").read_text())["cdnow_models"]
    wanted, prediction = cases["cases"]
    seen = cdnow()
    found = bgnbd.fit(
        [h.frequency for h in seen], [h.recency for h in seen], [h.age for h in seen]
    )
    assert len(seen) == 2_357
    for name, value in wanted["params"].items():
        assert getattr(found, name) == pytest.approx(value, abs=wanted["tolerance"])
    expected = found.purchases(
        39, prediction["frequency"], prediction["recency"], prediction["T"]
    )
    assert expected == pytest.approx(prediction["expected"], abs=5e-3)


@pytest.mark.reference
def test_cdnow_gives_the_values_that_another_program_found():
    seen = [h for h in cdnow() if h.frequency and h.value]
    found = gamma_gamma.fit([h.frequency for h in seen], [h.value for h in seen])
    assert (found.p, found.q, found.v) == pytest.approx((6.25, 3.74, 15.45), rel=2e-3)
    assert correlation(cdnow()) == pytest.approx(0.114, abs=1e-3)
