"""Deals by the day they were opened or closed, and the stages they pass."""

from django.db.models import Q

from crmkpi.crm.models import Opportunity, StageSpell
from metrics.dimensions import Cut
from metrics.measures.base import Cells, Rows, Squares, Total
from metrics.measures.filled import dated, named

COMPLETED = Q(is_open=True, days__isnull=False)
CONTESTED = ~Q(competitor="")
WON = Q(state=Opportunity.State.WON)
SPLITS = (Cut.REGION, Cut.INDUSTRY, Cut.PRODUCT, Cut.CHANNEL, Cut.SEGMENT)
OF_STAGES = (Cut.REGION, Cut.INDUSTRY, Cut.PRODUCT, Cut.STAGE, Cut.SEGMENT)


class OpportunitiesOpened(Cells):
    fact, when, cuts = Opportunity, "opened_day", SPLITS
    rows = Rows()
    has_owner = Rows(where=named("agent"))
    has_customer = Rows(where=named("customer"))
    has_product = Rows(where=named("product"))
    is_dated = Rows(where=dated("opened_day"))
    won_with_amount = Rows(where=WON & Q(amount__gt=0))
    won = Rows(where=WON)


class OpportunitiesClosed(Cells):
    fact, when, cuts = Opportunity, "closed_day", SPLITS
    rows = Rows()
    won = Rows(where=WON)
    lost = Rows(where=Q(state=Opportunity.State.LOST))
    won_amount = Total("amount", where=WON)
    won_units = Total("amount", unit=100, where=WON)  # in whole currency units
    won_units2 = Squares("amount", unit=100, where=WON)
    timed = Rows(where=WON & Q(cycle_days__isnull=False))
    cycle_days = Total("cycle_days", where=WON)
    cycle_days2 = Squares("cycle_days", where=WON)
    contested = Rows(where=CONTESTED)
    knockouts = Rows(where=CONTESTED & WON)


class ProposalsSent(Cells):
    fact, when, cuts = Opportunity, "proposed_day", SPLITS
    rows = Rows()


class StagesEntered(Cells):
    fact, when, cuts = StageSpell, "started_day", OF_STAGES
    rows = Rows()
    open = Rows(where=Q(is_open=True))
    before_proposal = Rows(where=Q(is_open=True, before_proposal=True))


class StagesLeft(Cells):
    fact, when, cuts = StageSpell, "ended_day", OF_STAGES
    rows = Rows()
    open = Rows(where=Q(is_open=True))
    before_proposal = Rows(where=Q(is_open=True, before_proposal=True))
    stays = Rows(where=COMPLETED)
    days = Total("days", where=COMPLETED)
    days2 = Squares("days", where=COMPLETED)
