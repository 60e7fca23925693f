"""Celery: take what is due, call one service. The database remembers the work."""

import logging

from celery import shared_task
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from crmkpi.accounts.queries import get_organisation, today
from metrics import services
from metrics.engine import snapshots

logger = logging.getLogger(__name__)
TURNED = "metrics.day-turned"  # only spares work: turning twice changes nothing
SECONDS = 60  # of work in one task; the rest is for the next one


@shared_task
def refresh() -> int:
    """Work off what waits; ring again when time was up before the work was."""
    drained = services.drain(now=timezone.now(), seconds=SECONDS)
    if not drained.is_empty:
        ring_the_bell()
    return drained.claims


@shared_task
def turn_the_day() -> int:
    """Compute anew what time alone changes, once a local day; beat rings often."""
    now = timezone.now()
    day = today(now, get_organisation())
    if cache.get(TURNED) == day:
        return 0
    done = snapshots.turn_the_day(now=now)
    cache.set(TURNED, day, timeout=None)
    return done


def ring_the_bell() -> None:
    """Wake a worker. A broker that is away delays the work and loses nothing."""
    try:
        refresh.delay()
    except (BrokerError, OperationalError, OSError) as error:
        logger.warning("The broker did not take a wake-up: %s", error)
