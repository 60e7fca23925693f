"""Paid orders by the day of payment."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Order
from crmkpi.lib.numbers import Unit
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total
from metrics.measures.filled import dated, named

COSTED = Q(cost_amount__isnull=False)
CREDITED = Q(is_credited=True)
OF_CAMPAIGN = Q(credited_campaign__isnull=False)


class OrdersPaid(Cells):
    fact, when = Order, "paid_day"
    cuts = (Cut.SEGMENT, Cut.REGION, Cut.PRODUCT, Cut.CHANNEL, Cut.CAMPAIGN)
    base = Q(exclusion=0, state=Order.State.PAID)
    title = _("Orders, on the day they were paid")
    rows = Rows(label=_("orders paid"))
    has_customer = Rows(where=named("customer"))
    has_product = Rows(where=named("product"))
    is_dated = Rows(where=dated("paid_day"))
    has_amount = Rows(where=Q(amount__gt=0))
    amount = Total("amount", label=_("value of orders"), measured_in=Unit.MONEY)
    units = Total("amount", unit=100)  # in whole currency units
    units2 = Squares("amount", unit=100)
    first = Rows(where=Q(is_first=True), label=_("first orders of a customer"))
    first_amount = Total(
        "amount",
        where=Q(is_first=True),
        label=_("value of first orders"),
        measured_in=Unit.MONEY,
    )
    recurring = Rows(where=Q(is_recurring=True))
    recurring_amount = Total(
        "amount",
        where=Q(is_recurring=True),
        label=_("value of recurring orders"),
        measured_in=Unit.MONEY,
    )
    of_campaigns = Rows(where=Q(campaign__isnull=False))
    campaign_amount = Total("amount", where=Q(campaign__isnull=False))
    cost = Total(
        "cost_amount", label=_("cost of what was ordered"), measured_in=Unit.MONEY
    )
    costed = Rows(where=COSTED)  # whose margin is known
    costed_amount = Total("amount", where=COSTED)


class OrdersCredited(Cells):
    """The same orders by the campaign they go back to; see crm.attribution."""

    fact, when, cuts = Order, "paid_day", (Cut.CAMPAIGN, Cut.SEGMENT)
    columns = {Cut.CAMPAIGN: "credited_campaign"}
    base = OrdersPaid.base
    title = _("Orders, by the campaign they go back to")
    rows = Rows()
    amount = Total("amount")
    credited = Rows(
        where=CREDITED, label=_("orders that go back to a campaign or contact")
    )
    credited_amount = Total(
        "amount",
        where=CREDITED,
        label=_("value of orders that go back to a campaign or contact"),
        measured_in=Unit.MONEY,
    )
    costed_amount = Total("amount", where=CREDITED & COSTED)
    cost = Total("cost_amount", where=CREDITED & COSTED)
    campaign_amount = Total("amount", where=OF_CAMPAIGN & COSTED)
    campaign_cost = Total("cost_amount", where=OF_CAMPAIGN & COSTED)
