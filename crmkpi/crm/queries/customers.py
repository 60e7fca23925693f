"""Reads for the pages of customers: the list, one customer and its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from crmkpi.accounts.access import Access
from crmkpi.crm.models import Contact, Customer, Member, SegmentStay
from crmkpi.crm.queries.tabs import TABS, Tab
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
class TabLink:
    """A tab with its number of rows."""

    key: str
    label: str | Promise
    count: int
    is_current: bool


@dataclass(frozen=True)
class Ruled:
    """The segment a rule put a customer into, and since when."""

    segment: int
    since: date


@dataclass(frozen=True)
class CustomerPage:
    """All that the page of a customer shows."""

    customer: Customer
    won: date | None
    ruled: Ruled | None
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
    """Return what the page of a customer shows. Queries: 7 to 9."""
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
        ruled=_ruled(customer),
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


def _ruled(customer: Customer) -> Ruled | None:
    """Return the segment by rules that a customer is in. Queries: 1 or none."""
    if customer.ruled_segment_id is None:
        return None
    stays = SegmentStay.objects.filter(customer=customer, left_day__isnull=True)
    found = stays.values_list("segment_id", "entered_day").first()
    return Ruled(found[0], from_day(found[1])) if found else None


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
