"""Use cases above all apps: founding an organization with everything it begins with, the operator, the demo company."""

from home.actions.calendars import end_feed, make_feed
from home.actions.operators import make_operator
from home.actions.set_up import make_link, set_up
from home.actions.solo import agree_alone, enter_alone, set_up_solo

__all__ = [
    "agree_alone",
    "end_feed",
    "enter_alone",
    "make_feed",
    "make_link",
    "make_operator",
    "set_up",
    "set_up_solo",
]
