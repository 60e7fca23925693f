"""Send each invitation once, try again what a server put off, and let them lapse."""

from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.db import transaction
from django.db.models import F, Q

from crmkpi.accounts.queries import get_organisation
from crmkpi.lib.periods import local_day
from surveys.changes import announce, row_of
from surveys.models import Invitation, Means, Suppression, Survey
from surveys.sending import sms
from surveys.sending.delivery import deliver, is_final, leaves_at, remind_at, said
from surveys.services.suppressions import stops, suppress

State = Invitation.State
Skip = Invitation.Skip
LEASE = timedelta(minutes=5)  # after it, whoever was sending is taken for dead
MAX_ATTEMPTS = 8  # with doubling pauses from one minute: about four hours


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
    return _send(invitation, zone=zone, now=now)


@transaction.atomic
def expire(*, now: datetime) -> int:
    """Close the invitations whose time to answer is over; return how many."""
    return Invitation.objects.filter(state=State.SENT, expires_at__lte=now).update(
        state=State.EXPIRED
    )


def _send(invitation: Invitation, *, zone: str, now: datetime) -> State:
    """Hand over a claimed invitation, and write what the mail server said."""
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
