"""Rules that pick customers by what came before and after: who stays, who leaves."""

from typing import Any

from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import CustomerSpell
from metrics.expressions import Cohort, Span
from metrics.measures.customers import CustomersEnded, CustomersStarted

BIG = BigIntegerField()
ACTIVE_DAYS = CustomerSpell.ACTIVE_DAYS


def active_on(day: int) -> Q:
    """Return the filter for spells that are on when a day begins."""
    still_on = Q(ended_day__isnull=True) | Q(ended_day__gte=day)
    return still_on & Q(started_day__lt=day)


def one_if(condition: Any) -> Any:
    """Return 1 for rows that meet a condition, else 0."""
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=BIG)


def _active_at_end(span: Span) -> Exists:
    later = CustomerSpell.objects.filter(
        active_on(span.end), customer=OuterRef("customer"), customer__exclusion=0
    )
    return Exists(later)


def _followed(name: str, above: Any, title: Any = "") -> Cohort:
    """Return the customers active when the period begins; one spell each."""
    return Cohort(
        name=name,
        title=title,
        axis=CustomersStarted.key(),
        rows=lambda span: active_on(span.start),
        above=above,
        on=lambda span: span.start - 1,
        also=(CustomersEnded.key(),),
        options=(("active_days", ACTIVE_DAYS),),
    )


STAYED = _followed("retention", lambda span: one_if(_active_at_end(span)))
LEFT = _followed(
    "churn",
    lambda span: one_if(~_active_at_end(span)),
    _("customers at the start, who left"),
)
