"""What beat and the bell call; the work is found in the database, so a task may come twice, late, or never in between."""

from celery import shared_task

from catalog import actions
from operations.sweeps import sweep


@shared_task(name="catalog.fetch_due")
@sweep("catalog.fetch_due")
def fetch_due() -> int:
    """Fetch the policies whose time has come."""
    return actions.fetch_due()
