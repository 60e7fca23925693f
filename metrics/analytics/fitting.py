"""The search for the parameters under which the data are likeliest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Vector = Any  # a numpy array; numpy is there only with the extra

# No parameter of either model means anything beyond e^±9 in weeks or mean values.
FURTHEST = 9.0


class NotFitted(ValueError):
    """The data do not tell the parameters apart."""


@dataclass(frozen=True)
class Best:
    """The likeliest parameters and the log-likelihood of all cases under them."""

    parameters: tuple[float, ...]
    log_likelihood: float


def likeliest(
    log_likelihood: Callable[[Sequence[float]], float],
    starts: Sequence[Sequence[float]],
    *,
    cases: int,
) -> Best:
    """Return the positive parameters that make the data likeliest.

    The search runs on their logarithms and from several starts; the best end wins.

    Raises: NotFitted when no search comes to an end.
    """
    import numpy as np
    from scipy.optimize import minimize

    def loss(logs: Vector) -> float:
        with np.errstate(all="ignore"):
            found = -log_likelihood(np.exp(logs)) / cases
        return found if np.isfinite(found) else 1e10

    ends = [
        minimize(
            loss,
            np.log(start),
            method="L-BFGS-B",
            bounds=[(-FURTHEST, FURTHEST)] * len(start),
            options={"ftol": 1e-11, "gtol": 1e-7, "maxiter": 200},
        )
        for start in starts
    ]
    best = min(ends, key=lambda end: float(end.fun))
    if not best.fun < 1e10:
        raise NotFitted("the likelihood has no finite value")
    return Best(tuple(float(each) for each in np.exp(best.x)), -float(best.fun) * cases)
