"""Sweeps: who left long ago is found in the database; each is safe to run twice, late, or by two workers at once."""

from celery import shared_task

from accounts import actions
from operations import clock
from operations.sweeps import each, has_run_since, sweep

ERASE_DUE = "accounts.erase_due"


@shared_task(name=ERASE_DUE)
@sweep(ERASE_DUE)
def erase_due() -> int:
    """Erase whoever left so long ago that nothing keeps them; the first time a day (UTC), what is as old in mail and notices."""
    at = clock.now()
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return each(actions.erase_due(at=at, forgets=not has_run_since(ERASE_DUE, midnight)))
