"""How days and moments read on a page: "24 Nov 2026", "in 3 days (24 Nov 2026)"; a language's own order comes from Django."""

import datetime as dt

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext

register = template.Library()

DAYS_SAID_AS_DAYS = 60
DAYS_SAID_AS_MONTHS = 700


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """The calendar day: "24 Nov 2026". A moment is read in the active time zone; nothing gives an empty text."""
    on = _as_day(value)
    return formats.date_format(on, "j M Y") if on else ""


@register.filter
def month(value: dt.date | dt.datetime | None) -> str:
    """The month of a day that is known no better: "Nov 2026"."""
    on = _as_day(value)
    return formats.date_format(on, "M Y") if on else ""


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Day, time and time zone: "24 Nov 2026, 14:05 CET"."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return f"{formats.date_format(local, 'j M Y, H:i')} {local.tzname()}"


@register.filter
def distance(value: dt.date | dt.datetime | None, today: dt.date) -> str:
    """How far a day is from ``today``: "today", "in 3 days", "2 months ago"."""
    on = _as_day(value)
    if on is None:
        return ""
    days = (on - today).days
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    return near.get(days) or (_ahead(days) if days > 0 else _ago(-days))


@register.filter
def relative_day(value: dt.date | dt.datetime | None, today: dt.date) -> str:
    """Distance and day: "in 3 days (24 Nov 2026)"; ``today`` is the reader's, handed down from the view."""
    if not value:
        return ""
    return f"{distance(value, today)} ({day(value)})"


@register.filter
def iso(value: dt.date | dt.datetime | None) -> str:
    """For machines: the ``datetime`` attribute of ``<time>``."""
    return value.isoformat() if value else ""


def _as_day(value: dt.date | dt.datetime | None) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value or None


def _ahead(days: int) -> str:
    if days <= DAYS_SAID_AS_DAYS:
        return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}
    if days <= DAYS_SAID_AS_MONTHS:
        months = round(days / 30.44)
        return ngettext("in %(count)d month", "in %(count)d months", months) % {"count": months}
    years = round(days / 365.25)
    return ngettext("in %(count)d year", "in %(count)d years", years) % {"count": years}


def _ago(days: int) -> str:
    if days <= DAYS_SAID_AS_DAYS:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    if days <= DAYS_SAID_AS_MONTHS:
        months = round(days / 30.44)
        return ngettext("%(count)d month ago", "%(count)d months ago", months) % {"count": months}
    years = round(days / 365.25)
    return ngettext("%(count)d year ago", "%(count)d years ago", years) % {"count": years}
