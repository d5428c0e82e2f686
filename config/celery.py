"""The Celery application: Redis is a doorbell, the database is the memory."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("wayleave")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
