"""Customer service: tickets, calls and the time they take."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import service as advice
from metrics.expressions import Amount, Level, Mean, PerDay, Ratio
from metrics.measures.interactions import Interactions
from metrics.measures.tickets import (
    PromisesDecided,
    TicketsOpened,
    TicketSpellsEnded,
    TicketSpellsStarted,
    TicketsReplied,
    TicketsResolved,
)
from metrics.measures.work import AgentTimes
from metrics.metric import Better, Distribution, Metric

TICKETS_OUT = _("Spam, test, merged, duplicate and deleted tickets.")
CALLS_IN = _("Incoming calls of which it is known whether they were answered.")
CALLS_OUT = _("Outgoing calls; test calls.")
SERVICE_CALLS_IN = _("Incoming calls, answered or not, on the day they ended.")
SERVICE_CALLS_OUT = _("Outgoing calls, calls that serve to sell, test calls.")
CALLER_KNOWN = _(
    "Incoming calls of known customers, at least 7 days old. A call without a topic is "
    "followed by one without a topic."
)
CALLER_UNKNOWN = _(
    "Calls of the last 7 days; calls without a customer, calls that serve to sell, "
    "outgoing calls, test calls."
)
TIME_IN = _("The seconds that agents spent in each state, split at local midnight.")

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
    advice=advice.CUSTOMER_INTERACTIONS,
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
    advice=advice.FIRST_CONTACT_RESOLUTION,
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
    advice=advice.ANSWER_RATE,
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
    advice=advice.ABANDONMENT_RATE,
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
    advice=advice.SERVICE_LEVEL,
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
    advice=advice.CONTACT_RESOLUTION_RATE,
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
    advice=advice.AVERAGE_SPEED_OF_ANSWER,
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
    advice=advice.AVERAGE_TALK_TIME,
    numerator=_("seconds"),
    denominator=_("answered contacts"),
    min_n=5,
)

average_handle_time = Metric(
    expression=Mean(
        total=Interactions.handling,
        count=Interactions.handled,
        squares=Interactions.handling2,
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
    advice=advice.AVERAGE_HANDLE_TIME,
    numerator=_("seconds"),
    denominator=_("answered contacts"),
    min_n=5,
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

service_calls = Metric(
    expression=Amount(Interactions.service_calls),
    title=_("Service calls"),
    text=_("Calls by customers."),
    formula=_("number of incoming calls that do not serve to sell"),
    includes=SERVICE_CALLS_IN,
    excludes=SERVICE_CALLS_OUT,
    unit=Unit.COUNT,
    better=Better.NONE,
    source=_("Count."),
    advice=advice.SERVICE_CALLS,
    numerator=_("calls"),
    denominator=_("calls"),
    min_n=0,
)

service_calls_per_day = Metric(
    expression=PerDay(Interactions.service_calls, is_worked=True),
    reading_units=(("days", Unit.COUNT),),
    title=_("Service calls per day"),
    text=_("Calls by customers on an average day that was worked."),
    formula=_("service calls ÷ days worked"),
    includes=SERVICE_CALLS_IN,
    excludes=SERVICE_CALLS_OUT,
    unit=Unit.RATIO,
    better=Better.NONE,
    source=_(
        "A day was worked when the agent, team or company took a service call on it; "
        "so the agents' means do not add up to the company's."
    ),
    advice=advice.SERVICE_CALLS_PER_DAY,
    numerator=_("calls"),
    denominator=_("calls"),
    min_n=0,
)

repeat_call_rate = Metric(
    expression=Interactions.repeated / Interactions.known_callers,
    matures_after=7,
    title=_("Repeat call rate"),
    text=_("Share of calls after which the customer had to call about it again."),
    formula=_("followed by a call on the same topic within 7 days ÷ calls"),
    includes=CALLER_KNOWN,
    excludes=CALLER_UNKNOWN,
    unit=Unit.PERCENT,
    better=Better.LOWER,
    source=_(
        "Repeats of the same customer and topic within 7 days, by the first call."
    ),
    advice=advice.REPEAT_CALL_RATE,
    numerator=_("repeated"),
    denominator=_("calls"),
)

repeat_calls = Metric(
    expression=Amount(Interactions.repeated),
    matures_after=7,
    title=_("Repeat calls"),
    text=_("Calls after which the customer had to call about it again."),
    formula=_("number of calls followed by one on the same topic within 7 days"),
    includes=CALLER_KNOWN,
    excludes=CALLER_UNKNOWN,
    unit=Unit.COUNT,
    better=Better.LOWER,
    source=_("Count of first calls, on their day."),
    advice=advice.REPEAT_CALLS,
    numerator=_("calls"),
    denominator=_("calls"),
    min_n=0,
)

topics_per_contact = Metric(
    expression=Mean(
        total=Interactions.topics,
        count=Interactions.contacts,
        squares=Interactions.topics2,
    ),
    title=_("Topics per contact"),
    text=_("How many matters a customer raises in one contact."),
    formula=_("sum of topics ÷ answered contacts"),
    includes=_("Answered contacts; one whose topics are not counted has one."),
    excludes=_(
        "Contacts nobody answered, or of which this is not known; test contacts."
    ),
    unit=Unit.RATIO,
    better=Better.NONE,
    source=_("Arithmetic mean."),
    advice=advice.TOPICS_PER_CONTACT,
    numerator=_("topics"),
    denominator=_("answered contacts"),
    min_n=5,
)

average_hold_time = Metric(
    expression=Mean(
        total=Interactions.hold,
        count=Interactions.hold_known,
        squares=Interactions.hold2,
    ),
    variants=(
        ("of_held", Mean(total=Interactions.hold, count=Interactions.put_on_hold)),
    ),
    distribution=Distribution("metrics.interactions", "hold_seconds", "hold_known"),
    title=_("Average hold time"),
    text=_("How long a customer was put on hold within an answered contact."),
    formula=_("sum of seconds on hold ÷ answered contacts"),
    includes=_(
        "Answered contacts with a talk time and a hold time, also of 0 seconds."
    ),
    excludes=_("Contacts nobody answered or without a known hold time; test contacts."),
    unit=Unit.SECONDS,
    better=Better.LOWER,
    source=_("Arithmetic mean over all answered contacts; of those held beside it."),
    advice=advice.AVERAGE_HOLD_TIME,
    numerator=_("seconds"),
    denominator=_("answered contacts"),
    min_n=5,
)

occupancy = Metric(
    expression=Ratio(
        AgentTimes.handling, AgentTimes.on_duty, count=AgentTimes.on_duty_rows
    ),
    above_unit=Unit.SECONDS,
    below_unit=Unit.SECONDS,
    title=_("Occupancy"),
    text=_(
        "Share of the time on duty in which agents were busy with contacts. 75 to 85 % "
        "is usual: less is idle time, more wears people out."
    ),
    formula=_("handling ÷ (handling + waiting for contacts)"),
    includes=TIME_IN,
    excludes=_("Breaks, meetings, training and absence, on both sides; test rows."),
    unit=Unit.PERCENT,
    better=Better.RANGE,
    source=_("Time of contact centres; meetings are left out of both sides."),
    advice=advice.OCCUPANCY,
    numerator=_("handling"),
    denominator=_("stretches of time"),
    min_n=5,
)

shrinkage = Metric(
    expression=Ratio(AgentTimes.away, AgentTimes.seconds, count=AgentTimes.rows),
    variants=(
        ("planned", AgentTimes.away_planned / AgentTimes.seconds),
        ("unplanned", AgentTimes.away_unplanned / AgentTimes.seconds),
    ),
    above_unit=Unit.SECONDS,
    below_unit=Unit.SECONDS,
    title=_("Shrinkage"),
    text=_("Share of the paid time in which agents could not take contacts."),
    formula=_("(breaks + meetings + training + absence) ÷ paid time"),
    includes=_("All recorded time is paid time, split at local midnight."),
    excludes=_("Time that is not recorded, such as unpaid breaks; test rows."),
    unit=Unit.PERCENT,
    better=Better.LOWER,
    source=_("Share of paid time; planned and unplanned shrinkage beside it."),
    advice=advice.SHRINKAGE,
    numerator=_("not available"),
    denominator=_("stretches of time"),
    min_n=5,
)

break_adherence = Metric(
    expression=Ratio(
        AgentTimes.break_kept
        + 2 * AgentTimes.break_over_planned
        - AgentTimes.break_over,
        AgentTimes.break_planned,
        count=AgentTimes.breaks,
    ),
    above_unit=Unit.SECONDS,
    below_unit=Unit.SECONDS,
    title=_("Break adherence"),
    text=_("How far breaks kept to their plan."),
    formula=_("(break time within the plan − time over it) ÷ planned break time"),
    includes=_(
        "Breaks with a planned length, day by day. A break of twice its plan or more "
        "counts nothing; so does one that was not taken."
    ),
    excludes=_("Breaks without a plan; test rows."),
    unit=Unit.PERCENT,
    better=Better.HIGHER,
    source=_("Lengths are compared, not the time of day; over-runs count against."),
    advice=advice.BREAK_ADHERENCE,
    numerator=_("as planned"),
    denominator=_("breaks"),
    min_n=5,
)
