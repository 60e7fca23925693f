"""Who was asked for an opinion by mail, and who answered what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from crmkpi.lib.periods import from_day
from objectives.demo import opinions
from objectives.demo import organisation as org
from objectives.demo.customers import Account, Buyers
from objectives.demo.service import Ticket
from objectives.demo.story import (
    SALES,
    Story,
    at,
    business_calendar,
    draw,
    effect,
    number,
)

WINDOW_DAYS = 14
INVITED = 0.56  # of the resolved tickets
RELATIONS = 6_800  # invitations about the relation as a whole
ANSWERED = {"csat": 0.37, "ces": 0.34, "nps": 0.27}


@dataclass(frozen=True)
class SurveyPlan:
    """A survey of one question."""

    kind: str
    name: str
    slug: str
    team: str


AFTER_REQUEST = SurveyPlan(
    "csat", "After your request", "after-your-request", org.SERVICE
)
AFTER_INSTALLATION = SurveyPlan(
    "ces", "After an installation", "after-an-installation", org.SUCCESS
)
RELATION = SurveyPlan("nps", "How are we doing?", "how-are-we-doing", org.NAME)
SURVEYS = (AFTER_REQUEST, AFTER_INSTALLATION, RELATION)


@dataclass(frozen=True, slots=True)
class Ask:
    """One person asked once, and the answer if there was one.

    It is told once nothing more can come of it.
    """

    id: str
    survey: SurveyPlan
    account: Account
    agent: str
    subject: str  # "ticket:T-17", blank for the relation as a whole
    channel: str
    sent: datetime
    answered: datetime | None
    is_bounced: bool
    score: int
    comment: str

    @property
    def moments(self) -> tuple[datetime, ...]:
        if self.is_bounced:
            return (self.sent,)
        return (self.answered or self.sent + timedelta(days=WINDOW_DAYS),)


def after_tickets(story: Story, tickets: Iterable[Ticket]) -> Iterator[Ask]:
    """Return the questions about tickets that were resolved."""
    for ticket in tickets:
        if ticket.account is None or ticket.exclusion or ticket.resolved is None:
            continue
        rng = draw("asked", ticket.id)
        if rng.random() > INVITED:
            continue
        survey = AFTER_REQUEST
        if ticket.topic == "Installation":
            survey = AFTER_INSTALLATION
        chance = opinions.satisfied(
            ticket.agent,
            ticket.day,
            story,
            behind=ticket.trouble,
            at_once=ticket.is_settled_at_once,
            again=ticket.reopened is not None,
        )
        yield _ask(
            f"about {ticket.id}",
            survey,
            ticket.account,
            rng,
            agent=ticket.agent,
            subject=f"ticket:{ticket.id}",
            channel=ticket.channel,
            sent=ticket.resolved + timedelta(minutes=rng.randint(45, 90)),
            chance=chance,
            eager=0.05 * ticket.trouble,
        )


def about_relations(
    story: Story, first: int, until: int, buyers: Buyers
) -> Iterator[Ask]:
    """Return the questions about the relation as a whole, from one day to another."""
    for day in range(max(first, story.start), until + 1):
        if not business_calendar().is_business_day(day):
            continue
        rng = draw("relations", day)
        for place in range(number(rng, story.expected(day, RELATIONS, SALES))):
            key = f"relation {from_day(day):%y%m%d}-{place + 1:02d}"
            own = draw(key)
            account = buyers.pick(own, day)
            chance = 0.4 + 0.07 * effect(day, story.help_centre, days=90)
            if account.region == "North":
                chance -= 0.14 * effect(day, story.recall, days=42)
            yield _ask(
                key,
                RELATION,
                account,
                own,
                agent=account.owner,
                subject="",
                channel="email",
                sent=at(day, own.uniform(540, 660)),
                chance=chance,
                eager=0.0,
            )


def _ask(
    key: str,
    survey: SurveyPlan,
    account: Account,
    rng: Random,
    *,
    agent: str,
    subject: str,
    channel: str,
    sent: datetime,
    chance: float,
    eager: float,
) -> Ask:
    is_bounced = rng.random() < 0.015
    answers = rng.random() < ANSWERED[survey.kind] + eager
    hours = min(rng.lognormvariate(1.7, 1.3), (WINDOW_DAYS - 1) * 24)
    score, share = _score(rng, survey.kind, chance)
    return Ask(
        id=key,
        survey=survey,
        account=account,
        agent=agent,
        subject=subject,
        channel=channel,
        sent=sent,
        answered=sent + timedelta(seconds=round(hours * 3600))
        if answers and not is_bounced
        else None,
        is_bounced=is_bounced,
        score=score,
        comment=opinions.comment(rng, share, account.language),
    )


def _score(rng: Random, kind: str, chance: float) -> tuple[int, float]:
    """Return a score and how high it is on its scale."""
    if kind == "csat":
        score = opinions.csat(rng, chance)
        return score, (score - 1) / 4
    if kind == "ces":
        score = opinions.ces(rng, chance)
        return score, (score - 1) / 6
    score = opinions.nps(rng, chance)
    return score, score / 10
