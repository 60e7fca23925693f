"""Money spent and earned on customers."""

from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Order
from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import finance as advice
from metrics.expressions import Amount, Derived, FromRows, Ratio
from metrics.measures.cohorts import LEFT
from metrics.measures.cohorts_finance import (
    ACTIVE_AT_START,
    ACTIVE_DAYS_OF_ALL,
    KEEPING,
)
from metrics.measures.cohorts_sales import PAID
from metrics.measures.costs import CostsSpread
from metrics.measures.customers import CustomersAcquired
from metrics.measures.orders import OrdersCredited, OrdersPaid
from metrics.measures.predictions import FUTURE_VALUE, FUTURE_VALUE_IN_ALL
from metrics.metric import Above, Better, Metric
from metrics.rules.lifetime import (
    AXES_OF_KEEPING,
    AXES_OF_LIFETIME,
    CAP_YEARS,
    keeping_costs,
    lifetime_values,
)

ORDERS_IN = _("Paid orders whose cost of goods is known, on the day of payment.")
CREDIT = _(
    "An order goes back to the campaign it names, else to the last contact of its "
    "customer in the 30 days up to payment that answers a campaign or serves to sell."
)

customer_acquisition_cost = Metric(
    expression=CostsSpread.acquisition / CustomersAcquired.rows,
    title=_("Customer acquisition cost"),
    text=_("Marketing and sales cost per new customer."),
    formula=_("marketing and sales cost ÷ new customers"),
    includes=_(
        "Costs, each spread evenly over its days; new customers by first order."
    ),
    excludes=_("Cost of keeping and serving customers; customers who came back."),
    unit=Unit.MONEY,
    better=Better.LOWER,
    source=_("Acquisition cost without lag."),
    advice=advice.CUSTOMER_ACQUISITION_COST,
    numerator=_("cost"),
    denominator=_("new customers"),
    min_n=5,
    agents=False,
)

predicted_lifetime_value = Metric(
    expression=FUTURE_VALUE,
    title=_("Predicted lifetime value"),
    text=_(
        "What an active customer will probably still buy in the next 365 days, in "
        "today's money. From a model of how often and for how much customers buy."
    ),
    formula=_(
        "purchases expected in 365 days, discounted by 10 % a year × expected value of "
        "a purchase; the mean of active customers"
    ),
    includes=_(
        "Customers active on the day of the prediction, made once a week from all paid "
        "orders; purchases of one day count once. Who bought once gets the low "
        "estimate that the model makes of such customers."
    ),
    excludes=_(
        "Test and internal accounts; days without a prediction in the five weeks "
        "before. There is none with fewer than 200 customers or 26 weeks, or when who "
        "buys more often spends differently (a correlation beyond ±0.3)."
    ),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("BG/NBD (Fader, Hardie, Lee, 2005) and Gamma-Gamma (Fader, Hardie 2013)."),
    advice=advice.PREDICTED_LIFETIME_VALUE,
    numerator=_("predicted value"),
    denominator=_("customers"),
    min_n=30,
    variants=(("in_all", FUTURE_VALUE_IN_ALL),),
    reading_units=(("holdout_error", Unit.PERCENT),),
)

customer_lifetime_value = Metric(
    expression=FromRows(
        load=lifetime_values,
        name="lifetime value",
        axes=AXES_OF_LIFETIME,
        options=(("cap_years", CAP_YEARS),),
        parts=(PAID, ACTIVE_DAYS_OF_ALL, LEFT),
    ),
    trailing=365,
    title=_("Customer lifetime value"),
    text=_("What a customer is worth from the first order to the last, as things are."),
    formula=_(
        "mean order value × orders per customer-year × lifespan in years (1 ÷ churn)"
    ),
    includes=_(
        "The 365 days up to the end of the period; the parts stand beside the value. A "
        "customer-year is 365 days of an active customer."
    ),
    excludes=_("Cost of goods; lifespans beyond 5 years; unpaid and refunded orders."),
    unit=Unit.MONEY,
    reading_units=(
        ("order_value", Unit.MONEY),
        ("orders_a_year", Unit.RATIO),
        ("lifespan_years", Unit.RATIO),
        ("yearly_churn", Unit.PERCENT),
        ("is_capped", Unit.COUNT),
    ),
    better=Better.HIGHER,
    source=_("The simple formula of revenue; lifespan is 1 ÷ the churn of the year."),
    advice=advice.CUSTOMER_LIFETIME_VALUE,
    numerator=_("value"),
    denominator=_("orders"),
    agents=False,
)

clv_to_cac = Metric(
    expression=Derived(
        ("customer_lifetime_value", "customer_acquisition_cost"),
        lambda value, cost: value / cost if cost else None,
        "lifetime value ÷ acquisition cost",
    ),
    title=_("Lifetime value to acquisition cost"),
    text=_("How many times over a customer brings back what winning one costs."),
    formula=_("customer lifetime value ÷ customer acquisition cost"),
    includes=_("Lifetime value of the year up to the end; cost of the period itself."),
    excludes=_("What the two leave out."),
    unit=Unit.RATIO,
    better=Better.HIGHER,
    source=_("Ratio of two metrics."),
    advice=advice.CLV_TO_CAC,
    denominator=_("new customers"),
    min_n=5,
    agents=False,
)

customer_retention_cost = Metric(
    expression=FromRows(
        load=keeping_costs,
        name="cost of keeping",
        axes=AXES_OF_KEEPING,
        parts=(ACTIVE_AT_START, KEEPING),
    ),
    title=_("Customer retention cost"),
    text=_(
        "What it costs in the period to keep and serve a customer: to hold against "
        "the cost of winning one."
    ),
    formula=_("retention and service cost ÷ customers active at the start"),
    includes=_("Costs of the kinds retention and service, by the days they are for."),
    excludes=_("Marketing, sales and the CRM system; customers won in the period."),
    unit=Unit.MONEY,
    better=Better.LOWER,
    source=_("Cost of the period; a year costs about twelve times a month."),
    advice=advice.CUSTOMER_RETENTION_COST,
    numerator=_("cost"),
    denominator=_("customers at the start"),
    min_n=5,
    agents=False,
    split_by=(),
)

crm_attributed_revenue = Metric(
    expression=Amount(OrdersCredited.credited_amount, OrdersCredited.credited),
    variants=(
        (
            "share_of_revenue",
            Ratio(OrdersCredited.credited_amount, OrdersCredited.amount),
        ),
    ),
    reading_units=(("share_of_revenue", Unit.PERCENT),),
    windows=(("credit_days", Order.CREDIT_DAYS),),
    title=_("CRM-attributed revenue"),
    text=_("Revenue that goes back to campaigns and work with customers."),
    formula=_("sum of paid orders with a touch in the 30 days up to payment"),
    includes=CREDIT,
    excludes=_("Orders without such a contact; unanswered contacts; unpaid orders."),
    unit=Unit.MONEY,
    better=Better.HIGHER,
    source=_("Last touch within 30 days."),
    advice=advice.CRM_ATTRIBUTED_REVENUE,
    numerator=_("amount"),
    denominator=_("orders"),
    min_n=0,
)

crm_roi = Metric(
    expression=Ratio(
        OrdersCredited.costed_amount - OrdersCredited.cost - CostsSpread.crm,
        CostsSpread.crm,
        count=CostsSpread.crm_shares,
    ),
    windows=(("credit_days", Order.CREDIT_DAYS),),
    title=_("CRM return on investment"),
    text=_("What the CRM and its campaigns bring in beyond what they cost."),
    formula=_("(margin of attributed orders − CRM cost) ÷ CRM cost"),
    includes=CREDIT,
    excludes=_(
        "Orders whose cost of goods is unknown; costs other than of the CRM system and "
        "of campaigns. Costs without a team count for the company alone."
    ),
    unit=Unit.PERCENT,
    above_unit=Unit.MONEY,
    below_unit=Unit.MONEY,
    above=Above.WITHIN,
    better=Better.HIGHER,
    source=_("Margin, not revenue; last touch within 30 days."),
    advice=advice.CRM_ROI,
    numerator=_("gain"),
    denominator=_("daily costs"),
    nothing=_("Neither the CRM nor its campaigns cost anything in this period."),
    min_n=1,
    agents=False,
    split_by=(),
)

campaign_roi = Metric(
    expression=Ratio(
        OrdersCredited.campaign_amount
        - OrdersCredited.campaign_cost
        - CostsSpread.of_campaigns,
        CostsSpread.of_campaigns,
        count=CostsSpread.campaign_shares,
    ),
    windows=(("credit_days", Order.CREDIT_DAYS),),
    title=_("Campaign return on investment"),
    text=_("What campaigns bring in beyond what they cost."),
    formula=_("(margin of orders attributed to campaigns − their cost) ÷ their cost"),
    includes=CREDIT,
    excludes=_(
        "Orders that go back to no campaign or whose cost of goods is unknown; costs "
        "of no campaign. Costs without a team count for the company alone."
    ),
    unit=Unit.PERCENT,
    above_unit=Unit.MONEY,
    below_unit=Unit.MONEY,
    above=Above.WITHIN,
    better=Better.HIGHER,
    source=_("Margin, not revenue; last touch within 30 days."),
    advice=advice.CAMPAIGN_ROI,
    numerator=_("gain"),
    denominator=_("daily costs"),
    nothing=_("Campaigns cost nothing in this period."),
    min_n=1,
    agents=False,
)

margin = Metric(
    expression=Ratio(
        OrdersPaid.costed_amount - OrdersPaid.cost,
        OrdersPaid.costed_amount,
        count=OrdersPaid.costed,
    ),
    variants=(("cost_unknown", Amount(OrdersPaid.rows - OrdersPaid.costed)),),
    reading_units=(("cost_unknown", Unit.COUNT),),
    title=_("Margin"),
    text=_("What is left of revenue after the cost of goods."),
    formula=_("(revenue − cost of goods) ÷ revenue"),
    includes=ORDERS_IN,
    excludes=_(
        "Orders whose cost is unknown (counted beside it); unpaid, cancelled and "
        "refunded orders; test accounts."
    ),
    unit=Unit.PERCENT,
    above_unit=Unit.MONEY,
    below_unit=Unit.MONEY,
    above=Above.WITHIN,
    better=Better.HIGHER,
    source=_("Gross margin."),
    advice=advice.MARGIN,
    numerator=_("margin"),
    denominator=_("orders"),
)
