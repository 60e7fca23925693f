"""From purchases to what each customer will probably do, or why nobody can say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from metrics.analytics import bgnbd, gamma_gamma
from metrics.analytics.bgnbd import BgNbd
from metrics.analytics.fitting import NotFitted, Vector
from metrics.analytics.gamma_gamma import GammaGamma
from metrics.analytics.purchases import DAYS_OF_WEEK, History, correlation, history

HORIZON_DAYS = 365  # over which purchases are expected and valued
GONE_DAYS = 90  # without a purchase: gone
DISCOUNT_PERCENT = 10  # a year
MIN_CUSTOMERS = 200
MIN_WEEKS = 26
MAX_CORRELATION = 0.3
FITTED_AT_MOST = 20_000  # customers; more make parameters slower, hardly better
STEPS = 12  # of the horizon, each discounted from its middle

Amounts = Mapping[int, float | None]  # by day, in minor units; None: not known


class Refusal(StrEnum):
    """Why there is no prediction."""

    FEW_CUSTOMERS = "customers"
    SHORT_HISTORY = "history"
    NOT_FITTED = "not_fitted"
    CORRELATED = "correlated"  # no values; purchases are predicted


@dataclass(frozen=True)
class Expected:
    """What one customer will probably do."""

    purchases: float  # within the horizon
    alive: float  # chance 0..1 of being a customer still
    gone: float  # chance 0..1 of no purchase within GONE_DAYS
    value: float | None  # of these purchases today, minor units


@dataclass(frozen=True)
class Holdout:
    """How well the last GONE_DAYS would have been predicted by what came before."""

    error: float  # purchases predicted more (less: negative) than there were, per cent
    brier: float  # mean squared error of the chance of being gone, 0..1


@dataclass(frozen=True)
class Prediction:
    """The models with what they say of each customer; or why they say nothing."""

    customers: int  # who have bought
    weeks: float  # from the first purchase of anybody
    refusal: Refusal | None = None  # of everything
    value_refusal: Refusal | None = None  # of values alone
    buying: BgNbd | None = None
    spending: GammaGamma | None = None
    correlation: float | None = None
    holdout: Holdout | None = None
    expected: dict[int, Expected] = field(default_factory=dict)


def predict(purchases: Mapping[int, Amounts], *, until: int) -> Prediction:
    """Return what customers will do after the day `until`, by what they did before.

    Empty: no predictions, with the reason, under MIN_CUSTOMERS or MIN_WEEKS, or when
    nobody came back; no values when who buys more often also spends more (or less)
    each time, as far as MAX_CORRELATION.
    """
    histories = _histories(purchases, until)
    firsts = [min(days) for days in purchases.values() if days]
    weeks = max(0, until - min(firsts, default=until)) / DAYS_OF_WEEK
    told = Prediction(len(histories), weeks)
    if len(histories) < MIN_CUSTOMERS:
        return _refused(told, Refusal.FEW_CUSTOMERS)
    if weeks < MIN_WEEKS:
        return _refused(told, Refusal.SHORT_HISTORY)
    try:
        buying = _buying(histories)
    except NotFitted:
        return _refused(told, Refusal.NOT_FITTED)
    related = correlation(histories.values())
    spending, refusal = _spending(histories, related)
    return Prediction(
        told.customers,
        weeks,
        value_refusal=refusal,
        buying=buying,
        spending=spending,
        correlation=related,
        holdout=_holdout(purchases, until),
        expected=_expected(histories, buying, spending),
    )


def _refused(told: Prediction, refusal: Refusal) -> Prediction:
    return Prediction(told.customers, told.weeks, refusal, refusal)


def _histories(purchases: Mapping[int, Amounts], until: int) -> dict[int, History]:
    found = {key: history(days, until=until) for key, days in purchases.items()}
    return {key: each for key, each in sorted(found.items()) if each is not None}


def _buying(histories: Mapping[int, History]) -> BgNbd:
    """Return the model of purchases; of very many customers a regular sample is taken.

    Raises: NotFitted, also when nobody came back.
    """
    step = -(-len(histories) // FITTED_AT_MOST)
    some = list(histories.values())[::step]
    if not any(each.frequency for each in some):
        raise NotFitted("nobody came back")
    return bgnbd.fit(*_columns(some))


def _spending(
    histories: Mapping[int, History], related: float | None
) -> tuple[GammaGamma | None, Refusal | None]:
    if related is not None and abs(related) > MAX_CORRELATION:
        return None, Refusal.CORRELATED
    back = [(each.frequency, each.value) for each in histories.values() if each.value]
    step = -(-len(back) // FITTED_AT_MOST) or 1
    some = back[::step]
    try:
        fitted = gamma_gamma.fit([x for x, _m in some], [m for _x, m in some])
    except NotFitted:
        return None, Refusal.NOT_FITTED
    return fitted, None


def _expected(
    histories: Mapping[int, History], buying: BgNbd, spending: GammaGamma | None
) -> dict[int, Expected]:
    columns = _columns(list(histories.values()))
    horizon = HORIZON_DAYS / DAYS_OF_WEEK
    purchases = buying.purchases(horizon, *columns)
    alive = buying.alive(*columns)
    gone = buying.gone(GONE_DAYS / DAYS_OF_WEEK, *columns)
    values = [None] * len(histories)
    if spending is not None:
        worth = discounted(buying, *columns) * spending.value(
            [each.frequency if each.value else 0 for each in histories.values()],
            [each.value or 0 for each in histories.values()],
        )
        values = worth.tolist()
    return {
        key: Expected(float(purchases[at]), float(alive[at]), float(gone[at]), value)
        for at, (key, value) in enumerate(zip(histories, values, strict=True))
    }


def discounted(
    buying: BgNbd, frequency: Vector, recency: Vector, age: Vector
) -> Vector:
    """Return the purchases expected within the horizon, later ones worth less.

    Each of STEPS equal parts counts as if in its middle.
    """
    total: Vector = 0.0
    before: Vector = 0.0
    for step in range(1, STEPS + 1):
        weeks = HORIZON_DAYS / DAYS_OF_WEEK * step / STEPS
        so_far = buying.purchases(weeks, frequency, recency, age)
        years = HORIZON_DAYS / 365 * (step - 0.5) / STEPS
        total = total + (so_far - before) / (1 + DISCOUNT_PERCENT / 100) ** years
        before = so_far
    return total


def _holdout(purchases: Mapping[int, Amounts], until: int) -> Holdout | None:
    """Return how the last days compare with what the days before them foretold.

    Empty: None when the time before is too short to fit, or nobody bought after it.
    """
    cut = until - GONE_DAYS
    histories = _histories(purchases, cut)
    try:
        buying = _buying(histories)
    except NotFitted:
        return None
    columns, weeks = _columns(list(histories.values())), GONE_DAYS / DAYS_OF_WEEK
    bought = [
        sum(cut < day <= until for day in purchases[customer]) for customer in histories
    ]
    if not sum(bought):
        return None
    foretold = float(buying.purchases(weeks, *columns).sum())
    chances = buying.gone(weeks, *columns)
    wrong = [
        (float(chance) - (not count)) ** 2
        for chance, count in zip(chances, bought, strict=True)
    ]
    return Holdout(
        error=(foretold / sum(bought) - 1) * 100, brier=sum(wrong) / len(wrong)
    )


def _columns(
    histories: list[History],
) -> tuple[list[int], list[float], list[float]]:
    return (
        [each.frequency for each in histories],
        [each.recency for each in histories],
        [each.age for each in histories],
    )
