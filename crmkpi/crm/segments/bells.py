"""The bell that has customers put into segments; beat rings too."""

import logging

from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerError

logger = logging.getLogger(__name__)


def ring() -> None:
    """Wake a worker. A broker that is away delays the work and loses nothing."""
    from crmkpi.crm.tasks import turn_segments

    try:
        turn_segments.delay()
    except (BrokerError, OperationalError, OSError) as error:
        logger.warning("The broker did not take a wake-up: %s", error)
