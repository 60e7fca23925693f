"""What channels reach and move, by day."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Channel, EngagementDay
from crmkpi.lib.numbers import Unit
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Total

REACHED = Q(reach__isnull=False, engagements__isnull=False)
VISITED = Q(visits__isnull=False)
TIMED = VISITED & Q(visit_seconds__isnull=False)
COUNTED = Q(visitors__isnull=False)
SOCIAL = Q(channel=Channel.SOCIAL, engagements__isnull=False)
USED = Q(active_users__isnull=False)


class EngagementDays(Cells):
    fact, when = EngagementDay, "day"
    cuts = (Cut.CHANNEL, Cut.CAMPAIGN)
    title = _("What channels reached, day by day")
    rows = Rows()
    reached = Rows(where=REACHED)
    reach = Total(
        "reach", where=REACHED, label=_("times that something was sent or shown")
    )
    engagements = Total(
        "engagements", where=REACHED, label=_("clicks, likes and replies")
    )
    visited = Rows(where=VISITED)
    visits = Total("visits", where=VISITED, label=_("visits to the website"))
    timed = Rows(where=TIMED)
    timed_visits = Total("visits", where=TIMED, label=_("visits of known length"))
    visit_seconds = Total(
        "visit_seconds",
        where=TIMED,
        label=_("time on the website"),
        measured_in=Unit.SECONDS,
    )
    counted = Rows(where=COUNTED)
    visitors = Total("visitors", where=COUNTED)
    social = Rows(where=SOCIAL)
    social_engagements = Total(
        "engagements",
        where=SOCIAL,
        label=_("clicks, likes and replies on social media"),
    )
    used = Rows(where=USED)
    active_users = Total("active_users", where=USED)
