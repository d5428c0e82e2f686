"""The sweep of sessions; safe to run twice, late, or by two workers at once."""

from celery import shared_task

from accounts import actions
from operations import clock
from operations.sweeps import sweep


@shared_task(name="accounts.clear_sessions")
@sweep("accounts.clear_sessions")
def clear_sessions() -> int:
    """Remove what is kept of sessions that have run out or were ended."""
    return actions.clear_sessions(at=clock.now())
