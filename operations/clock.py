"""The one clock. Read it at the edge (view, task, command) and hand it down as ``at=``."""

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings


def now() -> dt.datetime:
    """The present moment, aware, in UTC; tests shift it by the seconds in ``CLOCK_OFFSET_FILE``."""
    return dt.datetime.now(dt.UTC) + _offset()  # noqa: TID251 -- the one place that may ask the system


def today(tz: str) -> dt.date:
    """The calendar day it is now in the time zone named ``tz`` (an IANA name)."""
    return day_of(now(), tz)


def day_of(at: dt.datetime, tz: str) -> dt.date:
    """The calendar day a moment falls on in the time zone named ``tz`` (an IANA name)."""
    return at.astimezone(ZoneInfo(tz)).date()


def time_zones() -> set[str]:
    """The IANA names to choose from: without those that mean this machine's own, which the database doesn't know."""
    return available_timezones() - {"Factory", "localtime", "posixrules"}


def _offset() -> dt.timedelta:
    path = settings.CLOCK_OFFSET_FILE
    if path is None or not path.exists():
        return dt.timedelta()
    return dt.timedelta(seconds=float(path.read_text() or 0))
