"""Loyalty and retention: who stays."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import loyalty as advice
from metrics.expressions import Amount, Level
from metrics.measures.cohorts import ACTIVE_DAYS, LEFT, STAYED
from metrics.measures.cohorts_loyalty import (
    CROSS_SOLD,
    KEPT,
    NEW_DAYS,
    REPEAT_DAYS,
    REPEATED,
    RETAINED,
    UPSOLD,
)
from metrics.measures.contracts import GRACE_DAYS, ContractsDue
from metrics.measures.customers import (
    CustomersAcquired,
    CustomersEnded,
    CustomersStarted,
)
from metrics.measures.predictions import GONE, GONE_LIKELY
from metrics.measures.relationship import CLOSENESS, TOO_LITTLE_KNOWN
from metrics.metric import Better, Metric

ACTIVE = _("A contract covers the day, or an order was paid in the 365 days before it.")
SET_AT_START = _("Customers active at the start; the owner at the start is credited.")
NEW_OUT = _("Customers acquired within the period; test and internal accounts.")

active_customers = Metric(
    expression=Level(
        started=CustomersStarted.rows,
        ended=CustomersEnded.rows,
    ),
    windows=(("active_days", ACTIVE_DAYS),),
    title=_("Active customers"),
    text=_("Customers with a running contract or an order in the last 365 days."),
    formula=_("customers active at the end of the period"),
    includes=ACTIVE,
    excludes=_("Test and internal accounts."),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("State at the end of the last day of the period."),
    advice=advice.ACTIVE_CUSTOMERS,
    numerator=_("customers"),
    denominator=_("customers"),
    min_n=0,
)

customer_retention_rate = Metric(
    expression=STAYED,
    title=_("Customer retention rate"),
    text=_("Of the customers active at the start, those still active at the end."),
    formula=_("active at start and at end ÷ active at start"),
    includes=SET_AT_START,
    excludes=NEW_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Period retention of a set fixed at the start."),
    advice=advice.CUSTOMER_RETENTION_RATE,
    numerator=_("stayed"),
    denominator=_("customers at the start"),
)

churn_rate = Metric(
    expression=LEFT,
    title=_("Churn rate"),
    text=_("Of the customers active at the start, those no longer active at the end."),
    formula=_("active at start and not at end ÷ active at start"),
    includes=SET_AT_START,
    excludes=NEW_OUT,
    unit=Unit.PERCENT,
    better=Better.LOWER,
    source=_("One less the retention rate of the same set; not 12 times a month."),
    advice=advice.CHURN_RATE,
    numerator=_("left"),
    denominator=_("customers at the start"),
)

retained_customers = Metric(
    expression=RETAINED,
    title=_("Retained customers"),
    text=_("Customers active at the start who are still active at the end."),
    formula=_("number of customers active at start and at end"),
    includes=SET_AT_START,
    excludes=NEW_OUT,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count; the retention rate is its share of those at the start."),
    advice=advice.RETAINED_CUSTOMERS,
    numerator=_("customers"),
    denominator=_("customers that stayed"),
    min_n=0,
)

new_customer_retention_rate = Metric(
    expression=KEPT,
    matures_after=NEW_DAYS + 1,
    title=_("New customer retention rate"),
    text=_(
        "Of the customers won in the period, those still there after 90 days: they "
        "bought again by then, or a contract covers the 90th day."
    ),
    formula=_("still there after 90 days ÷ customers won"),
    includes=_(
        "Customers won more than 90 days ago, on the day they were won. Bought again: "
        "a paid order on a later day, up to the 90th after."
    ),
    excludes=_("Younger customers; further orders on the first day; test accounts."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_(
        "Cohort by the day of winning. One order alone does not make a customer who "
        "is kept, although it counts as active for 365 days."
    ),
    advice=advice.NEW_CUSTOMER_RETENTION_RATE,
    numerator=_("still there"),
    denominator=_("customers won"),
)

repeat_purchase_rate = Metric(
    expression=REPEATED,
    trailing=REPEAT_DAYS,
    title=_("Repeat purchase rate"),
    text=_(
        "Of the customers who bought in the 365 days up to the end of the period, "
        "those who did so more than once."
    ),
    formula=_("customers with 2 or more orders ÷ customers with 1 or more"),
    includes=_(
        "Paid orders of the 365 days up to the end of the period. Orders of one day "
        "count once. Who looks after the customer at the end is credited."
    ),
    excludes=_("Unpaid, cancelled and refunded orders; test and internal accounts."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Share of buyers within a trailing window, by days with an order."),
    advice=advice.REPEAT_PURCHASE_RATE,
    numerator=_("bought again"),
    denominator=_("buyers"),
)

DUE_IN = _(
    "Contracts that fall due in the period, on the day they are due, whenever they "
    "were renewed up to 30 days after it; those that ended early too."
)
DUE_OUT = _("Contracts due less than 31 days ago or without a due day; test accounts.")

renewal_rate = Metric(
    expression=ContractsDue.renewed / ContractsDue.rows,
    variants=(("by_value", ContractsDue.renewed_amount / ContractsDue.amount),),
    matures_after=GRACE_DAYS + 1,
    windows=(("grace_days", GRACE_DAYS),),
    title=_("Renewal rate"),
    text=_("Of the contracts that fell due, those renewed within 30 days."),
    formula=_("renewed by 30 days after the due day ÷ contracts due"),
    includes=DUE_IN,
    excludes=DUE_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("By the day of renewal that the source tells; by monthly value beside."),
    advice=advice.RENEWAL_RATE,
    numerator=_("renewed"),
    denominator=_("contracts due"),
)

service_renewal_rate = Metric(
    expression=ContractsDue.service_renewed / ContractsDue.service,
    matures_after=GRACE_DAYS + 1,
    windows=(("grace_days", GRACE_DAYS),),
    title=_("Service renewal rate"),
    text=_("Of the service contracts that fell due, those renewed within 30 days."),
    formula=_("renewed by 30 days after the due day ÷ service contracts due"),
    includes=DUE_IN,
    excludes=_("Subscriptions; contracts due less than 31 days ago; test accounts."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("The renewal rate of service contracts alone."),
    advice=advice.SERVICE_RENEWAL_RATE,
    numerator=_("renewed"),
    denominator=_("service contracts due"),
)

customer_referrals = Metric(
    expression=Amount(CustomersAcquired.referred),
    title=_("Customer referrals"),
    text=_("New customers whom another customer recommended us to."),
    formula=_("number of customers acquired with a referrer"),
    includes=_("By the day of acquisition, else of the first paid order."),
    excludes=_("Customers who came back; test and internal accounts."),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count; the source names the customer who recommended us."),
    advice=advice.CUSTOMER_REFERRALS,
    numerator=_("customers"),
    denominator=_("customers referred"),
    min_n=0,
)

BOUGHT_MORE_OUT = _(
    "Customers won within the period; unpaid, cancelled and refunded orders, lost "
    "deals; test accounts."
)

upsell_rate = Metric(
    expression=UPSOLD,
    title=_("Upsell rate"),
    text=_("Of the customers active at the start, those who then bought an upsell."),
    formula=_("customers with an upsell order or won deal ÷ active at start"),
    includes=_(
        "Paid orders and won deals that the source marks as upsell; several count as "
        "one customer. The owner at the start is credited."
    ),
    excludes=BOUGHT_MORE_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Share of a set fixed at the start."),
    advice=advice.UPSELL_RATE,
    numerator=_("bought an upsell"),
    denominator=_("customers at the start"),
)

cross_sell_rate = Metric(
    expression=CROSS_SOLD,
    title=_("Cross-sell rate"),
    text=_("Of the customers active at the start, those who then bought a cross-sell."),
    formula=_("customers with a cross-sell order or won deal ÷ active at start"),
    includes=_(
        "Paid orders and won deals that the source marks as cross-sell; several count "
        "as one customer. The owner at the start is credited."
    ),
    excludes=BOUGHT_MORE_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Share of a set fixed at the start."),
    advice=advice.CROSS_SELL_RATE,
    numerator=_("bought a cross-sell"),
    denominator=_("customers at the start"),
)

defection_propensity = Metric(
    expression=GONE,
    title=_("Defection propensity"),
    text=_(
        "The chance that an active customer is gone: buys nothing in the next 90 days. "
        "From a model of how often customers buy and when they stop."
    ),
    formula=_("chances of being gone, added up ÷ active customers"),
    includes=_(
        "Customers active on the day of the prediction, made once a week from all paid "
        "orders; purchases of one day count once."
    ),
    excludes=_(
        "Test and internal accounts; days without a prediction in the five weeks "
        "before. There is none with fewer than 200 customers or 26 weeks."
    ),
    unit=Unit.PERCENT,
    better=Better.LOWER,
    source=_(
        "BG/NBD (Fader, Hardie, Lee, 2005): 1 − P(alive and buys within 90 days)."
    ),
    advice=advice.DEFECTION_PROPENSITY,
    numerator=_("chances in hundredths of a per cent"),
    denominator=_("customers"),
    variants=(("at_risk", GONE_LIKELY),),
    reading_units=(
        ("at_risk", Unit.COUNT),
        ("holdout_error", Unit.PERCENT),
        ("brier_score", Unit.RATIO),
    ),
)

relationship_index = Metric(
    expression=CLOSENESS,
    title=_("Relationship index"),
    text=_(
        "How close active customers are to us, from 0 to 100: when and how they were "
        "last in contact, how long they are with us, what they say and complain of."
    ),
    formula=_(
        "points × weights ÷ weights known: last contact 25 (100 points within 30 days, "
        "75 in 90, 50 in 180, 25 in 365), channels of a year 15 (25 points each up to "
        "4), time as a customer 15 (25 points each after 90 days, 1, 2 and 3 years), "
        "latest NPS answer of a year 25 (10 points a step), open complaints 20 (none "
        "100 points, one 50, more 0)"
    ),
    includes=_(
        "Customers active on the last day that was looked at, with the owner of that "
        "day; contacts, answers and complaints up to it. We look every night."
    ),
    excludes=_(
        "Customers of whom less than 70 of the 100 weights is known; calls that nobody "
        "answered; test and internal accounts."
    ),
    unit=Unit.INDEX,
    better=Better.HIGHER,
    source=_("A weighted index of our own; its weights are part of the definition."),
    advice=advice.RELATIONSHIP_INDEX,
    numerator=_("points × weights"),
    denominator=_("customers"),
    min_n=5,
    variants=(("too_little_known", TOO_LITTLE_KNOWN),),
    reading_units=(("too_little_known", Unit.COUNT),),
)
