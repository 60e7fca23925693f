"""From leads to deals: who might buy, who is talked to and what comes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from crmkpi.lib.periods import from_day
from objectives.demo import organisation as org
from objectives.demo.customers import (
    ENTERPRISE,
    HOME,
    MIDSIZE,
    SMALL,
    Account,
    Buyers,
    account,
)
from objectives.demo.marketing import Airtime
from objectives.demo.offers import NAMES, SHARES
from objectives.demo.people import Roster, manner
from objectives.demo.story import (
    SALES,
    Story,
    at,
    business_calendar,
    day_of,
    draw,
    effect,
    number,
)
from objectives.demo.words import COMPETITORS

Row = dict[str, object]

LEADS = 6000
CONVERTED = 0.25  # of the leads
EXPANSIONS = 1450  # deals with accounts that have bought before
CYCLE_DAYS = {HOME: 9, SMALL: 20, MIDSIZE: 34, ENTERPRISE: 55}
LONGEST_CYCLE = 200
DEAL_EUROS = {HOME: 900, SMALL: 3_200, MIDSIZE: 10_500, ENTERPRISE: 36_000}
CHANNELS = ("web", "email", "phone", "social", "partner", "in person")
CHANNEL_SHARES = (38, 18, 16, 12, 10, 6)
TEAM_SHARES = (36, 36, 28)  # of the leads, by org.SALES_TEAMS


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who asked, and what became of it."""

    id: str
    name: str
    created: datetime
    responded: datetime | None
    closed: datetime | None  # None: never
    account: Account | None  # of a converted one
    owner: str
    channel: str
    campaign: str
    product: str
    exclusion: str

    @property
    def moments(self) -> tuple[datetime, ...]:
        known = (self.created, self.responded, self.closed)
        return tuple(moment for moment in known if moment is not None)

    def row(self, as_of: datetime) -> Row:
        closed = _known(self.closed, as_of)
        state = "open"
        if closed is not None:
            state = "converted" if self.account else "lost"
        won = self.account if state == "converted" else None
        return {
            "external_id": self.id,
            "name": self.name,
            "customer": won.id if won else None,
            "owner": self.owner,
            "state": state,
            "channel": self.channel,
            "campaign": self.campaign or None,
            "product": self.product,
            "created": self.created,
            "responded": _known(self.responded, as_of),
            "closed": closed,
            "exclusion": self.exclusion or None,
        }


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity from its opening to its close."""

    id: str
    account: Account
    owner: str
    opened: datetime
    qualified: datetime
    proposed: datetime
    negotiated: datetime
    closed: datetime
    is_won: bool
    product: str
    amount: int
    channel: str
    campaign: str
    competitor: str
    is_renewal: bool = False
    exclusion: str = ""

    @property
    def moments(self) -> tuple[datetime, ...]:
        return (
            self.opened, self.qualified, self.proposed, self.negotiated, self.closed,
        )  # fmt: skip

    def row(self, as_of: datetime) -> Row:
        return {
            "external_id": self.id,
            "name": f"{self.product} for {self.account.name}",
            "owner": self.owner,
            "customer": self.account.id,
            "product": self.product,
            "stage": self._stage(as_of),
            "opened": self.opened,
            "proposed": _known(self.proposed, as_of),
            "closed": _known(self.closed, as_of),
            "amount": Decimal(self.amount),
            "channel": self.channel,
            "campaign": self.campaign or None,
            "competitor": self.competitor,
            "is_renewal": self.is_renewal,
            "exclusion": self.exclusion or None,
        }

    def _stage(self, as_of: datetime) -> str:
        if self.closed <= as_of:
            return "Won" if self.is_won else "Lost"
        if self.negotiated <= as_of:
            return "Negotiation"
        if self.proposed <= as_of:
            return "Proposal"
        return "Qualified" if self.qualified <= as_of else "Prospecting"


def _known(moment: datetime | None, as_of: datetime) -> datetime | None:
    return moment if moment is not None and moment <= as_of else None


def leads(story: Story, until: int, roster: Roster, air: Airtime) -> Iterator[Lead]:
    """Return the leads created up to a day, `until` included."""
    for day in range(story.start, until + 1):
        rng = draw("leads", day)
        for place in range(number(rng, story.expected(day, LEADS, SALES))):
            key = f"{from_day(day):%y%m%d}-{place + 1:03d}"
            yield _lead(key, day, story, roster, air)


def _lead(key: str, day: int, story: Story, roster: Roster, air: Airtime) -> Lead:
    rng = draw("lead", key)
    team = rng.choices(org.SALES_TEAMS, TEAM_SHARES)[0]
    owner = roster.pick(team, day, rng)
    campaign = air.pick(rng, day, 0.45)
    channel = campaign.channel if campaign else rng.choices(CHANNELS, CHANNEL_SHARES)[0]
    created = at(day, min(1380, max(380, rng.gauss(770, 170))))
    exclusion = rng.choices(("", "spam", "test"), (96, 3, 1))[0]
    responded = closed = converted = None
    if not exclusion and rng.random() < 0.94:
        minutes = rng.lognormvariate(4.6, 1.0) * manner(owner).pace
        minutes *= 1 - 0.3 * effect(day, story.playbook)
        responded = _after_hours(created, minutes)
        chance = CONVERTED + 0.03 * effect(day, story.playbook)
        days = 1 + rng.expovariate(1 / 9)
        closed = _at_work(responded + timedelta(days=min(days, 90)), rng)
        if rng.random() < chance / 0.94 / 0.96:
            converted = account(
                key,
                closed,
                owner=owner,
                channel=channel,
                campaign=campaign.id if campaign else "",
                referred_by=_referrer(rng, story),
            )
        elif rng.random() < 0.02:
            closed = None  # nobody ever closed it
    elif not exclusion:
        closed = _at_work(created + timedelta(days=60), rng)  # and nobody responded
    name = converted.contacts[0].name if converted else f"Enquiry {key}"
    return Lead(
        id=f"L-{key}",
        name=name,
        created=created,
        responded=responded,
        closed=closed,
        account=converted,
        owner=owner,
        channel=channel,
        campaign=campaign.id if campaign else "",
        product=rng.choices(NAMES, SHARES)[0],
        exclusion=exclusion,
    )


def _referrer(rng: Random, story: Story) -> str:
    """Return the early account that recommended Fjordlight, most often none."""
    if rng.random() > 0.08:
        return ""
    return f"A-{rng.randint(1, max(1, round(1500 * story.scale))):05d}"


def first_deals(story: Story, found: list[Lead]) -> Iterator[Deal]:
    """Return the deals that came of converted leads."""
    for lead in found:
        if lead.account is None or lead.closed is None:
            continue
        rng = draw("deal", lead.id)
        opened = lead.closed
        chance = 0.36 + 0.09 * effect(day_of(opened), story.playbook)
        yield _deal(
            f"D-{lead.id[2:]}",
            lead.account,
            lead.owner,
            opened,
            rng,
            story=story,
            chance=chance + manner(lead.owner).sales,
            product=lead.product,
            channel=lead.channel,
            campaign=lead.campaign,
        )


def expansions(
    story: Story, until: int, roster: Roster, buyers: Buyers
) -> Iterator[Deal]:
    """Return the deals with known customers that were opened up to a day."""
    for day in range(story.start, until + 1):
        rng = draw("expansions", day)
        for place in range(number(rng, story.expected(day, EXPANSIONS, SALES))):
            key = f"E-{from_day(day):%y%m%d}-{place + 1:03d}"
            own = draw("deal", key)
            team = own.choices(org.SALES_TEAMS, TEAM_SHARES)[0]
            owner = roster.pick(team, day, own)
            yield _deal(
                key,
                buyers.pick(own, day),
                owner,
                at(day, own.uniform(500, 1050)),
                own,
                story=story,
                chance=0.5 + manner(owner).sales,
                product=own.choices(NAMES, SHARES)[0],
                channel=own.choices(CHANNELS, CHANNEL_SHARES)[0],
                campaign="",
            )


def _deal(
    key: str,
    customer: Account,
    owner: str,
    opened: datetime,
    rng: Random,
    *,
    story: Story,
    chance: float,
    product: str,
    channel: str,
    campaign: str,
) -> Deal:
    learnt = effect(day_of(opened), story.playbook)
    days = CYCLE_DAYS[customer.segment] * rng.lognormvariate(0, 0.55)
    days = min(LONGEST_CYCLE, days * manner(owner).pace * (1 - 0.14 * learnt))
    is_won = rng.random() < chance
    if not is_won:
        days *= 1.2
    closed = _at_work(opened + timedelta(days=max(0.2, days)), rng)
    length = closed - opened
    euros = DEAL_EUROS[customer.segment] * rng.lognormvariate(0, 0.55)
    return Deal(
        id=key,
        account=customer,
        owner=owner,
        opened=opened,
        qualified=opened + length * rng.uniform(0.15, 0.3),
        proposed=opened + length * rng.uniform(0.4, 0.6),
        negotiated=opened + length * rng.uniform(0.7, 0.9),
        closed=closed,
        is_won=is_won,
        product=product,
        amount=max(100, round(euros / 10) * 10),
        channel=channel,
        campaign=campaign,
        competitor=rng.choice(COMPETITORS) if rng.random() < 0.24 else "",
        exclusion="duplicate" if rng.random() < 0.01 else "",
    )


def _after_hours(moment: datetime, minutes: float) -> datetime:
    """Return the instant after so many minutes of business time."""
    return business_calendar().add_seconds(moment, round(minutes * 60))


def _at_work(moment: datetime, rng: Random) -> datetime:
    """Return an instant within business hours on the day of a moment or later.

    Something due today may be done in what is left of it.
    """
    day = day_of(moment)
    calendar = business_calendar()
    while not calendar.is_business_day(day):
        day += 1
    wanted = at(day, rng.uniform(8.5 * 60, 17.5 * 60))
    return max(wanted, moment)
