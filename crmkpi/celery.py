"""The Celery application; tasks live in the apps and are found by their `tasks` modules."""

import os

from celery import Celery
from django.core.cache import cache
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crmkpi.settings")

BEAT_KEY = "crmkpi.last_beat"

app = Celery("crmkpi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="crmkpi.heartbeat")
def heartbeat() -> None:
    """Leave a sign that beat, broker and a worker are alive together."""
    cache.set(BEAT_KEY, timezone.now().isoformat(), timeout=None)
