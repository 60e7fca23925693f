"""Jobs of customer relations: each takes what is due and may run twice."""

from celery import shared_task
from django.utils import timezone

from crmkpi.crm.segments.turning import turn_if_due


@shared_task(name="crm.turn_segments")
def turn_segments() -> int:
    """Put customers into segments, once a day and after rules changed; return how many.

    Beat rings often and finds nothing to do.
    """
    return turn_if_due(now=timezone.now()) or 0
