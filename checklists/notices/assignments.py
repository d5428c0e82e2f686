"""What is due of somebody's list, and what became of what they brought for it."""

import datetime as dt
from contextlib import nullcontext
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from checklists.models import ItemRevision, Reminder, Upload
from checklists.queries.nudging import RULE as NUDGE_RULE
from checklists.queries.nudging import Whom, count_to_nudge
from checklists.queries.revisions import changed_in_words, replaced_words
from checklists.queries.tasks import AGAIN
from notifications import actions as notifications
from notifications.schedule import DUE
from operations import clock
from operations.many import MANY, planned_for_many

RULE = "assignment-due"

# Assignments whose day has come, and the day to look next: what is told is taken off in the same statement.
TAKEN = """
UPDATE checklists_reminder reminder
SET next_on = notifications_next_slot(assignment.due_on, %s, %s, %s)
FROM checklists_assignment assignment
WHERE reminder.organization_id = %s AND reminder.next_on <= %s AND assignment.id = reminder.assignment_id
RETURNING reminder.assignment_id
"""
# Their newest reminder: on the day on which it was asked, then by the schedule; asked again says why: where something was judged
# to matter, in the words of the newest judgement under the answers that it withdrew, but never in words of a question that were
# replaced since.
DUE_ASSIGNMENTS = """
WITH told AS MATERIALIZED (
    SELECT assignment.id, assignment.membership_id, assignment.checklist_id, assignment.status, assignment.reason,
           assignment.due_on, assignment.open_count, assignment.item_count,
           greatest(notifications_newest_slot(assignment.due_on, %s, %s, %s),
                    CASE WHEN assignment.status = 'open' THEN assignment.asked_on END) AS slot
    FROM taken
    JOIN checklists_assignment assignment ON assignment.id = taken.assignment_id AND assignment.status <> 'ended'
), withdrawn AS MATERIALIZED (
    SELECT snapshot_id, reopening_id, because FROM audit_withdrawn(%s, %s)
), judged AS (
    SELECT DISTINCT ON (told.id) told.id, listed.item_id, withdrawn.because
    FROM told
    JOIN checklists_checklistversion version ON version.checklist_id = told.checklist_id AND version.status = 'published'
    JOIN checklists_listeditem listed ON listed.version_id = version.id
    JOIN checklists_answer answer ON answer.membership_id = told.membership_id AND answer.item_id = listed.item_id
    JOIN withdrawn ON withdrawn.snapshot_id = answer.snapshot_id
    WHERE EXISTS (SELECT FROM told)  -- asked once: with nothing to tell, no list is read, however the planner would join
      AND told.reason = 'reopened' AND answer.completes AND answer.kind <> 'unsure'
      AND NOT EXISTS (SELECT FROM checklists_answer newer WHERE newer.membership_id = answer.membership_id
                      AND newer.item_id = answer.item_id AND newer.id > answer.id)
    ORDER BY told.id, withdrawn.reopening_id DESC
)
SELECT told.membership_id, 'assignment:' || told.id, told.slot, checklist.name,
       CASE WHEN told.status = 'complete' THEN %s
            ELSE CASE WHEN told.due_on < %s THEN %s ELSE %s END || ' '
                 || CASE WHEN takes.minutes = 1 THEN %s ELSE replace(%s, '{minutes}', takes.minutes::text) END END,
       CASE told.reason WHEN 'lapsed' THEN %s WHEN 'newly_covered' THEN %s
            ELSE CASE WHEN judged.because = ANY (said.words[2:]) AND judged.because <> said.words[1] THEN %s
                      ELSE coalesce(judged.because, '') END END,
       %s, told.due_on
FROM told
JOIN checklists_checklist checklist ON checklist.id = told.checklist_id
CROSS JOIN LATERAL (  -- what is open takes its share of the list's minutes
    SELECT greatest(1, ceil(checklist.minutes * told.open_count / greatest(told.item_count, 1)::numeric))::int AS minutes
) takes
LEFT JOIN judged ON judged.id = told.id
LEFT JOIN LATERAL (
    SELECT array_agg(replace(%s, '{question}', revision.question) ORDER BY revision.id DESC) AS words
    FROM checklists_itemrevision revision
    WHERE revision.item_id = judged.item_id AND revision.published_at IS NOT NULL
) said ON true
WHERE told.slot IS NOT NULL
"""


def tell_due(organization: Organization, *, at: dt.datetime) -> int:
    """Write the newest reminder of every open assignment whose day has come, set-wise; safe to run twice and late."""
    today = clock.day_of(at, organization.timezone)
    days, then_every = DUE.sql_params
    link = reverse("checklists:task-list", args=[organization.slug])
    with planned_for_many() if _are_many(organization, today) else nullcontext():
        return notifications.tell_many(
            organization=organization,
            rule=RULE,
            taken=TAKEN,
            query=DUE_ASSIGNMENTS,
            params=[
                *(today, days, then_every, organization.pk, today),
                *(today, days, then_every, organization.pk, at),
                _("Answers of yours run out: give them anew."),
                today,
                _("This is overdue."),
                _("Some questions wait for you."),
                _("It takes about a minute."),
                _("It takes about {minutes} minutes."),
                *(str(AGAIN[reason]) for reason in ("lapsed", "newly_covered")),
                replaced_words(),
                link,
                changed_in_words("{question}"),
            ],
            at=at,
        )


def _are_many(organization: Organization, today: dt.date) -> bool:
    due = Reminder.objects.filter(organization=organization, next_on__lte=today)
    return due[:MANY].count() == MANY


def tell_nudged(whom: Whom, *, at: dt.datetime) -> int:
    """Tell everybody whom somebody nudges, once a day and checklist whoever nudges; in their next mail with everything else."""
    organization = whom.organization
    today = clock.day_of(at, organization.timezone)
    text, values = whom.open_on(today)
    words = "SELECT assignment.membership_id, 'assignment:' || assignment.id, %s::date, checklist.name, %s, '', %s, assignment.due_on"
    with planned_for_many() if count_to_nudge(whom, on=today) >= MANY else nullcontext():
        return notifications.tell_many(
            organization=organization,
            rule=NUDGE_RULE,
            query=f"{words} {text}",
            params=[
                today,
                _("%(person)s asks you to finish this.") % {"person": whom.by.user},
                reverse("checklists:task-list", args=[organization.slug]),
                *values,
            ],
            at=at,
        )


# Judged as of the last sweep, a day back, so that what moves meanwhile is not taken for a difference.
UNWRITTEN = """
SELECT assignment.organization_id, assignment.id
FROM operations_sweeprun swept
JOIN accounts_organization organization ON organization.locked_at IS NULL
CROSS JOIN LATERAL (
    SELECT (swept.finished_at AT TIME ZONE organization.timezone)::date - 1 AS day
) yesterday
JOIN checklists_assignment assignment ON assignment.organization_id = organization.id
 AND assignment.status <> 'ended' AND assignment.settled_at < swept.finished_at - interval '2 days'
CROSS JOIN LATERAL (
    SELECT notifications_newest_slot(assignment.due_on, yesterday.day, %(days)s, %(then_every)s) AS day
) slot
JOIN accounts_membership membership ON membership.id = assignment.membership_id
JOIN accounts_user person ON person.id = membership.user_id AND person.is_active
WHERE swept.name = 'checklists.remind' AND slot.day IS NOT NULL
  AND EXISTS (SELECT FROM accounts_accessperiod access
              WHERE access.membership_id = assignment.membership_id AND access.ended_at IS NULL)
  AND NOT EXISTS (SELECT FROM notifications_notice notice
                  WHERE notice.organization_id = assignment.organization_id
                    AND notice.subject_key = 'assignment:' || assignment.id
                    AND notice.recipient_id = assignment.membership_id AND notice.rule = %(rule)s
                    AND notice.slot_date >= slot.day AND (notice.withdrawn_at IS NULL OR notice.is_muted))
ORDER BY 1, 2
"""


def unwritten_reminders() -> list[tuple[UUID, int]]:
    """Open assignments whose newest reminder is not in the ledger: (organization, assignment)."""
    days, then_every = DUE.sql_params
    with connection.cursor() as cursor:
        cursor.execute(UNWRITTEN, {"days": days, "then_every": then_every, "rule": RULE})
        return cursor.fetchall()


def tell_oneself(membership: Membership, revision: ItemRevision, *, at: dt.datetime) -> bool:
    """What somebody mails to themselves, for when they sit at a computer: at once, and each question once a day. False if it
    was mailed today."""
    organization = membership.organization
    steps = (f"{number}. {step}" for number, step in enumerate(revision.steps, 1))
    return notifications.tell(
        recipient=membership,
        rule="item-mailed",
        subject_key=f"item:{revision.item_id}",
        slot_date=clock.day_of(at, organization.timezone),
        title=_("To do at a computer"),
        body="\n".join([revision.question, *steps]),
        link=reverse("checklists:task-answer", args=[organization.slug, revision.item_id]),
        is_urgent=True,
        at=at,
    )


def tell_released(upload: Upload, *, at: dt.datetime) -> None:
    """What was held back may be part of the answer: whoever brought it can give it now."""
    organization = upload.organization
    path = ("checklists:shared-list", []) if upload.team_id else ("checklists:task-answer", [upload.item_id])
    notifications.tell(
        recipient=upload.membership,
        rule="file-released",
        subject_key=f"upload:{upload.pk}",
        slot_date=clock.day_of(at, organization.timezone),
        title=_("Your file may be used"),
        body=_("It was held back; somebody has looked at it. Save your answer to hand it in."),
        link=reverse(path[0], args=[organization.slug, *path[1]]),
        at=at,
    )


# Everybody who has said nothing yet: on the day it is asked or they join, then by the schedule.
