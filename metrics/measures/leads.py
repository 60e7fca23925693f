"""Leads by the day they were created or answered, and the stretches they were open."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Lead, LeadSpell
from crmkpi.lib.numbers import Unit
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total
from metrics.measures.filled import chosen, named

SPLITS = (Cut.CHANNEL, Cut.CAMPAIGN, Cut.PRODUCT, Cut.REGION, Cut.SEGMENT)
TIMED = Q(response_seconds__isnull=False)


class LeadsCreated(Cells):
    fact, when, cuts = Lead, "created_day", SPLITS
    title = _("Leads, on the day they came in")
    rows = Rows(label=_("leads created"))
    has_owner = Rows(where=named("agent"))
    has_channel = Rows(where=chosen("channel"))
    unanswered = Rows(
        where=Q(responded_day__isnull=True),
        label=_("leads created that nobody has answered"),
    )


class LeadsResponded(Cells):
    fact, when, cuts = Lead, "responded_day", SPLITS
    title = _("Leads, on the day of the first response")
    rows = Rows(label=_("leads answered"))
    timed = Rows(where=TIMED, label=_("leads answered in a known time"))
    seconds = Total(
        "response_seconds",
        where=TIMED,
        label=_("time to the first response"),
        measured_in=Unit.SECONDS,
    )
    tens = Total("response_seconds", unit=10, where=TIMED)  # see TicketsResolved
    tens2 = Squares("response_seconds", unit=10, where=TIMED)


class LeadSpellsStarted(Cells):
    fact, when, cuts = LeadSpell, "started_day", (Cut.CHANNEL, Cut.SEGMENT)
    rows = Rows()


class LeadSpellsEnded(Cells):
    fact, when, cuts = LeadSpell, "ended_day", (Cut.CHANNEL, Cut.SEGMENT)
    rows = Rows()
