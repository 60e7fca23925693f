"""Contracts by the day on which they are due for renewal."""

from django.db.models import F, Q

from crmkpi.crm.models import Contract
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Total

GRACE_DAYS = 30  # after the due day in which a renewal still counts
SERVICE = Q(kind=Contract.Kind.SERVICE)
RENEWED = Q(renewed_day__isnull=False, renewed_day__lte=F("due_day") + GRACE_DAYS)
VALUED = Q(monthly_amount__isnull=False)


class ContractsDue(Cells):
    fact, when, cuts = Contract, "due_day", (Cut.SEGMENT,)
    rows = Rows()
    renewed = Rows(where=RENEWED)
    service = Rows(where=SERVICE)
    service_renewed = Rows(where=SERVICE & RENEWED)
    amount = Total("monthly_amount", where=VALUED)
    renewed_amount = Total("monthly_amount", where=VALUED & RENEWED)
