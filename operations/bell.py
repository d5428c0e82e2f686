"""Ringing a background task by its name. Redis is a doorbell: whoever rings must have written the work down first."""

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)
# For whoever waits for their page; the worker, which waits for bells all day, has none of it.
PATIENCE = {"socket_timeout": 2, "socket_connect_timeout": 2}  # seconds


class Ring:
    """One ring of one task's bell; when the broker is down it is only logged, because a sweep finds the work anyway."""

    def __init__(self, task: str) -> None:
        self.task = task

    def __call__(self) -> None:
        try:
            # A connection of its own: a pooled one whose wire went dead would hold the request for as long as it lives.
            with current_app.connection_for_write(transport_options=PATIENCE) as connection:
                # No retry in the request: the sweep is the retry.
                current_app.send_task(self.task, connection=connection, retry=False, expires=60)
        except OperationalError as error:
            logger.warning("bell.unheard", task=self.task, error=str(error))


def ring(task: str) -> None:
    """Wake the task named ``task`` when the transaction commits; many calls in a row ring once, a rollback rings never."""
    waiting = transaction.get_connection().run_on_commit[-1:]
    if any(isinstance(function, Ring) and function.task == task for _, function, _ in waiting):
        return
    transaction.on_commit(Ring(task))
