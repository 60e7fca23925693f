"""Money spent and earned on customers."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.measures.costs import CostsSpread
from metrics.measures.customers import CustomersAcquired
from metrics.metric import Better, Metric

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
    numerator=_("cost"),
    denominator=_("new customers"),
    min_n=5,
    agents=False,
)
