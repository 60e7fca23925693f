"""Customer service: tickets, calls and the time they take."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.expressions import Amount, Level, Mean, Ratio
from metrics.measures.interactions import Interactions
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
CALLS_IN = _("Incoming calls of which it is known whether they were answered.")
CALLS_OUT = _("Outgoing calls; test calls.")

customer_interactions = Metric(
    expression=Amount(Interactions.rows),
    variants=(
        ("channel:phone", Amount(Interactions.phone)),
        ("channel:email", Amount(Interactions.email)),
        ("channel:chat", Amount(Interactions.chat)),
    ),
    title=_("Customer interactions"),
    text=_("Contacts with customers over all channels."),
    formula=_("number of interactions"),
    includes=_("Calls, mails, chats and visits, both ways, on the day they ended."),
    excludes=_("Test contacts and spam."),
    unit=Unit.COUNT,
    better=Better.HIGHER,
    source=_("Count."),
    numerator=_("interactions"),
    denominator=_("interactions"),
    min_n=0,
)

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
    numerator=_("tickets"),
    denominator=_("tickets"),
    min_n=0,
)

first_response_time = Metric(
    expression=Mean(
        total=TicketsReplied.seconds,
        count=TicketsReplied.rows,
        squares=TicketsReplied.minutes2,
        squares_unit=60,
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
    numerator=_("seconds"),
    denominator=_("replies"),
    min_n=5,
)

average_resolution_time = Metric(
    expression=Mean(
        total=TicketsResolved.seconds,
        count=TicketsResolved.rows,
        squares=TicketsResolved.minutes2,
        squares_unit=60,
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
    numerator=_("tickets"),
    denominator=_("tickets"),
    min_n=0,
)

first_contact_resolution = Metric(
    expression=TicketsResolved.settled / TicketsResolved.rows,
    matures_after=7,
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
    numerator=_("settled"),
    denominator=_("tickets resolved"),
)

answer_rate = Metric(
    expression=Interactions.answered / Interactions.offered,
    title=_("Answer rate"),
    text=_("Share of incoming calls that were answered."),
    formula=_("answered ÷ offered calls"),
    includes=CALLS_IN,
    excludes=CALLS_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Share of offered calls."),
    numerator=_("answered"),
    denominator=_("calls"),
)

abandonment_rate = Metric(
    expression=Ratio(
        Interactions.offered - Interactions.answered, Interactions.offered
    ),
    title=_("Abandonment rate"),
    text=_("Share of incoming calls that nobody answered."),
    formula=_("not answered ÷ offered calls"),
    includes=CALLS_IN,
    excludes=CALLS_OUT,
    unit=Unit.PERCENT,
    better=Better.LOWER,
    source=_("One less the answer rate."),
    numerator=_("not answered"),
    denominator=_("calls"),
)

service_level = Metric(
    expression=Interactions.in_time / Interactions.offered,
    variants=(("of_answered", Interactions.in_time / Interactions.answered),),
    title=_("Service level"),
    text=_("Share of incoming calls answered within 20 seconds."),
    formula=_("answered within 20 s ÷ offered calls"),
    includes=CALLS_IN,
    excludes=CALLS_OUT,
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_(
        "Of offered calls; of answered calls beside it. Another threshold differs."
    ),
    numerator=_("answered in time"),
    denominator=_("calls"),
)

contact_resolution_rate = Metric(
    expression=Interactions.resolved / Interactions.contacts,
    variants=(("of_all", Interactions.resolved / Interactions.asked),),
    title=_("Contact resolution rate"),
    text=_("Share of answered contacts in which the question was settled."),
    formula=_("resolved ÷ answered contacts"),
    includes=_("Answered contacts of which it is known whether they were answered."),
    excludes=_("Contacts nobody answered (of all contacts: shown beside it)."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Of answered contacts; not the same as first contact resolution."),
    numerator=_("resolved"),
    denominator=_("answered contacts"),
)

average_speed_of_answer = Metric(
    expression=Mean(
        total=Interactions.wait,
        count=Interactions.waited,
        squares=Interactions.wait2,
    ),
    distribution=Distribution("metrics.interactions", "wait_seconds", "waited"),
    title=_("Average speed of answer"),
    text=_("How long callers waited until somebody answered."),
    formula=_("sum of seconds waited ÷ answered calls"),
    includes=_("Answered incoming calls."),
    excludes=_("Calls that nobody answered; test calls."),
    unit=Unit.SECONDS,
    better=Better.LOWER,
    source=_("Arithmetic mean; median and 90th percentile beside it."),
    numerator=_("seconds"),
    denominator=_("answered calls"),
    min_n=5,
)

average_talk_time = Metric(
    expression=Mean(
        total=Interactions.talk,
        count=Interactions.handled,
        squares=Interactions.talk2,
    ),
    distribution=Distribution("metrics.interactions", "talk_seconds", "handled"),
    title=_("Average talk time"),
    text=_("How long an answered contact was talked through."),
    formula=_("sum of seconds talked ÷ answered contacts"),
    includes=_("Answered contacts with a talk time."),
    excludes=_("Contacts nobody answered; test contacts."),
    unit=Unit.SECONDS,
    better=Better.RANGE,
    source=_("Arithmetic mean; median and 90th percentile beside it."),
    numerator=_("seconds"),
    denominator=_("answered contacts"),
    min_n=5,
)

average_handle_time = Metric(
    expression=Mean(
        total=Interactions.talk + Interactions.hold + Interactions.wrap_up,
        count=Interactions.handled,
    ),
    title=_("Average handle time"),
    text=_("Talking, holding and wrapping up, per answered contact."),
    formula=_("sum of (talk + hold + wrap-up) ÷ answered contacts"),
    includes=_(
        "Answered contacts with a talk time; unknown hold or wrap-up adds none."
    ),
    excludes=_("Contacts nobody answered; test contacts."),
    unit=Unit.SECONDS,
    better=Better.LOWER,
    source=_("Arithmetic mean."),
    numerator=_("seconds"),
    denominator=_("answered contacts"),
    min_n=5,
)
