"""Customer service: calls and other contacts with customers."""

from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Interaction
from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import calls as advice
from metrics.expressions import Amount, Mean, PerDay, Ratio
from metrics.measures.interactions import THRESHOLD_SECONDS, Interactions
from metrics.metric import Better, Distribution, Metric

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
    windows=(("answered_within_seconds", THRESHOLD_SECONDS),),
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
    better=Better.LOWER,
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
    distribution=Distribution(
        "metrics.interactions",
        "talk_seconds",
        "handled",
        plus=("hold_seconds", "wrap_up_seconds"),
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
    source=_("Arithmetic mean; median and 90th percentile beside it."),
    advice=advice.AVERAGE_HANDLE_TIME,
    numerator=_("seconds"),
    denominator=_("answered contacts"),
    min_n=5,
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
    matures_after=Interaction.REPEAT_WINDOW_DAYS,
    windows=(("repeated_within_days", Interaction.REPEAT_WINDOW_DAYS),),
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
    matures_after=Interaction.REPEAT_WINDOW_DAYS,
    windows=(("repeated_within_days", Interaction.REPEAT_WINDOW_DAYS),),
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
