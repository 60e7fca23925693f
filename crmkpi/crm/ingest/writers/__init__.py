"""Who writes which record."""

from crmkpi.crm.ingest.writers.customers import (
    ContactWriter,
    ContractWriter,
    CustomerWriter,
)
from crmkpi.crm.ingest.writers.operations import (
    AgentTimeWriter,
    CostWriter,
    EngagementDayWriter,
    MarketFigureWriter,
    ProcessRunWriter,
)
from crmkpi.crm.ingest.writers.people import AgentWriter, TeamWriter
from crmkpi.crm.ingest.writers.products import CampaignWriter, ProductWriter
from crmkpi.crm.ingest.writers.rates import RateWriter
from crmkpi.crm.ingest.writers.sales import (
    LeadWriter,
    OpportunityWriter,
    OrderWriter,
)
from crmkpi.crm.ingest.writers.service import InteractionWriter, TicketWriter

__all__ = [
    "AgentTimeWriter",
    "AgentWriter",
    "CampaignWriter",
    "ContactWriter",
    "ContractWriter",
    "CostWriter",
    "CustomerWriter",
    "EngagementDayWriter",
    "InteractionWriter",
    "LeadWriter",
    "MarketFigureWriter",
    "OpportunityWriter",
    "OrderWriter",
    "ProcessRunWriter",
    "ProductWriter",
    "RateWriter",
    "TeamWriter",
    "TicketWriter",
]
