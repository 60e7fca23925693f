"""Every contact with a customer: calls, mails, chats, visits, replies to campaigns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from crmkpi.lib.periods import from_day
from objectives.demo import opinions
from objectives.demo import organisation as org
from objectives.demo.customers import Account, Buyers
from objectives.demo.marketing import Airtime
from objectives.demo.people import Roster, manner, trouble
from objectives.demo.sales import Deal
from objectives.demo.service import (
    TOPIC_SHARES,
    TOPICS,
    Ticket,
    after,
    minute_at_work,
)
from objectives.demo.story import (
    SALES,
    SERVICE,
    Story,
    at,
    business_calendar,
    day_of,
    draw,
    effect,
    number,
)

Row = dict[str, object]

CALLS = 9_000  # that become no ticket, those nobody answers among them
CHATS = 1_600
VISITS = 500
STIRRED = 1_200  # by campaigns
SALES_CALLS = 1.7  # for a deal
RATED = 0.2  # of the answered calls
CALL_TEAMS = (org.SERVICE_BERLIN, org.SERVICE_HAMBURG, org.TECHNICAL)
CALL_SHARES = (42, 37, 21)


@dataclass(frozen=True, slots=True)
class Interaction:
    """One contact; it is known once it is over."""

    id: str
    agent: str
    account: Account
    channel: str
    started: datetime
    ended: datetime
    is_outbound: bool = False
    topic: str = ""
    is_answered: bool | None = None
    is_resolved: bool | None = None
    wait: int | None = None  # seconds, as are the next three
    talk: int | None = None
    hold: int | None = None
    wrap_up: int | None = None
    is_sales: bool = False
    campaign: str = ""
    deal: str = ""
    ticket: str = ""
    csat: int | None = None

    @property
    def moments(self) -> tuple[datetime, ...]:
        return (self.ended,)

    def row(self, as_of: datetime) -> Row:
        return {
            "external_id": self.id,
            "agent": self.agent,
            "customer": self.account.id,
            "channel": self.channel,
            "direction": "outbound" if self.is_outbound else "inbound",
            "topic": self.topic or None,
            "started": self.started,
            "ended": self.ended,
            "answered": self.is_answered,
            "resolved": self.is_resolved,
            "wait_seconds": self.wait,
            "talk_seconds": self.talk,
            "hold_seconds": self.hold,
            "wrap_up_seconds": self.wrap_up,
            "is_sales": self.is_sales,
            "campaign": self.campaign or None,
            "opportunity": self.deal or None,
            "ticket": self.ticket or None,
            "csat": self.csat,
        }


def about_tickets(story: Story, tickets: Iterable[Ticket]) -> Iterator[Interaction]:
    """Return the contacts in which tickets were opened and dealt with."""
    for ticket in tickets:
        if ticket.account is None or ticket.replied is None or ticket.settled is None:
            continue
        rng = draw("contacts", ticket.id)
        yield from _opening(story, ticket, ticket.account, ticket.replied, rng)
        length = ticket.settled - ticket.replied
        for place in range(2, ticket.contacts + 1):
            earliest = ticket.replied + length * rng.uniform(0.1, 0.9)
            moment = after(earliest, rng.uniform(0, 200))
            key = f"{ticket.id}.{place}"
            is_last = place == ticket.contacts
            if rng.random() < 0.4:
                yield _call(
                    key, story, ticket, ticket.account, moment, rng, is_last=is_last
                )
            else:
                yield _mail(key, ticket, ticket.account, moment, "email")


def _opening(
    story: Story, ticket: Ticket, account: Account, replied: datetime, rng: Random
) -> Iterator[Interaction]:
    key = f"{ticket.id}.1"
    if ticket.channel in ("phone", "chat"):
        is_last = ticket.contacts == 1
        yield _call(key, story, ticket, account, ticket.opened, rng, is_last=is_last)
        return
    yield _mail(key, ticket, account, ticket.opened, ticket.channel)
    yield _mail(f"{key}a", ticket, account, replied, "email", is_outbound=True)


def _call(
    key: str,
    story: Story,
    ticket: Ticket,
    account: Account,
    started: datetime,
    rng: Random,
    *,
    is_last: bool,
) -> Interaction:
    chance = opinions.satisfied(
        ticket.agent,
        ticket.day,
        story,
        behind=ticket.trouble,
        at_once=ticket.is_settled_at_once,
        again=ticket.reopened is not None,
    )
    return _conversation(
        key,
        rng,
        story,
        agent=ticket.agent,
        account=account,
        channel="chat" if ticket.channel == "chat" else "phone",
        started=started,
        topic=ticket.topic,
        behind=ticket.trouble,
        is_resolved=is_last,
        chance=chance,
        ticket=ticket.id,
    )


def _mail(
    key: str,
    ticket: Ticket,
    account: Account,
    moment: datetime,
    channel: str,
    *,
    is_outbound: bool = False,
) -> Interaction:
    return Interaction(
        id=key,
        agent=ticket.agent,
        account=account,
        channel=channel,
        started=moment,
        ended=moment,
        is_outbound=is_outbound,
        topic=ticket.topic,
        ticket=ticket.id,
    )


def calls_and_chats(
    story: Story, first: int, until: int, roster: Roster, buyers: Buyers
) -> Iterator[Interaction]:
    """Return the calls and chats that became no ticket, from one day to another."""
    for day in range(max(first, story.start), until + 1):
        if not business_calendar().is_business_day(day):
            continue
        for kind, channel, total in (("C", "phone", CALLS), ("H", "chat", CHATS)):
            rng = draw("calls", channel, day)
            for place in range(number(rng, story.expected(day, total, SERVICE))):
                key = f"{kind}-{from_day(day):%y%m%d}-{place + 1:03d}"
                yield _unticketed(key, channel, day, story, roster, buyers)


def _unticketed(
    key: str, channel: str, day: int, story: Story, roster: Roster, buyers: Buyers
) -> Interaction:
    rng = draw("call", key)
    team = rng.choices(CALL_TEAMS, CALL_SHARES)[0]
    agent, account = roster.pick(team, day, rng), buyers.pick(rng, day)
    started = at(day, minute_at_work(rng))
    topic = rng.choices(TOPICS, TOPIC_SHARES)[0]
    behind = trouble(team, day, story)
    lost = 0.2 - 0.06 * effect(day, story.help_centre, days=60) + 0.24 * behind
    if channel == "phone" and rng.random() < lost:
        wait = round(min(600, rng.lognormvariate(4.0, 0.6) * (1 + behind)))
        return Interaction(
            id=key, agent=agent, account=account, channel=channel, started=started,
            ended=started + timedelta(seconds=wait), topic=topic, is_answered=False,
            is_resolved=False, wait=wait,
        )  # fmt: skip
    chance = opinions.satisfied(
        agent, day, story, behind=behind, at_once=True, again=False
    )
    return _conversation(
        key,
        rng,
        story,
        agent=agent,
        account=account,
        channel=channel,
        started=started,
        topic=topic,
        behind=behind,
        is_resolved=rng.random() < 0.9 - 0.12 * behind,
        chance=chance,
    )


def _conversation(
    key: str,
    rng: Random,
    story: Story,
    *,
    agent: str,
    account: Account,
    channel: str,
    started: datetime,
    topic: str,
    behind: float,
    is_resolved: bool,
    chance: float,
    ticket: str = "",
) -> Interaction:
    """Return an answered call or chat."""
    pace = manner(agent).pace
    day = day_of(started)
    quicker = 1 - 0.2 * effect(day, story.help_centre, days=60)
    wait = round(
        min(900, rng.lognormvariate(2.55, 0.75) * quicker * (1 + 1.1 * behind))
    )
    talk = round(min(3600, 60 + rng.lognormvariate(5.15, 0.6) * pace))
    hold = round(rng.lognormvariate(3.3, 0.7)) if rng.random() < 0.3 else 0
    wrap_up = round(rng.lognormvariate(3.7, 0.5) * pace)
    rated = channel == "phone" and rng.random() < RATED
    return Interaction(
        id=key,
        agent=agent,
        account=account,
        channel=channel,
        started=started,
        ended=started + timedelta(seconds=wait + talk + hold),
        topic=topic,
        is_answered=True,
        is_resolved=is_resolved,
        wait=wait,
        talk=talk,
        hold=hold,
        wrap_up=wrap_up,
        ticket=ticket,
        csat=opinions.csat(rng, chance) if rated else None,
    )


def about_deals(deals: Iterable[Deal]) -> Iterator[Interaction]:
    """Return the calls that sellers make for their deals."""
    for deal in deals:
        rng = draw("sales calls", deal.id)
        length = deal.closed - deal.opened
        for place in range(number(rng, SALES_CALLS)):
            moment = after(deal.opened + length * rng.random(), rng.uniform(1, 40))
            is_answered = rng.random() < 0.68
            talk = round(30 + rng.lognormvariate(5.3, 0.6)) if is_answered else None
            yield Interaction(
                id=f"S-{deal.id}.{place + 1}",
                agent=deal.owner,
                account=deal.account,
                channel="phone",
                started=moment,
                ended=moment + timedelta(seconds=talk or 25),
                is_outbound=True,
                is_answered=is_answered,
                is_resolved=is_answered and rng.random() < 0.78,
                talk=talk,
                wrap_up=round(rng.lognormvariate(4.2, 0.4)) if is_answered else None,
                is_sales=True,
                deal=deal.id,
            )


def visits_and_replies(
    story: Story,
    first: int,
    until: int,
    roster: Roster,
    buyers: Buyers,
    air: Airtime,
) -> Iterator[Interaction]:
    """Return visits to customers, and what they answer to campaigns."""
    for day in range(max(first, story.start), until + 1):
        rng = draw("visits", day)
        for place in range(number(rng, story.expected(day, VISITS, SALES))):
            key = f"V-{from_day(day):%y%m%d}-{place + 1:02d}"
            team = rng.choice(org.SALES_TEAMS)
            agent, account = roster.pick(team, day, rng), buyers.pick(rng, day)
            started = at(day, rng.uniform(540, 960))
            ended = started + timedelta(minutes=rng.randint(30, 110))
            yield Interaction(
                id=key, agent=agent, account=account, channel="in person",
                started=started, ended=ended,
                is_outbound=True, is_sales=True, topic="Advice",
            )  # fmt: skip
        rng = draw("stirred", day)
        running = air.on(day)
        # What all campaigns of two years stir comes on the days on which one runs.
        expected = story.expected(day, STIRRED, SALES) * 1.2 if running else 0.0
        for place in range(number(rng, expected)):
            campaign = rng.choice(running)
            team = rng.choice(org.SALES_TEAMS)
            agent, account = roster.pick(team, day, rng), buyers.pick(rng, day)
            moment = at(day, min(1380, max(420, rng.gauss(800, 190))))
            yield Interaction(
                id=f"M-{from_day(day):%y%m%d}-{place + 1:02d}", agent=agent,
                account=account, channel=campaign.channel, started=moment,
                ended=moment, topic="Advice", campaign=campaign.id,
            )  # fmt: skip
