"""All that happened at Fjordlight up to an instant, as rows that can be imported.

The instants of everything are known from the start; a row says of it what was known
at one of them. So the news since an earlier instant are the rows of whatever has a
moment in between, and loading them later leaves the same as having waited.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol, TypeVar

from objectives.demo import (
    contacts,
    customers,
    marketing,
    operations,
    orders,
    sales,
    service,
    surveys,
)
from objectives.demo.offers import PRODUCTS
from objectives.demo.people import Roster
from objectives.demo.story import Story, day_of

Row = dict[str, object]

CRM, SHOP, HELP_DESK = "Fjordlight CRM", "Web shop", "Help desk"
TELEPHONE, WEB, PANEL = "Telephone and mail", "Web statistics", "Trade panel"
# Which source brings which record, in the order in which one may name another.
SOURCES = {
    "product": CRM,
    "campaign": CRM,
    "customer": CRM,
    "contact": CRM,
    "lead": CRM,
    "opportunity": CRM,
    "order": SHOP,
    "contract": CRM,
    "ticket": HELP_DESK,
    "interaction": TELEPHONE,
    "cost": CRM,
    "agent_time": TELEPHONE,
    "process_run": CRM,
    "engagement_day": WEB,
    "market_figure": PANEL,
}
LOOK_BACK = 150  # days in which a ticket, with what follows from it, comes to rest


class Happening(Protocol):
    """Something with moments at which it came to be known, or changed."""

    @property
    def moments(self) -> tuple[datetime, ...]: ...

    def row(self, as_of: datetime) -> Row: ...


class Timed(Protocol):
    @property
    def moments(self) -> tuple[datetime, ...]: ...


T = TypeVar("T", bound=Timed)


class World:
    """What there is to tell at an instant; with `since`, only what is new by then."""

    def __init__(
        self, story: Story, as_of: datetime, *, since: datetime | None = None
    ) -> None:
        self.story, self.as_of, self.since = story, as_of, since
        self.today = day_of(as_of)
        self.roster = Roster(story)

    def rows(self, record: str) -> Iterator[Row]:
        """Return the rows of a record; late ones are not among them."""
        plain: Iterator[Row] = getattr(self, f"_{record}")()
        return plain

    def late_orders(self) -> list[Row]:
        """Return the orders of the last quarter that were reported weeks later."""
        found = [order for order in self.orders if order.is_late(self.story)]
        return [order.row(self.as_of) for order in found]

    @property
    def asks(self) -> Iterator[surveys.Ask]:
        """Return who was asked by mail."""
        yield from self._news(surveys.after_tickets(self.story, self.tickets))
        first = self._first_day(surveys.WINDOW_DAYS + 1)
        found = surveys.about_relations(self.story, first, self.today, self.buyers)
        yield from self._news(found)

    # What everything else hangs on is told from the start, and quickly.

    @cached_property
    def campaigns(self) -> list[marketing.Campaign]:
        return marketing.campaigns(self.story, self.today)

    @cached_property
    def air(self) -> marketing.Airtime:
        return marketing.Airtime(self.campaigns)

    @cached_property
    def early(self) -> list[customers.Account]:
        return customers.early_accounts(self.story)

    @cached_property
    def leads(self) -> list[sales.Lead]:
        return list(sales.leads(self.story, self.today, self.roster, self.air))

    @cached_property
    def accounts(self) -> list[customers.Account]:
        converted = [lead.account for lead in self.leads if lead.account is not None]
        return self.early + converted

    @cached_property
    def first_deals(self) -> list[sales.Deal]:
        return list(sales.first_deals(self.story, self.leads))

    @cached_property
    def won(self) -> list[sales.Deal]:
        """The first deals that made customers of accounts."""
        return [deal for deal in self.first_deals if deal.is_won and not deal.exclusion]

    @cached_property
    def buyers(self) -> customers.Buyers:
        firsts = [(day_of(account.since), account) for account in self.early]
        firsts += [(day_of(deal.closed) + 7, deal.account) for deal in self.won]
        return customers.Buyers(firsts)

    @cached_property
    def terms(self) -> list[orders.Term]:
        return list(orders.terms(self.story, self.today, self.early, self.won))

    @cached_property
    def deals(self) -> list[sales.Deal]:
        known = sales.expansions(self.story, self.today, self.roster, self.buyers)
        renewals = orders.renewals(self.story, self.today, self.terms)
        return [*self.first_deals, *known, *renewals]

    @cached_property
    def orders(self) -> list[orders.Order]:
        found = orders.orders(
            self.story,
            self.today,
            early=self.early,
            deals=self.deals,
            found=self.terms,
            air=self.air,
        )
        return [order for order in found if order.placed <= self.as_of]

    @cached_property
    def tickets(self) -> list[service.Ticket]:
        """The tickets that may have news, in a top-up only those not at rest."""
        first = self._first_day(LOOK_BACK)
        return list(
            service.tickets(self.story, first, self.today, self.roster, self.buyers)
        )

    # The rows of each record

    def _product(self) -> Iterator[Row]:
        return (product.row() for product in PRODUCTS if self.since is None)

    def _campaign(self) -> Iterator[Row]:
        # One that has ended meanwhile has news, too.
        return (campaign.row(self.as_of) for campaign in self.campaigns)

    def _customer(self) -> Iterator[Row]:
        return self._told(self.accounts)

    def _contact(self) -> Iterator[Row]:
        for account in self._news(self.accounts):
            yield from account.contact_rows()

    def _lead(self) -> Iterator[Row]:
        return self._told(self.leads)

    def _opportunity(self) -> Iterator[Row]:
        return self._told(self.deals)

    def _order(self) -> Iterator[Row]:
        if self.since is not None:
            return self._told(self.orders)
        return self._told(
            order for order in self.orders if not order.is_late(self.story)
        )

    def _contract(self) -> Iterator[Row]:
        return self._told(self.terms)

    def _ticket(self) -> Iterator[Row]:
        return self._told(self.tickets)

    def _interaction(self) -> Iterator[Row]:
        story, first, today = self.story, self._first_day(1), self.today
        roster, buyers = self.roster, self.buyers
        yield from self._told(contacts.about_tickets(story, self.tickets))
        yield from self._told(
            contacts.calls_and_chats(story, first, today, roster, buyers)
        )
        recent = [deal for deal in self.deals if self._is_recent(deal.closed)]
        yield from self._told(contacts.about_deals(recent))
        yield from self._told(
            contacts.visits_and_replies(story, first, today, roster, buyers, self.air)
        )

    def _cost(self) -> Iterator[Row]:
        first = self._first_day(0)
        for row, last in marketing.costs(self.story, self.as_of):
            if last >= first:
                yield row

    def _agent_time(self) -> Iterator[Row]:
        found = operations.agent_times(self.story, self._first_day(0), self.today)
        return (row for row, moment in found if self._is_new(moment))

    def _process_run(self) -> Iterator[Row]:
        found = operations.process_runs(self.story, self._first_day(0), self.today)
        return (row for row, moment in found if self._is_new(moment))

    def _engagement_day(self) -> Iterator[Row]:
        # A day is counted when it is over.
        return marketing.engagement(self.story, self._first_day(0), self.today)

    def _market_figure(self) -> Iterator[Row]:
        first = self._first_day(0)
        for row, published in marketing.market_figures(self.story, self.today):
            if published >= first:
                yield row

    # What is new

    def _told(self, happenings: Iterable[Happening]) -> Iterator[Row]:
        return (each.row(self.as_of) for each in self._news(happenings))

    def _news(self, happenings: Iterable[T]) -> Iterator[T]:
        for each in happenings:
            moments = each.moments
            if moments[0] <= self.as_of and any(map(self._is_new, moments)):
                yield each

    def _is_new(self, moment: datetime) -> bool:
        return moment <= self.as_of and (self.since is None or moment > self.since)

    def _is_recent(self, moment: datetime) -> bool:
        """Whether what led to a moment may still have news."""
        return self.since is None or moment > self.since - timedelta(days=5)

    def _first_day(self, look_back: int) -> int:
        """Return the first day to be told, so many days before the last time."""
        if self.since is None:
            return self.story.start
        return max(self.story.start, day_of(self.since) - look_back)
