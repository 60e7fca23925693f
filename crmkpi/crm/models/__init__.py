"""The facts: rows that happened, as they were when they happened."""

from crmkpi.crm.models.base import (
    Channel,
    Exclusion,
    Fact,
    FxRate,
    ImportRun,
    Member,
    Source,
    Spell,
)
from crmkpi.crm.models.campaigns import Campaign, Cost, CostShare
from crmkpi.crm.models.contracts import Contract
from crmkpi.crm.models.customers import Contact, Customer, CustomerSpell
from crmkpi.crm.models.forgotten import Forgotten
from crmkpi.crm.models.interactions import Interaction
from crmkpi.crm.models.leads import Lead, LeadSpell
from crmkpi.crm.models.operations import (
    AgentTime,
    EngagementDay,
    MarketFigure,
    ProcessRun,
)
from crmkpi.crm.models.opportunities import Opportunity, Stage, StageSpell
from crmkpi.crm.models.orders import Order, Product
from crmkpi.crm.models.segments import (
    Segment,
    SegmentBefore,
    SegmentStay,
    SegmentTurn,
)
from crmkpi.crm.models.tickets import SlaClock, Ticket, TicketSpell

__all__ = [
    "AgentTime",
    "Campaign",
    "Channel",
    "Contact",
    "Contract",
    "Cost",
    "CostShare",
    "Customer",
    "CustomerSpell",
    "EngagementDay",
    "Exclusion",
    "Fact",
    "Forgotten",
    "FxRate",
    "ImportRun",
    "Interaction",
    "Lead",
    "LeadSpell",
    "MarketFigure",
    "Member",
    "Opportunity",
    "Order",
    "ProcessRun",
    "Product",
    "Segment",
    "SegmentBefore",
    "SegmentStay",
    "SegmentTurn",
    "SlaClock",
    "Source",
    "Spell",
    "Stage",
    "StageSpell",
    "Ticket",
    "TicketSpell",
]
