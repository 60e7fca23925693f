"""Rules that follow events to the surveys that ask about them."""

from typing import Any

from django.db.models import CharField, Q, Value
from django.db.models.functions import Concat
from django.db.models.lookups import In

from metrics.expressions import Cohort, Span
from metrics.measures.answers import InvitationsSent
from metrics.measures.cohorts import one_if
from metrics.measures.tickets import TicketsResolved
from surveys.models import Invitation


def _resolved_in(span: Span) -> Q:
    return Q(resolved_day__gte=span.start, resolved_day__lt=span.end)


def _is_asked_about(_span: Span) -> Any:
    about = Concat(Value("ticket:"), "external_id", output_field=CharField())
    sent = Invitation.objects.filter(
        exclusion=0, sent_day__isnull=False, subject__startswith="ticket:"
    )
    return one_if(In(about, sent.order_by().values("subject")))


INVITED = Cohort(
    name="tickets asked about",
    lasts=0,
    axis=TicketsResolved.key(),
    rows=_resolved_in,
    above=_is_asked_about,
    also=(InvitationsSent.key(),),
)
