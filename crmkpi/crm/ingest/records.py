"""The records of customer relations and the fields they are imported with."""

from django.utils.translation import gettext_lazy as _

from crmkpi.crm import models
from crmkpi.crm.ingest import writers
from crmkpi.crm.ingest.fields import (
    AGENT_STATES,
    CHANNELS,
    CONTRACT_KINDS,
    COST_KINDS,
    DEAL_SALES,
    DIRECTIONS,
    LEAD_STATES,
    OPPORTUNITY_STATES,
    ORDER_STATES,
    ROLES,
    SALES,
    TICKET_STATUSES,
    channel,
    choice,
    client,
    currency,
    day,
    exclusion,
    external_id,
    instant,
    money,
    ref,
    seconds,
    text,
    whole,
    yes_no,
)
from crmkpi.crm.ingest.registry import Field, Kind, Record, register

OR_NAME = _("Id in the source; blank: the name")

TEAM = Record(
    "team",
    _("Teams"),
    _("A team and where it stands in the tree"),
    (
        text("name", _("What the team is called; no two alike"), required=True),
        ref("parent", "team", _("The team above it; blank: below the root team")),
        text("region", _("Region of its rows that name none")),
        day("since", _("From when it stands there; blank: always")),
    ),
    writers.TeamWriter(),
    identity=("name",),
)

AGENT = Record(
    "agent",
    _("Agents"),
    _("A person whose work is measured, and the team the person works in"),
    (
        external_id(OR_NAME, required=False),
        text("name", _("Full name"), required=True),
        text("email", _("Address; finds a person who is known by it"), length=254),
        ref("team", "team", _("Team; made below the root team when it is new")),
        choice("role", ROLES, _("Blank: agent")),
        text("region", _("Region of the team, set when the team has none")),
        day("since", _("First day in the team; blank: always")),
        day("until", _("Last day in the team; blank: still there")),
    ),
    writers.AgentWriter(),
    natural_key=("name",),
    identity=("external_id", "team", "role", "since"),
)

CUSTOMER = Record(
    "customer",
    _("Customers"),
    _("An account: a company or person that buys"),
    (
        external_id(OR_NAME, required=False),
        text("name", _("Name"), length=300, required=True, column="name"),
        ref("parent", "customer", _("The account it belongs to"), column="parent_id"),
        ref("owner", "agent", _("Who looks after it"), column="agent_id"),
        ref("industry", "industry", column="industry_id"),
        ref("region", "region", column="region_id"),
        ref(
            "segment",
            "segment",
            _("Counts while no rule puts the customer into another"),
            column="given_segment_id",
        ),
        day(
            "segment_since",
            _("From when it is in the segment; blank: from today, a new one always"),
        ),
        text("country", length=100, column="country"),
        whole("employees", column="employees"),
        text("language", _("Code such as en or pt-BR"), length=12, column="language"),
        text("zone", _("Time zone such as Europe/Berlin"), length=64, column="zone"),
        instant("acquired", _("When it became a customer; blank: first paid order")),
        ref(
            "campaign",
            "campaign",
            _("The campaign that won it"),
            column="acquired_campaign_id",
        ),
        choice(
            "channel",
            CHANNELS,
            _("The channel that won it"),
            column="acquired_channel",
        ),
        ref(
            "referred_by",
            "customer",
            _("The customer who recommended us"),
            column="referred_by_id",
        ),
        exclusion(),
    ),
    writers.CustomerWriter(),
    models.Customer,
    natural_key=("name",),
)

CONTACT = Record(
    "contact",
    _("Contacts"),
    _("A person at a customer"),
    (
        external_id(),
        ref("customer", "customer", _("Where the person works"), column="customer_id"),
        text("name", length=300, column="name"),
        text("email", length=254, column="email"),
        text("phone", length=64, column="phone"),
        text("language", _("Code such as en or pt-BR"), length=12, column="language"),
        text("zone", _("Time zone such as Europe/Berlin"), length=64, column="zone"),
        exclusion(),
    ),
    writers.ContactWriter(),
    models.Contact,
)

PRODUCT = Record(
    "product",
    _("Products"),
    _("Something that is sold"),
    (
        external_id(OR_NAME, required=False),
        text("name", length=300, required=True, column="name"),
        text("family", _("Group of products"), column="family"),
        money(
            "list_price",
            _("Price before discounts"),
            unit=_("of the organisation's currency"),
        ),
        exclusion(),
    ),
    writers.ProductWriter(),
    models.Product,
    natural_key=("name",),
)

CAMPAIGN = Record(
    "campaign",
    _("Campaigns"),
    _("A marketing campaign"),
    (
        external_id(OR_NAME, required=False),
        text("name", length=300, required=True, column="name"),
        channel(),
        ref("team", "team", _("Whose campaign it is"), column="team_id"),
        day("started", _("First day")),
        day("ended", _("Last day; blank: still running")),
        exclusion(),
    ),
    writers.CampaignWriter(),
    models.Campaign,
    natural_key=("name",),
)

LEAD = Record(
    "lead",
    _("Leads"),
    _("Somebody who might buy"),
    (
        external_id(),
        text("name", length=300, column="name"),
        ref("customer", "customer", _("Who it became"), column="customer_id"),
        ref("owner", "agent", _("Who follows it up"), column="agent_id"),
        choice("state", LEAD_STATES, _("Blank: open"), column="state"),
        channel(_("How the lead came")),
        ref("campaign", "campaign", column="campaign_id"),
        ref("product", "product", column="product_id"),
        ref("segment", "segment", _("Blank: the customer's"), column="segment_id"),
        ref("region", "region", _("Blank: the team's"), column="region_id"),
        instant("created", _("When it came; blank: unknown")),
        instant("responded", _("First time somebody got in touch")),
        instant(
            "closed",
            _("When it was converted or lost; ignored while open"),
            future=True,
        ),
        exclusion(),
    ),
    writers.LeadWriter(),
    models.Lead,
)

OPPORTUNITY = Record(
    "opportunity",
    _("Opportunities"),
    _("A deal that is open, won or lost"),
    (
        external_id(),
        text("name", length=300, column="name"),
        ref("owner", "agent", _("Who sells it"), column="agent_id"),
        ref("customer", "customer", column="customer_id"),
        ref("product", "product", column="product_id"),
        ref("stage", "stage", _("Step of the sales process"), column="stage_id"),
        choice(
            "state", OPPORTUNITY_STATES, _("Blank: as the stage says"), column="state"
        ),
        instant("opened", _("When it was opened; blank: unknown")),
        instant("proposed", _("When the proposal was sent")),
        instant(
            "closed", _("When it was won or lost; ignored while open"), future=True
        ),
        money("amount", _("Value of the deal, without tax")),
        currency(),
        channel(_("How it came about")),
        ref("campaign", "campaign", column="campaign_id"),
        ref("region", "region", _("Blank: the team's"), column="region_id"),
        ref("industry", "industry", _("Blank: the customer's"), column="industry_id"),
        ref("segment", "segment", _("Blank: the customer's"), column="segment_id"),
        text("competitor", _("Who else was in the running"), column="competitor"),
        choice("sale", DEAL_SALES, _("Blank: new"), column="sale"),
        yes_no("is_renewal", _("Renews a contract; blank: no"), column="is_renewal"),
        exclusion(),
    ),
    writers.OpportunityWriter(),
    models.Opportunity,
)

ORDER = Record(
    "order",
    _("Orders"),
    _("A purchase; it counts once it is paid"),
    (
        external_id(),
        ref("customer", "customer", column="customer_id"),
        ref("owner", "agent", _("Who sold it"), column="agent_id"),
        choice("state", ORDER_STATES, _("Blank: paid"), column="state"),
        instant("paid", _("When it was paid; blank on a paid order: unknown")),
        instant("delivered", _("When the customer got it; blank: not yet, or unknown")),
        money("amount", _("Net of tax and shipping")),
        money("cost", _("Cost of the goods, in the same currency")),
        currency(),
        choice("sale", SALES, _("Blank: new"), column="sale"),
        yes_no(
            "is_recurring", _("Recurs by contract; blank: no"), column="is_recurring"
        ),
        ref("product", "product", column="product_id"),
        ref("campaign", "campaign", column="campaign_id"),
        channel(),
        ref("segment", "segment", _("Blank: the customer's"), column="segment_id"),
        ref("region", "region", _("Blank: the team's"), column="region_id"),
        exclusion(),
    ),
    writers.OrderWriter(),
    models.Order,
)

CONTRACT = Record(
    "contract",
    _("Contracts"),
    _("What a customer pays for over a time"),
    (
        external_id(),
        ref("customer", "customer", required=True, column="customer_id"),
        ref("owner", "agent", _("Who renews it"), column="agent_id"),
        choice("kind", CONTRACT_KINDS, _("Blank: subscription"), column="kind"),
        ref("product", "product", column="product_id"),
        ref("segment", "segment", _("Blank: the customer's"), column="segment_id"),
        money("monthly_amount", _("What a month brings")),
        currency(),
        day("started", _("First day"), required=True),
        day("ended", _("Last day; blank: still running")),
        day("due", _("Day by which it should be renewed")),
        day("renewed", _("Day on which it was renewed")),
        exclusion(),
    ),
    writers.ContractWriter(),
    models.Contract,
)

TICKET = Record(
    "ticket",
    _("Tickets"),
    _("A customer's request, from opening to its last resolution"),
    (
        external_id(),
        text("subject", length=300, column="subject"),
        ref("customer", "customer", column="customer_id"),
        ref("contact", "contact", _("The person who asked"), column="contact_id"),
        ref("agent", "agent", _("Who works on it"), column="agent_id"),
        choice(
            "status",
            TICKET_STATUSES,
            _("Blank: resolved if it has been, else new"),
            column="status",
        ),
        channel(_("How it came")),
        ref("type", "type", _("Question, complaint, request …"), column="type_id"),
        ref("topic", "topic", _("What it is about"), column="topic_id"),
        ref("segment", "segment", _("Blank: the customer's"), column="segment_id"),
        client(column="client_id"),
        ref("product", "product", column="product_id"),
        yes_no("is_complaint", _("Blank: no"), column="is_complaint"),
        instant("opened", _("When it was opened"), required=True),
        instant("replied", _("First reply by a person")),
        instant("resolved", _("When it was resolved for the last time")),
        instant("reopened", _("When it was first reopened")),
        whole("reopens", _("How often it was reopened"), high=32_767, column="reopens"),
        whole(
            "customer_contacts",
            _("How often the customer wrote or called; blank: once"),
            high=32_767,
            column="customer_contacts",
        ),
        ref("policy", "policy", _("Service level it falls under"), column="policy_id"),
        instant("reply_due", _("When the first reply is due"), future=True),
        instant("resolution_due", _("When the resolution is due"), future=True),
        whole("csat", _("Rating"), unit=_("1 to 5"), low=1, high=5),
        whole("nps", _("Rating"), unit=_("0 to 10"), low=0, high=10),
        whole("ces", _("Rating"), unit=_("1 to 7"), low=1, high=7),
        instant("rated", _("When it was rated; blank: when resolved, else opened")),
        exclusion(),
    ),
    writers.TicketWriter(),
    models.Ticket,
)

INTERACTION = Record(
    "interaction",
    _("Interactions"),
    _("One contact over one channel: a call, mail, chat or visit"),
    (
        external_id(),
        ref("agent", "agent", _("Who dealt with it"), column="agent_id"),
        ref("customer", "customer", column="customer_id"),
        channel(),
        choice("direction", DIRECTIONS, _("Blank: inbound"), column="direction"),
        ref("topic", "topic", _("What it was about"), column="topic_id"),
        ref("segment", "segment", _("Blank: the customer's"), column="segment_id"),
        client(column="client_id"),
        whole("topics", _("Number of topics; blank: 1"), high=32_767, column="topics"),
        instant("started", _("When it began"), required=True),
        instant("ended", _("When it ended")),
        yes_no("answered", _("Somebody answered"), column="is_answered"),
        yes_no("resolved", _("The matter was settled"), column="is_resolved"),
        seconds("wait_seconds", _("Until it was answered"), column="wait_seconds"),
        seconds("talk_seconds", _("Talking"), column="talk_seconds"),
        seconds("hold_seconds", _("On hold"), column="hold_seconds"),
        seconds("wrap_up_seconds", _("Work afterwards"), column="wrap_up_seconds"),
        yes_no("is_sales", _("Serves to sell; blank: no"), column="is_sales"),
        ref("campaign", "campaign", _("What it answers to"), column="campaign_id"),
        ref("opportunity", "opportunity", column="opportunity_id"),
        ref("ticket", "ticket", column="ticket_id"),
        whole("csat", _("Rating"), unit=_("1 to 5"), low=1, high=5),
        whole("nps", _("Rating"), unit=_("0 to 10"), low=0, high=10),
        whole("ces", _("Rating"), unit=_("1 to 7"), low=1, high=7),
        instant("rated", _("When it was rated; blank: at its end")),
        exclusion(),
    ),
    writers.InteractionWriter(),
    models.Interaction,
)

COST = Record(
    "cost",
    _("Costs"),
    _("Money spent over a range of days; each day gets an even share"),
    (
        external_id(),
        choice("kind", COST_KINDS, required=True, column="kind"),
        text("description", length=300, column="description"),
        ref("campaign", "campaign", column="campaign_id"),
        ref("team", "team", _("Whose cost it is"), column="team_id"),
        money("amount", required=True),
        currency(),
        day("first_day", _("First day it is for"), required=True),
        day("last_day", _("Last day it is for; blank: one day only")),
        exclusion(),
    ),
    writers.CostWriter(),
    models.Cost,
)

AGENT_TIME = Record(
    "agent_time",
    _("Agent time"),
    _("Seconds that an agent spent in one state on one day"),
    (
        external_id(_("Blank: agent, day and state"), required=False),
        ref("agent", "agent", required=True, column="agent_id"),
        day("day", required=True),
        choice("state", AGENT_STATES, required=True, column="state"),
        seconds("seconds", required=True, column="seconds"),
        seconds("scheduled_seconds", _("Planned"), column="scheduled_seconds"),
        yes_no("is_planned", _("Blank: yes"), column="is_planned"),
        exclusion(),
    ),
    writers.AgentTimeWriter(),
    models.AgentTime,
    natural_key=("agent", "day", "state"),
)

PROCESS_RUN = Record(
    "process_run",
    _("Process runs"),
    _("One run of a process that a machine may finish without a person"),
    (
        external_id(),
        ref("process", "process", _("Which process"), column="process_id"),
        ref("agent", "agent", _("Who stepped in, if anybody"), column="agent_id"),
        instant("ended", _("When it ended"), required=True),
        yes_no(
            "is_eligible", _("Could be automated; blank: yes"), column="is_eligible"
        ),
        yes_no("is_finished", _("Came to its end; blank: yes"), column="is_finished"),
        whole("human_touches", _("Blank: 0"), column="human_touches"),
        exclusion(),
    ),
    writers.ProcessRunWriter(),
    models.ProcessRun,
)

_BIG = 2**53

ENGAGEMENT_DAY = Record(
    "engagement_day",
    _("Engagement"),
    _("What one channel reached and moved on one day"),
    (
        external_id(_("Blank: channel, campaign, team and day"), required=False),
        choice("channel", CHANNELS, required=True, column="channel"),
        ref("campaign", "campaign", column="campaign_id"),
        ref("agent", "agent", _("Who runs it"), column="agent_id"),
        ref("team", "team", _("Blank: the agent's"), column="team_id"),
        day("day", required=True),
        whole("reach", _("Sent, shown or opened"), high=_BIG, column="reach"),
        whole(
            "engagements", _("Clicks, likes, replies"), high=_BIG, column="engagements"
        ),
        whole("visits", high=_BIG, column="visits"),
        whole(
            "visitors", _("Different people of the day"), high=_BIG, column="visitors"
        ),
        seconds("visit_seconds", _("Of all visits"), high=_BIG, column="visit_seconds"),
        whole("active_users", high=_BIG, column="active_users"),
        exclusion(),
    ),
    writers.EngagementDayWriter(),
    models.EngagementDay,
    natural_key=("channel", "campaign", "team", "day"),
)

MARKET_FIGURE = Record(
    "market_figure",
    _("Market figures"),
    _("A figure from outside, with its source and its dates"),
    (
        external_id(_("Blank: metric, days and subject"), required=False),
        text(
            "metric",
            _("What it measures, such as market_size or csat"),
            length=64,
            required=True,
            column="metric_key",
        ),
        text("subject", _("Of whom, such as a competitor"), column="subject"),
        Field("value", Kind.NUMBER, required=True, column="value"),
        whole(
            "out_of",
            _("Of an audit (data_accuracy): how many fields were checked"),
            high=2**53,
            column="out_of",
        ),
        text("unit", length=32, column="unit"),
        day("first_day", _("First day it holds for"), required=True),
        day("last_day", _("Last day it holds for"), required=True),
        text("origin", _("Where it comes from"), length=300, column="origin"),
        exclusion(),
    ),
    writers.MarketFigureWriter(),
    models.MarketFigure,
    natural_key=("metric", "first_day", "last_day", "subject"),
)

EXCHANGE_RATE = Record(
    "exchange_rate",
    _("Exchange rates"),
    _("What one unit of a currency was worth on a day"),
    (
        text("currency", _("Three letters such as USD"), length=3, required=True),
        day("day", _("Holds until the next one, for a month at most"), required=True),
        Field(
            "rate",
            Kind.NUMBER,
            required=True,
            unit=_("of the organisation's currency"),
        ),
    ),
    writers.RateWriter(),
    models.FxRate,
    identity=("currency", "day"),
)

ALL = (
    TEAM,
    AGENT,
    CUSTOMER,
    CONTACT,
    PRODUCT,
    CAMPAIGN,
    LEAD,
    OPPORTUNITY,
    ORDER,
    CONTRACT,
    TICKET,
    INTERACTION,
    COST,
    AGENT_TIME,
    PROCESS_RUN,
    ENGAGEMENT_DAY,
    MARKET_FIGURE,
    EXCHANGE_RATE,
)


def register_all() -> None:
    """Make the records of this app known; called when the app is ready."""
    for record in ALL:
        register(record)
