"""The first pages, and founding an organization."""

from home.views.calendars import calendar, calendar_end, calendar_feed, calendar_make
from home.views.founding import organization_start, set_up
from home.views.homes import inbox, operate, organization_home, start
from home.views.solo import set_up_solo, solo_agree, solo_calendar, solo_end, solo_enter

__all__ = [
    "calendar",
    "calendar_end",
    "calendar_feed",
    "calendar_make",
    "inbox",
    "operate",
    "organization_home",
    "organization_start",
    "set_up",
    "set_up_solo",
    "solo_agree",
    "solo_calendar",
    "solo_end",
    "solo_enter",
    "start",
]
