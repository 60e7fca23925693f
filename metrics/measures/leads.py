"""Leads by the day they were created, and the stretches they were open."""

from django.db.models import Q

from crmkpi.crm.models import Lead, LeadSpell
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows


class LeadsCreated(Cells):
    fact, when, cuts = Lead, "created_day", (Cut.CHANNEL, Cut.CAMPAIGN)
    rows = Rows()
    converted = Rows(where=Q(state=Lead.State.CONVERTED))


class LeadSpellsStarted(Cells):
    fact, when, cuts = LeadSpell, "started_day", (Cut.CHANNEL,)
    rows = Rows()


class LeadSpellsEnded(Cells):
    fact, when, cuts = LeadSpell, "ended_day", (Cut.CHANNEL,)
    rows = Rows()
