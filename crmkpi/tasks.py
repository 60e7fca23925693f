"""Jobs of the frame."""

from celery import shared_task
from django.utils import timezone

from crmkpi import health


@shared_task(name="crmkpi.heartbeat")
def heartbeat() -> None:
    """Leave a sign that beat, broker and a worker are alive together."""
    health.note_beat(timezone.now())
