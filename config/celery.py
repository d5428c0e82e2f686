"""The Celery application: Redis is a doorbell, the database is the memory."""

import os

from celery import Celery, signals
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
# Celery would run Django's checks in worker and beat, which imports every page and form: a tenth of what a worker holds. The
# release and the gate run them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("wayleave")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)  # the id of the request that rang stands in the worker's lines
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_lines(**_how: object) -> None:
    """Celery would raise the level of every line in worker and beat to WARNING: LOGGING stays as it is."""
