"""Short ways to declare fields, and the words that choices go by."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from crmkpi.crm.ingest.registry import Field, Kind, Words
from crmkpi.crm.models import (
    AgentTime,
    Channel,
    Contract,
    Cost,
    Exclusion,
    Interaction,
    Lead,
    Opportunity,
    Order,
    Ticket,
)

# The column's own words come first; the rest is how other systems put it.
Vocabulary = Mapping[int, tuple[str, ...]]

CHANNELS: Vocabulary = {
    Channel.UNKNOWN: ("unknown",),
    Channel.PHONE: ("phone", "call", "telephone", "voice"),
    Channel.EMAIL: ("email", "e mail", "mail"),
    Channel.CHAT: ("chat", "live chat", "messaging"),
    Channel.WEB: ("web", "website", "web form", "portal", "online"),
    Channel.SOCIAL: ("social", "social media", "facebook", "twitter", "instagram"),
    Channel.APP: ("app", "mobile", "mobile app"),
    Channel.IN_PERSON: ("in person", "visit", "store", "meeting"),
    Channel.SMS: ("sms", "text message"),
    Channel.PARTNER: ("partner", "reseller"),
    Channel.OTHER: ("other",),
}
EXCLUSIONS: Vocabulary = {
    Exclusion.NONE: ("none", "counted"),
    Exclusion.TEST: ("test", "internal"),
    Exclusion.SPAM: ("spam",),
    Exclusion.MERGED: ("merged",),
    Exclusion.DUPLICATE: ("duplicate",),
    Exclusion.DELETED: ("deleted",),
    Exclusion.DRAFT: ("draft",),
}
LEAD_STATES: Vocabulary = {
    Lead.State.OPEN: ("open", "new", "working", "contacted", "qualified"),
    Lead.State.CONVERTED: ("converted", "won"),
    Lead.State.LOST: ("lost", "unqualified", "disqualified"),
}
OPPORTUNITY_STATES: Vocabulary = {
    Opportunity.State.OPEN: ("open",),
    Opportunity.State.WON: ("won", "closed won"),
    Opportunity.State.LOST: ("lost", "closed lost"),
}
ORDER_STATES: Vocabulary = {
    Order.State.PENDING: ("pending", "open", "unpaid"),
    Order.State.PAID: ("paid", "complete", "completed"),
    Order.State.CANCELLED: ("cancelled", "canceled"),
    Order.State.REFUNDED: ("refunded", "returned"),
}
SALES: Vocabulary = {
    Order.Sale.NEW: ("new", "repeat"),
    Order.Sale.UPSELL: ("upsell",),
    Order.Sale.CROSS_SELL: ("cross sell",),
    Order.Sale.RENEWAL: ("renewal",),
}
DEAL_SALES: Vocabulary = {  # whether a deal is a renewal, it says apart
    kind: names for kind, names in SALES.items() if kind is not Order.Sale.RENEWAL
}
CONTRACT_KINDS: Vocabulary = {
    Contract.Kind.SUBSCRIPTION: ("subscription",),
    Contract.Kind.SERVICE: ("service",),
}
COST_KINDS: Vocabulary = {
    Cost.Kind.MARKETING: ("marketing",),
    Cost.Kind.SALES: ("sales",),
    Cost.Kind.RETENTION: ("retention",),
    Cost.Kind.SERVICE: ("service",),
    Cost.Kind.CRM_SYSTEM: ("crm system", "crm"),
}
TICKET_STATUSES: Vocabulary = {
    Ticket.Status.NEW: ("new",),
    Ticket.Status.OPEN: ("open", "reopened", "in progress"),
    Ticket.Status.PENDING: ("pending", "waiting", "on hold", "hold"),
    Ticket.Status.RESOLVED: ("resolved", "solved"),
    Ticket.Status.CLOSED: ("closed",),
}
DIRECTIONS: Vocabulary = {
    Interaction.Direction.INBOUND: ("inbound", "in", "incoming"),
    Interaction.Direction.OUTBOUND: ("outbound", "out", "outgoing"),
}
AGENT_STATES: Vocabulary = {
    AgentTime.State.HANDLING: ("handling", "busy", "on contact"),
    AgentTime.State.AVAILABLE: ("available", "ready", "waiting", "idle"),
    AgentTime.State.BREAK: ("break", "lunch"),
    AgentTime.State.MEETING: ("meeting",),
    AgentTime.State.TRAINING: ("training",),
    AgentTime.State.ABSENT: ("absent", "sick", "leave"),
}
ROLES: Mapping[str, tuple[str, ...]] = {
    "agent": ("agent", "rep", "member"),
    "lead": ("lead", "team lead", "supervisor"),
    "manager": ("manager",),
    "analyst": ("analyst",),
}


def folded(word: str) -> str:
    """Return a word as choices are compared: "On-Hold" and "on_hold" are one."""
    return " ".join(word.casefold().replace("_", " ").replace("-", " ").split())


def text(name: str, help: Words = "", *, length: int = 200, **rest: Any) -> Field:
    return Field(name, Kind.TEXT, help=help, max_length=length, **rest)


def whole(name: str, help: Words = "", *, low: int = 0, **rest: Any) -> Field:
    rest.setdefault("high", 2_147_483_647)
    return Field(name, Kind.WHOLE, help=help, low=low, **rest)


def seconds(name: str, help: Words = "", **rest: Any) -> Field:
    """A length of time: whole seconds, or H:MM:SS."""
    return whole(name, help, unit=_("seconds"), is_duration=True, **rest)


def money(name: str, help: Words = "", **rest: Any) -> Field:
    rest.setdefault("unit", _("of the row's currency"))
    return Field(name, Kind.MONEY, help=help, **rest)


def yes_no(name: str, help: Words = "", **rest: Any) -> Field:
    return Field(name, Kind.YES_NO, help=help, **rest)


def day(name: str, help: Words = "", **rest: Any) -> Field:
    return Field(name, Kind.DAY, help=help, **rest)


def instant(name: str, help: Words = "", **rest: Any) -> Field:
    """A day with its time, or a day alone where the source knows no more."""
    return Field(name, Kind.INSTANT, help=help, **rest)


def choice(
    name: str, vocabulary: Mapping[Any, tuple[str, ...]], help: Words = "", **rest: Any
) -> Field:
    choices = {folded(word): key for key, words in vocabulary.items() for word in words}
    words = tuple(words[0] for words in vocabulary.values())
    return Field(name, Kind.CHOICE, help=help, choices=choices, words=words, **rest)


def ref(name: str, to: str, help: Words = "", **rest: Any) -> Field:
    """The id or name of another record, or a member of an open dimension."""
    return Field(name, Kind.REFERENCE, to=to, help=help, **rest)


def external_id(help: Words = "", *, required: bool = True) -> Field:
    return text(
        "external_id",
        help or _("Id in the source; the same id later changes the same row"),
        required=required,
        column="external_id",
    )


def exclusion() -> Field:
    return choice(
        "exclusion",
        EXCLUSIONS,
        _("Why the row is left out of every metric; blank: it counts"),
        column="exclusion",
    )


def channel(help: Words = "") -> Field:
    return choice("channel", CHANNELS, help, column="channel")


def client(**rest: Any) -> Field:
    """Whom the work was done for: only outsourcers work for others."""
    help = _("The client you did it for, if you work for several")
    return ref("client", "client", help, **rest)


def currency() -> Field:
    return text(
        "currency",
        _("Three letters such as EUR; blank: the organisation's currency"),
        length=3,
    )
