"""The days on which something of one person's is due, as a calendar reads them; nobody else's name is in it."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.models import AccessPeriod, Membership
from accounts.queries import standing_of, with_standing
from accounts.rights import Right
from checklists.models import Assignment
from home.models import CalendarFeed
from home.queries.inbox import Thing, inbox_of

REFRESHED_EVERY = "PT6H"


@dataclass(frozen=True)
class Due:
    """One day of the calendar.

    :ivar key: names it for as long as it is due, wherever its day moves.
    :ivar url: the page on which it is done, a path of ours.
    """

    key: str
    on: dt.date
    title: str
    url: str


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_feed(membership: Membership) -> CalendarFeed | None:
    """The person's link that works now."""
    return _working().filter(membership=membership).first()


def feed_by(token: str) -> CalendarFeed | None:
    """The link with this token, while it is open and its person belongs to an organization that is there."""
    feeds = _working().filter(
        token_sha256=digest_of(token), organization__locked_at=None, membership__user__is_active=True
    )
    return feeds.select_related("organization").first()


def due_days(feed: CalendarFeed, *, at: dt.datetime) -> list[Due]:
    """Everything of this person's that has a day: their checklists, and what they look after."""
    membership = with_standing(Membership.objects.select_related("organization", "user")).get(pk=feed.membership_id)
    runs_it = Right.ADOPTION_RUN in standing_of(membership).rights
    own = membership.assignments.exclude(status=Assignment.Status.ENDED).order_by("pk")
    task_list = reverse("checklists:task-list", args=[feed.organization.slug])
    answers = [
        Due(f"assignment-{pk}", due_on, _("Answer “%(checklist)s”") % {"checklist": name}, task_list)
        for pk, due_on, name in own.values_list("pk", "due_on", "checklist__name")
        if due_on
    ]
    things = inbox_of(membership, at=at, runs_it=runs_it).things
    return answers + [Due(one.key, one.due_on, _summary(one), one.url) for one in things if one.due_on]


def calendar_of(feed: CalendarFeed, *, at: dt.datetime) -> bytes:
    """The feed's days as a file; the same days are the same bytes, whenever they are asked for."""
    calendar = Calendar()
    calendar.add("prodid", "-//Wayleave//What is due//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", feed.organization.name)
    calendar.add("refresh-interval;value=duration", REFRESHED_EVERY)
    for due in due_days(feed, at=at):
        event = Event()
        event.add("uid", f"{due.key}-{feed.membership_id}@wayleave")
        event.add("dtstamp", feed.made_at)
        event.add("dtstart", due.on)
        event.add("dtend", due.on + dt.timedelta(days=1))
        event.add("summary", due.title)
        event.add("url", settings.PUBLIC_URL + due.url)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()


def _working() -> QuerySet[CalendarFeed]:
    """Links that are open, of people who have belonged ever since they made them: leaving ends one for good, and who comes back
    makes another. Another access level begins when the one before it ends; nobody was away between them."""
    periods = AccessPeriod.objects.filter(membership=OuterRef("membership"))
    next_one = AccessPeriod.objects.filter(membership=OuterRef("membership"), started_at=OuterRef("ended_at"))
    left_since = periods.filter(~Exists(next_one), ended_at__gte=OuterRef("made_at"))
    return CalendarFeed.objects.filter(Exists(periods.open()), ~Exists(left_since), ended_at=None)


def _summary(thing: Thing) -> str:
    """In our own words where a title may be what somebody typed, or a name."""
    return {
        "condition": _("A condition of a signature is to be met"),
        "review": _("Does it still hold? %(title)s") % {"title": thing.title},
        "change": _("A change is to be judged"),
        "vendor": _("A vendor’s answer is due"),
        "shared": _("Questions answered once: %(title)s") % {"title": thing.title},
    }.get(thing.kind, thing.title)
