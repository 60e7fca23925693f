"""Costs by the day that bears them."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Cost, CostShare
from crmkpi.lib.numbers import Unit
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Total

# What running the CRM and its campaigns costs.
CRM = Q(kind=Cost.Kind.CRM_SYSTEM) | Q(campaign__isnull=False)


class CostsSpread(Cells):
    fact, when, cuts = CostShare, "day", (Cut.CAMPAIGN, Cut.CHANNEL)
    title = _("Costs, on the days that bear them")
    rows = Rows()
    amount = Total("amount", label=_("all costs"), measured_in=Unit.MONEY)
    of_campaigns = Total("amount", where=Q(campaign__isnull=False))
    marketing = Total(
        "amount",
        where=Q(kind=Cost.Kind.MARKETING),
        label=_("marketing costs"),
        measured_in=Unit.MONEY,
    )
    acquisition = Total(
        "amount",
        where=Q(kind__in=[Cost.Kind.MARKETING, Cost.Kind.SALES]),
        label=_("costs of winning customers"),
        measured_in=Unit.MONEY,
    )
    campaign_shares = Rows(where=Q(campaign__isnull=False))
    crm_shares = Rows(where=CRM)
    crm = Total("amount", where=CRM)
