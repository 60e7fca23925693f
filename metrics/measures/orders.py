"""Paid orders by the day of payment."""

from django.db.models import Q

from crmkpi.crm.models import Order
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total
from metrics.measures.filled import dated, named

COSTED = Q(cost_amount__isnull=False)
CREDITED = Q(is_credited=True)
OF_CAMPAIGN = Q(credited_campaign__isnull=False)


class OrdersPaid(Cells):
    fact, when = Order, "paid_day"
    cuts = (Cut.SEGMENT, Cut.PRODUCT, Cut.CHANNEL, Cut.CAMPAIGN)
    base = Q(exclusion=0, state=Order.State.PAID)
    rows = Rows()
    has_customer = Rows(where=named("customer"))
    has_product = Rows(where=named("product"))
    is_dated = Rows(where=dated("paid_day"))
    has_amount = Rows(where=Q(amount__gt=0))
    amount = Total("amount")
    units = Total("amount", unit=100)  # in whole currency units
    units2 = Squares("amount", unit=100)
    first = Rows(where=Q(is_first=True))
    first_amount = Total("amount", where=Q(is_first=True))
    recurring = Rows(where=Q(is_recurring=True))
    recurring_amount = Total("amount", where=Q(is_recurring=True))
    of_campaigns = Rows(where=Q(campaign__isnull=False))
    campaign_amount = Total("amount", where=Q(campaign__isnull=False))
    cost = Total("cost_amount")
    costed = Rows(where=COSTED)  # whose margin is known
    costed_amount = Total("amount", where=COSTED)


class OrdersCredited(Cells):
    """The same orders by the campaign they go back to; see crm.attribution."""

    fact, when, cuts = Order, "paid_day", (Cut.CAMPAIGN, Cut.SEGMENT)
    columns = {Cut.CAMPAIGN: "credited_campaign"}
    base = OrdersPaid.base
    rows = Rows()
    amount = Total("amount")
    credited = Rows(where=CREDITED)
    credited_amount = Total("amount", where=CREDITED)
    costed_amount = Total("amount", where=CREDITED & COSTED)
    cost = Total("cost_amount", where=CREDITED & COSTED)
    campaign_amount = Total("amount", where=OF_CAMPAIGN & COSTED)
    campaign_cost = Total("cost_amount", where=OF_CAMPAIGN & COSTED)
