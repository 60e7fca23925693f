"""Customer service: the paid time of agents and what it goes into."""

from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.catalog.advice import work as advice
from metrics.expressions import Ratio
from metrics.measures.work import AgentTimes
from metrics.metric import Better, Metric

TIME_IN = _("The seconds that agents spent in each state, split at local midnight.")

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
