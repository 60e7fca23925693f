"""The axes: every fact with each of its time fields, and what is counted on it."""

from metrics.measures.answers import Answers, InvitationsSent
from metrics.measures.base import Cells
from metrics.measures.campaigns import CampaignsStarted
from metrics.measures.contracts import ContractsDue
from metrics.measures.costs import CostsSpread
from metrics.measures.customers import (
    CustomersAcquired,
    CustomersEnded,
    CustomersStarted,
)
from metrics.measures.engagement import EngagementDays
from metrics.measures.figures import MarketFigures
from metrics.measures.interactions import Interactions
from metrics.measures.leads import (
    LeadsCreated,
    LeadSpellsEnded,
    LeadSpellsStarted,
    LeadsResponded,
)
from metrics.measures.opportunities import (
    OpportunitiesClosed,
    OpportunitiesOpened,
    ProposalsSent,
    StagesEntered,
    StagesLeft,
)
from metrics.measures.orders import OrdersCredited, OrdersPaid
from metrics.measures.predictions import Predictions
from metrics.measures.processes import ProcessRuns
from metrics.measures.relationship import Standings
from metrics.measures.tickets import (
    PromisesDecided,
    TicketsOpened,
    TicketSpellsEnded,
    TicketSpellsStarted,
    TicketsReplied,
    TicketsResolved,
)
from metrics.measures.work import AgentTimes

AXES: dict[str, type[Cells]] = {
    axis.key(): axis
    for axis in (
        AgentTimes,
        Answers,
        CampaignsStarted,
        ContractsDue,
        CostsSpread,
        CustomersAcquired,
        CustomersEnded,
        CustomersStarted,
        EngagementDays,
        Interactions,
        InvitationsSent,
        LeadSpellsEnded,
        LeadSpellsStarted,
        LeadsCreated,
        LeadsResponded,
        MarketFigures,
        OpportunitiesClosed,
        OpportunitiesOpened,
        OrdersCredited,
        OrdersPaid,
        Predictions,
        ProcessRuns,
        PromisesDecided,
        ProposalsSent,
        StagesEntered,
        StagesLeft,
        Standings,
        TicketSpellsEnded,
        TicketSpellsStarted,
        TicketsOpened,
        TicketsReplied,
        TicketsResolved,
    )
}
