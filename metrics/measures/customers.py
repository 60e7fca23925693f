"""Customers by the day they were acquired, and the stretches they were active."""

from typing import ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Customer, CustomerSpell
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows
from metrics.measures.filled import named

SPLITS = (Cut.SEGMENT, Cut.INDUSTRY)


class CustomersAcquired(Cells):
    fact, when = Customer, "acquired_day"
    cuts = (*SPLITS, Cut.REGION, Cut.CHANNEL, Cut.CAMPAIGN)
    columns: ClassVar[dict[Cut, str]] = {
        Cut.SEGMENT: "acquired_segment",
        Cut.CHANNEL: "acquired_channel",
        Cut.CAMPAIGN: "acquired_campaign",
    }
    title = _("Customers, on the day they were won")
    rows = Rows(label=_("new customers"))
    by_campaigns = Rows(where=Q(acquired_campaign__isnull=False))
    has_owner = Rows(where=named("agent"))
    has_industry = Rows(where=named("industry"))
    has_segment = Rows(where=named("given_segment"))
    has_region = Rows(where=named("region"))
    referred = Rows(
        where=Q(referred_by__isnull=False), label=_("new customers who were referred")
    )


class CustomersStarted(Cells):
    fact, when, cuts = CustomerSpell, "started_day", SPLITS
    base = Q(customer__exclusion=0)
    rows = Rows()


class CustomersEnded(Cells):
    fact, when, cuts = CustomerSpell, "ended_day", SPLITS
    base = Q(customer__exclusion=0)
    rows = Rows()
