"""Opening and closing reviews, and judging changes."""

from reviews.actions.assessments import judge, open_assessments_for_changed_facts, record_change
from reviews.actions.facts import add_own_fact
from reviews.actions.reviews import close, close_ended, find_change, open_due, schedule_new

__all__ = [
    "add_own_fact",
    "close",
    "close_ended",
    "find_change",
    "judge",
    "open_assessments_for_changed_facts",
    "open_due",
    "record_change",
    "schedule_new",
]
