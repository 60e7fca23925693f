"""Customers by the day they were acquired, and the stretches they were active."""

from django.db.models import Q

from crmkpi.crm.models import Customer, CustomerSpell
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows

SPLITS = (Cut.SEGMENT, Cut.INDUSTRY)


class CustomersAcquired(Cells):
    fact, when, cuts = Customer, "acquired_day", SPLITS
    rows = Rows()
    referred = Rows(where=Q(referred_by__isnull=False))


class CustomersStarted(Cells):
    fact, when, cuts = CustomerSpell, "started_day", SPLITS
    base = Q(customer__exclusion=0)
    rows = Rows()


class CustomersEnded(Cells):
    fact, when, cuts = CustomerSpell, "ended_day", SPLITS
    base = Q(customer__exclusion=0)
    rows = Rows()
