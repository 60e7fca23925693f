"""The Celery application; tasks live in the apps, each in its module `tasks`."""

import os

from celery import Celery
from celery.signals import worker_init

from crmkpi import broker
from crmkpi.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crmkpi.settings")

broker.take_over()
app = Celery("crmkpi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect(weak=False)
def load_all(**_: object) -> None:
    """Load the program once, before the processes that share it are made."""
    settle()
