"""How mail and reminders are doing, as figures for ``/metrics`` (operations/metrics.py)."""

import datetime as dt

from django.db import connection

from operations.metrics import Figure

FAILED_SINCE = dt.timedelta(days=1)

# By organization, since an index begins with it; mail of none is counted beside.
_MAIL = """
SELECT (SELECT count(*) FROM notifications_outgoingmail WHERE status = 'pending'),
       (SELECT min(created_at) FROM notifications_outgoingmail WHERE status = 'pending'),
       (SELECT count(*) FROM accounts_organization organization
        JOIN notifications_outgoingmail mail ON mail.organization_id = organization.id
         AND mail.status = 'failed' AND mail.created_at >= %(since)s),
       (SELECT count(*) FROM notifications_outgoingmail
        WHERE organization_id IS NULL AND status = 'failed' AND created_at >= %(since)s),
       (SELECT count(*) FROM notifications_notice
        WHERE mail_id IS NULL AND withdrawn_at IS NULL AND send_from <= %(at)s)
"""


def mail(at: dt.datetime) -> list[Figure]:
    """What waits, since when, what failed in the last day, and reminders whose time has come; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_MAIL, {"at": at, "since": at - FAILED_SINCE})
        pending, oldest, failed, failed_of_none, due = cursor.fetchone()
    age = (at - oldest).total_seconds() if oldest else 0
    return [
        Figure.one("mail_pending", "Messages that wait for their first or next try.", pending),
        Figure.one("mail_oldest_pending_seconds", "How long the oldest of them has waited.", age),
        Figure.one("mail_failed_last_day", "Messages of the last day that failed for good.", failed + failed_of_none),
        Figure.one("notices_due_unsent", "Reminders whose time has come and that stand in no message yet.", due),
    ]
