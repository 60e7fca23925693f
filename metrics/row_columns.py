"""What a list of rows shows of each fact: which columns, and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.crm import models as crm
from metrics.analytics.models import CustomerPrediction, CustomerStanding
from metrics.measures.base import Cells
from surveys import models as surveys

REASON = "reason"  # why a row was left out: no column of the fact


class Kind(StrEnum):
    """What stands in a column; decides how it is printed."""

    TEXT = "text"
    DAY = "day"
    INSTANT = "instant"
    MONEY = "money"  # minor units
    SECONDS = "seconds"
    NUMBER = "number"
    YES_NO = "yes_no"
    SHARE = "share"  # hundredths of a per cent
    CUSTOMER = "customer"  # the name of a crm.Customer, with its id


@dataclass(frozen=True)
class Column:
    """One column of a list of rows."""

    heading: str | Promise
    path: str  # from the row, through foreign keys: "ticket.external_id"
    kind: Kind = Kind.TEXT
    choices: Mapping[Any, Any] = field(default_factory=dict)
    names_customer: bool = False  # never shown to agents beside survey answers
    reason: tuple[str, ...] = ()  # of the column REASON: what it is found by

    @property
    def lookups(self) -> tuple[str, ...]:
        """Return the columns of the database that it is made of."""
        if self.path == REASON:
            return self.reason
        way = self.path.replace(".", "__")
        if self.kind is Kind.CUSTOMER:
            return (f"{way}__name", f"{way}_id") if way else ("name", "pk")
        return (way,)

    @property
    def is_number(self) -> bool:
        return self.kind in (Kind.MONEY, Kind.SECONDS, Kind.NUMBER, Kind.SHARE)


@dataclass(frozen=True)
class FactRows:
    """How the rows of one fact are listed."""

    plural: str | Promise  # "tickets"
    record: str  # the record by which they are imported
    identity: Column  # what the source calls it
    customer: str | None = "customer"  # path to the customer; "" for the row itself
    columns: tuple[Column, ...] = ()  # its own, after those that all have
    hides_customers: bool = False  # agents are not told who answered


def _id(heading: str | Promise, path: str = "external_id") -> Column:
    return Column(heading, path, names_customer=True)


def _labels(choices: Any) -> dict[Any, Any]:
    return dict(choices.choices)


CHANNEL = Column(_("Channel"), "channel", choices=_labels(crm.Channel))
DIRECTION = _labels(crm.Interaction.Direction)

FACTS: dict[type[Model], FactRows] = {
    crm.Ticket: FactRows(
        plural=_("tickets"),
        record="ticket",
        identity=_id(_("Ticket")),
        columns=(
            CHANNEL,
            Column(_("Opened"), "opened_at", Kind.INSTANT),
            Column(_("First reply after"), "reply_seconds", Kind.SECONDS),
            Column(_("Resolved after"), "resolution_seconds", Kind.SECONDS),
            Column(_("Status"), "status", choices=_labels(crm.Ticket.Status)),
        ),
    ),
    crm.TicketSpell: FactRows(
        plural=_("tickets"),
        record="ticket",
        identity=_id(_("Ticket"), "ticket.external_id"),
        customer="ticket.customer",
        columns=(
            CHANNEL,
            Column(_("Status"), "status", choices=_labels(crm.Ticket.Status)),
            Column(_("Until"), "ended_day", Kind.DAY),
        ),
    ),
    crm.SlaClock: FactRows(
        plural=_("promises"),
        record="ticket",
        identity=_id(_("Ticket"), "ticket.external_id"),
        customer="ticket.customer",
        columns=(
            Column(_("Promise"), "kind", choices=_labels(crm.SlaClock.Kind)),
            Column(_("Due"), "due_at", Kind.INSTANT),
            Column(_("Stopped"), "stopped_at", Kind.INSTANT),
        ),
    ),
    crm.Interaction: FactRows(
        plural=_("interactions"),
        record="interaction",
        identity=_id(_("Interaction")),
        columns=(
            CHANNEL,
            Column(_("Direction"), "direction", choices=DIRECTION),
            Column(_("Answered"), "is_answered", Kind.YES_NO),
            Column(_("Resolved"), "is_resolved", Kind.YES_NO),
            Column(_("Waited"), "wait_seconds", Kind.SECONDS),
            Column(_("Talked"), "talk_seconds", Kind.SECONDS),
        ),
    ),
    crm.Opportunity: FactRows(
        plural=_("deals"),
        record="opportunity",
        identity=_id(_("Deal")),
        columns=(
            CHANNEL,
            Column(_("State"), "state", choices=_labels(crm.Opportunity.State)),
            Column(_("Amount"), "amount", Kind.MONEY),
            Column(_("Opened"), "opened_day", Kind.DAY),
            Column(_("Days"), "cycle_days", Kind.NUMBER),
        ),
    ),
    crm.StageSpell: FactRows(
        plural=_("deals"),
        record="opportunity",
        identity=_id(_("Deal"), "opportunity.external_id"),
        customer="opportunity.customer",
        columns=(
            Column(_("Stage"), "stage.name"),
            Column(_("Until"), "ended_day", Kind.DAY),
            Column(_("Amount"), "opportunity.amount", Kind.MONEY),
        ),
    ),
    crm.Lead: FactRows(
        plural=_("leads"),
        record="lead",
        identity=_id(_("Lead")),
        columns=(
            CHANNEL,
            Column(_("State"), "state", choices=_labels(crm.Lead.State)),
        ),
    ),
    crm.LeadSpell: FactRows(
        plural=_("leads"),
        record="lead",
        identity=_id(_("Lead"), "lead.external_id"),
        customer="lead.customer",
        columns=(CHANNEL, Column(_("Until"), "ended_day", Kind.DAY)),
    ),
    crm.Order: FactRows(
        plural=_("orders"),
        record="order",
        identity=_id(_("Order")),
        columns=(
            CHANNEL,
            Column(_("State"), "state", choices=_labels(crm.Order.State)),
            Column(_("First order"), "is_first", Kind.YES_NO),
            Column(_("Amount"), "amount", Kind.MONEY),
        ),
    ),
    crm.Customer: FactRows(
        plural=_("customers"),
        record="customer",
        identity=_id(_("Customer ID")),
        customer="",
        columns=(
            Column(_("Channel"), "acquired_channel", choices=_labels(crm.Channel)),
        ),
    ),
    crm.CustomerSpell: FactRows(
        plural=_("customers"),
        record="order",
        identity=_id(_("Customer ID"), "customer.external_id"),
        columns=(Column(_("Active until"), "ended_day", Kind.DAY),),
    ),
    crm.Campaign: FactRows(
        plural=_("campaigns"),
        record="campaign",
        identity=_id(_("Campaign"), "name"),
        customer=None,
        columns=(CHANNEL, Column(_("Ended before"), "ended_day", Kind.DAY)),
    ),
    crm.EngagementDay: FactRows(
        plural=_("daily figures"),
        record="engagement_day",
        identity=_id(_("Figure")),
        customer=None,
        columns=(
            CHANNEL,
            Column(_("Reach"), "reach", Kind.NUMBER),
            Column(_("Engagements"), "engagements", Kind.NUMBER),
            Column(_("Visits"), "visits", Kind.NUMBER),
            Column(_("Visitors"), "visitors", Kind.NUMBER),
            Column(_("Active users"), "active_users", Kind.NUMBER),
        ),
    ),
    crm.Contract: FactRows(
        plural=_("contracts"),
        record="contract",
        identity=_id(_("Contract")),
        columns=(
            Column(_("Kind"), "kind", choices=_labels(crm.Contract.Kind)),
            Column(_("Renewed"), "renewed_day", Kind.DAY),
            Column(_("A month"), "monthly_amount", Kind.MONEY),
        ),
    ),
    CustomerStanding: FactRows(
        plural=_("customers"),
        record="order",
        identity=_id(_("Customer ID"), "customer.external_id"),
        columns=(
            Column(_("Last contact"), "recency", Kind.NUMBER),
            Column(_("Channels"), "channels", Kind.NUMBER),
            Column(_("Time with us"), "tenure", Kind.NUMBER),
            Column(_("Opinion"), "nps", Kind.NUMBER),
            Column(_("Complaints"), "complaints", Kind.NUMBER),
        ),
    ),
    CustomerPrediction: FactRows(
        plural=_("customers"),
        record="order",
        identity=_id(_("Customer ID"), "customer.external_id"),
        columns=(
            Column(_("Still a customer"), "alive_share", Kind.SHARE),
            Column(_("Gone in 90 days"), "gone_share", Kind.SHARE),
            Column(_("Purchases in a year"), "expected_purchases", Kind.NUMBER),
            Column(_("Predicted value"), "value", Kind.MONEY),
        ),
    ),
    crm.CostShare: FactRows(
        plural=_("costs"),
        record="cost",
        identity=_id(_("Cost"), "cost.external_id"),
        customer=None,
        columns=(
            Column(_("Kind"), "kind", choices=_labels(crm.Cost.Kind)),
            Column(_("Amount"), "amount", Kind.MONEY),
        ),
    ),
    crm.AgentTime: FactRows(
        plural=_("stretches of time"),
        record="agent_time",
        identity=_id(_("Time")),
        customer=None,
        columns=(
            Column(_("State"), "state", choices=_labels(crm.AgentTime.State)),
            Column(_("Time"), "seconds", Kind.SECONDS),
            Column(_("Planned"), "scheduled_seconds", Kind.SECONDS),
        ),
    ),
    crm.ProcessRun: FactRows(
        plural=_("runs"),
        record="process_run",
        identity=_id(_("Run")),
        customer=None,
        columns=(
            Column(_("Process"), "process.name"),
            Column(_("Finished"), "is_finished", Kind.YES_NO),
            Column(_("Human touches"), "human_touches", Kind.NUMBER),
        ),
    ),
    crm.MarketFigure: FactRows(
        plural=_("figures from outside"),
        record="market_figure",
        identity=_id(_("Figure"), "metric_key"),
        customer=None,
        columns=(
            Column(_("Of whom"), "subject"),
            Column(_("Value"), "value", Kind.NUMBER),
            Column(_("Out of"), "out_of", Kind.NUMBER),
            Column(_("Where it comes from"), "origin"),
        ),
    ),
    surveys.Answer: FactRows(
        plural=_("answers"),
        record="response",
        identity=_id(_("Answer"), "response.external_id"),
        customer="response.customer",
        columns=(
            CHANNEL,
            Column(_("Survey"), "survey.name"),
            Column(_("Score"), "value", Kind.NUMBER),
        ),
        hides_customers=True,
    ),
    surveys.Invitation: FactRows(
        plural=_("invitations"),
        record="response",
        identity=_id(_("Invitation"), "uuid"),
        columns=(
            CHANNEL,
            Column(_("Survey"), "survey.name"),
            Column(_("Answered"), "is_answered", Kind.YES_NO),
        ),
        hides_customers=True,
    ),
}


def columns_of(axis: type[Cells], *, hides_customers: bool) -> list[Column]:
    """Return the columns of the list of an axis's rows, for one reader.

    First the day by which they count, then what they are, whose and by whom, then what
    is special to the fact. With `hides_customers` no column tells who the customer is.
    """
    fact = FACTS[axis.fact]
    found = [Column(_("Day"), axis.when, Kind.DAY), fact.identity]
    if fact.customer is not None:
        customer = Column(
            _("Customer"), fact.customer, Kind.CUSTOMER, names_customer=True
        )
        found.append(customer)
    found.append(Column(_("Agent"), f"{axis.agent}.name"))
    found.append(Column(_("Team"), f"{axis.team()}.name"))
    own = [column for column in fact.columns if column.path != axis.when]
    return [
        column
        for column in [*found, *own]
        if not (hides_customers and fact.hides_customers and column.names_customer)
    ]
