"""How delivery is doing: of one organization for its mail page, and of the installation for ``/readyz``."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Organization
from notifications.models import OutgoingMail
from operations import clock
from operations.health import Health
from operations.paging import EXACT_UP_TO

DAYS = 7
# Mail that waits for longer than its first tries take.
STUCK_AFTER = dt.timedelta(hours=1)

# Nothing is counted further than it is said.
_COUNTS = """
SELECT (SELECT count(*) FROM (SELECT FROM notifications_outgoingmail
                              WHERE organization_id = %(organization)s AND status = 'pending' LIMIT %(most)s) capped),
       (SELECT count(*) FROM (SELECT FROM notifications_outgoingmail
                              WHERE organization_id = %(organization)s AND status = 'failed'
                                AND created_at >= %(since)s LIMIT %(most)s) capped),
       (SELECT count(*) FROM (SELECT FROM notifications_outgoingmail
                              WHERE organization_id = %(organization)s AND status = 'held' LIMIT %(most)s) capped),
       (SELECT count(*) FROM notifications_bounce bounce
        JOIN accounts_membership membership ON membership.id = bounce.membership_id
        JOIN accounts_user person ON person.id = membership.user_id
        WHERE bounce.organization_id = %(organization)s AND bounce.cleared_at IS NULL
          AND bounce.address_sha256 = encode(sha256(convert_to(person.email, 'UTF8')), 'hex')),
       (SELECT created_at FROM notifications_outgoingmail
        WHERE organization_id = %(organization)s AND status = 'pending' ORDER BY created_at LIMIT 1),
       (SELECT sent_at FROM notifications_outgoingmail
        WHERE organization_id = %(organization)s AND status = 'sent' ORDER BY created_at DESC LIMIT 1)
"""
_DAYS = """
SELECT day::date,
       (SELECT count(*) FROM (SELECT FROM notifications_outgoingmail
           WHERE organization_id = %(organization)s AND status = 'sent' AND created_at >= day AT TIME ZONE %(zone)s
             AND created_at < (day + interval '1 day') AT TIME ZONE %(zone)s LIMIT %(most)s) capped),
       (SELECT count(*) FROM (SELECT FROM notifications_outgoingmail
           WHERE organization_id = %(organization)s AND status = 'failed' AND created_at >= day AT TIME ZONE %(zone)s
             AND created_at < (day + interval '1 day') AT TIME ZONE %(zone)s LIMIT %(most)s) capped)
FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, '1 day') AS day ORDER BY day DESC
"""


@dataclass(frozen=True)
class Day:
    """What was written on one day: how much of it was sent, and failed."""

    on: dt.date
    sent: str
    failed: str


@dataclass(frozen=True)
class Delivery:
    """How the mail of one organization is doing; counts as they are said.

    :ivar failed: of the last week. ``unreached``: people whom mail doesn't reach.
    """

    waiting: str
    failed: str
    held: str
    unreached: str
    oldest_waiting_at: dt.datetime | None
    last_sent_at: dt.datetime | None
    days: tuple[Day, ...]


def delivery_health(organization: Organization, *, at: dt.datetime) -> Delivery:
    """The last week of an organization's mail; two queries."""
    today = clock.day_of(at, organization.timezone)
    first = today - dt.timedelta(days=DAYS - 1)
    about: dict[str, Any] = {
        "organization": organization.pk,
        "zone": organization.timezone,
        "first": first,
        "last": today,
        "since": at - dt.timedelta(days=DAYS),
        "most": EXACT_UP_TO + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, about)
        *counts, oldest, last = cursor.fetchone()
        cursor.execute(_DAYS, about)
        days = tuple(Day(on, _said(sent), _said(failed)) for on, sent, failed in cursor.fetchall())
    waiting, failed, held, unreached = map(_said, counts)
    return Delivery(waiting, failed, held, unreached, oldest, last, days)


def stuck_mail(at: dt.datetime) -> Health | None:
    """A line for ``/readyz`` while mail has waited for long; restarting anything would not send it."""
    late = OutgoingMail.objects.pending().filter(created_at__lte=at - STUCK_AFTER)
    oldest = late.order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is None:
        return None
    return Health("mail", True, f"stuck: the oldest waits for {round((at - oldest).total_seconds() / 60)} min")


def _said(count: int) -> str:
    return str(count) if count <= EXACT_UP_TO else "> 1,000"
