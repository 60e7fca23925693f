"""What a purchase of each customer is worth: Gamma-Gamma.

Each customer's purchases vary around a mean of its own, and these means differ among
customers. Supposes that how much has nothing to do with how often.

Source: Fader and Hardie 2013, "The Gamma-Gamma Model of Monetary Value".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.analytics.fitting import NotFitted, Vector, likeliest

OFF = 0.2  # of the mean of the customers


@dataclass(frozen=True)
class GammaGamma:
    """The three parameters of a population; q is above 1, so that a mean exists."""

    p: float  # shape of one customer's purchases
    q: float  # shape of the scale among customers
    v: float  # scale, in units of money
    log_likelihood: float = 0.0

    def value(self, frequency: Vector, mean: Vector) -> Vector:
        """Return what the next purchase of each customer is expected to be worth.

        Of a customer without repeat purchases nothing is known: the mean of all.

        Example: under p = 2, q = 3, v = 10 two repeat purchases with a mean of 20 give
        2 × (10 + 2 × 20) ÷ (2 × 2 + 3 − 1) = 16.67; none gives 2 × 10 ÷ 2 = 10.
        """
        import numpy as np

        x, m = np.asarray(frequency, float), np.asarray(mean, float)
        expected: Vector = self.p * (self.v + x * m) / (self.p * x + self.q - 1)
        return expected


def fit(frequency: Sequence[int], mean: Sequence[float]) -> GammaGamma:
    """Return the parameters under which these mean values are likeliest.

    Shape: one entry for each customer who came back, with a positive mean.

    Where customers differ so much that the likeliest model has another mean than they
    have (beyond OFF), the likeliest of those with their mean is taken: else somebody
    who bought once would be worth what nobody ever paid.

    Raises: NotFitted for nobody, or when the search does not end.

    Example: the customers of CDNOW who came back up to 1997-09-30 give p 6.25,
    q 3.74, v 15.45.
    """
    import numpy as np

    x, m = np.asarray(frequency, float), np.asarray(mean, float)
    if not len(x):
        raise NotFitted("nobody came back")
    unit = float(np.mean(m))
    found = _likeliest(x, m / unit)
    if abs(float(found.value(0, 0)) - 1) > OFF:
        found = _likeliest_with_mean(x, m / unit)
    # The density of m is that of m / unit, divided by the unit.
    likelihood = found.log_likelihood - len(x) * float(np.log(unit))
    return GammaGamma(found.p, found.q, found.v * unit, likelihood)


def _likeliest(x: Vector, m: Vector) -> GammaGamma:
    found = likeliest(
        lambda at: _log_likelihood((at[0], 1 + at[1], at[2]), x, m),
        [(2.0, 2.0, 1.0), (6.0, 3.0, 0.5)],
        cases=len(x),
    )
    p, beyond_one, v = found.parameters
    return GammaGamma(p, 1 + beyond_one, v, found.log_likelihood)


def _likeliest_with_mean(x: Vector, m: Vector) -> GammaGamma:
    """Return the likeliest model in which the mean of all is 1: v = (q − 1) ÷ p."""
    found = likeliest(
        lambda at: _log_likelihood((at[0], 1 + at[1], at[1] / at[0]), x, m),
        [(2.0, 2.0), (6.0, 3.0)],
        cases=len(x),
    )
    p, beyond_one = found.parameters
    return GammaGamma(p, 1 + beyond_one, beyond_one / p, found.log_likelihood)


def _log_likelihood(parameters: Sequence[float], x: Vector, m: Vector) -> float:
    import numpy as np
    from scipy.special import betaln

    p, q, v = parameters
    return float(
        np.sum(
            -betaln(p * x, q)
            + q * np.log(v)
            + (p * x - 1) * np.log(m)
            + p * x * np.log(x)
            - (p * x + q) * np.log(x * m + v)
        )
    )
