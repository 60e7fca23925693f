"""Contracts by the day on which they are due for renewal."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Contract
from crmkpi.lib.numbers import Unit
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Total

GRACE_DAYS = 30  # after the due day in which a renewal still counts
SERVICE = Q(kind=Contract.Kind.SERVICE)
RENEWED = Q(renewed_day__isnull=False, renewed_day__lte=F("due_day") + GRACE_DAYS)
VALUED = Q(monthly_amount__isnull=False)


class ContractsDue(Cells):
    fact, when, cuts = Contract, "due_day", (Cut.SEGMENT,)
    title = _("Contracts, on the day they were due for renewal")
    rows = Rows(label=_("contracts due"))
    renewed = Rows(where=RENEWED, label=_("contracts renewed"))
    service = Rows(where=SERVICE, label=_("service contracts due"))
    service_renewed = Rows(
        where=SERVICE & RENEWED, label=_("service contracts renewed")
    )
    amount = Total(
        "monthly_amount",
        where=VALUED,
        label=_("monthly value of contracts due"),
        measured_in=Unit.MONEY,
    )
    renewed_amount = Total(
        "monthly_amount",
        where=VALUED & RENEWED,
        label=_("monthly value of contracts renewed"),
        measured_in=Unit.MONEY,
    )
