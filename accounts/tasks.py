"""What beat and the bell call; the work is found in the database, so a task may come twice, late, or never in between."""

from celery import shared_task

from accounts import actions
from accounts.actions import importing
from operations import clock
from operations.sweeps import each, has_run_since, sweep

ERASE_DUE = "accounts.erase_due"


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


@shared_task(name=ERASE_DUE)
@sweep(ERASE_DUE)
def erase_due() -> int:
    """Erase whoever left so long ago that nothing keeps them; the first time a day (UTC), what is as old in mail and notices."""
    at = clock.now()
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return each(actions.erase_due(at=at, forgets=not has_run_since(ERASE_DUE, midnight)))
