"""From the ledger to the mail: one digest per person and day where they are; what is urgent at once, by itself.

A batch is one transaction of one organization: lock up to 500 people (whoever is being done elsewhere is skipped), lock what they have not
been told, write their mail, point the notices to it. Killed in the middle it never happened; run twice it finds nothing;
and the database allows one digest per person, organization and day, whoever tries.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Organization
from accounts.queries import standing_of, with_standing
from notifications.links import unsubscribe_link
from notifications.mail import SEND_TASK, first_status, new_message_id
from notifications.models import Notice, OutgoingMail
from operations import clock
from operations.bell import ring
from operations.sweeps import each

BATCH = 500
# One run ends before Celery's soft time limit; the next turn goes on.
RUN = dt.timedelta(minutes=2)

# People with something unsent, in the order of their number, each batch where the last one ended.
_WAITING = """
SELECT DISTINCT ON (recipient_id) recipient_id, organization_id FROM notifications_notice
WHERE mail_id IS NULL AND withdrawn_at IS NULL AND send_from <= %s AND recipient_id > %s
ORDER BY recipient_id LIMIT %s
"""

# NO KEY UPDATE: people whose digest is being written can answer and sign meanwhile.
_LOCK_PEOPLE = """
SELECT id FROM accounts_membership WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""

# Who they are, which day it is where they are, and from when on they may have a digest: from eight in the morning of a
# working day, and after today's only the next one.
_PEOPLE = """
SELECT membership.id, membership.organization_id, membership.user_id, person.email, person.name, place.today,
       (notifications_workday(place.today + had.today::int) + time '08:00') AT TIME ZONE place.zone AS digest_from,
       (notifications_workday(place.today + 1) + time '08:00') AT TIME ZONE place.zone AS digest_after,
       coalesce(preference.only_pressing, false) AS hears_only_pressing, bounce.id IS NOT NULL AS is_out_of_reach,
       person.is_active AND organization.locked_at IS NULL AND EXISTS (
           SELECT FROM accounts_accessperiod access WHERE access.membership_id = membership.id AND access.ended_at IS NULL
       ) AS is_here
FROM accounts_membership membership
JOIN accounts_user person ON person.id = membership.user_id
JOIN accounts_organization organization ON organization.id = membership.organization_id
LEFT JOIN notifications_preference preference ON preference.membership_id = membership.id
LEFT JOIN notifications_bounce bounce ON bounce.membership_id = membership.id AND bounce.cleared_at IS NULL
     AND bounce.address_sha256 = encode(sha256(convert_to(person.email, 'UTF8')), 'hex')
CROSS JOIN LATERAL (SELECT notifications_zone(coalesce(nullif(person.timezone, ''), organization.timezone)) AS zone) known
CROSS JOIN LATERAL (SELECT known.zone, (%s AT TIME ZONE known.zone)::date AS today) place
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM notifications_outgoingmail mail
        WHERE mail.organization_id = membership.organization_id AND mail.user_id = membership.user_id
          AND mail.digest_on = place.today
    ) AS today
) had
WHERE membership.id = ANY(%s)
"""

_POINT_TO_MAIL = """
UPDATE notifications_notice SET mail_id = told.mail_id
FROM unnest(%s::bigint[], %s::bigint[]) AS told (notice_id, mail_id)
WHERE notifications_notice.id = told.notice_id
"""


@dataclass(frozen=True)
class Person:
    """One recipient, locked for this batch.

    :ivar today: the day where they are.
    :ivar digest_from: when they may have their next digest; ``digest_after``, if not before tomorrow.
    """

    membership_id: int
    organization_id: Any
    user_id: Any
    email: str
    name: str
    today: dt.date
    digest_from: dt.datetime
    digest_after: dt.datetime
    hears_only_pressing: bool
    is_out_of_reach: bool
    is_here: bool

    def waits_until(self, notice: Notice, at: dt.datetime) -> dt.datetime | None:
        """When this is to be looked at again; None where it is sent now. What is urgent is tried whatever came back."""
        if notice.is_urgent:
            return None
        until = self.digest_after if self.is_out_of_reach else self.digest_from
        return until if until > at else None

    def wants(self, notice: Notice) -> bool:
        """Whether this presses, or they hear of the rest too."""
        is_overdue = notice.due_on is not None and notice.due_on < self.today
        return notice.is_urgent or is_overdue or not self.hears_only_pressing


def write_mail(*, at: dt.datetime) -> int:
    """Turn everything that is due at ``at`` into mail, batch by batch; returns how many messages were written.

    :raises SomeFailed: a batch could not be written; the others are.
    """
    return each(_batches(at))


def _batches(at: dt.datetime) -> Iterator[tuple[str, Callable[[], int]]]:
    after, until = 0, clock.now() + RUN
    while clock.now() < until and (waiting := _waiting(at, after)):
        by_organization = sorted(waiting, key=lambda one: str(one[1]))
        for organization_id, people in itertools.groupby(by_organization, key=lambda one: one[1]):
            recipients = [recipient_id for recipient_id, _organization in people]
            yield f"organization:{organization_id}", partial(_write_batch, recipients, at)
        after = waiting[-1][0]


def _waiting(at: dt.datetime, after: int) -> list[tuple[int, UUID]]:
    if not Notice.objects.unsent().filter(send_from__lte=at).exists():
        return []
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [at, after, BATCH])
        return cursor.fetchall()


@transaction.atomic
def _write_batch(waiting: list[int], at: dt.datetime) -> int:
    people = _lock_people(waiting, at)
    unsent = Notice.objects.unsent().filter(recipient_id__in=people, send_from__lte=at)
    # Locked in the order in which withdraw() locks them.
    notices = list(unsent.order_by("pk").select_for_update(no_key=True, of=("self",)))
    here = _for_whom_it_is_still(notices, people)
    gone = {notice.pk for notice in notices} - {notice.pk for notice in here}
    Notice.objects.filter(pk__in=gone).update(withdrawn_at=at)
    to_say = _without_those_that_wait(here, people, at)
    wanted = [notice for notice in to_say if people[notice.recipient_id].wants(notice)]
    muted = {notice.pk for notice in to_say} - {notice.pk for notice in wanted}
    Notice.objects.filter(pk__in=muted).update(withdrawn_at=at, is_muted=True)
    told = _messages(wanted, people, at)
    OutgoingMail.objects.bulk_create([mail for mail, _notices in told])
    pairs = [(notice.pk, mail.pk) for mail, covered in told for notice in covered]
    with connection.cursor() as cursor:
        cursor.execute(_POINT_TO_MAIL, [[notice for notice, _mail in pairs], [mail for _notice, mail in pairs]])
    if told:
        ring(SEND_TASK)
    return len(told)


def _lock_people(waiting: list[int], at: dt.datetime) -> dict[int, Person]:
    # Two statements: the second sees what whoever held the lock before has committed.
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_PEOPLE, [waiting])
        locked = [membership_id for (membership_id,) in cursor.fetchall()]
        cursor.execute(_PEOPLE, [at, locked])
        return {row[0]: Person(*row) for row in cursor.fetchall()}


def _for_whom_it_is_still(notices: list[Notice], people: dict[int, Person]) -> list[Notice]:
    """Without what is told to whoever has left, or has lost the right that it takes since it was written."""
    here = [notice for notice in notices if people[notice.recipient_id].is_here]
    asked = {notice.recipient_id for notice in here if notice.needs}
    if not asked:
        return here
    held = {one.pk: standing_of(one).rights for one in with_standing(Membership.objects.filter(pk__in=asked))}
    return [notice for notice in here if not notice.needs or notice.needs in held[notice.recipient_id]]


def _without_those_that_wait(notices: list[Notice], people: dict[int, Person], at: dt.datetime) -> list[Notice]:
    """What is said now; the rest is looked at again in the morning."""
    now: list[Notice] = []
    later: list[Notice] = []
    for notice in notices:
        until = people[notice.recipient_id].waits_until(notice, at)
        notice.send_from = until or notice.send_from
        (later if until else now).append(notice)
    Notice.objects.bulk_update(later, ["send_from"])
    return now


def _messages(
    notices: list[Notice], people: dict[int, Person], at: dt.datetime
) -> list[tuple[OutgoingMail, list[Notice]]]:
    """Each message with the notices it carries."""
    organizations = Organization.objects.in_bulk({person.organization_id for person in people.values()})
    told = []
    for person, of_person in _by_person(notices, people):
        organization = organizations[person.organization_id]
        for notice in (notice for notice in of_person if notice.is_urgent):
            told.append((_urgent(person, organization, notice, at), [notice]))
        calm = [notice for notice in of_person if not notice.is_urgent]
        if calm:
            told.append((_digest(person, organization, calm, at), calm))
    return told


def _by_person(notices: list[Notice], people: dict[int, Person]) -> Iterable[tuple[Person, list[Notice]]]:
    rows = sorted(notices, key=lambda notice: (notice.recipient_id, notice.pk))
    for recipient_id, of_person in itertools.groupby(rows, key=lambda notice: notice.recipient_id):
        yield people[recipient_id], list(of_person)


def _digest(person: Person, organization: Organization, notices: list[Notice], at: dt.datetime) -> OutgoingMail:
    shown = _newest_of_each_subject(notices)
    subject = ngettext(
        "%(organization)s: %(count)d thing waits for you", "%(organization)s: %(count)d things wait for you", len(shown)
    ) % {"organization": organization.name, "count": len(shown)}
    mail = _mail(person, organization, subject=subject, notices=shown, at=at, may_turn_off=True)
    mail.kind, mail.digest_on = OutgoingMail.Kind.DIGEST, person.today
    if not person.hears_only_pressing:
        link = unsubscribe_link(person.membership_id)
        mail.headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return mail


def _urgent(person: Person, organization: Organization, notice: Notice, at: dt.datetime) -> OutgoingMail:
    subject = _("%(organization)s: %(title)s") % {"organization": organization.name, "title": notice.title}
    mail = _mail(person, organization, subject=subject, notices=[notice], at=at)
    mail.kind = OutgoingMail.Kind.URGENT
    return mail


def _newest_of_each_subject(notices: list[Notice]) -> list[Notice]:
    """What was unsent for days is said once, as it stands now; the most pressing first."""
    newest: dict[tuple[str, str], Notice] = {}
    for notice in sorted(notices, key=lambda notice: (notice.slot_date, notice.pk)):
        newest[notice.rule, notice.subject_key] = notice
    said: dict[tuple[str, str, str], Notice] = {}
    for notice in newest.values():  # a nudge and the reminder that it is about: one line that says both
        first = said.setdefault((notice.subject_key, notice.title, notice.link), notice)
        if first is not notice:
            first.body = f"{first.body} {notice.body}".strip()
            first.because = first.because or notice.because
    return sorted(said.values(), key=lambda notice: (notice.due_on or dt.date.max, notice.pk))


def _mail(
    person: Person,
    organization: Organization,
    *,
    subject: str,
    notices: list[Notice],
    at: dt.datetime,
    may_turn_off: bool = False,
) -> OutgoingMail:
    context = {
        "name": person.name,
        "organization": organization.name,
        "public_url": settings.PUBLIC_URL,
        "home": f"{settings.PUBLIC_URL}{organization.get_absolute_url()}",
        "notices": notices,
        "today": person.today,
        "preferences": f"{settings.PUBLIC_URL}{reverse('notifications:preferences', args=[organization.slug])}",
        "turn_off": unsubscribe_link(person.membership_id) if may_turn_off and not person.hears_only_pressing else "",
    }
    return OutgoingMail(
        organization=organization,
        user_id=person.user_id,
        to=person.email,
        from_email=settings.DEFAULT_FROM_EMAIL,
        subject=" ".join(subject.split())[:500],
        text=render_to_string("emails/digest.txt", context),
        html=render_to_string("emails/digest.html", context),
        message_id=new_message_id(),
        status=first_status(organization),
        lease_until=at,
        created_at=at,
    )
