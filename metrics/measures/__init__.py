"""The axes: every fact with each of its time fields, and what is counted on it."""

from metrics.measures.answers import Answers, InvitationsSent
from metrics.measures.base import Cells
from metrics.measures.costs import CostsSpread
from metrics.measures.customers import (
    CustomersAcquired,
    CustomersEnded,
    CustomersStarted,
)
from metrics.measures.interactions import Interactions
from metrics.measures.leads import LeadsCreated, LeadSpellsEnded, LeadSpellsStarted
from metrics.measures.opportunities import (
    OpportunitiesClosed,
    OpportunitiesOpened,
    StagesEntered,
    StagesLeft,
)
from metrics.measures.orders import OrdersPaid
from metrics.measures.tickets import (
    PromisesDecided,
    TicketsOpened,
    TicketSpellsEnded,
    TicketSpellsStarted,
    TicketsReplied,
    TicketsResolved,
)

AXES: dict[str, type[Cells]] = {
    axis.key(): axis
    for axis in (
        Answers,
        CostsSpread,
        CustomersAcquired,
        CustomersEnded,
        CustomersStarted,
        Interactions,
        InvitationsSent,
        LeadSpellsEnded,
        LeadSpellsStarted,
        LeadsCreated,
        OpportunitiesClosed,
        OpportunitiesOpened,
        OrdersPaid,
        PromisesDecided,
        StagesEntered,
        StagesLeft,
        TicketSpellsEnded,
        TicketSpellsStarted,
        TicketsOpened,
        TicketsReplied,
        TicketsResolved,
    )
}
