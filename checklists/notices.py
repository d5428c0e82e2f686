"""What to tell whom about checklists."""

import datetime as dt
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.rights import Right
from checklists.models import ItemRevision, Reminder, Upload, UsageInquiry
from checklists.queries.nudging import RULE as NUDGE_RULE
from checklists.queries.nudging import Whom, count_to_nudge
from checklists.queries.revisions import changed_in_words, replaced_words
from checklists.queries.tasks import AGAIN
from governance.models import Question
from notifications import actions as notifications
from notifications.schedule import DUE
from operations import clock
from operations.many import MANY, planned_for_many

RULE = "assignment-due"
LATE_RULE = "others-late"

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


# Who is a week late, and where nobody else leads their team, or they are two weeks late, whoever keeps the checklist: once each.
LATE = dt.timedelta(days=7)
LATE_TAKEN = """
UPDATE checklists_reminder reminder
SET late_on = CASE WHEN assignment.status = 'open' AND assignment.due_on + 14 > %s AND EXISTS (
                       SELECT FROM accounts_leadperiod lead
                       WHERE lead.team_id = assignment.team_id AND lead.ended_at IS NULL
                         AND lead.membership_id <> assignment.membership_id)
                   THEN assignment.due_on + 14 END
FROM checklists_assignment assignment
WHERE reminder.organization_id = %s AND reminder.late_on <= %s AND assignment.id = reminder.assignment_id
RETURNING reminder.assignment_id, reminder.late_on
"""
# One line per team and per checklist, which counts everybody who is a week late or more by now: names are on the page it leads to.
LATE_ONES = """
WITH words (today, week_ago, one_of_team, many_of_team, one_of_list, many_of_list, progress) AS (
    VALUES (%s::date, %s::date, %s, %s, %s, %s, %s)
), late AS MATERIALIZED (
    SELECT assignment.team_id, assignment.checklist_id, taken.late_on IS NOT NULL AS is_leads
    FROM taken JOIN checklists_assignment assignment ON assignment.id = taken.assignment_id AND assignment.status = 'open'
), counted AS (
    SELECT lead.membership_id AS recipient_id, 'late-team:' || lead.team_id AS subject_key, '' AS of_list,
           count(DISTINCT assignment.membership_id) AS n, min(assignment.due_on) AS due_on, '?team=' || lead.team_id AS shown
    FROM (SELECT DISTINCT team_id FROM late WHERE is_leads) of_team
    JOIN accounts_leadperiod lead ON lead.team_id = of_team.team_id AND lead.ended_at IS NULL
    JOIN checklists_assignment assignment
      ON assignment.organization_id = lead.organization_id AND assignment.team_id = lead.team_id
     AND assignment.status = 'open' AND assignment.due_on <= (SELECT week_ago FROM words) AND assignment.membership_id <> lead.membership_id
    GROUP BY lead.membership_id, lead.team_id
  UNION ALL
    SELECT accounts_keeper(checklist.organization_id, checklist.keeper_id), 'late-checklist:' || checklist.id, checklist.name,
           count(*), min(assignment.due_on), '?checklist=' || checklist.id
    FROM (SELECT DISTINCT checklist_id FROM late WHERE NOT is_leads) of_list
    JOIN checklists_checklist checklist ON checklist.id = of_list.checklist_id
    JOIN checklists_assignment assignment
      ON assignment.organization_id = checklist.organization_id AND assignment.checklist_id = checklist.id
     AND assignment.status = 'open' AND assignment.due_on <= (SELECT week_ago FROM words)
    GROUP BY checklist.id
)
SELECT recipient_id, subject_key, words.today,
       replace(replace(CASE WHEN of_list = '' THEN CASE WHEN n = 1 THEN words.one_of_team ELSE words.many_of_team END
                            ELSE CASE WHEN n = 1 THEN words.one_of_list ELSE words.many_of_list END END,
                       '{count}', n::text), '{checklist}', of_list),
       '', '', words.progress || shown || '&status=overdue', due_on
FROM counted CROSS JOIN words WHERE recipient_id IS NOT NULL
"""
# What was written of a team or a checklist and is not sent yet, where nobody is that late any more.
NOBODY_LATE = """
SELECT notice.subject_key
FROM (SELECT membership_id FROM accounts_leadperiod WHERE organization_id = %(organization)s AND ended_at IS NULL
      UNION SELECT membership_id FROM accounts_accessperiod
      WHERE organization_id = %(organization)s AND ended_at IS NULL AND level IN ('manager', 'owner')) told
JOIN notifications_notice notice ON notice.recipient_id = told.membership_id
 AND notice.mail_id IS NULL AND notice.withdrawn_at IS NULL AND notice.rule = %(rule)s
WHERE NOT EXISTS (
    SELECT FROM checklists_assignment assignment
    WHERE assignment.organization_id = %(organization)s AND assignment.status = 'open' AND assignment.due_on <= %(week_ago)s
      AND CASE WHEN notice.subject_key LIKE 'late-team:%%'
               THEN assignment.team_id = split_part(notice.subject_key, ':', 2)::bigint
                    AND assignment.membership_id <> notice.recipient_id
               ELSE assignment.checklist_id = split_part(notice.subject_key, ':', 2)::bigint END)
"""


def tell_who_looks_after_the_late(organization: Organization, *, at: dt.datetime) -> int:
    """Tell leads whose people are a week late, and keepers of checklists of those who are two; safe to run twice and late."""
    today = clock.day_of(at, organization.timezone)
    about: dict[str, Any] = {"organization": organization.pk, "week_ago": today - LATE, "rule": LATE_RULE}
    with connection.cursor() as cursor:
        cursor.execute(NOBODY_LATE, about)
        settled = [key for (key,) in cursor.fetchall()]
    if settled:
        notifications.withdraw_those(Q(subject_key__in=settled, rule=LATE_RULE), organization=organization, at=at)
    if not Reminder.objects.filter(organization=organization, late_on__lte=today).exists():
        return 0
    return notifications.tell_many(
        organization=organization,
        rule=LATE_RULE,
        needs=Right.TEAM_PROGRESS_VIEW,
        taken=LATE_TAKEN,
        query=LATE_ONES,
        at=at,
        params=[
            *(today, organization.pk, today),
            *(today, today - LATE),
            _("One of your team is a week late"),
            _("{count} of your team are a week late, or more"),
            _("One person is late with “{checklist}”"),
            _("{count} people are late with “{checklist}”"),
            reverse("checklists:progress-list", args=[organization.slug]),
        ],
    )


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


def tell_contact(question: Question, *, at: dt.datetime) -> None:
    """Somebody is not sure: the contact is told the next morning, with a link to the question."""
    if question.contact is None:
        return
    organization = question.organization
    today = clock.day_of(at, organization.timezone)
    notifications.tell(
        recipient=question.contact,
        rule="question-asked",
        needs=Right.CHECKLIST_EDIT,
        subject_key=f"question:{question.pk}",
        slot_date=today,
        title=_("%(person)s is not sure") % {"person": question.asked_by},
        body=question.title,
        link=reverse("checklists:question-answer", args=[organization.slug, question.pk]),
        at=at,
    )


# Questions whose contact has left or manages no longer: whoever stands in is told once, as the contact was.
ORPHANED = """
SELECT contact.keeper, 'question:' || question.id, (question.asked_at AT TIME ZONE %s)::date,
       %s, question.title, '', %s || question.id || '/', NULL::date
FROM (SELECT asked.contact_id, accounts_keeper(%s, asked.contact_id) AS keeper
      FROM (SELECT DISTINCT contact_id FROM governance_question
            WHERE organization_id = %s AND answered_at IS NULL) asked) contact
JOIN governance_question question ON question.organization_id = %s AND question.answered_at IS NULL
 AND question.contact_id = contact.contact_id
WHERE contact.keeper <> contact.contact_id
"""


def tell_stand_in(organization: Organization, *, at: dt.datetime) -> int:
    """Write what whoever stands in has not been told yet of questions to somebody who has gone; safe to run twice."""
    questions = reverse("checklists:question-list", args=[organization.slug])
    return notifications.tell_many(
        organization=organization,
        rule="question-asked",
        needs=Right.CHECKLIST_EDIT,
        query=ORPHANED,
        params=[organization.timezone, _("A question waits for you"), questions, *[organization.pk] * 3],
        at=at,
    )


def withdraw_question(question: Question, *, at: dt.datetime) -> None:
    """It waits for nobody any more."""
    notifications.withdraw(organization=question.organization, subject_key=f"question:{question.pk}", at=at)


def tell_asker(question: Question, *, at: dt.datetime) -> None:
    """The contact has answered, or closed it: the person who was not sure can settle it now."""
    organization = question.organization
    withdraw_question(question, at=at)
    notifications.tell(
        recipient=question.asked_by,
        rule="question-answered",
        subject_key=f"question:{question.pk}",
        slot_date=clock.day_of(at, organization.timezone),
        title=_("Your question was closed without an answer")
        if question.is_closed
        else _("Your question was answered"),
        body=question.title,
        link=reverse("checklists:question-answer", args=[organization.slug, question.pk]),
        at=at,
    )


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
USAGE_TAKEN = """
UPDATE checklists_usagereminder reminder SET next_on = %s
FROM checklists_usageinquiry inquiry
WHERE reminder.organization_id = %s AND reminder.next_on <= %s AND inquiry.id = reminder.inquiry_id
RETURNING inquiry.id, inquiry.due_on, inquiry.asked_at, inquiry.keeper_id
"""
USAGE_UNTOLD = """
SELECT access.membership_id, 'usage:' || taken.id,
       greatest(notifications_newest_slot(taken.due_on, %s, %s, %s),
                (greatest(taken.asked_at, access.started_at) AT TIME ZONE %s)::date),
       %s, replace(%s, '{keeper}', coalesce(nullif(person.name, ''), person.email)), '', %s, taken.due_on
FROM taken
JOIN accounts_membership keeper ON keeper.id = taken.keeper_id
JOIN accounts_user person ON person.id = keeper.user_id
JOIN accounts_accessperiod access ON access.organization_id = %s AND access.ended_at IS NULL AND access.level <> 'guest'
WHERE NOT EXISTS (SELECT FROM checklists_usagereport report
                  WHERE report.inquiry_id = taken.id AND report.membership_id = access.membership_id)
"""


def tell_about_usage(organization: Organization, *, at: dt.datetime) -> int:
    """Ask everybody who has not said what they use, once a day at most, set-wise; safe to run twice and late."""
    today = clock.day_of(at, organization.timezone)
    return notifications.tell_many(
        organization=organization,
        rule="usage-asked",
        taken=USAGE_TAKEN,
        query=USAGE_UNTOLD,
        params=[
            *(today + dt.timedelta(days=1), organization.pk, today),
            *(today, *DUE.sql_params, organization.timezone),
            _("What do you use today?"),
            _("Two taps for each tool. Only {keeper} sees names, and telling has no consequences."),
            reverse("checklists:usage-tell", args=[organization.slug]),
            organization.pk,
        ],
        at=at,
    )


def withdraw_usage(inquiry: UsageInquiry, *, at: dt.datetime, recipient: Membership | None = None) -> None:
    """Take back what was not sent yet: somebody has said it, or nobody is asked any more."""
    key = f"usage:{inquiry.pk}"
    notifications.withdraw(organization=inquiry.organization, subject_key=key, at=at, recipient=recipient)
