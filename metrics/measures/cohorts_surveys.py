"""Rules that follow events to the surveys that ask about them."""

from typing import Any

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import In

from metrics.expressions import Cohort, Span
from metrics.measures.answers import InvitationsSent
from metrics.measures.cohorts import one_if
from metrics.measures.tickets import TicketsResolved
from surveys.models import Invitation


def _resolved_in(span: Span) -> Q:
    return Q(resolved_day__gte=span.start, resolved_day__lt=span.end)


def _is_asked_about(_span: Span) -> Any:
    """Whether an invitation names the ticket, as other systems or as rules do."""
    sent = Invitation.objects.filter(
        exclusion=0, sent_day__isnull=False, subject__startswith="ticket:"
    )
    subjects = sent.order_by().values("subject")
    by_source = (Cast("source_id", CharField()), Value(":"), "external_id")
    return one_if(
        Q(In(_about("external_id"), subjects)) | Q(In(_about(*by_source), subjects))
    )


def _about(*named: Any) -> Concat:
    """Return what an invitation calls a ticket: "ticket:T-17", "ticket:3:T-17"."""
    return Concat(Value("ticket:"), *named, output_field=CharField())


INVITED = Cohort(
    name="tickets asked about, by rules too",
    lasts=0,
    axis=TicketsResolved.key(),
    rows=_resolved_in,
    above=_is_asked_about,
    also=(InvitationsSent.key(),),
)
