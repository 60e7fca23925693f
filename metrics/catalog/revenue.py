"""Revenue: how much, how often, by whom, and whether it grows."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import revenue as advice
from metrics.catalog.sales import ORDERS_IN, ORDERS_OUT
from metrics.expressions import Amount, FromRows
from metrics.measures.cohorts_sales import GROWTH, GROWTH_OF_EXISTING, PAID
from metrics.measures.orders import OrdersPaid
from metrics.metric import Better, Metric
from metrics.rules.sellers import AXES_OF_SELLING, revenue_of_sellers

SAME_PART = _(
    "Paid orders of the period and of the one before it; of an open period as many "
    "days as have passed."
)
NOTHING_BEFORE = _("Nothing was sold in the period before.")

revenue = Metric(
    expression=Amount(OrdersPaid.amount, OrdersPaid.rows),
    title=_("Revenue"),
    text=_("Value of all paid orders."),
    formula=_("sum of paid orders"),
    includes=ORDERS_IN,
    excludes=ORDERS_OUT,
    unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Sum."),
    advice=advice.REVENUE,
    numerator=_("amount"),
    denominator=_("orders"),
    min_n=0,
)

recurring_revenue = Metric(
    expression=Amount(OrdersPaid.recurring_amount, OrdersPaid.recurring),
    title=_("Recurring revenue"),
    text=_("Value of paid orders that recur by contract."),
    formula=_("sum of recurring orders"),
    includes=_("Paid orders marked as recurring, on the day of payment."),
    excludes=ORDERS_OUT,
    unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Sum."),
    advice=advice.RECURRING_REVENUE,
    numerator=_("amount"),
    denominator=_("recurring orders"),
    min_n=0,
)

sales_growth = Metric(
    expression=GROWTH,
    title=_("Sales growth"),
    text=_("By how much revenue has grown over the period before."),
    formula=_("(revenue − revenue before) ÷ revenue before"),
    includes=SAME_PART,
    excludes=ORDERS_OUT,
    unit=Unit.PERCENT,
    above_unit=Unit.MONEY,
    below_unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Growth over the period before, both for the same elapsed part."),
    advice=advice.SALES_GROWTH,
    numerator=_("growth"),
    denominator=_("orders of both periods"),
    nothing=NOTHING_BEFORE,
)

existing_customer_revenue_growth = Metric(
    expression=GROWTH_OF_EXISTING,
    title=_("Growth with existing customers"),
    text=_(
        "By how much revenue has grown with those who were customers before the "
        "period: the same customers on both sides."
    ),
    formula=_(
        "(revenue with customers acquired before the period − their revenue in the "
        "period before) ÷ their revenue in the period before"
    ),
    includes=SAME_PART,
    excludes=_("Customers won in the period; unpaid, cancelled and refunded orders."),
    unit=Unit.PERCENT,
    above_unit=Unit.MONEY,
    below_unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Growth over the period before, both for the same elapsed part."),
    advice=advice.EXISTING_CUSTOMER_REVENUE_GROWTH,
    numerator=_("growth"),
    denominator=_("orders of both periods"),
    nothing=NOTHING_BEFORE,
)

revenue_per_rep = Metric(
    expression=FromRows(
        load=revenue_of_sellers,
        name="revenue per seller",
        axes=AXES_OF_SELLING,
        parts=(PAID,),
    ),
    title=_("Revenue per seller"),
    text=_("Revenue for each person who sold or tried to in the period."),
    formula=_("revenue ÷ people who sold"),
    includes=_(
        "All paid orders. A person counts once who has a paid order, a deal opened or "
        "closed, a proposal or an outgoing sales call in the period."
    ),
    excludes=ORDERS_OUT,
    unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Distinct people, counted anew for each period and team."),
    advice=advice.REVENUE_PER_REP,
    numerator=_("revenue"),
    denominator=_("people who sold"),
    above_unit=Unit.MONEY,
    min_n=0,
    agents=False,
    split_by=(),
)
