"""Ask people: queue invitations, send each once, let them lapse, stop on request."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation, today
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.models import Channel, Contact
from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.periods import local_day
from surveys.changes import announce, row_of
from surveys.links import find_invitation
from surveys.models import (
    Invitation,
    Means,
    SendingRule,
    Suppression,
    Survey,
)
from surveys.sending import sms
from surveys.sending.clocks import (
    Clocks,
    keys_of,
    load_clocks,
    locked_rest_days,
    rest_days,
)
from surveys.sending.delivery import deliver, is_final, leaves_at, remind_at, said
from surveys.services.errors import BadSurvey, UnknownLink
from surveys.tokens import address_hash, hash_of

State = Invitation.State
Skip = Invitation.Skip
LEASE = timedelta(minutes=5)  # after it, whoever was sending is taken for dead
MAX_ATTEMPTS = 8  # with doubling pauses from one minute: about four hours


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


def due(*, now: datetime, limit: int) -> list[int]:
    """Return the invitations that are to be sent now, the longest waiting first."""
    return list(
        Invitation.objects.filter(_is_due(now))
        .order_by("send_after", "pk")
        .values_list("pk", flat=True)[:limit]
    )


def send_invitation(pk: int, *, now: datetime) -> State | None:
    """Send one invitation, unless somebody else is at it.

    A sender that dies leaves a lease; when it is over the mail goes out again under
    the same Message-ID, so that at most one copy too many is sent.

    Returns: the state it has now, None when there was nothing to do.
    """
    if not _claim(pk, now=now):
        return None
    invitation = Invitation.objects.select_related(
        "survey", "version", "rule", "contact", "customer"
    ).get(pk=pk)
    if invitation.attempts > MAX_ATTEMPTS:
        return _settle(invitation, now=now, state=State.FAILED)
    skip = _reason_now(invitation, now=now)
    if skip is not None:
        return _settle(invitation, now=now, state=State.SKIPPED, skip_reason=skip)
    if invitation.survey.status != Survey.Status.LIVE:
        return _settle(invitation, now=now, state=State.CANCELLED)
    zone = get_organisation().zone
    leaves = leaves_at(invitation, zone=zone, now=now)
    if leaves > now:
        return _settle(
            invitation,
            now=now,
            state=State.QUEUED,
            send_after=leaves,
            attempts=invitation.attempts - 1,
        )
    expires_at = now + timedelta(days=invitation.survey.window_days)
    try:
        deliver(invitation, until=expires_at, zone=zone, now=now)
    except SMTPRecipientsRefused as error:
        return _refused(invitation, error, now=now)
    except (SMTPDataError, sms.Refused) as error:
        if is_final(error):
            return _settle(invitation, now=now, state=State.FAILED, fault=said(error))
        return _try_again(invitation, error, now=now)
    except (SMTPException, OSError) as error:
        return _try_again(invitation, error, now=now)
    return _settle(
        invitation,
        now=now,
        state=State.SENT,
        sent_at=now,
        sent_day=local_day(now, zone),
        expires_at=expires_at,
        remind_at=remind_at(invitation, until=expires_at, now=now),
        fault="",
    )


@transaction.atomic
def expire(*, now: datetime) -> int:
    """Close the invitations whose time to answer is over; return how many."""
    return Invitation.objects.filter(state=State.SENT, expires_at__lte=now).update(
        state=State.EXPIRED
    )


@transaction.atomic
def unsubscribe(token: str, *, now: datetime) -> Invitation:
    """Send no more surveys to the address that this link was mailed to.

    Raises: UnknownLink.
    """
    link = find_invitation(token, may_be_unsubscribe=True)
    if link is None or link.invitation is None:
        raise UnknownLink(_("This link leads nowhere."))
    if link.invitation.address_hash:
        suppress(
            link.invitation.address_hash,
            reason=Suppression.Reason.UNSUBSCRIBED,
            now=now,
        )
    return link.invitation


def suppress(
    hashed: str,
    *,
    reason: Suppression.Reason,
    now: datetime,
    until: datetime | None = None,
) -> Suppression:
    """Keep an address from getting surveys; a wish outweighs a bounce.

    What holds for ever is never shortened, and of two ends the later one counts.
    """
    found, created = Suppression.objects.get_or_create(
        address_hash=hashed,
        defaults={"reason": reason, "until": until, "created_at": now},
    )
    if created:
        return found
    if found.reason == Suppression.Reason.ERASED:
        return found
    is_wish = reason in Suppression.WISHES
    is_longer = found.until is not None and (until is None or until > found.until)
    if is_wish or is_longer:
        found.reason, found.until = reason, None if is_wish else until
        found.save(update_fields=["reason", "until"])
    return found


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


def stops(hashes: Iterable[str], *, now: datetime) -> dict[str, Skip]:
    """Return which addresses get no surveys now, and why. Queries: 1."""
    rows = Suppression.objects.filter(
        _in_force(now), KeysIn([F("address_hash")], [(each,) for each in set(hashes)])
    )
    return {each.address_hash: _skip_of(each) for each in rows}


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


def _skip_of(suppression: Suppression) -> Skip:
    special = {
        Suppression.Reason.SOFT_BOUNCE: Skip.QUARANTINE,
        Suppression.Reason.ERASED: Skip.ERASED,
    }
    return special.get(Suppression.Reason(suppression.reason), Skip.SUPPRESSED)


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
        product_id=recipient.product_id,
        state=State.SKIPPED if skip else State.QUEUED,
        skip_reason=skip or "",
        send_after=send_after,
        rule=rule,
        created_at=now,
        added_at=now,
        created_by=actor,
    )


def _is_due(now: datetime) -> Q:
    return Q(state=State.QUEUED, send_after__lte=now) | Q(
        state=State.SENDING, lease_until__lte=now
    )


def _claim(pk: int, *, now: datetime) -> bool:
    """Take an invitation if nobody has it: one statement decides between senders."""
    return bool(
        Invitation.objects.filter(_is_due(now), pk=pk).update(
            state=State.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    )


def _reason_now(invitation: Invitation, *, now: datetime) -> Skip | None:
    """Return why it must not be sent after all: wishes change while mail waits."""
    is_message = invitation.means == Means.SMS
    if not (invitation.phone if is_message else invitation.address):
        return Skip.NO_PHONE if is_message else Skip.NO_ADDRESS
    return stops([invitation.address_hash], now=now).get(invitation.address_hash)


def _in_force(now: datetime) -> Q:
    return Q(until=None) | Q(until__gt=now)


@transaction.atomic
def _settle(
    invitation: Invitation, *, now: datetime, state: State, **columns: object
) -> State:
    """Write how sending ended, unless an answer was quicker."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    before = row_of(locked)
    locked.state = State.ANSWERED if locked.is_answered else state
    locked.lease_until = None
    for name, value in columns.items():
        setattr(locked, name, value)
    locked.save()
    announce(Invitation, before=[before], after=[row_of(locked)], now=now, cause="edit")
    return State(locked.state)


def _refused(
    invitation: Invitation, error: SMTPRecipientsRefused, *, now: datetime
) -> State:
    code, text = next(iter(error.recipients.values()), (550, b""))
    if code < 500:
        return _try_again(invitation, error, now=now)
    suppress(invitation.address_hash, reason=Suppression.Reason.HARD_BOUNCE, now=now)
    said = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return _settle(
        invitation,
        now=now,
        state=State.BOUNCED,
        is_bounced=True,
        fault=f"{code} {said}"[:300],
    )


def _try_again(invitation: Invitation, error: Exception, *, now: datetime) -> State:
    fault = said(error)
    if invitation.attempts >= MAX_ATTEMPTS:
        return _settle(invitation, now=now, state=State.FAILED, fault=fault)
    pause = timedelta(minutes=2 ** (invitation.attempts - 1))
    return _settle(
        invitation, now=now, state=State.QUEUED, send_after=now + pause, fault=fault
    )
