"""Jobs of the surveys: each takes what is due from the database and may run twice."""

import logging
import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from surveys.closing.services import escalate_due
from surveys.models import Theme
from surveys.sending import reminders
from surveys.sending.periods import plan_periods
from surveys.sending.planning import due_rules, plan_rule
from surveys.services.ballot_boxes import open_boxes
from surveys.services.dispatch import due, expire, send_invitation
from surveys.services.retention import forget_old
from surveys.services.themes import sort_stale
from surveys.services.uses import forget_uses

log = logging.getLogger(__name__)

BATCH = 50
SECONDS = 120  # well below the task's time limit


@shared_task(name="surveys.send_due_invitations")
def send_due_invitations() -> int:
    """Send what is due for at most two minutes; return how many were taken.

    What a fault of ours stops keeps its lease and is tried again when that is over.
    """
    end = time.monotonic() + SECONDS
    taken = 0
    while batch := due(now=timezone.now(), limit=BATCH):
        for pk in batch:
            if time.monotonic() > end:
                ring()
                return taken
            try:
                taken += send_invitation(pk, now=timezone.now()) is not None
            except Exception:
                log.exception("invitation could not be sent", extra={"invitation": pk})
    return taken


@shared_task(name="surveys.expire_invitations")
def expire_invitations() -> int:
    """Close the invitations whose time to answer is over; return how many."""
    return expire(now=timezone.now())


@shared_task(name="surveys.plan_occasions")
def plan_occasions() -> int:
    """Turn what is due into invitations for two minutes at most; return how many.

    Killed half-way, the next run finds what is left; two at once take different rows.
    """
    end = time.monotonic() + SECONDS
    try:
        plan_periods(now=timezone.now())
    except Exception:
        log.exception("turns of customers could not be planned")
    planned = 0
    for rule_id in due_rules(now=timezone.now()):
        try:
            while time.monotonic() < end and (
                n := plan_rule(rule_id, now=timezone.now())
            ):
                planned += n
        except Exception:  # one rule must not hold up the others
            log.exception("rule could not be planned", extra={"rule": rule_id})
    if planned:
        ring()
    return planned


@shared_task(name="surveys.send_reminders")
def send_reminders() -> int:
    """Send the reminders that are due for two minutes at most; return how many."""
    end = time.monotonic() + SECONDS
    sent = 0
    for pk in reminders.due(now=timezone.now(), limit=BATCH):
        if time.monotonic() > end:
            break
        try:
            sent += reminders.remind(pk, now=timezone.now())
        except Exception:
            log.exception("reminder could not be sent", extra={"invitation": pk})
    return sent


@shared_task(name="surveys.escalate_follow_ups")
def escalate_follow_ups() -> int:
    """Tell the next person above about overdue items; return how many."""
    return escalate_due(now=timezone.now())


@shared_task(name="surveys.forget_old_answers")
def forget_old_answers() -> int:
    """Blank names and words older than SURVEYS_KEEP_DAYS; return how many rows."""
    end = time.monotonic() + SECONDS
    forgotten = 0
    while time.monotonic() < end and (
        n := forget_old(keep_days=settings.SURVEYS_KEEP_DAYS, now=timezone.now())
    ):
        forgotten += n
    return forgotten


@shared_task(name="surveys.forget_addresses")
def forget_addresses() -> int:
    """Delete what network addresses did long enough ago; return how many rows."""
    return forget_uses(now=timezone.now())


@shared_task(name="surveys.open_ballot_boxes")
def open_ballot_boxes() -> int:
    """Make answers of the ballots of past weeks; return how many."""
    return open_boxes(now=timezone.now())


@shared_task(name="surveys.sort_stale_themes")
def sort_stale_themes() -> int:
    """Sort comments anew after words of themes changed; return how many themes."""
    stale = list(Theme.objects.filter(is_stale=True).order_by("pk")[:20])
    for theme in stale:
        sort_stale(theme)
    return len(stale)


def ring_planning() -> None:
    """Say that there is something to plan; a lost ring delays, beat rings too."""
    try:
        plan_occasions.delay()
    except OperationalError:
        log.warning("the broker did not take a message")


def ring() -> None:
    """Say that there is something to send; a lost ring delays, beat rings too."""
    try:
        send_due_invitations.delay()
    except OperationalError:
        log.warning("the broker did not take a message")
