"""Rules for leads that convert, revenue that grows, calls for deals, age in a stage."""

from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Channel, Interaction, Lead
from crmkpi.lib.periods import UNDATED
from metrics.expressions import Cohort, Span
from metrics.measures.cohorts import active_on, one_if
from metrics.measures.customers import CustomersAcquired
from metrics.measures.interactions import Interactions
from metrics.measures.leads import LeadsCreated
from metrics.measures.opportunities import (
    OpportunitiesClosed,
    StagesEntered,
    StagesLeft,
)
from metrics.measures.orders import OrdersPaid

BIG = BigIntegerField()
CONVERSION_DAYS = 90
AMOUNT = Coalesce(F("amount"), 0, output_field=BIG)

_IN_TIME = Q(
    state=Lead.State.CONVERTED,
    closed_day__gt=UNDATED,
    closed_day__lte=F("created_day") + CONVERSION_DAYS,
)
# A lead of somebody who was a customer already on the day before it came.
_OF_CUSTOMER = Q(
    customer__acquired_day__isnull=False,
    customer__acquired_day__lt=F("created_day"),
)


def _created(span: Span) -> Q:
    days = Q(created_day__gte=span.start, created_day__lt=span.end)
    return days & Q(created_day__gt=UNDATED) & ~_OF_CUSTOMER


CONVERTED = Cohort(
    name="lead conversion",
    axis=LeadsCreated.key(),
    rows=_created,
    above=lambda span: one_if(_IN_TIME),
    also=(CustomersAcquired.key(),),
    options=(("days", CONVERSION_DAYS),),
)


def within(column: str, start: int, end: int) -> Q:
    """Return the filter for the days [start, end)."""
    return Q(**{f"{column}__gte": start, f"{column}__lt": end})


def paid_in_both(span: Span) -> Q:
    """Return the filter for orders of a period and of the one before it."""
    before = within("paid_day", span.before_start, span.before_end)
    return before | within("paid_day", span.start, span.end)


def gained(span: Span) -> Any:
    """Return the amount of an order of the period, less that of one before it."""
    lost = ExpressionWrapper(AMOUNT * Value(-1), output_field=BIG)
    return Case(
        When(paid_day__gte=span.start, then=AMOUNT), default=lost, output_field=BIG
    )


def had(span: Span) -> Any:
    """Return the amount of an order of the period before, 0 for one of this period."""
    return Case(
        When(paid_day__lt=span.start, then=AMOUNT),
        default=Value(0),
        output_field=BIG,
    )


PAID = Cohort(
    name="orders paid",
    title=_("orders paid"),
    axis=OrdersPaid.key(),
    rows=lambda span: within("paid_day", span.start, span.end),
    above=lambda span: AMOUNT,
    is_sum=True,
    is_money=True,
)
GROWTH = Cohort(
    name="growth of revenue",
    axis=OrdersPaid.key(),
    rows=paid_in_both,
    above=gained,
    below=had,
)
GROWTH_OF_EXISTING = Cohort(
    name="growth of revenue with customers acquired before",
    axis=OrdersPaid.key(),
    rows=lambda span: paid_in_both(span) & Q(customer__acquired_day__lt=span.start),
    above=gained,
    below=had,
    also=(CustomersAcquired.key(),),
)


def _calls(span: Span) -> Any:
    calls = (
        Interaction.objects.filter(
            opportunity=OuterRef("pk"), channel=Channel.PHONE, exclusion=0
        )
        .order_by()
        .values("opportunity")
        .annotate(calls=Count("pk"))
        .values("calls")
    )
    return Coalesce(Subquery(calls, output_field=BIG), 0, output_field=BIG)


CALLS_FOR_DEALS = Cohort(
    name="calls for deals closed",
    axis=OpportunitiesClosed.key(),
    rows=lambda span: within("closed_day", span.start, span.end),
    above=_calls,
    also=(Interactions.key(),),
)


def _age(span: Span) -> Any:
    return ExpressionWrapper(Value(span.end) - F("entered_day"), output_field=BIG)


AGE_IN_STAGE = Cohort(
    name="age in stage",
    axis=StagesEntered.key(),
    rows=lambda span: active_on(span.end) & Q(is_open=True, entered_day__gt=UNDATED),
    above=_age,
    on=lambda span: span.end - 1,
    also=(StagesLeft.key(),),
)
