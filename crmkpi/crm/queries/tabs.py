"""The kinds of rows on the page of a customer, and how they are put into words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.crm.models import (
    Channel,
    Contract,
    Interaction,
    Opportunity,
    Order,
    Ticket,
)
from crmkpi.lib.money import format_money
from crmkpi.lib.periods import UNDATED, from_day


@dataclass(frozen=True)
class Tab:
    """One kind of rows on the page of a customer."""

    key: str
    label: str | Promise
    model: type[Model]
    order: tuple[str, ...]
    columns: tuple[str, ...]  # of the query
    headings: tuple[str | Promise, ...]
    cells: Callable[[Sequence[Any], str], list[str]]  # texts, given a row and currency
    numbers: frozenset[int] = frozenset()  # places of cells that are figures


def _day(day: int | None) -> str:
    if day == UNDATED:
        return _("unknown")
    return "" if day is None else date_format(from_day(day), "j M Y")


def _last_day(day: int | None) -> str:
    return "" if day is None else _day(day - 1)


def _money(minor: int | None, currency: str) -> str:
    return "" if minor is None else format_money(minor, currency)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _clock(seconds: int | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds // 60}:{seconds % 60:02}"


def _ticket(row: Sequence[Any], _currency: str) -> list[str]:
    subject, external_id, agent, status, channel, topic, opened, resolved = row
    return [
        subject or external_id,
        _text(agent),
        str(Ticket.Status(status).label),
        str(Channel(channel).label),
        _text(topic),
        _day(opened),
        _day(resolved),
    ]


def _order(row: Sequence[Any], currency: str) -> list[str]:
    external_id, agent, state, product, amount, paid = row
    return [
        external_id,
        _text(agent),
        str(Order.State(state).label),
        _text(product),
        _money(amount, currency),
        _day(paid),
    ]


def _opportunity(row: Sequence[Any], currency: str) -> list[str]:
    name, external_id, agent, stage, amount, opened, closed = row
    return [
        name or external_id,
        _text(agent),
        stage,
        _money(amount, currency),
        _day(opened),
        _day(closed),
    ]


def _contract(row: Sequence[Any], currency: str) -> list[str]:
    external_id, agent, kind, amount, started, ended, due = row
    return [
        external_id,
        _text(agent),
        str(Contract.Kind(kind).label),
        _money(amount, currency),
        _day(started),
        _last_day(ended),
        _day(due),
    ]


def _interaction(row: Sequence[Any], _currency: str) -> list[str]:
    day, agent, channel, direction, topic, talk = row
    return [
        _day(day),
        _text(agent),
        str(Channel(channel).label),
        str(Interaction.Direction(direction).label),
        _text(topic),
        _clock(talk),
    ]


def _by_key(tabs: Iterable[Tab]) -> dict[str, Tab]:
    return {tab.key: tab for tab in tabs}


TABS = _by_key(
    [
        Tab(
            "tickets",
            gettext_lazy("Tickets"),
            Ticket,
            ("-opened_at", "-pk"),
            (
                "subject",
                "external_id",
                "agent__name",
                "status",
                "channel",
                "topic__name",
                "opened_day",
                "resolved_day",
            ),
            (
                gettext_lazy("Subject"),
                gettext_lazy("Agent"),
                gettext_lazy("Status"),
                gettext_lazy("Channel"),
                gettext_lazy("Topic"),
                gettext_lazy("Opened"),
                gettext_lazy("Resolved"),
            ),
            _ticket,
        ),
        Tab(
            "orders",
            gettext_lazy("Orders"),
            Order,
            ("-paid_day", "-pk"),
            (
                "external_id",
                "agent__name",
                "state",
                "product__name",
                "amount",
                "paid_day",
            ),
            (
                gettext_lazy("Order"),
                gettext_lazy("Sold by"),
                gettext_lazy("State"),
                gettext_lazy("Product"),
                gettext_lazy("Amount"),
                gettext_lazy("Paid"),
            ),
            _order,
            frozenset([4]),
        ),
        Tab(
            "opportunities",
            gettext_lazy("Opportunities"),
            Opportunity,
            ("-opened_day", "-pk"),
            (
                "name",
                "external_id",
                "agent__name",
                "stage__name",
                "amount",
                "opened_day",
                "closed_day",
            ),
            (
                gettext_lazy("Opportunity"),
                gettext_lazy("Owner"),
                gettext_lazy("Stage"),
                gettext_lazy("Amount"),
                gettext_lazy("Opened"),
                gettext_lazy("Closed"),
            ),
            _opportunity,
            frozenset([3]),
        ),
        Tab(
            "contracts",
            gettext_lazy("Contracts"),
            Contract,
            ("-started_day", "-pk"),
            (
                "external_id",
                "agent__name",
                "kind",
                "monthly_amount",
                "started_day",
                "ended_day",
                "due_day",
            ),
            (
                gettext_lazy("Contract"),
                gettext_lazy("Owner"),
                gettext_lazy("Kind"),
                gettext_lazy("Monthly amount"),
                gettext_lazy("First day"),
                gettext_lazy("Last day"),
                gettext_lazy("Renewal due"),
            ),
            _contract,
            frozenset([3]),
        ),
        Tab(
            "interactions",
            gettext_lazy("Interactions"),
            Interaction,
            ("-started_at", "-pk"),
            (
                "at_day",
                "agent__name",
                "channel",
                "direction",
                "topic__name",
                "talk_seconds",
            ),
            (
                gettext_lazy("Day"),
                gettext_lazy("Agent"),
                gettext_lazy("Channel"),
                gettext_lazy("Direction"),
                gettext_lazy("Topic"),
                gettext_lazy("Talk time"),
            ),
            _interaction,
            frozenset([5]),
        ),
    ]
)
