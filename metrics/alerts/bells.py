"""Wake workers by the name of a task, which stands above what rings."""

import logging

from celery import current_app
from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerError

logger = logging.getLogger(__name__)


def ring_for_alerts() -> None:
    """Have the rules looked at that are due."""
    _ring("metrics.tasks.judge_alerts")


def ring_for_mail() -> None:
    """Have the mails sent that are due."""
    _ring("metrics.tasks.send_alert_mails")


def _ring(task: str) -> None:
    """Wake a worker. A broker that is away delays the work and loses nothing."""
    try:
        current_app.send_task(task)
    except (BrokerError, OperationalError, OSError) as error:
        logger.warning("The broker did not take a wake-up: %s", error)
