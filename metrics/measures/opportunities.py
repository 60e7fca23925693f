"""Deals by the day they were opened or closed, and the stages they pass."""

from django.db.models import Q

from crmkpi.crm.models import Opportunity, StageSpell
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total

WON = Q(state=Opportunity.State.WON)
SPLITS = (Cut.REGION, Cut.INDUSTRY, Cut.PRODUCT, Cut.CHANNEL)


class OpportunitiesOpened(Cells):
    fact, when, cuts = Opportunity, "opened_day", SPLITS
    rows = Rows()
    won = Rows(where=WON)


class OpportunitiesClosed(Cells):
    fact, when, cuts = Opportunity, "closed_day", SPLITS
    rows = Rows()
    won = Rows(where=WON)
    lost = Rows(where=Q(state=Opportunity.State.LOST))
    won_amount = Total("amount", where=WON)
    won_amount2 = Squares("amount", unit=100, where=WON)  # of whole currency units
    timed = Rows(where=WON & Q(cycle_days__isnull=False))
    cycle_days = Total("cycle_days", where=WON)
    cycle_days2 = Squares("cycle_days", unit=1, where=WON)


class StagesEntered(Cells):
    fact, when = StageSpell, "started_day"
    cuts = (Cut.REGION, Cut.INDUSTRY, Cut.PRODUCT, Cut.STAGE)
    rows = Rows()
    open = Rows(where=Q(is_open=True))
    before_proposal = Rows(where=Q(is_open=True, before_proposal=True))


class StagesLeft(Cells):
    fact, when = StageSpell, "ended_day"
    cuts = (Cut.REGION, Cut.INDUSTRY, Cut.PRODUCT, Cut.STAGE)
    rows = Rows()
    open = Rows(where=Q(is_open=True))
    before_proposal = Rows(where=Q(is_open=True, before_proposal=True))
