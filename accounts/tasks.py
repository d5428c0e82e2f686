"""What beat and the bell call; the work is found in the database, so a task may come twice, late, or never in between."""

from celery import shared_task

from accounts import actions
from accounts.actions import importing
from operations import clock
from operations.sweeps import sweep


@shared_task(name="accounts.import_people")
@sweep("accounts.import_people")
def import_people() -> int:
    """Import the lists that were asked for."""
    return importing.import_due(at=clock.now())


@shared_task(name="accounts.clear_sessions")
@sweep("accounts.clear_sessions")
def clear_sessions() -> int:
    """Remove what is kept of sessions that have run out or were ended."""
    return actions.clear_sessions(at=clock.now())
