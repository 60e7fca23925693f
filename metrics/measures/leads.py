"""Leads by the day they were created or answered, and the stretches they were open."""

from django.db.models import Q

from crmkpi.crm.models import Lead, LeadSpell
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total
from metrics.measures.filled import chosen, named

SPLITS = (Cut.CHANNEL, Cut.CAMPAIGN, Cut.PRODUCT, Cut.SEGMENT)
TIMED = Q(response_seconds__isnull=False)


class LeadsCreated(Cells):
    fact, when, cuts = Lead, "created_day", SPLITS
    rows = Rows()
    has_owner = Rows(where=named("agent"))
    has_channel = Rows(where=chosen("channel"))
    unanswered = Rows(where=Q(responded_day__isnull=True))


class LeadsResponded(Cells):
    fact, when, cuts = Lead, "responded_day", SPLITS
    rows = Rows()
    timed = Rows(where=TIMED)
    seconds = Total("response_seconds", where=TIMED)
    tens = Total("response_seconds", unit=10, where=TIMED)  # see TicketsResolved
    tens2 = Squares("response_seconds", unit=10, where=TIMED)


class LeadSpellsStarted(Cells):
    fact, when, cuts = LeadSpell, "started_day", (Cut.CHANNEL, Cut.SEGMENT)
    rows = Rows()


class LeadSpellsEnded(Cells):
    fact, when, cuts = LeadSpell, "ended_day", (Cut.CHANNEL, Cut.SEGMENT)
    rows = Rows()
