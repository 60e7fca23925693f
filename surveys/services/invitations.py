"""Ask people: queue invitations, send each once, let them lapse, stop on request."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation, today
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.models import Channel, Contact
from crmkpi.lib.periods import local_day
from surveys.changes import announce, row_of
from surveys.links import find_invitation
from surveys.mails import build_mail
from surveys.models import Invitation, InvitationToken, Suppression, Survey
from surveys.services.errors import BadSurvey, UnknownLink
from surveys.tokens import address_hash, hash_of, new_token

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


@dataclass(frozen=True)
class Invited:
    """What became of a request to invite."""

    queued: int
    skipped: int  # stored with the reason
    same: int  # had been asked for before


@transaction.atomic
def invite(
    survey: Survey,
    recipients: Iterable[Recipient],
    *,
    request: str,
    actor: User | None,
    now: datetime,
    send_after: datetime | None = None,
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
    wanted = {_request_key(each, request): each for each in recipients}
    known = set(
        locked.invitations.filter(request_key__in=wanted).values_list(
            "request_key", flat=True
        )
    )
    fresh = {key: each for key, each in wanted.items() if key not in known}
    reasons = _skip_reasons(locked, fresh, now=now)
    day, teams = today(now, get_organisation()), TeamDirectory.load()
    Invitation.objects.bulk_create(
        _invitation(
            locked,
            each,
            version_id=locked.version_id,
            event_day=day if each.event_day is None else each.event_day,
            teams=teams,
            request_key=key,
            skip=reasons.get(key),
            send_after=send_after or now,
            actor=actor,
            now=now,
        )
        for key, each in fresh.items()
    )
    return Invited(len(fresh) - len(reasons), len(reasons), len(known))


def would_skip(
    survey: Survey, recipients: Iterable[Recipient], *, now: datetime
) -> dict[Skip, int]:
    """Return how many would not be asked now, and why; nothing is written."""
    wanted = {_request_key(each, ""): each for each in recipients}
    reasons = _skip_reasons(survey, wanted, now=now)
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
    invitation = Invitation.objects.select_related("survey", "version").get(pk=pk)
    if invitation.attempts > MAX_ATTEMPTS:
        return _settle(invitation, now=now, state=State.FAILED)
    skip = _reason_now(invitation, now=now)
    if skip is not None:
        return _settle(invitation, now=now, state=State.SKIPPED, skip_reason=skip)
    if invitation.survey.status != Survey.Status.LIVE:
        return _settle(invitation, now=now, state=State.CANCELLED)
    zone = get_organisation().zone
    expires_at = now + timedelta(days=invitation.survey.window_days)
    answer_token, stop_token = _new_tokens(invitation, now=now)
    mail = build_mail(
        invitation,
        answer_token=answer_token,
        stop_token=stop_token,
        until=expires_at,
        zone=zone,
    )
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        return _refused(invitation, error, now=now)
    except (SMTPException, OSError) as error:
        return _try_again(invitation, error, now=now)
    return _settle(
        invitation,
        now=now,
        state=State.SENT,
        sent_at=now,
        sent_day=local_day(now, zone),
        expires_at=expires_at,
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


def suppress(hashed: str, *, reason: Suppression.Reason, now: datetime) -> Suppression:
    """Keep an address from getting surveys; a wish outweighs a bounce."""
    found, created = Suppression.objects.get_or_create(
        address_hash=hashed, defaults={"reason": reason, "created_at": now}
    )
    if not created and reason == Suppression.Reason.UNSUBSCRIBED:
        Suppression.objects.filter(pk=found.pk).update(reason=reason, until=None)
    return found


def _request_key(recipient: Recipient, request: str) -> str:
    """Return what the invitation is unique by within its survey."""
    who = address_hash(recipient.address)[:32] or f"contact {recipient.contact_id}"
    # A subject may be of any length; its hash is not.
    about = f"about {hash_of(recipient.subject)[:32]}" if recipient.subject else request
    return f"{about[:120]}:{who}"


def _skip_reasons(
    survey: Survey, wanted: dict[str, Recipient], *, now: datetime
) -> dict[str, Skip]:
    hashes = {key: address_hash(each.address) for key, each in wanted.items()}
    addressed = set(hashes.values()) - {""}
    suppressed = set(
        Suppression.objects.filter(
            _in_force(now), address_hash__in=addressed
        ).values_list("address_hash", flat=True)
    )
    recent = set(
        survey.invitations.exclude(
            state__in=[State.SKIPPED, State.CANCELLED, State.FAILED, State.BOUNCED]
        )
        .filter(
            address_hash__in=addressed,
            created_at__gt=now - timedelta(days=survey.cooldown_days),
        )
        .values_list("address_hash", flat=True)
    )
    erased = set(
        Contact.objects.filter(
            pk__in=[each.contact_id for each in wanted.values() if each.contact_id],
            erased_at__isnull=False,
        ).values_list("pk", flat=True)
    )
    reasons = {}
    for key, hashed in hashes.items():
        if wanted[key].contact_id in erased:
            reasons[key] = Skip.ERASED
        elif not hashed:
            reasons[key] = Skip.NO_ADDRESS
        elif hashed in suppressed:
            reasons[key] = Skip.SUPPRESSED
        elif hashed in recent:
            reasons[key] = Skip.RECENT
        elif survey.cooldown_days:
            recent.add(hashed)  # the second of two in one request is skipped too
    return reasons


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
        address_hash=address_hash(recipient.address),
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
    if not invitation.address:
        return Skip.NO_ADDRESS
    if Suppression.objects.filter(
        _in_force(now), address_hash=invitation.address_hash
    ).exists():
        return Skip.SUPPRESSED
    return None


def _in_force(now: datetime) -> Q:
    return Q(until=None) | Q(until__gt=now)


def _new_tokens(invitation: Invitation, *, now: datetime) -> tuple[str, str]:
    purposes = InvitationToken.Purpose
    tokens = (new_token(), new_token())
    InvitationToken.objects.bulk_create(
        InvitationToken(
            invitation=invitation,
            token_hash=hash_of(token),
            purpose=purpose,
            created_at=now,
        )
        for token, purpose in zip(
            tokens, (purposes.ANSWER, purposes.UNSUBSCRIBE), strict=True
        )
    )
    return tokens


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
    fault = f"{type(error).__name__}: {error}"[:300]
    if invitation.attempts >= MAX_ATTEMPTS:
        return _settle(invitation, now=now, state=State.FAILED, fault=fault)
    pause = timedelta(minutes=2 ** (invitation.attempts - 1))
    return _settle(
        invitation, now=now, state=State.QUEUED, send_after=now + pause, fault=fault
    )
