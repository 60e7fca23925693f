"""Handing an invitation over to whoever carries it to the customer."""

from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused

from surveys.mails import build_mail
from surveys.models import Invitation, InvitationToken, Means
from surveys.sending import sms
from surveys.sending.hours import first_zone, next_send_time
from surveys.tokens import hash_of, new_token

Refusal = SMTPRecipientsRefused | SMTPDataError | sms.Refused


def deliver(
    invitation: Invitation,
    *,
    until: datetime,
    zone: str,
    now: datetime,
    is_reminder: bool = False,
) -> None:
    """Send an invitation or its reminder with keys of its own.

    Raises: what smtplib or sms raise; returning means that it was taken.
    """
    answer_token, stop_token = new_tokens(invitation, now=now)
    if invitation.means == Means.SMS:
        sms.send(
            invitation,
            answer_token=answer_token,
            stop_token=stop_token,
            is_reminder=is_reminder,
        )
        return
    build_mail(
        invitation,
        answer_token=answer_token,
        stop_token=stop_token,
        until=until,
        zone=zone,
        is_reminder=is_reminder,
    ).send()


def new_tokens(invitation: Invitation, *, now: datetime) -> tuple[str, str]:
    """Return a new pair of keys, to answer and to stop, of which hashes are kept."""
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


def leaves_at(invitation: Invitation, *, zone: str, now: datetime) -> datetime:
    """Return when a message may leave: at once, or when the hours of its rule begin.

    Who asks by hand chooses the hour.
    """
    rule = invitation.rule
    if rule is None:
        return now
    places = (invitation.contact, invitation.customer)
    zones = [each.zone for each in places if each is not None]
    return next_send_time(
        now,
        zone=first_zone(*zones, otherwise=zone),
        start=rule.send_from,
        end=rule.send_until,
    )


def remind_at(
    invitation: Invitation, *, until: datetime, now: datetime
) -> datetime | None:
    """Return when to remind once, None when never or when it would be too late."""
    if invitation.reminder_days is None:
        return None
    at = now + timedelta(days=invitation.reminder_days)
    return at if at < until else None


def is_final(error: Refusal) -> bool:
    """Tell whether the same message would be refused again."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, sms.Refused) or error.smtp_code >= 500


def said(error: Exception) -> str:
    """Return what went wrong, as it is kept beside an invitation."""
    return f"{type(error).__name__}: {error}"[:300]
