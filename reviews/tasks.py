"""Sweeps: reviews and assessments whose day has come; each is safe to run twice, late, or by two workers at once."""

from functools import partial

from celery import shared_task

from accounts.models import Organization
from operations import clock
from operations.sweeps import each, sweep
from reviews import actions, notices


@shared_task(name="reviews.open_due")
@sweep("reviews.open_due")
def open_due() -> int:
    """Schedule what is new, open what is due, close what has ended, put to judgement what has changed."""
    at = clock.now()
    steps = (actions.open_due, actions.close_ended, actions.open_assessments_for_changed_facts)
    schedule = [(step.__name__, step) for step in (actions.schedule_new, actions.bring_forward)]
    return each([*schedule, *((step.__name__, partial(step, at=at)) for step in steps)])


@shared_task(name="reviews.remind")
@sweep("reviews.remind")
def remind() -> int:
    """Write the reminders whose day has come."""
    at = clock.now()
    present = Organization.objects.filter(locked_at__isnull=True)
    return each((f"organization:{one.pk}", partial(notices.tell_due, one, at=at)) for one in present)


@shared_task(name="reviews.assess_policies")
@sweep("reviews.assess_policies")
def assess_policies() -> int:
    """Look at what is new in policies, put to judgement what has to be, and note what is green again."""
    at = clock.now()
    return each((step.__name__, partial(step, at=at)) for step in (actions.assess_policies, actions.note_green))
