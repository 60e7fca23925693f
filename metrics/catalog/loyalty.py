"""Loyalty and retention: who stays."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.engine import cohorts
from metrics.expressions import FromRows, Level
from metrics.measures.customers import CustomersEnded, CustomersStarted
from metrics.metric import Better, Metric

SPELLS = (CustomersStarted.key(), CustomersEnded.key())
ACTIVE = _("A contract covers the day, or an order was paid in the 365 days before it.")
SET_AT_START = _("Customers active at the start; the owner at the start is credited.")
NEW_OUT = _("Customers acquired within the period; test and internal accounts.")

active_customers = Metric(
    expression=Level(
        started=CustomersStarted.rows,
        ended=CustomersEnded.rows,
    ),
    title=_("Active customers"),
    text=_("Customers with a running contract or an order in the last 365 days."),
    formula=_("customers active at the end of the period"),
    includes=ACTIVE,
    excludes=_("Test and internal accounts."),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("State at the end of the last day of the period."),
    numerator=_("customers"),
    denominator=_("customers"),
    min_n=0,
)

customer_retention_rate = Metric(
    expression=FromRows(
        cohorts.retention, "retention", (("active_days", 365),), SPELLS
    ),
    title=_("Customer retention rate"),
    text=_("Of the customers active at the start, those still active at the end."),
    formula=_("active at start and at end ÷ active at start"),
    includes=SET_AT_START,
    excludes=NEW_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Period retention of a set fixed at the start."),
    numerator=_("stayed"),
    denominator=_("customers at the start"),
)

churn_rate = Metric(
    expression=FromRows(cohorts.churn, "churn", (("active_days", 365),), SPELLS),
    title=_("Churn rate"),
    text=_("Of the customers active at the start, those no longer active at the end."),
    formula=_("active at start and not at end ÷ active at start"),
    includes=SET_AT_START,
    excludes=NEW_OUT,
    unit=Unit.PERCENT,
    better=Better.LOWER,
    source=_("One less the retention rate of the same set; not 12 times a month."),
    numerator=_("left"),
    denominator=_("customers at the start"),
)
