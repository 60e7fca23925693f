"""Paid orders by the day of payment."""

from django.db.models import Q

from crmkpi.crm.models import Order
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total


class OrdersPaid(Cells):
    fact, when = Order, "paid_day"
    cuts = (Cut.SEGMENT, Cut.PRODUCT, Cut.CHANNEL)
    base = Q(exclusion=0, state=Order.State.PAID)
    rows = Rows()
    amount = Total("amount")
    amount2 = Squares("amount", unit=100)  # of whole currency units
    first = Rows(where=Q(is_first=True))
    first_amount = Total("amount", where=Q(is_first=True))
    recurring_amount = Total("amount", where=Q(is_recurring=True))
    cost = Total("cost_amount")
