"""Telling people, and taking it back. Whoever owns a due thing calls these; notifications knows no subject.

``tell_many`` is set-wise: one INSERT … SELECT however many people; ``tell`` is the same for one. Both are safe to run
again: the ledger keeps one notice per rule, subject, person and slot; one that was withdrawn before it was sent comes
back when the subject is open again. Call them in the transaction of the change.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import Membership, Organization
from accounts.rights import Right
from notifications.models import Notice
from operations.bell import ring

DIGEST_TASK = "notifications.digest"

# The sending hour of a working day is in the person's time zone, else the organization's; a zone name nobody knows counts
# as UTC. Without a slot there is nothing to say yet.
_INSERT = """
WITH {taken} due (recipient_id, subject_key, slot_date, title, body, because, link, due_on) AS MATERIALIZED (
    {query}
), addressed AS MATERIALIZED (
    SELECT due.*, coalesce(nullif(person.timezone, ''), organization.timezone) AS zone
    FROM due
    JOIN accounts_membership membership ON membership.id = due.recipient_id
    JOIN accounts_user person ON person.id = membership.user_id
    JOIN accounts_organization organization ON organization.id = membership.organization_id
    WHERE EXISTS (SELECT FROM due)  -- asked once: with nothing due, nobody is read, however many the planner expects
), zone AS MATERIALIZED (
    SELECT name, notifications_zone(name) AS known FROM (SELECT DISTINCT zone AS name FROM addressed) AS named
)
INSERT INTO notifications_notice (organization_id, rule, subject_key, recipient_id, slot_date, title, body, because,
                                  link, due_on, is_urgent, needs, written_at, send_from)
SELECT %s, %s, due.subject_key, due.recipient_id, due.slot_date, due.title, due.body, due.because,
       due.link, due.due_on, %s, %s, %s,
       CASE WHEN %s THEN %s ELSE (notifications_workday(due.slot_date) + time '08:00') AT TIME ZONE zone.known END
FROM addressed due JOIN zone ON zone.name = due.zone
WHERE due.slot_date IS NOT NULL
ON CONFLICT (organization_id, subject_key, recipient_id, rule, slot_date) DO UPDATE
SET withdrawn_at = NULL, title = excluded.title, body = excluded.body, because = excluded.because,
    link = excluded.link, due_on = excluded.due_on, is_urgent = excluded.is_urgent, needs = excluded.needs,
    written_at = excluded.written_at, send_from = excluded.send_from
WHERE notifications_notice.withdrawn_at IS NOT NULL AND NOT notifications_notice.is_muted
"""


def tell_many(
    *,
    organization: Organization,
    rule: str,
    query: str,
    params: Sequence[Any] = (),
    at: dt.datetime,
    is_urgent: bool = False,
    needs: Right | None = None,
    taken: str = "",
) -> int:
    """Write a notice for every row of a SELECT; returns how many were new.

    :param rule: which rule says so, a slug such as ``assignment-due``; with subject, person and slot the notice's name.
    :param query: a SELECT (constant text of the calling module, values in ``params``) that yields, in this order:
        ``recipient_id`` (membership), ``subject_key``, ``slot_date``, ``title``, ``body``, ``because``, ``link`` (a path
        on this installation), ``due_on`` (may be null). Use ``notifications_newest_slot(due_on, on, days, then_every)``
        for ``slot_date``, so that a late sweep writes one slot only.
    :param is_urgent: goes at once and in a mail of its own instead of the next morning's digest.
    :param needs: the right that what is told takes; whoever has lost it by the time of the mail is told nothing.
    :param taken: an UPDATE or DELETE … RETURNING whose rows ``query`` reads as ``taken``, so that what is due is told and
        taken off the list of what is due in one statement; its values come first in ``params``.
    :raises IntegrityError: at commit, for a recipient of another organization.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.replace("{taken}", f"taken AS ({taken})," if taken else "").replace("{query}", query),
            [*params, organization.pk, rule, is_urgent, needs or "", at, is_urgent, at],
        )
        written = cursor.rowcount
    if written and is_urgent:
        ring(DIGEST_TASK)
    return written


def tell(
    *,
    recipient: Membership,
    rule: str,
    subject_key: str,
    slot_date: dt.date,
    title: str,
    link: str,
    at: dt.datetime,
    body: str = "",
    because: str = "",
    due_on: dt.date | None = None,
    is_urgent: bool = False,
    needs: Right | None = None,
) -> bool:
    """Write one notice for one person; False if the same one was already written."""
    written = tell_many(
        organization=recipient.organization,
        rule=rule,
        query="SELECT %s::bigint, %s::text, %s::date, %s::text, %s::text, %s::text, %s::text, %s::date",
        params=[recipient.pk, subject_key, slot_date, title, body, because, link, due_on],
        at=at,
        is_urgent=is_urgent,
        needs=needs,
    )
    return written == 1


def withdraw(
    *, organization: Organization, subject_key: str, at: dt.datetime, recipient: Membership | None = None
) -> int:
    """Take back what was not sent yet about a settled subject, for one person or for all; returns how many."""
    about = Q(subject_key=subject_key)
    return withdraw_those(about & Q(recipient=recipient) if recipient else about, organization=organization, at=at)


@transaction.atomic
def withdraw_those(about: Q, *, organization: Organization, at: dt.datetime) -> int:
    """Take back what was not sent yet of the notices that this is true of; returns how many."""
    unsent = Notice.objects.unsent().filter(about, organization=organization)
    # Locked in the order in which the digest locks them, so that the two never wait for each other.
    locked = list(unsent.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    return Notice.objects.filter(pk__in=locked).update(withdrawn_at=at)
