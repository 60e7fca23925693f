"""The Celery application; tasks live in the apps, each in its module `tasks`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crmkpi.settings")

app = Celery("crmkpi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
