"""Sweeps: who left long ago is found in the database; each is safe to run twice, late, or by two workers at once."""

from celery import shared_task

from accounts import actions
from operations import clock
from operations.sweeps import each, sweep


@shared_task(name="accounts.erase_due")
@sweep("accounts.erase_due")
def erase_due() -> int:
    """Erase whoever left so long ago that nothing keeps them."""
    return each(actions.erase_due(at=clock.now()))
