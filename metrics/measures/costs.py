"""Costs by the day that bears them."""

from django.db.models import Q

from crmkpi.crm.models import Cost, CostShare
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Total

# What running the CRM and its campaigns costs.
CRM = Q(kind=Cost.Kind.CRM_SYSTEM) | Q(campaign__isnull=False)


class CostsSpread(Cells):
    fact, when, cuts = CostShare, "day", (Cut.CAMPAIGN,)
    rows = Rows()
    amount = Total("amount")
    of_campaigns = Total("amount", where=Q(campaign__isnull=False))
    marketing = Total("amount", where=Q(kind=Cost.Kind.MARKETING))
    acquisition = Total(
        "amount", where=Q(kind__in=[Cost.Kind.MARKETING, Cost.Kind.SALES])
    )
    campaign_shares = Rows(where=Q(campaign__isnull=False))
    crm_shares = Rows(where=CRM)
    crm = Total("amount", where=CRM)
