"""What to tell whom about checklists."""

from checklists.notices.assignments import RULE, tell_due, tell_nudged, tell_oneself, tell_released, unwritten_reminders
from checklists.notices.late import LATE_RULE, tell_who_looks_after_the_late
from checklists.notices.questions import tell_asker, tell_contact, tell_stand_in, withdraw_question
from checklists.notices.usage import tell_about_usage, withdraw_usage

__all__ = [
    "LATE_RULE",
    "RULE",
    "tell_about_usage",
    "tell_asker",
    "tell_contact",
    "tell_due",
    "tell_nudged",
    "tell_oneself",
    "tell_released",
    "tell_stand_in",
    "tell_who_looks_after_the_late",
    "unwritten_reminders",
    "withdraw_question",
    "withdraw_usage",
]
