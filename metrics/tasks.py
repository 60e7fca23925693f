"""Celery: take what is due, call one service. The database remembers the work."""

import logging
import time
from datetime import timedelta

from celery import Task, shared_task
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from crmkpi.accounts.queries import get_organisation, today
from metrics import recalculating
from metrics.alerts import bells, evaluation, sending
from metrics.analytics.services import fit_if_due
from metrics.analytics.standings import take_if_due
from metrics.engine import images, months, snapshots

logger = logging.getLogger(__name__)
TURNED = "metrics.day-turned"  # only spares work: turning twice changes nothing
LONGEST = 6 * 3600  # seconds: all rows of a large installation
SECONDS = 60  # of work in one task; the rest is for the next one


@shared_task
def refresh() -> int:
    """Work off what waits; ring again when time was up before the work was."""
    drained = recalculating.drain(clock=timezone.now, seconds=SECONDS)
    if not drained.is_empty:
        ring_the_bell()
    return drained.claims


# As long as it takes, in one transaction; hence no late acknowledgement, by which a
# broker would hand it out a second time. Beat rings again for what was cut short.
@shared_task(
    acks_late=False, soft_time_limit=LONGEST, time_limit=LONGEST + 60, expires=60
)
def recalculate() -> bool:
    """Begin the recalculation that somebody asked for, if any waits."""
    begun = recalculating.begin(now=timezone.now())
    if begun:
        ring_the_bell()
    return begun


@shared_task
def turn_the_day() -> int:
    """Compute anew what time alone changes, once a local day; beat rings often."""
    now = timezone.now()
    day = today(now, get_organisation())
    if cache.get(TURNED) == day:
        return 0
    done = snapshots.turn_the_day(now=now)
    months.forget_doubles()
    cache.set(TURNED, day, timeout=None)
    return done


@shared_task
def forget_images() -> int:
    """Delete what rows were longer ago than figures need to be explained."""
    days = settings.METRICS_KEEP_IMAGES_DAYS
    return images.forget(before=timezone.now() - timedelta(days=days))


@shared_task
def predict_lifetimes() -> bool:
    """Predict what customers will do, once a week; beat rings often."""
    return fit_if_due(now=timezone.now()) is not None


@shared_task
def look_at_relationships() -> int:
    """Note how close the customers are, once a day; beat rings often."""
    return take_if_due(now=timezone.now())


@shared_task
def judge_alerts() -> int:
    """Look at the alert rules that are due; return how many changes were told.

    Figures in the middle of a recalculation alarm nobody; the rules stay due.
    """
    if get_organisation().recalculating_since is not None:
        return 0
    return evaluation.evaluate_due(now=timezone.now())


@shared_task
def send_alert_mails() -> int:
    """Send the mails that are due for a minute at most; return how many were taken.

    What a fault of ours stops keeps its lease and is tried again when that is over.
    """
    end = time.monotonic() + SECONDS
    taken = 0
    while batch := sending.due(now=timezone.now(), limit=50):
        for pk in batch:
            if time.monotonic() > end:
                bells.ring_for_mail()
                return taken
            try:
                taken += sending.send(pk, now=timezone.now()) is not None
            except Exception:
                logger.exception("an alert could not be mailed", extra={"notice": pk})
    return taken


def ring_the_bell(task: Task = refresh, *, delay: float = 0) -> None:
    """Wake a worker, at once or in so many seconds.

    A broker that is away delays the work and loses nothing.
    """
    try:
        task.apply_async(countdown=delay)
    except (BrokerError, OperationalError, OSError) as error:
        logger.warning("The broker did not take a wake-up: %s", error)
