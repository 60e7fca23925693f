"""Ask people: queue one invitation for each, or keep the reason why there is none."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation, today
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.models import Channel, Contact
from surveys.models import Invitation, Means, SendingRule, Survey
from surveys.sending import sms
from surveys.sending.clocks import (
    Clocks,
    keys_of,
    load_clocks,
    locked_rest_days,
    rest_days,
)
from surveys.services.errors import BadSurvey
from surveys.services.suppressions import stops
from surveys.tokens import address_hash, hash_of

State = Invitation.State
Skip = Invitation.Skip


@dataclass(frozen=True)
class Recipient:
    """Whom to ask about what; the team follows from agent and day."""

    address: str
    contact_id: int | None = None
    customer_id: int | None = None
    language: str = ""
    subject: str = ""  # "ticket:T-17"; blank for the relation as a whole
    event_day: int | None = None  # local day; today when not given
    agent_id: int | None = None
    channel: int = Channel.EMAIL
    segment_id: int | None = None
    client_id: int | None = None
    product_id: int | None = None
    means: str = Means.MAIL
    phone: str = ""  # for text messages
    reminder_days: int | None = None  # one reminder so many days after the mail
    skip: Invitation.Skip | None = None  # why not, where that is decided before

    @property
    def hashed(self) -> str:
        """Return under what the address or number is remembered, "" without one."""
        if self.means == Means.SMS:
            return address_hash(sms.plain_number(self.phone))
        return address_hash(self.address)


@dataclass(frozen=True)
class Invited:
    """What became of a request to invite."""

    queued: int
    skipped: int  # stored with the reason
    same: int  # had been asked for before
    # Each recipient's invitation by its subject, whenever it was made.
    by_subject: Mapping[str, Invitation] = field(
        default_factory=dict, compare=False, repr=False
    )


@transaction.atomic
def invite(
    survey: Survey,
    recipients: Iterable[Recipient],
    *,
    request: str,
    actor: User | None,
    now: datetime,
    send_after: datetime | None = None,
    rule: SendingRule | None = None,
) -> Invited:
    """Queue one invitation for each recipient, or store why there is none.

    The same address is asked once about a subject and, without a subject, once in a
    request; the request's name makes a second run of it change nothing.

    Raises: BadSurvey unless the survey is live.
    """
    locked = Survey.objects.select_for_update().get(pk=survey.pk)
    is_asking = locked.status == Survey.Status.LIVE and not locked.is_imported
    if locked.version_id is None or not is_asking:
        raise BadSurvey(_("Publish the survey before you invite people."))
    rest = locked_rest_days()
    wanted = {_request_key(each, request): each for each in recipients}
    known = {
        each.request_key: each
        for each in locked.invitations.filter(request_key__in=wanted)
    }
    fresh = {key: each for key, each in wanted.items() if key not in known}
    reasons = _skip_reasons(locked, fresh, rest=rest, now=now)
    day, teams = today(now, get_organisation()), TeamDirectory.load()
    made = Invitation.objects.bulk_create(
        _invitation(
            locked,
            each,
            version_id=locked.version_id,
            event_day=day if each.event_day is None else each.event_day,
            teams=teams,
            request_key=key,
            skip=reasons.get(key),
            send_after=send_after or now,
            rule=rule,
            actor=actor,
            now=now,
        )
        for key, each in fresh.items()
    )
    return Invited(
        len(fresh) - len(reasons),
        len(reasons),
        len(known),
        {each.subject: each for each in (*known.values(), *made) if each.subject},
    )


def would_skip(
    survey: Survey, recipients: Iterable[Recipient], *, now: datetime
) -> dict[Skip, int]:
    """Return how many would not be asked now, and why; nothing is written."""
    wanted = {_request_key(each, ""): each for each in recipients}
    reasons = _skip_reasons(survey, wanted, rest=rest_days(), now=now)
    return dict(Counter(reasons.values()))


def _request_key(recipient: Recipient, request: str) -> str:
    """Return what the invitation is unique by within its survey."""
    who = recipient.hashed[:32] or f"contact {recipient.contact_id}"
    # A subject may be of any length; its hash is not.
    about = f"about {hash_of(recipient.subject)[:32]}" if recipient.subject else request
    return f"{about[:120]}:{who}"


def _skip_reasons(
    survey: Survey, wanted: dict[str, Recipient], *, rest: int, now: datetime
) -> dict[str, Skip]:
    """Return why people are not asked now; the second of two in one request is not
    asked either. Queries: 4."""
    hashes = {key: each.hashed for key, each in wanted.items()}
    contacts = [each.contact_id for each in wanted.values() if each.contact_id]
    stopped = stops(hashes.values(), now=now)
    erased = set(
        Contact.objects.filter(pk__in=contacts, erased_at__isnull=False).values_list(
            "pk", flat=True
        )
    )
    clocks = load_clocks(
        survey.pk,
        cooldown_days=survey.cooldown_days,
        rest_days=rest,
        since=now,
        hashes=hashes.values(),
        contact_ids=contacts,
    )
    reasons = {}
    for key, each in wanted.items():
        reason = skip_reason(
            each,
            hashes[key],
            is_erased=each.contact_id in erased,
            stopped=stopped,
            clocks=clocks,
            at=now,
        )
        if reason is not None:
            reasons[key] = reason
    return reasons


def skip_reason(
    recipient: Recipient,
    hashed: str,
    *,
    is_erased: bool,
    stopped: Mapping[str, Skip],
    clocks: Clocks,
    at: datetime,
) -> Skip | None:
    """Return why somebody is not asked at an instant; whoever is, is noted as asked."""
    if is_erased:
        return Skip.ERASED
    if recipient.skip is not None:
        return recipient.skip
    if not hashed:
        return Skip.NO_PHONE if recipient.means == Means.SMS else Skip.NO_ADDRESS
    if hashed in stopped:
        return stopped[hashed]
    keys = keys_of(hashed, recipient.contact_id)
    reason = clocks.reason(keys, at)
    if reason is None:
        clocks.note(keys, at, is_own=True)
    return reason


def _invitation(
    survey: Survey,
    recipient: Recipient,
    *,
    version_id: int,
    event_day: int,
    teams: TeamDirectory,
    request_key: str,
    skip: Skip | None,
    send_after: datetime,
    rule: SendingRule | None,
    actor: User | None,
    now: datetime,
) -> Invitation:
    team_id = teams.team_of(recipient.agent_id, event_day)
    return Invitation(
        survey=survey,
        version_id=version_id,
        request_key=request_key,
        contact_id=recipient.contact_id,
        customer_id=recipient.customer_id,
        address="" if skip == Skip.ERASED else recipient.address.strip(),
        address_hash=recipient.hashed,
        means=recipient.means,
        phone="" if skip == Skip.ERASED else sms.plain_number(recipient.phone),
        reminder_days=recipient.reminder_days,
        language=recipient.language,
        subject=recipient.subject,
        event_day=event_day,
        agent_id=recipient.agent_id,
        # Nobody in particular: it counts for the team that asks.
        sent_team_id=team_id if recipient.agent_id else survey.team_id,
        channel=recipient.channel,
        segment_id=recipient.segment_id,
        client_id=recipient.client_id,
        product_id=recipient.product_id,
        state=State.SKIPPED if skip else State.QUEUED,
        skip_reason=skip or "",
        send_after=send_after,
        rule=rule,
        created_at=now,
        added_at=now,
        created_by=actor,
    )
