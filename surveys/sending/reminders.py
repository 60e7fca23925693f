"""One reminder to who has not answered, at the hours of the rule that asked."""

from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.db.models import F, Q

from crmkpi.accounts.queries import get_organisation
from surveys.models import Invitation, Survey
from surveys.sending import sms
from surveys.sending.delivery import deliver, is_final, leaves_at, said
from surveys.services.dispatch import LEASE, MAX_ATTEMPTS
from surveys.services.suppressions import stops

State = Invitation.State
PAUSE = timedelta(hours=1)  # after trouble with the mail server
ATTEMPTS = MAX_ATTEMPTS + 24  # those of the mail itself included
LEAST_TIME = timedelta(hours=12)  # that must be left to answer


def due(*, now: datetime, limit: int) -> list[int]:
    """Return the invitations to remind of, the longest waiting first."""
    found = Invitation.objects.filter(_is_due(now)).order_by("remind_at", "pk")
    return list(found.values_list("pk", flat=True)[:limit])


def remind(pk: int, *, now: datetime) -> bool:
    """Remind once of an invitation, unless somebody else is at it; tell whether sent.

    A sender that dies leaves a lease; when it is over the reminder goes out again
    under the same Message-ID. Trouble is tried again every hour for a day, unless too
    little time is left to answer or the message is refused for good.
    """
    if not _claim(pk, now=now):
        return False
    invitation = Invitation.objects.select_related(
        "survey", "version", "rule", "contact", "customer"
    ).get(pk=pk)
    until = invitation.expires_at
    if until is None or not _may_be_reminded(invitation, until=until, now=now):
        return _settle(pk, remind_at=None)
    zone = get_organisation().zone
    leaves = leaves_at(invitation, zone=zone, now=now)
    if leaves > now:
        return _settle(pk, remind_at=leaves)
    try:
        deliver(invitation, until=until, zone=zone, now=now, is_reminder=True)
    except (SMTPRecipientsRefused, SMTPDataError, sms.Refused) as error:
        if is_final(error):
            return _settle(pk, remind_at=None, fault=said(error))
        return _settle(pk, remind_at=now + PAUSE, fault=said(error))
    except (SMTPException, OSError) as error:
        return _settle(pk, remind_at=now + PAUSE, fault=said(error))
    _settle(pk, remind_at=None, reminders_sent=1)
    return True


def _is_due(now: datetime) -> Q:
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    return free & Q(
        state=State.SENT, is_answered=False, reminders_sent=0, remind_at__lte=now
    )


def _claim(pk: int, *, now: datetime) -> bool:
    """Take a reminder if nobody has it: one statement decides between senders."""
    rows = Invitation.objects.filter(_is_due(now), pk=pk)
    return bool(rows.update(lease_until=now + LEASE, attempts=F("attempts") + 1))


def _may_be_reminded(invitation: Invitation, *, until: datetime, now: datetime) -> bool:
    if invitation.attempts > ATTEMPTS:
        return False
    if invitation.survey.status != Survey.Status.LIVE or invitation.is_bounced:
        return False
    if until < now + LEAST_TIME:
        return False
    if invitation.contact is not None and invitation.contact.erased_at is not None:
        return False
    return not stops([invitation.address_hash], now=now)


def _settle(pk: int, **columns: object) -> bool:
    Invitation.objects.filter(pk=pk).update(lease_until=None, **columns)
    return False
