"""Reads for the pages of customers: the list, one customer and its rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.accounts.access import Access
from crmkpi.crm.models import (
    Channel,
    Contact,
    Contract,
    Customer,
    Interaction,
    Member,
    Opportunity,
    Order,
    Ticket,
)
from crmkpi.lib.money import format_money
from crmkpi.lib.periods import UNDATED, from_day

PER_PAGE = 50
CONTACTS_SHOWN = 20
SORTS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "owner": ("agent__name", "name", "pk"),
    "-owner": ("-agent__name", "-name", "-pk"),
    "won": ("acquired_day", "name", "pk"),
    "-won": ("-acquired_day", "-name", "-pk"),
}


@dataclass(frozen=True)
class CustomerLine:
    """A customer in the list."""

    pk: int
    name: str
    owner: str
    industry: str
    region: str
    segment: str
    won: date | None  # None: not a customer yet, or won nobody knows when
    is_won: bool


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


@dataclass(frozen=True)
class TabLink:
    """A tab with its number of rows."""

    key: str
    label: str | Promise
    count: int
    is_current: bool


@dataclass(frozen=True)
class CustomerPage:
    """All that the page of a customer shows."""

    customer: Customer
    won: date | None
    contacts: list[Contact]
    more_contacts: int  # beyond those shown
    tabs: list[TabLink]
    tab: Tab
    page: Page[Any]
    rows: list[list[str]]


def customers(
    *,
    access: Access,
    text: str = "",
    industry: Member | None = None,
    region: Member | None = None,
    segment: Member | None = None,
    won: bool | None = None,
    sort: str = "name",
) -> QuerySet[Customer]:
    """Return the customers that match and that the reader may see, in order."""
    found: QuerySet[Any] = Customer.objects.visible_to(access)
    for word in text.split()[:5]:
        found = found.filter(Q(name__icontains=word) | Q(external_id__iexact=word))
    if industry is not None:
        found = found.filter(industry=industry)
    if region is not None:
        found = found.filter(region=region)
    if segment is not None:
        found = found.filter(segment=segment)
    if won is not None:
        found = found.filter(acquired_day__isnull=not won)
    return found.order_by(*SORTS.get(sort, SORTS["name"]))


def customers_page(
    found: QuerySet[Customer], *, number: str | int | None
) -> tuple[Page[Any], list[CustomerLine]]:
    """Return a page of the list and its lines. Queries: 2."""
    page = Paginator(_with_names(found), PER_PAGE).get_page(number)
    return page, [_line(customer) for customer in page.object_list]


def all_customers(found: QuerySet[Customer]) -> Iterator[CustomerLine]:
    """Return the lines of the whole list, for a file. Queries: 1."""
    for customer in _with_names(found).iterator(chunk_size=500):
        yield _line(customer)


def customer_page(
    customer: Customer,
    *,
    access: Access,
    currency: str,
    tab: str = "",
    number: str | int | None = None,
) -> CustomerPage:
    """Return what the page of a customer shows. Queries: 7 or 8."""
    wanted = TABS.get(tab, TABS["tickets"])
    counts = {
        key: rows_of(customer, each, access=access).count()
        for key, each in TABS.items()
    }
    rows = rows_of(customer, wanted, access=access)
    paginator = Paginator(rows.values_list(*wanted.columns), PER_PAGE)
    paginator.count = counts[wanted.key]
    page = paginator.get_page(number)
    contacts = list(customer.contacts.order_by("name", "pk")[: CONTACTS_SHOWN + 1])
    more = len(contacts) > CONTACTS_SHOWN
    return CustomerPage(
        customer=customer,
        won=_date(customer.acquired_day),
        contacts=contacts[:CONTACTS_SHOWN],
        more_contacts=customer.contacts.count() - CONTACTS_SHOWN if more else 0,
        tabs=[
            TabLink(key, each.label, counts[key], is_current=each is wanted)
            for key, each in TABS.items()
        ],
        tab=wanted,
        page=page,
        rows=[wanted.cells(row, currency) for row in page.object_list],
    )


def rows_of(customer: Customer, tab: Tab, *, access: Access) -> QuerySet[Any]:
    """Return a customer's rows of one kind that the reader may see, latest first."""
    visible: QuerySet[Any] = tab.model.objects.visible_to(access)  # type: ignore[attr-defined]
    return visible.filter(customer=customer).order_by(*tab.order)


def all_rows(
    customer: Customer, tab: Tab, *, access: Access, currency: str
) -> Iterator[list[str]]:
    """Return all of these rows as texts, for a file. Queries: 1."""
    rows = rows_of(customer, tab, access=access).values_list(*tab.columns)
    for row in rows.iterator(chunk_size=500):
        yield tab.cells(row, currency)


def _with_names(found: QuerySet[Customer]) -> QuerySet[Customer]:
    return found.select_related("agent", "industry", "region", "segment")


def _line(customer: Customer) -> CustomerLine:
    def name(one: object) -> str:
        return "" if one is None else str(one)

    return CustomerLine(
        pk=customer.pk,
        name=customer.name,
        owner=name(customer.agent),
        industry=name(customer.industry),
        region=name(customer.region),
        segment=name(customer.segment),
        won=_date(customer.acquired_day),
        is_won=customer.acquired_day is not None,
    )


def _date(day: int | None) -> date | None:
    return None if day is None or day == UNDATED else from_day(day)


# How rows are put into words


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
