"""Jobs of the surveys: each takes what is due from the database and may run twice."""

import logging
import time

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from surveys.services.invitations import due, expire, send_invitation

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


def ring() -> None:
    """Say that there is something to send; a lost ring delays, beat rings too."""
    try:
        send_due_invitations.delay()
    except OperationalError:
        log.warning("the broker did not take a message")
