"""Many people at Acme, made set-wise, and what settling has to have written about them."""

import datetime as dt

from django.db import connection

from accounts.models import Organization
from checklists.queries import readiness
from checklists.queries.progress import Counts
from operations import clock
from tests.cast import EPOCH, Company

PEOPLE = """
WITH numbered AS (
    SELECT id, row_number() OVER () AS number, count(*) OVER () AS teams
    FROM accounts_team WHERE organization_id = %(organization)s AND name <> 'Engineering'
), person AS (
    INSERT INTO accounts_user (id, password, email, name, timezone, is_active, is_staff)
    SELECT gen_random_uuid(), '', 'p' || gen_random_uuid() || '@acme.example', 'Person Number' || n, '', true, false
    FROM generate_series(1, %(count)s) n RETURNING id
), member AS (
    INSERT INTO accounts_membership (organization_id, user_id, created_at)
    SELECT %(organization)s, id, %(at)s FROM person RETURNING id
), access AS (
    INSERT INTO accounts_accessperiod (organization_id, membership_id, level, started_at)
    SELECT %(organization)s, id, 'member', %(at)s FROM member
)
INSERT INTO accounts_placement (organization_id, membership_id, team_id, job_role_id, started_at)
SELECT %(organization)s, member.id, numbered.id, %(role)s, %(at)s
FROM member JOIN numbered ON numbered.number = member.id %% numbered.teams + 1
"""

# Where the rows that settling wrote are not what the one predicate says.
UNSETTLED = """
WITH state AS MATERIALIZED (
    SELECT membership_id, checklist_id, count(*) AS items, count(*) FILTER (WHERE NOT is_current) AS open, min(due_on) AS due_on
    FROM checklists_state(%(organization)s, NULL, %(at)s) GROUP BY 1, 2
), cleared AS MATERIALIZED (
    SELECT membership_id, route_id, required > 0 AND open = 0 AS is_cleared
    FROM checklists_cleared(%(organization)s, NULL, %(at)s)
)
SELECT 'assignment', coalesce(state.membership_id, row.membership_id)
FROM state FULL JOIN (
    SELECT * FROM checklists_assignment WHERE organization_id = %(organization)s AND status <> 'ended'
) AS row ON row.membership_id = state.membership_id AND row.checklist_id = state.checklist_id
WHERE (state.items, state.open, state.due_on, CASE WHEN state.open = 0 THEN 'complete' ELSE 'open' END)
   IS DISTINCT FROM (row.item_count, row.open_count, row.due_on, row.status)
UNION ALL
SELECT 'clearance', coalesce(cleared.membership_id, row.membership_id)
FROM cleared FULL JOIN (SELECT * FROM checklists_clearance WHERE organization_id = %(organization)s) AS row
  ON row.membership_id = cleared.membership_id AND row.route_id = cleared.route_id
WHERE cleared.is_cleared IS DISTINCT FROM row.is_cleared
"""


def crowd(acme: Company, count: int, *, at: dt.datetime = EPOCH) -> None:
    """So many more salespeople, spread over the teams there are but Engineering."""
    words = {"count": count, "organization": acme.organization.pk, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {**words, "role": acme.seller.pk})


def unsettled(acme: Company, *, at: dt.datetime) -> list[tuple[str, int]]:
    """The assignments and clearances that are not as the predicate has them at that moment."""
    return unsettled_in(acme.organization, at=at)


def unsettled_in(organization: Organization, *, at: dt.datetime) -> list[tuple[str, int]]:
    """The same, of any organization."""
    with connection.cursor() as cursor:
        cursor.execute(UNSETTLED, {"organization": organization.pk, "at": at})
        return cursor.fetchall()


# Per subject and team, from the rows of people.
COUNTED = """
SELECT 'checklist:' || checklist_id, {team}, count(*) FILTER (WHERE status = 'complete'), count(*) FILTER (WHERE status = 'open'),
       count(*) FILTER (WHERE status = 'open' AND due_on < %(on)s)
FROM checklists_assignment WHERE organization_id = %(organization)s AND status <> 'ended' GROUP BY 1, 2
UNION ALL
SELECT 'route:' || route_id, {team}, count(*) FILTER (WHERE is_cleared), count(*) FILTER (WHERE NOT is_cleared), 0
FROM checklists_clearance WHERE organization_id = %(organization)s GROUP BY 1, 2
"""


def progress_that_differs(organization: Organization, *, at: dt.datetime) -> dict[tuple[str, int], str]:
    """What pages say of everybody and of each team, where the people counted one by one say something else."""
    on = clock.day_of(at, organization.timezone)
    wrong = {}
    for by_team in (False, True):
        shown = readiness(organization, on=on, by_team=by_team)
        with connection.cursor() as cursor:
            sql = COUNTED.format(team="coalesce(team_id, 0)" if by_team else "0")
            cursor.execute(sql, {"organization": organization.pk, "on": on})
            counted = {(subject, team): Counts(*counts) for subject, team, *counts in cursor.fetchall()}
        for key in shown.keys() | counted.keys():
            if shown.get(key) != counted.get(key):
                wrong[key] = f"{shown.get(key)} shown, {counted.get(key)} there"
    return wrong
