"""Publishes Fjordlight's surveys and brings in whom it has asked until now.

What was asked long ago was not mailed by this installation, so it is taken over as a
history; `mail_some` sends real mails, with links that can be answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Q

from crmkpi.accounts.models import Team, User
from crmkpi.crm.ingest.fields import CHANNELS
from crmkpi.crm.models import Contact, Customer
from objectives.demo import organisation as org
from objectives.demo.customers import Account
from objectives.demo.listening import listen, pass_on
from objectives.demo.people import email_of
from objectives.demo.service import Ticket
from objectives.demo.story import at, day_of
from objectives.demo.surveys import AFTER_REQUEST, SURVEYS, Ask, SurveyPlan
from objectives.demo.world import World
from surveys.models import Invitation, Survey
from surveys.scoring import Kind
from surveys.services.dispatch import send_invitation
from surveys.services.history import Past, record_history
from surveys.services.invitations import Recipient, invite
from surveys.services.surveys import create_survey, publish, share

BATCH = 5_000
OPEN_LINKS = 12
COOLDOWN = timedelta(days=30)

_CHANNEL = {words[0]: int(key) for key, words in CHANNELS.items()}


def publish_surveys(world: World) -> dict[str, Survey]:
    """Return the surveys by slug, made and published where they are missing."""
    now = at(world.story.start, 480)
    found = {}
    for plan in SURVEYS:
        survey = Survey.objects.filter(slug=plan.slug).first() or _create(plan, now)
        if survey.version_id is None:
            publish(survey, actor=None, now=now)
            survey.refresh_from_db()
        listen(survey, now=now, as_of=world.as_of)
        found[plan.slug] = survey
    return found


def _create(plan: SurveyPlan, now: datetime) -> Survey:
    return create_survey(
        name=plan.name,
        kind=Kind(plan.kind),
        team=Team.objects.get(name=plan.team),
        brand=org.NAME,
        actor=None,
        now=now,
        slug=plan.slug,
        cooldown_days=COOLDOWN.days,
    )


def bring_in(world: World) -> int:
    """Write who was asked and what came of it; return how many were new.

    Each batch is a transaction of its own; doing it twice changes nothing.
    """
    published = publish_surveys(world)
    places = Places.load()
    asks = list(world.asks)
    new = 0
    for slug, survey in published.items():
        rows = (places.past(ask) for ask in asks if ask.survey.slug == slug)
        for batch in _batches(rows):
            new += record_history(survey, batch, now=world.as_of)
        pass_on(survey, now=world.as_of)
    return new


def _batches(rows: Iterator[Past]) -> Iterator[list[Past]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


@dataclass(frozen=True)
class Places:
    """The rows that invitations point to, by how the story calls them."""

    users: dict[str | None, int]
    customers: dict[str, int]
    contacts: dict[str, int]

    @classmethod
    def load(cls) -> "Places":
        return cls(
            users=dict(User.objects.values_list("email", "pk")),
            customers=dict(Customer.objects.values_list("external_id", "pk")),
            contacts=dict(Contact.objects.values_list("external_id", "pk")),
        )

    def past(self, ask: Ask) -> Past:
        """Return a question of long ago with what came of it."""
        contact = ask.account.contacts[0]
        return Past(
            key=ask.id,
            sent_at=ask.sent,
            agent_id=self.users[email_of(ask.agent)],
            customer_id=self.customers[ask.account.id],
            contact_id=self.contacts[contact.id],
            address=contact.email,
            channel=_CHANNEL[ask.channel],
            subject=ask.subject,
            language=ask.account.language,
            is_bounced=ask.is_bounced,
            answered_at=ask.answered,
            score=None if ask.answered is None else ask.score,
            comment="" if ask.answered is None else ask.comment,
        )

    def recipient(self, ticket: Ticket, account: Account, day: int) -> Recipient:
        """Return whom to ask about a ticket that was resolved on a day."""
        contact = account.contacts[0]
        return Recipient(
            address=contact.email,
            contact_id=self.contacts[contact.id],
            customer_id=self.customers[account.id],
            language=account.language,
            subject=f"ticket:{ticket.id}",
            event_day=day,
            agent_id=self.users[email_of(ticket.agent)],
            channel=_CHANNEL[ticket.channel],
        )


def mail_some(world: World) -> int:
    """Mail questions about the latest tickets, until enough links can be answered.

    Returns how many mails went out.
    """
    links = Invitation.objects.filter(
        state=Invitation.State.SENT, expires_at__gt=world.as_of, tokens__isnull=False
    )
    missing = OPEN_LINKS - links.distinct().count()
    if missing <= 0:
        return 0
    recent = Q(created_at__gt=world.as_of - COOLDOWN)
    spared = Invitation.objects.filter(recent | Q(is_bounced=True))
    addresses = set(spared.values_list("address", flat=True))
    places = Places.load()
    chosen: dict[str, Recipient] = {}
    for ticket, account, resolved in _just_resolved(world):
        if len(chosen) == missing:
            break
        each = places.recipient(ticket, account, day_of(resolved))
        if each.address not in addresses:
            chosen[each.address] = each
    now = world.as_of
    invited = invite(
        Survey.objects.get(slug=AFTER_REQUEST.slug),
        chosen.values(),
        request=f"demo {world.today}",
        actor=None,
        now=now,
    )
    states = [send_invitation(each.pk, now=now) for each in invited.by_subject.values()]
    return states.count(Invitation.State.SENT)


def _just_resolved(world: World) -> list[tuple[Ticket, Account, datetime]]:
    """Return resolved tickets with whose they are and when that was, latest first."""
    found = [
        (ticket, ticket.account, ticket.resolved)
        for ticket in world.tickets
        if ticket.account and ticket.resolved and not ticket.exclusion
    ]
    told = [each for each in found if each[2] <= world.as_of]
    return sorted(told, key=lambda each: (each[2], each[0].id), reverse=True)


def share_one(*, now: datetime) -> None:
    """Open the shared link of the survey about requests."""
    survey = Survey.objects.get(slug=AFTER_REQUEST.slug)
    share(survey, is_shared=True, actor=None, now=now)


def shared_survey() -> Survey | None:
    """Return the survey about requests if anybody may answer it by its link."""
    surveys = Survey.objects.filter(slug=AFTER_REQUEST.slug, is_shared=True)
    return surveys.filter(status=Survey.Status.LIVE).first()
