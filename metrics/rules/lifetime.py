"""What a customer is worth and costs: several kinds of rows in one number."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.engine.cohorts import CohortWindow, Sides, read_cohorts
from metrics.expressions import Cohort, Outcome
from metrics.measures.cohorts import LEFT
from metrics.measures.cohorts_finance import (
    ACTIVE_AT_START,
    ACTIVE_DAYS_OF_ALL,
    KEEPING,
)
from metrics.measures.cohorts_sales import PAID
from metrics.measures.costs import CostsSpread
from metrics.measures.customers import CustomersEnded, CustomersStarted
from metrics.measures.orders import OrdersPaid

CAP_YEARS = 5  # a churn of 0 would make lives endless
YEAR = 365
STAYING = (CustomersStarted.key(), CustomersEnded.key())
AXES_OF_LIFETIME = (OrdersPaid.key(), *STAYING)
AXES_OF_KEEPING = (CostsSpread.key(), *STAYING)


def lifetime_values(windows: Iterable[CohortWindow]) -> dict[CohortWindow, Outcome]:
    """Return order value × orders per customer-year × lifespan, with these three.

    A customer-year is 365 days in which somebody was an active customer. The lifespan
    is 1 ÷ the yearly churn, at most CAP_YEARS.

    Unit: minor units; churn in percent.

    Empty: without orders, or when nobody was active at the start of the window.

    Queries: those of read_cohorts, for all windows together.
    """
    wanted = set(windows)
    sides = _read((PAID, ACTIVE_DAYS_OF_ALL, LEFT), wanted)
    return {
        each: _lifetime(
            sides[PAID, each], sides[ACTIVE_DAYS_OF_ALL, each], sides[LEFT, each]
        )
        for each in wanted
    }


def _lifetime(paid: Sides, active: Sides, left: Sides) -> Outcome:
    """Return the value of one window.

    Example: 20 orders of 1,000 together, 3,650 days of activity, 1 of 4 customers
    left: 50 × 2 a year × 4 years = 400.
    """
    if not paid.rows or not active.above:
        return Outcome(reason=_("No orders in the year up to this day."))
    if not left.rows:
        return Outcome(reason=_("Nobody was a customer a year before this day."))
    value = Decimal(paid.above) / paid.rows
    frequency = Decimal(paid.rows * YEAR) / active.above
    churn = Decimal(left.above) / left.rows
    is_capped = churn * CAP_YEARS < 1
    lifespan = Decimal(CAP_YEARS) if is_capped else 1 / churn
    return Outcome(
        value=value * frequency * lifespan,
        n=paid.rows,
        stats={
            "order_value": _six(value),
            "orders_a_year": _six(frequency),
            "lifespan_years": _six(lifespan),
            "yearly_churn": _six(churn * 100),
            "is_capped": Decimal(is_capped),
        },
    )


def keeping_costs(windows: Iterable[CohortWindow]) -> dict[CohortWindow, Outcome]:
    """Return the cost of keeping and serving customers for each one at the start.

    Empty: nobody was active at the start gives no value.

    Queries: those of read_cohorts, for all windows together.
    """
    wanted = set(windows)
    sides = _read((KEEPING, ACTIVE_AT_START), wanted)
    return {
        each: Outcome(
            numerator=sides[KEEPING, each].above,
            denominator=sides[ACTIVE_AT_START, each].rows,
        )
        for each in wanted
    }


def _read(
    cohorts: Iterable[Cohort], windows: set[CohortWindow]
) -> dict[tuple[Cohort, CohortWindow], Sides]:
    return read_cohorts((cohort, each) for cohort in cohorts for each in windows)


def _six(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"))
