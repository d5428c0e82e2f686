"""Who is late, told to those who look after them."""

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organization
from accounts.rights import Right
from checklists.models import Reminder
from notifications import actions as notifications
from operations import clock

LATE_RULE = "others-late"

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
