"""Customers' requests: tickets from their opening to their last resolution."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from crmkpi.lib.periods import from_day
from objectives.demo import organisation as org
from objectives.demo.customers import ENTERPRISE, HOME, MIDSIZE, SMALL, Account, Buyers
from objectives.demo.offers import NAMES, RECALLED, SHARES
from objectives.demo.people import Roster, manner, trouble
from objectives.demo.story import (
    SERVICE,
    Story,
    at,
    business_calendar,
    day_of,
    draw,
    effect,
    is_holiday,
    number,
)
from objectives.demo.words import RECALL_SUBJECTS, SUBJECTS

Row = dict[str, object]

TICKETS = 19_300  # and those that follow from them

TOPICS = tuple(SUBJECTS)
TOPIC_SHARES = (19, 14, 15, 14, 12, 10, 9, 7)
RETURN_CHANCE = {"Billing": 0.09, "Warranty": 0.07, "App and account": 0.06}
TEAMS = {  # who deals with a topic, and how often
    "Installation": ((org.TECHNICAL, org.ONBOARDING), (60, 40)),
    "Warranty": (
        (org.TECHNICAL, org.SERVICE_BERLIN, org.SERVICE_HAMBURG), (40, 32, 28),
    ),
    "App and account": (
        (org.TECHNICAL, org.ONBOARDING, org.SERVICE_BERLIN), (55, 25, 20),
    ),
}  # fmt: skip
OTHER_TEAMS = ((org.SERVICE_BERLIN, org.SERVICE_HAMBURG), (53, 47))
TYPES = ("Question", "Fault", "Request", "Complaint")
CHANNELS = ("phone", "email", "chat", "web", "app", "social")
CHANNEL_SHARES = (40, 29, 15, 10, 4, 2)
NIGHT_SHARES = (0, 52, 0, 26, 16, 6)  # when nobody answers the telephone

REPLY_MINUTES = {"email": 88, "web": 105, "app": 80, "social": 50, "chat": 1.6}
POLICIES = {  # business hours until the reply and until the resolution
    HOME: ("", 0, 0),
    SMALL: ("Standard", 8, 30),
    MIDSIZE: ("Business", 4, 20),
    ENTERPRISE: ("Premium", 2, 10),
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request; the instants say what will have happened to it, sooner or later."""

    id: str
    day: int
    account: Account | None
    agent: str
    team: str
    channel: str
    type: str
    topic: str
    subject: str
    product: str
    opened: datetime
    replied: datetime | None
    settled: datetime | None  # resolved, for the first time when it is reopened
    reopened: datetime | None
    resolved: datetime | None  # for the last time
    contacts: int
    policy: str
    reply_due: datetime | None
    resolution_due: datetime | None
    exclusion: str
    trouble: float  # how far the team had fallen behind

    @property
    def moments(self) -> tuple[datetime, ...]:
        known = (self.opened, self.replied, self.settled, self.reopened, self.resolved)
        return tuple(moment for moment in known if moment is not None)

    @property
    def is_settled_at_once(self) -> bool:
        return self.contacts == 1 and self.reopened is None

    def row(self, as_of: datetime) -> Row:
        replied, reopened = _known(self.replied, as_of), _known(self.reopened, as_of)
        done = _known(self.resolved, as_of)
        paused = _known(self.settled, as_of)
        status = "resolved" if done else "open" if replied else "new"
        if not done and paused and not reopened:
            status = "resolved"
        return {
            "external_id": self.id,
            "subject": self.subject,
            "customer": self.account.id if self.account else None,
            "contact": self.account.contacts[0].id if self.account else None,
            "agent": self.agent or None,
            "status": status,
            "channel": self.channel,
            "type": self.type,
            "topic": self.topic,
            "product": self.product or None,
            "is_complaint": self.type == "Complaint",
            "opened": self.opened,
            "replied": replied,
            "resolved": done or paused,
            "reopened": reopened,
            "reopens": 1 if reopened else 0,
            "customer_contacts": self.contacts if done or paused else 1,
            "policy": self.policy or None,
            "reply_due": self.reply_due,
            "resolution_due": self.resolution_due,
            "exclusion": self.exclusion or None,
        }


def _known(moment: datetime | None, as_of: datetime) -> datetime | None:
    return moment if moment is not None and moment <= as_of else None


def tickets(
    story: Story, first: int, until: int, roster: Roster, buyers: Buyers
) -> Iterator[Ticket]:
    """Return the tickets opened from one day to another, both included.

    A request that was not settled well comes back as another ticket some days later;
    one that comes back after `until` is among them too.
    """
    for day in range(max(first, story.start), until + 1):
        rng = draw("tickets", day)
        expected = story.expected(day, TICKETS, SERVICE)
        # The recall makes for more requests, most of them in its first weeks.
        fresh = effect(day, story.recall, days=7) * (1 - effect(day, story.recall + 28))
        for place in range(number(rng, expected * (1 + 0.12 * fresh))):
            key = f"{from_day(day):%y%m%d}-{place + 1:03d}"
            ticket = _ticket(key, day, story, roster, buyers)
            yield ticket
            again = _comes_back(ticket, story, roster)
            if again is not None:
                yield again


def _ticket(key: str, day: int, story: Story, roster: Roster, buyers: Buyers) -> Ticket:
    rng = draw("ticket", key)
    minute = _minute(rng, day)
    at_work = 480 <= minute < 1080 and business_calendar().is_business_day(day)
    channel = rng.choices(CHANNELS, CHANNEL_SHARES if at_work else NIGHT_SHARES)[0]
    opened = at(day, minute)
    exclusion = rng.choices(("", "spam", "merged", "test"), (964, 20, 12, 4))[0]
    if exclusion == "spam":
        return _spam(key, day, opened, "web" if channel == "phone" else channel)
    topic = rng.choices(TOPICS, TOPIC_SHARES)[0]
    product = rng.choices(NAMES, SHARES)[0]
    subject = rng.choice(SUBJECTS[topic])
    if rng.random() < 0.18 * effect(day, story.recall, days=10):
        topic, product, subject = "Warranty", RECALLED, rng.choice(RECALL_SUBJECTS)
    teams, shares = TEAMS.get(topic, OTHER_TEAMS)
    team = rng.choices(teams, shares)[0]
    return _handled(
        key,
        day,
        opened,
        rng,
        story,
        account=buyers.pick(rng, day),
        agent=roster.pick(team, day, rng),
        team=team,
        channel=channel,
        topic=topic,
        subject=subject,
        product=product,
        exclusion=exclusion,
    )


def _minute(rng: Random, day: int) -> float:
    """Return when on a day a request comes."""
    if from_day(day).weekday() >= 5 or is_holiday(day):
        return rng.uniform(500, 1320)
    if rng.random() < 0.09:
        return rng.uniform(1080, 1420)
    return minute_at_work(rng)


def minute_at_work(rng: Random) -> float:
    """Return a minute within business hours, most often around ten or two."""
    minute = rng.gauss(600 if rng.random() < 0.55 else 850, 95)
    return minute if 480 <= minute < 1070 else rng.uniform(480, 1070)


def _spam(key: str, day: int, opened: datetime, channel: str) -> Ticket:
    closed = opened + timedelta(hours=3)
    return Ticket(
        id=f"T-{key}", day=day, account=None, agent="", team="", channel=channel,
        type="Question", topic="Advice", subject="Grow your business now",
        product="", opened=opened, replied=None, settled=closed, reopened=None,
        resolved=closed, contacts=1, policy="", reply_due=None, resolution_due=None,
        exclusion="spam", trouble=0.0,
    )  # fmt: skip


def _handled(
    key: str,
    day: int,
    opened: datetime,
    rng: Random,
    story: Story,
    *,
    account: Account,
    agent: str,
    team: str,
    channel: str,
    topic: str,
    subject: str,
    product: str,
    exclusion: str = "",
    contacts: int | None = None,
) -> Ticket:
    """Return a ticket as its agent will have dealt with it."""
    behind = trouble(team, day, story)
    better = effect(day, story.help_centre, days=60)
    pace = manner(agent).pace * (1 - 0.24 * better) * (1 + 2.4 * behind)
    wait = after(opened, _reply_minutes(rng, channel, pace))
    at_once = 0.63 + 0.07 * better - 0.2 * behind + manner(agent).touch
    if topic in RETURN_CHANCE:
        at_once -= 0.08
    if contacts is None:
        contacts = 1 if rng.random() < at_once else 1 + rng.choice((1, 1, 1, 2, 2, 3))
    work = 22 * rng.lognormvariate(0, 0.8) + (contacts - 1) * 330 * (
        rng.lognormvariate(0, 0.75)
    )
    settled = after(wait, min(work * pace, 600 * 18))
    reopened, resolved = None, settled
    if rng.random() < 0.045 + 0.07 * behind:
        reopened = after(settled, rng.uniform(60, 600 * 4))
        resolved = after(reopened, min(420 * rng.lognormvariate(0, 0.8) * pace, 6000))
    policy, reply_hours, resolution_hours = POLICIES[account.segment]
    return Ticket(
        id=f"T-{key}",
        day=day,
        account=account,
        agent=agent,
        team=team,
        channel=channel,
        type=_type(rng, topic, behind),
        topic=topic,
        subject=subject,
        product=product,
        opened=opened,
        replied=wait,
        settled=settled,
        reopened=reopened,
        resolved=resolved,
        contacts=contacts,
        policy=policy,
        reply_due=after(opened, reply_hours * 60) if policy else None,
        resolution_due=after(opened, resolution_hours * 60) if policy else None,
        exclusion=exclusion,
        trouble=behind,
    )


def _reply_minutes(rng: Random, channel: str, pace: float) -> float:
    """Return the business minutes until the first reply: calls have it at once."""
    if channel == "phone":
        return rng.uniform(0.2, 3)
    return min(REPLY_MINUTES[channel] * rng.lognormvariate(0, 0.85) * pace, 4000)


def _type(rng: Random, topic: str, behind: float) -> str:
    if topic in ("Warranty", "App and account"):
        shares = (22.0, 56.0, 12.0, 10 + 14 * behind)
    else:
        shares = (52.0, 4.0, 34.0, 7 + 14 * behind)
    return rng.choices(TYPES, shares)[0]


def _comes_back(ticket: Ticket, story: Story, roster: Roster) -> Ticket | None:
    """Return the ticket that a customer opens about the same matter once more."""
    if ticket.account is None or ticket.exclusion or ticket.resolved is None:
        return None
    rng = draw("again", ticket.id)
    chance = RETURN_CHANCE.get(ticket.topic, 0.03) + 0.06 * ticket.trouble
    if rng.random() > chance:
        return None
    opened = after(ticket.resolved, rng.uniform(90, 600 * 4))
    day = day_of(opened)
    is_here = ticket.agent in roster.on(ticket.team, day)
    return _handled(
        f"{ticket.id[2:]}-2",
        day,
        opened,
        rng,
        story,
        account=ticket.account,
        agent=ticket.agent if is_here else roster.pick(ticket.team, day, rng),
        team=ticket.team,
        channel=rng.choice(("phone", "email")),
        topic=ticket.topic,
        subject=ticket.subject,
        product=ticket.product,
    )


def after(moment: datetime, minutes: float) -> datetime:
    """Return the instant after so many minutes of business time."""
    return business_calendar().add_seconds(moment, round(minutes * 60))
