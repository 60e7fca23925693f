"""Invitations that another system asks for, each once however often it does."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.models import Channel, Contact
from crmkpi.lib.periods import local_day
from surveys.models import Invitation, Occasion, SendingRule, Survey
from surveys.sending.events import due_time, listening
from surveys.sending.happenings import Happening
from surveys.sending.sms import plain_number
from surveys.services.errors import BadSurvey
from surveys.services.suppressions import stops
from surveys.tokens import address_hash


class OtherContent(BadSurvey):
    """The same key came before, with other content."""


@dataclass(frozen=True)
class Wish:
    """Whom to ask, as a system says it."""

    email: str = ""
    phone: str = ""
    language: str = ""
    agent: str = ""  # the address with which the agent signs in

    @property
    def fingerprint(self) -> str:
        """Return a hash that is equal exactly for equal content."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    @property
    def hashes(self) -> list[str]:
        """Return under what the address and the number are remembered."""
        both = (address_hash(self.email), address_hash(plain_number(self.phone)))
        return [hashed for hashed in both if hashed]


@transaction.atomic
def ask_for(
    survey: Survey, wish: Wish, *, key: str, owner: str, access: Access, now: datetime
) -> Occasion:
    """Note that somebody is to be asked; sending follows the rule for other systems.

    The same key of the same owner gives what it gave before.

    Raises: BadSurvey when no rule for other systems is on, or for an agent that is
        not known; OtherContent when the key came with another wish.
    """
    # One at a time for a survey, so that two equal calls at once are one.
    Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    # Some send an address as the key: only its hash is kept, like that of an address.
    subject = f"api:{owner}:{sha256(key.encode()).hexdigest()[:32]}"
    known = Occasion.objects.filter(rule__survey=survey, subject=subject).first()
    if known is not None:
        if known.fingerprint != wish.fingerprint:
            raise OtherContent(
                _("This Idempotency-Key came before, with other content.")
            )
        return known
    rules = listening(SendingRule.Event.API)
    rule = next((each for each in rules if each.survey_id == survey.pk), None)
    if rule is None:
        raise BadSurvey(
            _("Switch on a rule “Another system asks for it” of this survey first.")
        )
    what = _happening(survey, wish, subject=subject, access=access, now=now)
    is_erased = Invitation.Skip.ERASED in stops(wish.hashes, now=now).values()
    return Occasion.objects.create(
        rule=rule,
        subject=subject,
        happened_at=now,
        event_day=what.day,
        customer_id=what.customer_id,
        contact_id=what.contact_id,
        # Whoever was erased is not written down again.
        state=Occasion.State.SKIPPED if is_erased else Occasion.State.WAITING,
        reason=Invitation.Skip.ERASED if is_erased else "",
        settled_at=now if is_erased else None,
        address="" if is_erased else wish.email,
        phone="" if is_erased else wish.phone,
        language=wish.language,
        agent_id=what.agent_id,
        team_id=what.team_id,
        channel=what.channel,
        segment_id=what.segment_id,
        due_at=due_time(rule, what),
        fingerprint=wish.fingerprint,
        created_at=now,
    )


def _happening(
    survey: Survey, wish: Wish, *, subject: str, access: Access, now: datetime
) -> Happening:
    """Return whom and what it is about; an address of a contact is that contact."""
    day = local_day(now, get_organisation().zone)
    contact = _contact(wish, access=access)
    customer = contact.customer if contact else None
    agent_id = _agent(wish, access=access)
    team_id = TeamDirectory.load().team_of(agent_id, day) if agent_id else None
    return Happening(
        subject=subject,
        at=now,
        day=day,
        customer_id=customer.pk if customer else None,
        contact_id=contact.pk if contact else None,
        agent_id=agent_id,
        team_id=team_id or survey.team_id,
        channel=Channel.EMAIL if wish.email else Channel.SMS,
        segment_id=customer.segment_id if customer else None,
    )


def _contact(wish: Wish, *, access: Access) -> Contact | None:
    if not wish.email:
        return None
    rows = Contact.objects.visible_to(access).filter(email__iexact=wish.email)
    found: Contact | None = rows.select_related("customer").order_by("pk").first()
    return found


def _agent(wish: Wish, *, access: Access) -> int | None:
    if not wish.agent:
        return None
    found = User.objects.filter(email__iexact=wish.agent).values_list("pk", flat=True)
    agent_id: int | None = found.first()
    if agent_id is None or not (access.sees_company or access.may_read_agent(agent_id)):
        raise BadSurvey(_("There is no such agent."), field="agent")
    return agent_id
