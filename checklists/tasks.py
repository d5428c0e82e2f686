"""Sweeps: what is due is found in the database; each is safe to run twice, late, or by two workers at once."""

from celery import shared_task

from accounts.models import Organization
from checklists import actions, notices
from operations import clock
from operations.sweeps import sweep


@shared_task(name="checklists.settle")
@sweep("checklists.settle")
def settle() -> int:
    """Settle whoever asked for it."""
    return actions.settle_due(at=clock.now())


@shared_task(name="checklists.take_lapsed")
@sweep("checklists.take_lapsed")
def take_lapsed() -> int:
    """Ask for settling of people of whom something has run out."""
    return actions.take_lapsed(at=clock.now())


@shared_task(name="checklists.fold_counts")
@sweep("checklists.fold_counts")
def fold_counts() -> int:
    """Fold the deltas of the counts into their cells."""
    return actions.fold_counts()


@shared_task(name="checklists.remind")
@sweep("checklists.remind")
def remind() -> int:
    """Write the reminders whose day has come."""
    at = clock.now()
    return sum(notices.tell_due(one, at=at) for one in Organization.objects.filter(locked_at__isnull=True))
