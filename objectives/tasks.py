"""Celery: take what is due, call one service. The database remembers the work."""

import logging

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from crmkpi.accounts.queries import get_organisation
from objectives import evaluation

logger = logging.getLogger(__name__)


@shared_task
def evaluate_due() -> int:
    """Judge the key results whose figures changed; beat rings too.

    Figures in the middle of a recalculation judge nobody; the key results stay due.
    """
    if get_organisation().recalculating_since is not None:
        return 0
    return evaluation.evaluate_due(now=timezone.now())


def ring_the_bell() -> None:
    """Wake a worker. A broker that is away delays the work and loses nothing."""
    try:
        evaluate_due.delay()
    except (BrokerError, OperationalError, OSError) as error:
        logger.warning("The broker did not take a wake-up: %s", error)
