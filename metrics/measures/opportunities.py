"""Deals by the day they were opened or closed, and the stages they pass."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Opportunity, StageSpell
from crmkpi.lib.numbers import Unit
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
    title = _("Deals, on the day they were opened")
    rows = Rows(label=_("deals opened"))
    has_owner = Rows(where=named("agent"))
    has_customer = Rows(where=named("customer"))
    has_product = Rows(where=named("product"))
    is_dated = Rows(where=dated("opened_day"))
    won_with_amount = Rows(where=WON & Q(amount__gt=0))
    won = Rows(where=WON, label=_("deals opened and won since"))


class OpportunitiesClosed(Cells):
    fact, when, cuts = Opportunity, "closed_day", SPLITS
    title = _("Deals, on the day they were closed")
    rows = Rows(label=_("deals closed"))
    won = Rows(where=WON, label=_("deals won"))
    lost = Rows(where=Q(state=Opportunity.State.LOST), label=_("deals lost"))
    won_amount = Total(
        "amount", where=WON, label=_("value of deals won"), measured_in=Unit.MONEY
    )
    won_units = Total("amount", unit=100, where=WON)  # in whole currency units
    won_units2 = Squares("amount", unit=100, where=WON)
    timed = Rows(where=WON & Q(cycle_days__isnull=False))
    cycle_days = Total(
        "cycle_days",
        where=WON,
        label=_("days from opening to winning"),
        measured_in=Unit.DAYS,
    )
    cycle_days2 = Squares("cycle_days", where=WON)
    contested = Rows(where=CONTESTED)
    knockouts = Rows(where=CONTESTED & WON)


class ProposalsSent(Cells):
    fact, when, cuts = Opportunity, "proposed_day", SPLITS
    title = _("Deals, on the day the proposal was sent")
    rows = Rows(label=_("proposals sent"))


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
