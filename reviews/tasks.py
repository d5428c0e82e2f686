"""Sweeps: reviews and assessments whose day has come; each is safe to run twice, late, or by two workers at once."""

from celery import shared_task

from accounts.models import Organization
from operations import clock
from operations.sweeps import sweep
from reviews import actions, notices


@shared_task(name="reviews.open_due")
@sweep("reviews.open_due")
def open_due() -> int:
    """Schedule what is new, open what is due, close what has ended, put to judgement what has changed."""
    at = clock.now()
    actions.schedule_new()
    opened = actions.open_due(at=at)
    return opened + actions.close_ended(at=at) + actions.open_assessments_for_changed_facts(at=at)


@shared_task(name="reviews.remind")
@sweep("reviews.remind")
def remind() -> int:
    """Write the reminders whose day has come."""
    at = clock.now()
    return sum(notices.tell_due(one, at=at) for one in Organization.objects.filter(locked_at__isnull=True))
