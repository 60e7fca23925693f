"""What channels reach and move, by day."""

from django.db.models import Q

from crmkpi.crm.models import Channel, EngagementDay
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
    rows = Rows()
    reached = Rows(where=REACHED)
    reach = Total("reach", where=REACHED)
    engagements = Total("engagements", where=REACHED)
    visited = Rows(where=VISITED)
    visits = Total("visits", where=VISITED)
    timed = Rows(where=TIMED)
    timed_visits = Total("visits", where=TIMED)
    visit_seconds = Total("visit_seconds", where=TIMED)
    counted = Rows(where=COUNTED)
    visitors = Total("visitors", where=COUNTED)
    social = Rows(where=SOCIAL)
    social_engagements = Total("engagements", where=SOCIAL)
    used = Rows(where=USED)
    active_users = Total("active_users", where=USED)
