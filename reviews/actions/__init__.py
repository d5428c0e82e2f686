"""Opening and closing reviews, and judging changes."""

from reviews.actions.assessments import judge, open_assessments_for_changed_facts, record_change
from reviews.actions.reviews import close_ended, confirm_holds, open_due, propose_change, schedule_new

__all__ = [
    "close_ended",
    "confirm_holds",
    "judge",
    "open_assessments_for_changed_facts",
    "open_due",
    "propose_change",
    "record_change",
    "schedule_new",
]
