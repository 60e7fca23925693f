"""How often customers buy, and whether they still do: BG/NBD.

Each customer buys at a rate of its own and may leave for good after any purchase; rates
and chances of leaving differ among customers (gamma and beta). Times are in weeks.

Source: Fader, Hardie and Lee 2005, "Counting your customers" the easy way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.analytics.fitting import Vector, likeliest

QUANTILES = 200
NEAR_ONE = 1e-4  # at a = 1 the expectation is 0 / 0; beside it on both sides it is not


@dataclass(frozen=True)
class BgNbd:
    """The four parameters of a population."""

    r: float  # purchase rates: shape
    alpha: float  # purchase rates: weeks
    a: float  # chances of leaving after a purchase: a of a + b
    b: float
    log_likelihood: float = 0.0

    def alive(self, frequency: Vector, recency: Vector, age: Vector) -> Vector:
        """Return the chance that each customer still buys.

        Who bought once is taken to be there: leaving follows a repeat purchase.

        Example: under r = alpha = a = b = 1, a customer with one repeat purchase in
        week 1 seen in week 2 has odds of leaving (3 / 2)² = 2.25: 1 / 3.25 = 0.3077.
        """
        import numpy as np

        x, tx, t = (np.asarray(each, float) for each in (frequency, recency, age))
        ratio = np.log(self.alpha + t) - np.log(self.alpha + tx)
        left = np.log(self.a) - np.log(self.b + np.maximum(x, 1) - 1)
        with np.errstate(over="ignore"):
            gone = np.where(x > 0, np.exp(left + (self.r + x) * ratio), 0.0)
        chance: Vector = 1 / (1 + gone)
        return chance

    def purchases(
        self, weeks: float, frequency: Vector, recency: Vector, age: Vector
    ) -> Vector:
        """Return how many purchases to expect of each customer in the next weeks.

        Example: with the published parameters of CDNOW (0.243, 4.414, 0.793, 2.426) a
        customer with 2 repeat purchases, the last in week 30.43, seen in week 38.86,
        is expected to buy 1.226 times in the next 39 weeks.
        """
        import numpy as np
        from scipy.special import hyp2f1

        if abs(self.a - 1) < NEAR_ONE:
            beside = (1 - 2 * NEAR_ONE, 1 + 2 * NEAR_ONE)
            some = [BgNbd(self.r, self.alpha, a, self.b) for a in beside]
            return (
                sum(each.purchases(weeks, frequency, recency, age) for each in some) / 2
            )
        x, t = np.asarray(frequency, float), np.asarray(age, float)
        after = self.alpha + t + weeks
        with np.errstate(invalid="ignore", over="ignore"):
            series = hyp2f1(
                self.r + x, self.b + x, self.a + self.b + x - 1, weeks / after
            )
            stays = ((self.alpha + t) / after) ** (self.r + x) * series
        ever = (self.a + self.b + x - 1) / (self.a - 1)
        found = ever * (1 - stays)
        if not np.all(np.isfinite(found)):
            found = np.where(np.isfinite(found), found, self._by_quantiles(weeks, x, t))
        expected: Vector = np.maximum(found, 0.0) * self.alive(frequency, recency, age)
        return expected

    def _by_quantiles(self, weeks: float, x: Vector, t: Vector) -> Vector:
        """Return the expected purchases of those who are there, more roughly.

        The series is too large for numbers where hardly anybody ever leaves. Who
        leaves with a chance of p buys (1 − exp(−rate × p × weeks)) ÷ p times; rates
        are averaged exactly, chances at QUANTILES of them.
        """
        import numpy as np
        from scipy.stats import beta

        kinds, kind = np.unique(x, return_inverse=True)
        rest, total = self.alpha + t, 0.0
        for number in range(QUANTILES):
            at = (number + 0.5) / QUANTILES
            chances = np.maximum(beta.ppf(at, self.a, self.b + kinds), 1e-9)
            chance = chances[kind].reshape(x.shape)
            none = (rest / (rest + chance * weeks)) ** (self.r + x)
            total = total + (1 - none) / chance
        return total / QUANTILES

    def gone(
        self, weeks: float, frequency: Vector, recency: Vector, age: Vector
    ) -> Vector:
        """Return the chance that a customer buys nothing in the next weeks.

        It is 1 − P(alive and buys): somebody who is still there but would only buy
        later cannot be told from somebody who has left, and counts as gone.

        Example: under r = alpha = a = b = 1, one repeat purchase in week 1, seen in
        week 2: alive 0.3077; buys within 3 weeks if alive 1 − (3 / 6)² = 0.75; so
        gone with 1 − 0.3077 × 0.75 = 0.7692.
        """
        import numpy as np

        x, t = np.asarray(frequency, float), np.asarray(age, float)
        silent = ((self.alpha + t) / (self.alpha + t + weeks)) ** (self.r + x)
        chance: Vector = 1 - self.alive(frequency, recency, age) * (1 - silent)
        return chance


def fit(
    frequency: Sequence[int], recency: Sequence[float], age: Sequence[float]
) -> BgNbd:
    """Return the parameters under which these customers' purchases are likeliest.

    Shape: one entry a customer, in weeks; `history` of purchases.py gives them.

    Raises: NotFitted when nobody came back, or the search does not end.

    Example: the 2,357 customers of CDNOW up to 1997-09-30 give r 0.243, alpha 4.414,
    a 0.793, b 2.426.
    """
    import numpy as np

    rows = np.column_stack([frequency, recency, age]).astype(float)
    cases, counts = np.unique(rows, axis=0, return_counts=True)
    x, tx, t = cases.T
    typical = float(np.mean(rows[:, 2])) or 1.0
    found = likeliest(
        lambda parameters: _log_likelihood(parameters, x, tx, t, counts),
        [(1.0, typical, 1.0, 2.0), (0.3, typical / 5, 0.5, 2.0)],
        cases=len(rows),
    )
    r, alpha, a, b = found.parameters
    return BgNbd(r, alpha, a, b, found.log_likelihood)


def _log_likelihood(
    parameters: Sequence[float], x: Vector, tx: Vector, t: Vector, counts: Vector
) -> float:
    import numpy as np
    from scipy.special import betaln, gammaln

    r, alpha, a, b = parameters
    rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stayed = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + t)
    left = (
        betaln(a + 1, b + np.maximum(x, 1) - 1)
        - betaln(a, b)
        - (r + x) * np.log(alpha + tx)
    )
    either = np.logaddexp(stayed, np.where(x > 0, left, -np.inf))
    return float(np.sum(counts * (rate + either)))
