"""Costs by the day that bears them."""

from django.db.models import Q

from crmkpi.crm.models import Cost, CostShare
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Total


class CostsSpread(Cells):
    fact, when, cuts = CostShare, "day", (Cut.CAMPAIGN,)
    rows = Rows()
    amount = Total("amount")
    marketing = Total("amount", where=Q(kind=Cost.Kind.MARKETING))
    acquisition = Total(
        "amount", where=Q(kind__in=[Cost.Kind.MARKETING, Cost.Kind.SALES])
    )
