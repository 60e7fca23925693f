"""Rules that follow customers further: who stays new, buys again or buys more."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet

from crmkpi.crm.models import Contract, CustomerSpell, Opportunity, Order
from crmkpi.lib.periods import UNDATED
from metrics.expressions import Cohort, Span
from metrics.measures.cohorts import ACTIVE_DAYS, active_on, one_if
from metrics.measures.contracts import ContractsDue
from metrics.measures.customers import (
    CustomersAcquired,
    CustomersEnded,
    CustomersStarted,
)
from metrics.measures.opportunities import WON, OpportunitiesClosed
from metrics.measures.orders import OrdersPaid

NEW_DAYS = 90  # after which a new customer is asked whether it is still there
# In which a second purchase makes a repeat customer. An order makes active for as
# long, so a buyer has exactly one stretch that is on at the end of these days: it tells
# who looks after the customer then.
REPEAT_DAYS = ACTIVE_DAYS


def _paid(span: Span, **more: Any) -> QuerySet[Order]:
    """Return the paid orders of a span that belong to a customer."""
    return Order.objects.filter(
        OrdersPaid.base,
        customer__isnull=False,
        paid_day__gte=span.start,
        paid_day__lt=span.end,
        **more,
    ).order_by()


# -- new customers who are still there


def _won_in(span: Span, prefix: str = "") -> Q:
    first = max(span.start, UNDATED + 1)  # without a day there is no 90th after it
    day = f"{prefix}acquired_day"
    return Q(**{f"{day}__gte": first, f"{day}__lt": span.end})


def _bought_again(span: Span) -> QuerySet[Any]:
    """Return the customers with an order on a later day within the time."""
    again = Order.objects.filter(
        _won_in(span, "customer__"),
        OrdersPaid.base,
        paid_day__gt=F("customer__acquired_day"),
        paid_day__lte=F("customer__acquired_day") + NEW_DAYS,
    )
    return again.order_by().values("customer")


def _covered(span: Span) -> QuerySet[Any]:
    """Return the customers whom a contract covers on the last day of the time."""
    last_day = F("customer__acquired_day") + NEW_DAYS
    covering = Contract.objects.filter(
        _won_in(span, "customer__"),
        Q(ended_day__isnull=True) | Q(ended_day__gt=last_day),
        exclusion=0,
        started_day__lte=last_day,
    )
    return covering.order_by().values("customer")


def _is_kept(span: Span) -> Any:
    return one_if(Q(pk__in=_bought_again(span)) | Q(pk__in=_covered(span)))


KEPT = Cohort(
    name="new customers kept",
    axis=CustomersAcquired.key(),
    rows=_won_in,
    above=_is_kept,
    also=(OrdersPaid.key(), ContractsDue.key(), CustomersEnded.key()),
    options=(("new_days", NEW_DAYS),),
)


# -- customers active when the period begins


def _stayed(span: Span) -> Q:
    later = CustomerSpell.objects.filter(active_on(span.end), customer__exclusion=0)
    return active_on(span.start) & Q(customer__in=later.order_by().values("customer"))


RETAINED = Cohort(
    name="retained customers",
    axis=CustomersStarted.key(),
    rows=_stayed,
    on=lambda span: span.start - 1,
    also=(CustomersEnded.key(),),
    options=(("active_days", ACTIVE_DAYS),),
    is_sum=True,
)


def _won_deals(span: Span, sale: Order.Sale) -> QuerySet[Opportunity]:
    """Return the deals of a kind, won within a span, that belong to a customer."""
    return Opportunity.objects.filter(
        OpportunitiesClosed.base,
        WON,
        sale=sale,
        customer__isnull=False,
        closed_day__gte=span.start,
        closed_day__lt=span.end,
    ).order_by()


def _bought_more(name: str, sale: Order.Sale) -> Cohort:
    """Return the customers active at the start, and whether they bought more."""

    def above(span: Span) -> Any:
        ordered = Q(customer__in=_paid(span, sale=sale).values("customer"))
        agreed = Q(customer__in=_won_deals(span, sale).values("customer"))
        return one_if(ordered | agreed)

    return Cohort(
        name=name,
        axis=CustomersStarted.key(),
        rows=lambda span: active_on(span.start),
        above=above,
        on=lambda span: span.start - 1,
        also=(CustomersEnded.key(), OrdersPaid.key(), OpportunitiesClosed.key()),
        options=(("active_days", ACTIVE_DAYS),),
    )


UPSOLD = _bought_more("upsell by order or deal", Order.Sale.UPSELL)
CROSS_SOLD = _bought_more("cross-sell by order or deal", Order.Sale.CROSS_SELL)


# -- customers who bought at all


def _buyers(span: Span) -> Q:
    bought = Q(customer__in=_paid(span).values("customer"))
    return active_on(span.end) & bought


def _bought_twice(span: Span) -> Any:
    by_customer = _paid(span).values("customer")
    twice = by_customer.annotate(days=Count("paid_day", distinct=True)).filter(
        days__gte=2
    )
    return one_if(Q(customer__in=twice.values("customer")))


REPEATED = Cohort(
    name="repeat purchase",
    axis=CustomersStarted.key(),
    rows=_buyers,
    above=_bought_twice,
    on=lambda span: span.end - 1,
    also=(CustomersEnded.key(), OrdersPaid.key()),
    options=(("repeat_days", REPEAT_DAYS),),
)
