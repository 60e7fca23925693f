"""What customers buy: orders of all kinds, and contracts from term to term."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from crmkpi.lib.periods import from_day
from objectives.demo import organisation as org
from objectives.demo.customers import ENTERPRISE, HOME, MIDSIZE, SMALL, Account
from objectives.demo.marketing import Airtime
from objectives.demo.offers import CLOUD, NAMES, SERVICE_PLAN, SHARES
from objectives.demo.people import AGENTS
from objectives.demo.sales import Deal
from objectives.demo.story import (
    SHOP,
    Story,
    at,
    business_calendar,
    busy,
    day_of,
    draw,
    effect,
)

Row = dict[str, object]

ORDER_EUROS = {HOME: 135, SMALL: 560, MIDSIZE: 1_900, ENTERPRISE: 6_200}
INTERVAL_DAYS = {HOME: 190, SMALL: 128, MIDSIZE: 96, ENTERPRISE: 70}
LAST_ORDER = {HOME: 0.2, SMALL: 0.11, MIDSIZE: 0.08, ENTERPRISE: 0.06}
CHANNELS = ("web", "email", "phone", "app", "partner", "in person")
CHANNEL_SHARES = (45, 13, 11, 9, 15, 7)
AT_ONCE = ("web", "app")  # paid when they are placed

MONTHLY_EUROS = {HOME: 9, SMALL: 38, MIDSIZE: 145, ENTERPRISE: 620}
TERM_DAYS = 365
HOLDERS = 0.37  # of the customers have a contract
RENEWED = 0.84
ASKED_BEFORE = 60  # days before a contract is due, about its renewal
LATE_DAYS = 42  # at the end of a quarter that partners report late


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase, and whether it was paid, cancelled or refunded."""

    id: str
    account: Account
    placed: datetime
    paid: datetime | None  # None: never
    undone: datetime | None  # cancelled, or refunded after it was paid
    amount: Decimal
    cost: Decimal
    sale: str
    product: str
    channel: str
    campaign: str = ""
    owner: str = ""  # of the account when blank
    is_recurring: bool = False
    exclusion: str = ""

    @property
    def delivered(self) -> datetime | None:
        """When it arrived: some days after it was placed, unless it came to nothing."""
        if self.is_recurring or self.paid is None:
            return None
        hours = draw("delivery", self.id).randint(30, 150)
        return self.placed + timedelta(hours=hours)

    @property
    def moments(self) -> tuple[datetime, ...]:
        known = (self.placed, self.paid, self.delivered, self.undone)
        return tuple(moment for moment in known if moment is not None)

    def is_late(self, story: Story) -> bool:
        """Whether a partner reported it only weeks after the quarter was over."""
        if self.channel != "partner" or self.paid is None:
            return False
        end = at(story.quarter, 0)
        return end - timedelta(days=LATE_DAYS) <= self.placed <= self.paid < end

    def row(self, as_of: datetime) -> Row:
        is_paid = self.paid is not None and self.paid <= as_of
        is_undone = self.undone is not None and self.undone <= as_of
        if is_paid:
            state = "refunded" if is_undone else "paid"
        else:
            state = "cancelled" if is_undone else "pending"
        delivered = self.delivered
        return {
            "external_id": self.id,
            "customer": self.account.id,
            "owner": self.owner or self.account.owner,
            "state": state,
            "paid": self.paid if is_paid else None,
            "delivered": delivered if delivered and delivered <= as_of else None,
            "amount": self.amount,
            "cost": self.cost,
            "sale": self.sale,
            "is_recurring": self.is_recurring,
            "product": self.product,
            "campaign": self.campaign or None,
            "channel": self.channel,
            "exclusion": self.exclusion or None,
        }


@dataclass(frozen=True, slots=True)
class Term:
    """A year of a contract; `due` is its last day."""

    id: str
    account: Account
    owner: str
    plan: str
    monthly: Decimal
    signed: int  # the first day, or the later one on which it was agreed
    first: int
    due: int
    decided: int  # the day on which the customer renewed or said no
    is_renewed: bool

    @property
    def moments(self) -> tuple[datetime, ...]:
        return (at(self.signed, 0), at(self.due + 1, 0), at(self.decided, 0))

    @property
    def annual(self) -> int:
        return round(self.monthly * 12)

    @property
    def is_first(self) -> bool:
        return self.id.endswith("-1")

    def row(self, as_of: datetime) -> Row:
        today = day_of(as_of)
        renewed = self.is_renewed and self.decided <= today
        return {
            "external_id": self.id,
            "customer": self.account.id,
            "owner": self.owner,
            "kind": "service" if self.plan == SERVICE_PLAN.name else "subscription",
            "product": self.plan,
            "monthly_amount": self.monthly,
            "started": from_day(self.first),
            "ended": from_day(self.due) if today > self.due else None,
            "due": from_day(self.due),
            "renewed": from_day(self.decided) if renewed else None,
        }


def terms(
    story: Story, until: int, early: Iterable[Account], won: Iterable[Deal]
) -> Iterator[Term]:
    """Return the terms of contracts that were agreed up to a day."""
    for account in early:
        rng = draw("contract", account.id)
        first = story.start - rng.randrange(TERM_DAYS)
        yield from _chain(account, max(first, day_of(account.since)), rng, story, until)
    for deal in won:
        rng = draw("contract", deal.account.id)
        first = day_of(deal.closed) + rng.randint(5, 30)
        yield from _chain(deal.account, first, rng, story, until)


def _chain(
    account: Account, first: int, rng: Random, story: Story, until: int
) -> Iterator[Term]:
    if rng.random() > HOLDERS:
        return
    plan = CLOUD.name if rng.random() < 0.65 else SERVICE_PLAN.name
    euros = MONTHLY_EUROS[account.segment] * rng.lognormvariate(0, 0.3)
    owner = rng.choice(AGENTS[org.RENEWALS])
    signed, place = first, 1
    while signed <= until:
        due = first + TERM_DAYS - 1
        chance = RENEWED + 0.05 * effect(due, story.help_centre)
        is_renewed = rng.random() < chance
        decided = _business_day(due + rng.randint(-25, 8 if is_renewed else 0))
        yield Term(
            id=f"K-{account.id[2:]}-{place}",
            account=account,
            owner=owner,
            plan=plan,
            monthly=Decimal(max(5, round(euros))),
            signed=signed,
            first=first,
            due=due,
            decided=decided,
            is_renewed=is_renewed,
        )
        if not is_renewed:
            return
        first, place = due + 1, place + 1
        signed = max(first, decided)


def renewals(story: Story, until: int, found: Iterable[Term]) -> Iterator[Deal]:
    """Return the deals about renewing contracts that were opened up to a day."""
    for term in found:
        opened_day = _business_day(term.due - ASKED_BEFORE)
        if not story.start <= opened_day <= until:
            continue
        rng = draw("renewal", term.id)
        opened = at(opened_day, rng.uniform(500, 1000))
        closed = max(at(term.decided, rng.uniform(540, 1050)), opened)
        length = closed - opened
        yield Deal(
            id=f"R-{term.id[2:]}",
            account=term.account,
            owner=term.owner,
            opened=opened,
            qualified=opened + length * 0.15,
            proposed=opened + length * rng.uniform(0.3, 0.5),
            negotiated=opened + length * rng.uniform(0.6, 0.9),
            closed=closed,
            is_won=term.is_renewed,
            product=term.plan,
            amount=term.annual,
            channel="phone",
            campaign="",
            competitor="",
            is_renewal=True,
        )


def orders(
    story: Story,
    until: int,
    *,
    early: Iterable[Account],
    deals: Iterable[Deal],
    found: Iterable[Term],
    air: Airtime,
) -> Iterator[Order]:
    """Return the orders that were placed up to a day."""
    for account in early:
        yield from _from_shop(account, day_of(account.since), story, until, air, 0)
    for deal in deals:
        if not deal.is_won or deal.is_renewal or deal.exclusion:
            continue
        order = _of_deal(deal)
        if day_of(order.placed) > until:
            continue
        yield order
        if deal.id.startswith("D-"):
            day = day_of(order.placed)
            yield from _from_shop(deal.account, day, story, until, air, 1)
    for term in found:
        yield _of_term(term)


def _from_shop(
    account: Account, day: int, story: Story, until: int, air: Airtime, place: int
) -> Iterator[Order]:
    """Return one order after the other, the first one there when `place` is 0."""
    rng = draw("shop", account.id)
    while True:
        if place:
            if rng.random() < LAST_ORDER[account.segment]:
                return
            pause = INTERVAL_DAYS[account.segment] * rng.lognormvariate(-0.12, 0.5)
            day = _shopping_day(day + max(2, round(pause)), rng)
        if day > until:
            return
        yield _shop_order(f"O-{account.id[2:]}-{place + 1}", account, day, rng, air)
        place += 1


def _shop_order(
    key: str, account: Account, day: int, rng: Random, air: Airtime
) -> Order:
    channel = rng.choices(CHANNELS, CHANNEL_SHARES)[0]
    placed = at(day, min(1400, max(420, rng.gauss(830, 200))))
    campaign = air.pick(rng, day, 0.3)
    amount = ORDER_EUROS[account.segment] * rng.lognormvariate(0, 0.6)
    return _order(
        key,
        account,
        placed,
        rng,
        amount=Decimal(str(round(max(9.0, amount), 2))),
        sale=rng.choices(("new", "upsell", "cross sell"), (70, 12, 18))[0],
        product=rng.choices(NAMES, SHARES)[0],
        channel=channel,
        campaign=campaign.id if campaign else "",
        is_sure=False,
    )


def _of_deal(deal: Deal) -> Order:
    rng = draw("order", deal.id)
    is_first = deal.id.startswith("D-")
    return _order(
        f"O-{deal.id}",
        deal.account,
        deal.closed + timedelta(minutes=rng.randint(30, 3 * 1440)),
        rng,
        amount=Decimal(deal.amount),
        sale="new" if is_first else rng.choice(("upsell", "cross sell")),
        product=deal.product,
        channel="email",
        campaign=deal.campaign,
        owner=deal.owner,
    )


def _of_term(term: Term) -> Order:
    rng = draw("order", term.id)
    return _order(
        f"O-{term.id}",
        term.account,
        at(term.signed, rng.uniform(480, 1020)),
        rng,
        amount=Decimal(term.annual),
        sale="new" if term.is_first else "renewal",
        product=term.plan,
        channel="web",
        campaign="",
        owner=term.owner,
        is_recurring=True,
    )


def _order(
    key: str,
    account: Account,
    placed: datetime,
    rng: Random,
    *,
    amount: Decimal,
    sale: str,
    product: str,
    channel: str,
    campaign: str,
    owner: str = "",
    is_recurring: bool = False,
    is_sure: bool = True,
) -> Order:
    """Return an order; one that is sure is paid and kept."""
    minutes = rng.uniform(1, 30) if channel in AT_ONCE else rng.lognormvariate(8.6, 0.7)
    paid: datetime | None = placed + timedelta(minutes=round(min(minutes, 60 * 1440)))
    undone = None
    fate = 1.0 if is_sure else rng.random()
    if fate < 0.025:
        paid, undone = None, placed + timedelta(days=rng.randint(1, 9))
    elif fate < 0.045 and paid is not None:
        undone = paid + timedelta(days=rng.randint(5, 25))
    margin = Decimal(str(round(rng.uniform(0.5, 0.66), 3)))
    return Order(
        id=key,
        account=account,
        placed=placed,
        paid=paid,
        undone=undone,
        amount=amount,
        cost=(amount * margin).quantize(Decimal("0.01")),
        sale=sale,
        product=product,
        channel=channel,
        campaign=campaign,
        owner=owner,
        is_recurring=is_recurring,
        exclusion="test" if fate > 0.996 and not is_sure else "",
    )


def _shopping_day(day: int, rng: Random) -> int:
    """Return a day on which people shop, from a day on: more often in December."""
    for _try in range(12):
        if rng.random() * 1.7 < busy(SHOP, day):
            break
        day += rng.randint(1, 4)
    return day


def _business_day(day: int) -> int:
    while not business_calendar().is_business_day(day):
        day += 1
    return day
