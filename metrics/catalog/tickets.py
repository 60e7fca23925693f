"""Customer service: tickets, from opening to resolution."""

from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Ticket
from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import tickets as advice
from metrics.expressions import Amount, Level, Mean, PerDay
from metrics.measures.tickets import (
    PromisesDecided,
    TicketsOpened,
    TicketSpellsEnded,
    TicketSpellsStarted,
    TicketsReplied,
    TicketsResolved,
)
from metrics.metric import Better, Distribution, Metric

TICKETS_OUT = _("Spam, test, merged, duplicate and deleted tickets.")

ticket_volume = Metric(
    expression=Amount(TicketsOpened.rows),
    title=_("Ticket volume"),
    text=_("Tickets that were opened."),
    formula=_("number of tickets opened"),
    includes=_("Tickets on the day they were opened."),
    excludes=TICKETS_OUT,
    unit=Unit.COUNT,
    better=Better.NONE,
    source=_("Count; a merged ticket counts once, in the one that survives."),
    advice=advice.TICKET_VOLUME,
    numerator=_("tickets"),
    denominator=_("tickets"),
    min_n=0,
)

tickets_handled = Metric(
    expression=Amount(TicketsResolved.rows),
    title=_("Tickets handled"),
    text=_("Tickets that were resolved."),
    formula=_("number of tickets resolved"),
    includes=_("Tickets on the day they were last resolved, for who resolved them."),
    excludes=TICKETS_OUT,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count."),
    advice=advice.TICKETS_HANDLED,
    numerator=_("tickets"),
    denominator=_("tickets"),
    min_n=0,
)

first_response_time = Metric(
    expression=Mean(
        total=TicketsReplied.seconds,
        count=TicketsReplied.rows,
        squares=TicketsReplied.tens2,
        squares_unit=10,
        squared=TicketsReplied.tens,
    ),
    variants=(
        (
            "business_hours",
            Mean(
                total=TicketsReplied.business_seconds,
                count=TicketsReplied.business_rows,
            ),
        ),
    ),
    distribution=Distribution("metrics.ticketsreplied", "reply_seconds"),
    title=_("First response time"),
    text=_("Time from opening to the first reply by a person."),
    formula=_("sum of (first reply − opened) ÷ tickets with a reply"),
    includes=_("Tickets with a reply, on the day of the reply."),
    excludes=_(
        "Tickets without a reply; replies by bots; spam, test and merged tickets."
    ),
    unit=Unit.SECONDS,
    better=Better.LOWER,
    source=_("Arithmetic mean by the clock on the wall; business hours beside it."),
    advice=advice.FIRST_RESPONSE_TIME,
    numerator=_("seconds"),
    denominator=_("replies"),
    min_n=5,
)

average_resolution_time = Metric(
    expression=Mean(
        total=TicketsResolved.seconds,
        count=TicketsResolved.rows,
        squares=TicketsResolved.tens2,
        squares_unit=10,
        squared=TicketsResolved.tens,
    ),
    variants=(
        (
            "business_hours",
            Mean(
                total=TicketsResolved.business_seconds,
                count=TicketsResolved.business_rows,
            ),
        ),
    ),
    distribution=Distribution("metrics.ticketsresolved", "resolution_seconds"),
    title=_("Average resolution time"),
    text=_("Time from opening to the last resolution."),
    formula=_("sum of (last resolved − opened) ÷ tickets resolved"),
    includes=_("Resolved tickets, on the day they were last resolved."),
    excludes=TICKETS_OUT,
    unit=Unit.SECONDS,
    better=Better.LOWER,
    source=_("Arithmetic mean by the clock on the wall; business hours beside it."),
    advice=advice.AVERAGE_RESOLUTION_TIME,
    numerator=_("seconds"),
    denominator=_("tickets"),
    min_n=5,
)

same_day_closure_rate = Metric(
    expression=TicketsOpened.same_day / TicketsOpened.rows,
    matures_after=1,
    title=_("Same-day closure"),
    text=_("Share of tickets resolved on the local day on which they were opened."),
    formula=_("resolved on the day of opening ÷ opened"),
    includes=_("Tickets on the day they were opened, today left out."),
    excludes=TICKETS_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Share of opened."),
    advice=advice.SAME_DAY_CLOSURE_RATE,
    numerator=_("closed the same day"),
    denominator=_("tickets opened"),
)

sla_compliance = Metric(
    expression=PromisesDecided.met / PromisesDecided.rows,
    matures_after=1,
    title=_("SLA compliance"),
    text=_("Share of promised times that were kept."),
    formula=_("kept ÷ (kept + missed)"),
    includes=_(
        "First replies and resolutions with a promised time, on the day they were "
        "stopped or fell due; open ones past due count as missed."
    ),
    excludes=_("Tickets without a policy; clocks that fall due today or later."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Decided promises; first reply and resolution split by the promise."),
    advice=advice.SLA_COMPLIANCE,
    numerator=_("kept"),
    denominator=_("promises"),
)

open_tickets = Metric(
    expression=Level(
        started=TicketSpellsStarted.open,
        ended=TicketSpellsEnded.open,
    ),
    title=_("Open tickets"),
    text=_("Tickets that wait for a resolution."),
    formula=_("tickets open at the end of the period"),
    includes=_("New, open and waiting tickets, under their owner of that day."),
    excludes=TICKETS_OUT,
    unit=Unit.COUNT,
    better=Better.LOWER,
    source=_("State at the end of the last day of the period, from status spells."),
    advice=advice.OPEN_TICKETS,
    numerator=_("tickets"),
    denominator=_("tickets"),
    min_n=0,
)

first_contact_resolution = Metric(
    expression=TicketsResolved.settled / TicketsResolved.rows,
    matures_after=Ticket.REOPEN_WINDOW_DAYS,
    windows=(("returned_within_days", Ticket.REOPEN_WINDOW_DAYS),),
    title=_("First contact resolution"),
    text=_("Share of tickets settled at the customer's first contact."),
    formula=_("settled at the first contact ÷ resolved"),
    includes=_(
        "Tickets resolved at least 7 days ago. Settled: one contact by the customer, "
        "not reopened and no new ticket on the same topic within 7 days."
    ),
    excludes=_("Tickets resolved in the last 7 days; spam, test and merged tickets."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Net first contact resolution with a window of 7 days."),
    advice=advice.FIRST_CONTACT_RESOLUTION,
    numerator=_("settled"),
    denominator=_("tickets resolved"),
)

complaint_resolution_time = Metric(
    expression=Mean(
        total=TicketsResolved.complaint_seconds,
        count=TicketsResolved.complaints,
        squares=TicketsResolved.complaint_tens2,
        squares_unit=10,
        squared=TicketsResolved.complaint_tens,
    ),
    variants=(
        (
            "business_hours",
            Mean(
                total=TicketsResolved.complaint_business_seconds,
                count=TicketsResolved.complaint_business_rows,
            ),
        ),
    ),
    distribution=Distribution(
        "metrics.ticketsresolved", "resolution_seconds", "complaints"
    ),
    title=_("Complaint resolution time"),
    text=_("Time from the opening of a complaint to its last resolution."),
    formula=_("sum of (last resolved − opened) ÷ complaints resolved"),
    includes=_("Resolved complaints, on the day they were last resolved."),
    excludes=_("Other tickets; spam, test, merged, duplicate and deleted complaints."),
    unit=Unit.SECONDS,
    better=Better.LOWER,
    source=_("Arithmetic mean by the clock on the wall; business hours beside it."),
    advice=advice.COMPLAINT_RESOLUTION_TIME,
    numerator=_("seconds"),
    denominator=_("complaints"),
    min_n=5,
)

same_day_closures = Metric(
    expression=Amount(TicketsOpened.same_day),
    title=_("Same-day closures"),
    text=_("Tickets resolved on the local day on which they were opened."),
    formula=_("number of tickets resolved on the day of opening"),
    includes=_("Tickets on the day they were opened, today included."),
    excludes=TICKETS_OUT,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count; the rate leaves today out, for the day is not over."),
    advice=advice.SAME_DAY_CLOSURES,
    numerator=_("tickets"),
    denominator=_("tickets"),
    min_n=0,
)

service_requests_by_type = Metric(
    expression=PerDay(TicketsOpened.requests),
    reading_units=(("days", Unit.COUNT),),
    title=_("Service requests per day"),
    text=_("Requests opened on an average day; split by type to see what they ask."),
    formula=_("requests opened ÷ days of the period that have passed"),
    includes=_("Tickets that are no complaints, on the day they were opened."),
    excludes=_("Complaints; spam, test, merged, duplicate and deleted tickets."),
    unit=Unit.RATIO,
    better=Better.NONE,
    source=_(
        "Mean per calendar day, so that the types add up to the whole; days before the "
        "first ticket do not count."
    ),
    advice=advice.SERVICE_REQUESTS_BY_TYPE,
    numerator=_("requests"),
    denominator=_("requests"),
    min_n=0,
)
