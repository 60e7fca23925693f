"""Campaigns by their first day, and those that run in a period."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Campaign
from metrics.dimensions import Cut
from metrics.expressions import Cohort, Span
from metrics.measures.base import Cells, Rows


class CampaignsStarted(Cells):
    fact, when, cuts = Campaign, "started_day", (Cut.CHANNEL,)
    title = _("Campaigns, on the day they started")
    rows = Rows(label=_("campaigns started"))


def _running(span: Span) -> Q:
    """Return the filter for campaigns with at least one day in the span."""
    not_over = Q(ended_day__isnull=True) | Q(ended_day__gt=span.start)
    return not_over & Q(started_day__lt=span.end)


RUNNING = Cohort(
    name="campaigns running",
    axis=CampaignsStarted.key(),
    rows=_running,
    is_sum=True,
)
