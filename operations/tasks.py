"""The bell that proves the other bells are heard."""

from celery import shared_task

from operations import clock
from operations.models import Heartbeat

WORKER = "worker"


@shared_task(name="operations.heartbeat")
def heartbeat() -> None:
    """Note that beat rang and a worker heard it."""
    Heartbeat.objects.update_or_create(name=WORKER, defaults={"at": clock.now()})
