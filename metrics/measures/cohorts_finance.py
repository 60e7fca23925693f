"""Days that customers were active, and what it costs to keep them."""

from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Cost
from metrics.expressions import Cohort, Span
from metrics.measures.cohorts import active_on
from metrics.measures.cohorts_sales import within
from metrics.measures.costs import CostsSpread
from metrics.measures.customers import CustomersEnded, CustomersStarted

BIG = BigIntegerField()


def _days(span: Span) -> Any:
    """Return how many days of the span a stretch covers."""
    end = Least(Coalesce(F("ended_day"), Value(span.end)), Value(span.end))
    start = Greatest(F("started_day"), Value(span.start))
    return ExpressionWrapper(end - start, output_field=BIG)


def _overlapping(span: Span) -> Q:
    still_on = Q(ended_day__isnull=True) | Q(ended_day__gt=span.start)
    return still_on & Q(started_day__lt=span.end)


ACTIVE_DAYS_OF_ALL = Cohort(
    name="days that customers were active",
    title=_("days that customers were active"),
    axis=CustomersStarted.key(),
    rows=_overlapping,
    above=_days,
    on=lambda span: span.end - 1,
    also=(CustomersEnded.key(),),
    is_sum=True,
)
ACTIVE_AT_START = Cohort(
    name="customers active at the start",
    title=_("customers active at the start"),
    axis=CustomersStarted.key(),
    rows=lambda span: active_on(span.start),
    on=lambda span: span.start - 1,
    also=(CustomersEnded.key(),),
    is_sum=True,
)
KEEPING = Cohort(
    name="cost of keeping customers",
    title=_("cost of keeping customers"),
    axis=CostsSpread.key(),
    rows=lambda span: (
        within("day", span.start, span.end)
        & Q(kind__in=[Cost.Kind.RETENTION, Cost.Kind.SERVICE])
    ),
    above=lambda span: F("amount"),
    is_sum=True,
    is_money=True,
)
