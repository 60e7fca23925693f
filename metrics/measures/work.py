"""How agents spend their paid time, day by day."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import AgentTime
from crmkpi.lib.numbers import Unit
from metrics.measures.base import Cells, Rows, Total

State = AgentTime.State
HANDLING = Q(state=State.HANDLING)
ON_DUTY = Q(state__in=[State.HANDLING, State.AVAILABLE])
AWAY = Q(state__in=[State.BREAK, State.MEETING, State.TRAINING, State.ABSENT])
# Breaks with a plan. Within it every second counts; each second over it takes one
# away, so that twice the planned time or more is worth nothing.
PLANNED_BREAK = Q(state=State.BREAK, scheduled_seconds__gt=0)
_KEPT = PLANNED_BREAK & Q(seconds__lte=F("scheduled_seconds"))
_OVER = PLANNED_BREAK & Q(
    seconds__gt=F("scheduled_seconds"), seconds__lt=F("scheduled_seconds") * 2
)


class AgentTimes(Cells):
    fact, when = AgentTime, "day"
    title = _("Working time, day by day")
    rows = Rows()
    seconds = Total("seconds", label=_("paid time"), measured_in=Unit.SECONDS)
    handling = Total(
        "seconds",
        where=HANDLING,
        label=_("time for handling contacts"),
        measured_in=Unit.SECONDS,
    )
    on_duty = Total(
        "seconds", where=ON_DUTY, label=_("time on duty"), measured_in=Unit.SECONDS
    )
    on_duty_rows = Rows(where=ON_DUTY)
    away = Total(
        "seconds", where=AWAY, label=_("time away from work"), measured_in=Unit.SECONDS
    )
    away_planned = Total(
        "seconds",
        where=AWAY & Q(is_planned=True),
        label=_("planned time away from work"),
        measured_in=Unit.SECONDS,
    )
    away_unplanned = Total(
        "seconds",
        where=AWAY & Q(is_planned=False),
        label=_("unplanned time away from work"),
        measured_in=Unit.SECONDS,
    )
    breaks = Rows(where=PLANNED_BREAK)
    break_planned = Total("scheduled_seconds", where=PLANNED_BREAK)
    break_kept = Total("seconds", where=_KEPT)
    break_over = Total("seconds", where=_OVER)
    break_over_planned = Total("scheduled_seconds", where=_OVER)
