"""``current(at=)`` as one SQL predicate, what is required as a query, and who asks for settling; all in plain SQL."""

import re

from django.db import migrations

from checklists.migrations._answering_itself import ANSWERS_ITSELF, DROPPED
from operations.tenancy import append_only, not_truncated, only_closes, ours_or_shipped, tenant_foreign_keys

# How long people have to answer what is asked again; how long before an answer runs out they are told.
DAYS_TO_LOOK_AGAIN = 14

# Who belongs to the organization at that moment and since when, where they are placed and since when.
PLACED = """
CREATE FUNCTION checklists_placed(of_organization uuid, members bigint[], moment timestamptz)
RETURNS TABLE (membership_id bigint, team_id bigint, job_role_id bigint, since timestamptz, placed_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT access.membership_id, placement.team_id, placement.job_role_id, access.started_at, placement.started_at
    FROM accounts_accessperiod access
    LEFT JOIN accounts_placement placement
           ON placement.membership_id = access.membership_id AND placement.started_at <= moment
          AND (placement.ended_at IS NULL OR placement.ended_at > moment)
         AND (members IS NULL OR placement.membership_id = ANY (members))
    WHERE access.organization_id = of_organization AND access.started_at <= moment
      AND (access.ended_at IS NULL OR access.ended_at > moment)
      AND access.level <> 'guest'  -- who comes from outside to sign is asked nothing, and cleared for nothing
      AND (members IS NULL OR access.membership_id = ANY (members))
$$;
"""

# What is asked of whom: rules in force × where people are placed × decisions in force; a person × item row, with the day
# it is due. Who is allowed no route is not asked what presupposes one. Days count from when it was first asked of this
# person: the rule began, they joined, they were placed where a rule or a decision names the place, the decision came
# into force, the list brought the question in.
REQUIRED = """
CREATE FUNCTION checklists_required(of_organization uuid, members bigint[], moment timestamptz)
RETURNS TABLE (membership_id bigint, team_id bigint, job_role_id bigint, checklist_id bigint, item_id bigint,
               revision_id bigint, rests_on_decisions boolean, asked_on date, due_on date, route_ids bigint[])
LANGUAGE sql STABLE AS $$
    WITH reach AS MATERIALIZED (
        SELECT * FROM governance_reach(of_organization, moment) WHERE outcome <> 'not_allowed'
    ), asked AS MATERIALIZED (
        SELECT version.checklist_id, listed.item_id, newest.id AS revision_id, newest.rests_on_decisions,
               newest.rests_on_decisions AND NOT organization.is_solo AS presupposes,  -- alone, all is read before it is agreed
               (listed.asked_since AT TIME ZONE organization.timezone)::date AS since
        FROM checklists_checklist checklist
        JOIN accounts_organization organization ON organization.id = checklist.organization_id
        JOIN checklists_checklistversion version
          ON version.checklist_id = checklist.id AND version.published_at <= moment
         AND (version.ended_at IS NULL OR version.ended_at > moment)
        JOIN checklists_listeditem listed ON listed.version_id = version.id
        CROSS JOIN LATERAL (
            SELECT revision.id, revision.rests_on_decisions FROM checklists_itemrevision revision
            WHERE revision.item_id = listed.item_id AND revision.published_at <= moment
            ORDER BY revision.id DESC LIMIT 1
        ) newest
        WHERE checklist.organization_id = of_organization AND checklist.kind = 'personal'
          AND (checklist.archived_at IS NULL OR checklist.archived_at > moment)
    ), person AS MATERIALIZED (
        SELECT * FROM checklists_placed(of_organization, members, moment)
    ), ruled AS MATERIALIZED (
        SELECT place.team_id, place.job_role_id, rule.checklist_id, rule.route_id, rule.due_on, rule.due_days,
               greatest(rule.started_at, covered.since) AS since, organization.timezone,
               rule.team_id IS NOT NULL OR rule.job_role_id IS NOT NULL OR coalesce(covered.by_place, false) AS by_place
        FROM (SELECT DISTINCT team_id, job_role_id FROM person) place
        JOIN accounts_organization organization ON organization.id = of_organization
        JOIN checklists_assignmentrule rule
          ON rule.organization_id = of_organization AND rule.started_at <= moment
         AND rule.checklist_id IN (SELECT checklist_id FROM asked)
         AND (rule.ended_at IS NULL OR rule.ended_at > moment)
         AND (rule.team_id IS NULL OR rule.team_id = place.team_id)
         AND (rule.job_role_id IS NULL OR rule.job_role_id = place.job_role_id)
        CROSS JOIN LATERAL (
            SELECT min(reach.since) AS since,
                   bool_and(reach.team_id IS NOT NULL OR reach.job_role_id IS NOT NULL) AS by_place
            FROM reach
            WHERE reach.route_id = rule.route_id
              AND (reach.team_id IS NULL OR reach.team_id = place.team_id)
              AND (reach.job_role_id IS NULL OR reach.job_role_id = place.job_role_id)
        ) covered
        WHERE rule.route_id IS NULL OR covered.since IS NOT NULL
    ), allowed AS MATERIALIZED (
        SELECT place.team_id, place.job_role_id, min(reach.since) AS since,
               bool_and(reach.team_id IS NOT NULL OR reach.job_role_id IS NOT NULL) AS by_place
        FROM (SELECT DISTINCT team_id, job_role_id FROM person) place
        JOIN reach ON (reach.team_id IS NULL OR reach.team_id = place.team_id)
                  AND (reach.job_role_id IS NULL OR reach.job_role_id = place.job_role_id)
        GROUP BY place.team_id, place.job_role_id
    ), list AS MATERIALIZED (
        SELECT person.membership_id, person.team_id, person.job_role_id, ruled.checklist_id,
               min(since.day) AS asked_on, min(since.allowed_on) AS allowed_on, min(ruled.due_days) AS due_days,
               min(CASE WHEN ruled.due_on >= since.day THEN ruled.due_on ELSE since.day + ruled.due_days END) AS due_on,
               CASE WHEN bool_or(ruled.route_id IS NULL) THEN NULL ELSE array_agg(DISTINCT ruled.route_id) END AS route_ids
        FROM person
        JOIN ruled ON coalesce(ruled.team_id, 0) = coalesce(person.team_id, 0)
                  AND coalesce(ruled.job_role_id, 0) = coalesce(person.job_role_id, 0)
        LEFT JOIN allowed ON coalesce(allowed.team_id, 0) = coalesce(person.team_id, 0)
                         AND coalesce(allowed.job_role_id, 0) = coalesce(person.job_role_id, 0)
        CROSS JOIN LATERAL (
            SELECT (greatest(ruled.since, person.since, CASE WHEN ruled.by_place THEN person.placed_at END)
                    AT TIME ZONE ruled.timezone)::date AS day,
                   CASE WHEN allowed.since IS NOT NULL
                        THEN (greatest(allowed.since, person.since, CASE WHEN allowed.by_place THEN person.placed_at END)
                              AT TIME ZONE ruled.timezone)::date END AS allowed_on
        ) since
        GROUP BY person.membership_id, person.team_id, person.job_role_id, ruled.checklist_id
    )
    SELECT list.membership_id, list.team_id, list.job_role_id, list.checklist_id, asked.item_id,
           asked.revision_id, asked.rests_on_decisions, first.asked_on,
           CASE WHEN first.asked_on > list.asked_on THEN greatest(list.due_on, first.asked_on + list.due_days)
                ELSE list.due_on END,
           list.route_ids
    FROM list JOIN asked ON asked.checklist_id = list.checklist_id
    CROSS JOIN LATERAL (
        SELECT greatest(list.asked_on, asked.since, CASE WHEN asked.presupposes THEN list.allowed_on END) AS asked_on
    ) first
    WHERE NOT asked.presupposes OR list.allowed_on IS NOT NULL
$$;
"""

# The snapshots that standing reopenings have withdrawn, with the newest of them, why and until when to answer again.
WITHDRAWN = """
CREATE FUNCTION audit_withdrawn(of_organization uuid, moment timestamptz)
RETURNS TABLE (snapshot_id bigint, reopening_id bigint, because text, due_on date)
LANGUAGE sql STABLE AS $$
    SELECT withdrawal.snapshot_id, max(reopening.id), (array_agg(reopening.because ORDER BY reopening.id DESC))[1],
           min(reopening.due_on)
    FROM audit_withdrawal withdrawal
    JOIN audit_reopening reopening ON reopening.id = withdrawal.reopening_id AND reopening.at <= moment
    WHERE withdrawal.organization_id = of_organization
      AND NOT EXISTS (SELECT FROM audit_reopening undo WHERE undo.undoes_id = reopening.id AND undo.at <= moment)
    GROUP BY withdrawal.snapshot_id
$$;
"""

# Each required item of each person with the newest answer and whether it is current: the one predicate. Who is asked again
# because of a new decision has two weeks from the day it came into force, as for any change; who was not sure, from the
# reply; who was asked once more after the day had passed, as on an archived list taken up again, as long as whoever is
# asked anew. What is current is due only when it soon runs out.
STATE = f"""
CREATE FUNCTION checklists_state(of_organization uuid, members bigint[], moment timestamptz)
RETURNS TABLE (membership_id bigint, team_id bigint, job_role_id bigint, checklist_id bigint, item_id bigint,
               revision_id bigint, route_ids bigint[], answer_id bigint, is_current boolean, reason text,
               because text, due_on date)
LANGUAGE sql STABLE AS $$
    WITH required AS MATERIALIZED (
        SELECT * FROM checklists_required(of_organization, members, moment)
    ), answer AS MATERIALIZED (
        SELECT DISTINCT ON (given.membership_id, given.item_id)
               given.membership_id, given.item_id, given.id, given.kind, given.completes, given.snapshot_id,
               given.valid_until
        FROM checklists_answer given
        WHERE given.organization_id = of_organization AND given.membership_id IS NOT NULL
          AND (members IS NULL OR given.membership_id = ANY (members)) AND given.at <= moment
        ORDER BY given.membership_id, given.item_id, given.id DESC
    ), withdrawn AS MATERIALIZED (
        SELECT * FROM audit_withdrawn(of_organization, moment)
    ), covering AS MATERIALIZED (
        SELECT coalesce(place.team_id, 0) AS team, coalesce(place.job_role_id, 0) AS job_role,
               array_agg(DISTINCT 'decision:' || reach.route_id) AS keys,
               (max(reach.since) AT TIME ZONE organization.timezone)::date AS since
        FROM (SELECT DISTINCT team_id, job_role_id FROM required) place
        JOIN accounts_organization organization ON organization.id = of_organization
        JOIN governance_reach(of_organization, moment) reach
          ON (reach.team_id IS NULL OR reach.team_id = place.team_id)
         AND (reach.job_role_id IS NULL OR reach.job_role_id = place.job_role_id)
        GROUP BY place.team_id, place.job_role_id, organization.timezone
    ), named AS MATERIALIZED (
        SELECT basis.snapshot_id, array_agg(basis.key) AS keys FROM audit_basis basis
        WHERE basis.organization_id = of_organization AND basis.key LIKE 'decision:%'
        GROUP BY basis.snapshot_id
    ), today AS MATERIALIZED (
        SELECT (moment AT TIME ZONE timezone)::date AS day FROM accounts_organization WHERE id = of_organization
    ), judged AS (
        SELECT required.*, answer.id AS answer_id,
               CASE
                   WHEN answer.id IS NULL THEN 'unanswered'
                   WHEN answer.kind = 'unsure' THEN CASE
                        WHEN checklists_question_waits(of_organization, required.membership_id, required.item_id, moment)
                        THEN 'waiting' ELSE 'unsure' END
                   WHEN NOT answer.completes THEN 'mend'
                   WHEN withdrawn.snapshot_id IS NOT NULL THEN 'reopened'
                   WHEN answer.valid_until < (SELECT day FROM today) THEN 'lapsed'
                   WHEN required.rests_on_decisions AND covering.keys IS NOT NULL
                        AND NOT (coalesce(named.keys, '{{}}') @> covering.keys::varchar[]) THEN 'newly_covered'
                   ELSE ''
               END AS reason,
               withdrawn.because, withdrawn.due_on AS reopened_due_on, answer.valid_until, covering.since AS covered_since
        FROM required
        LEFT JOIN answer ON answer.membership_id = required.membership_id AND answer.item_id = required.item_id
        LEFT JOIN withdrawn ON withdrawn.snapshot_id = answer.snapshot_id
        LEFT JOIN named ON named.snapshot_id = answer.snapshot_id
        LEFT JOIN covering ON covering.team = coalesce(required.team_id, 0)
                          AND covering.job_role = coalesce(required.job_role_id, 0)
    )
    SELECT membership_id, team_id, job_role_id, checklist_id, item_id, revision_id, route_ids, answer_id,
           reason = '', reason, CASE WHEN reason = 'reopened' THEN because ELSE '' END,
           CASE reason
               WHEN '' THEN CASE WHEN valid_until <= (SELECT day FROM today) + {DAYS_TO_LOOK_AGAIN} THEN valid_until END
               WHEN 'waiting' THEN NULL
               WHEN 'reopened' THEN CASE WHEN reopened_due_on >= asked_on THEN reopened_due_on ELSE due_on END
               WHEN 'lapsed' THEN CASE WHEN valid_until >= asked_on THEN valid_until ELSE due_on END
               WHEN 'newly_covered' THEN greatest(due_on, covered_since + {DAYS_TO_LOOK_AGAIN})
               WHEN 'unsure' THEN greatest(due_on, (
                    SELECT max(question.answered_at)::date + {DAYS_TO_LOOK_AGAIN} FROM governance_question question
                    WHERE question.organization_id = of_organization AND question.asked_by_id = judged.membership_id
                      AND question.about = 'item:' || judged.item_id AND question.answered_at <= moment))
               ELSE due_on
           END
    FROM judged
$$;
"""

# Whether a person is not sure and their question still waits: then nothing is overdue.
WAITS = """
CREATE FUNCTION checklists_question_waits(of_organization uuid, asker bigint, of_item bigint, moment timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM governance_question question
        WHERE question.organization_id = of_organization AND question.asked_by_id = asker
          AND question.about = 'item:' || of_item AND question.asked_at <= moment
          AND (question.answered_at IS NULL OR question.answered_at > moment))
$$;
"""

# The same for shared checklists: the answerer is a team, or (null) the organization. What the product itself knows is not
# answered; ``answers_itself`` names where from it knows it, and what was said by hand before counts no longer.
SHARED_STATE = """
CREATE FUNCTION checklists_shared_state(of_organization uuid, moment timestamptz)
RETURNS TABLE (team_id bigint, checklist_id bigint, item_id bigint, revision_id bigint, answer_id bigint,
               is_current boolean, reason text, because text, due_on date, answers_itself text)
LANGUAGE sql STABLE AS $$
    WITH required AS (
        SELECT DISTINCT ON (rule.team_id, rule.checklist_id, listed.item_id)
               rule.team_id, rule.checklist_id, listed.item_id, newest.id AS revision_id, newest.rests_on_decisions,
               newest.answers_itself, since.day AS asked_on,
               CASE WHEN rule.due_on >= since.day THEN rule.due_on ELSE since.day + rule.due_days END AS due_on
        FROM checklists_assignmentrule rule
        JOIN accounts_organization organization ON organization.id = rule.organization_id
        JOIN checklists_checklist checklist ON checklist.id = rule.checklist_id AND checklist.kind = 'shared'
             AND (checklist.archived_at IS NULL OR checklist.archived_at > moment)
        JOIN checklists_checklistversion version ON version.checklist_id = rule.checklist_id
             AND version.published_at <= moment AND (version.ended_at IS NULL OR version.ended_at > moment)
        JOIN checklists_listeditem listed ON listed.version_id = version.id
        CROSS JOIN LATERAL (
            SELECT revision.id, revision.rests_on_decisions, revision.answers_itself FROM checklists_itemrevision revision
            WHERE revision.item_id = listed.item_id AND revision.published_at <= moment
            ORDER BY revision.id DESC LIMIT 1
        ) newest
        CROSS JOIN LATERAL (
            SELECT (greatest(rule.started_at, listed.asked_since) AT TIME ZONE organization.timezone)::date AS day
        ) since
        WHERE rule.organization_id = of_organization AND rule.started_at <= moment
          AND (rule.ended_at IS NULL OR rule.ended_at > moment)
        ORDER BY rule.team_id, rule.checklist_id, listed.item_id, due_on
    ), withdrawn AS MATERIALIZED (
        SELECT * FROM audit_withdrawn(of_organization, moment)
    ), itself AS MATERIALIZED (
        SELECT source, total > 0 AND done = total AS holds FROM checklists_answers_itself(of_organization, moment)
        WHERE EXISTS (SELECT FROM required WHERE answers_itself <> '')
    ), reach AS MATERIALIZED (
        SELECT * FROM governance_reach(of_organization, moment)
    ), today AS (
        SELECT (moment AT TIME ZONE timezone)::date AS day FROM accounts_organization WHERE id = of_organization
    ), judged AS (
        SELECT required.team_id, required.checklist_id, required.item_id, required.revision_id, required.asked_on,
               required.due_on, itself.source, answer.id AS answer_id, withdrawn.because, withdrawn.due_on AS reopened_due_on,
               answer.valid_until,
               CASE
                   WHEN itself.source IS NOT NULL THEN CASE WHEN itself.holds THEN '' ELSE 'unsettled' END
                   WHEN answer.id IS NULL THEN 'unanswered'
                   WHEN answer.kind = 'unsure' THEN CASE
                        WHEN checklists_question_waits(of_organization, answerer.id, required.item_id, moment)
                        THEN 'waiting' ELSE 'unsure' END
                   WHEN NOT answer.completes THEN 'mend'
                   WHEN withdrawn.snapshot_id IS NOT NULL THEN 'reopened'
                   WHEN answer.valid_until < today.day THEN 'lapsed'
                   WHEN required.rests_on_decisions AND EXISTS (
                        SELECT FROM reach
                        WHERE (required.team_id IS NULL OR reach.team_id IS NULL OR reach.team_id = required.team_id)
                          AND NOT EXISTS (SELECT FROM audit_basis basis WHERE basis.snapshot_id = answer.snapshot_id
                                          AND basis.key = 'decision:' || reach.route_id)) THEN 'newly_covered'
                   ELSE ''
               END AS reason
        FROM required
        CROSS JOIN today
        LEFT JOIN itself ON itself.source = required.answers_itself
        LEFT JOIN LATERAL (
            SELECT id, kind, completes, snapshot_id, valid_until, by_id FROM checklists_answer newest
            WHERE newest.organization_id = of_organization AND newest.membership_id IS NULL
              AND newest.item_id = required.item_id AND newest.team_id IS NOT DISTINCT FROM required.team_id
              AND newest.at <= moment AND itself.source IS NULL
            ORDER BY newest.id DESC LIMIT 1
        ) answer ON true
        LEFT JOIN accounts_membership answerer
               ON answerer.organization_id = of_organization AND answerer.user_id = answer.by_id
        LEFT JOIN withdrawn ON withdrawn.snapshot_id = answer.snapshot_id
    )
    SELECT team_id, checklist_id, item_id, revision_id, answer_id, reason = '', reason,
           CASE WHEN reason = 'reopened' THEN because ELSE '' END,
           CASE reason
               WHEN '' THEN NULL
               WHEN 'waiting' THEN NULL
               WHEN 'reopened' THEN CASE WHEN reopened_due_on >= asked_on THEN reopened_due_on ELSE due_on END
               WHEN 'lapsed' THEN CASE WHEN valid_until >= asked_on THEN valid_until ELSE due_on END
               ELSE due_on
           END,
           coalesce(source, '')
    FROM judged
$$;
"""

# The routes people are allowed.
ALLOWED = """
CREATE FUNCTION checklists_allowed(of_organization uuid, members bigint[], moment timestamptz)
RETURNS TABLE (membership_id bigint, team_id bigint, job_role_id bigint, route_id bigint)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT person.membership_id, person.team_id, person.job_role_id, reach.route_id
    FROM checklists_placed(of_organization, members, moment) person
    JOIN governance_reach(of_organization, moment) reach
      ON reach.outcome <> 'not_allowed'
     AND (reach.team_id IS NULL OR reach.team_id = person.team_id)
     AND (reach.job_role_id IS NULL OR reach.job_role_id = person.job_role_id)
$$;
"""

# How many items each of these routes requires of a person and how many are open; from rows of ``state`` and ``allowed``.
PER_ROUTE = """
    SELECT allowed.membership_id, allowed.team_id, allowed.job_role_id, allowed.route_id,
           coalesce(sum(asked.items), 0)::integer AS required, coalesce(sum(asked.open_items), 0)::integer AS open
    FROM allowed
    LEFT JOIN (SELECT membership_id, route_ids, count(*) AS items, count(*) FILTER (WHERE NOT is_current) AS open_items
               FROM state GROUP BY membership_id, route_ids) asked
      ON asked.membership_id = allowed.membership_id
     AND (asked.route_ids IS NULL OR allowed.route_id = ANY (asked.route_ids))
    GROUP BY allowed.membership_id, allowed.team_id, allowed.job_role_id, allowed.route_id
"""

CLEARED = f"""
CREATE FUNCTION checklists_cleared(of_organization uuid, members bigint[], moment timestamptz)
RETURNS TABLE (membership_id bigint, team_id bigint, job_role_id bigint, route_id bigint, required integer, open integer)
LANGUAGE sql STABLE AS $$
    WITH state AS MATERIALIZED (
        SELECT * FROM checklists_state(of_organization, members, moment)
    ), allowed AS MATERIALIZED (
        SELECT * FROM checklists_allowed(of_organization, members, moment)
    )
    {PER_ROUTE}
$$;
"""


def of_one_person(function: str, *, planned_once: bool) -> str:
    """The same function for one person, by equality with ``of_member``: what a page calls.

    :param planned_once: per connection, where planning takes longer than running; else it is inlined where it is called.
    """
    one = re.sub(r"\(members IS NULL OR (\S+) = ANY \(members\)\)", r"\1 = of_member", function)
    one = one.replace("members bigint[]", "of_member bigint").replace(
        "of_organization, members, moment", "of_organization, of_member, moment"
    )
    one = re.sub(r"\b(checklists_(?:placed|required|state|allowed|cleared))\(", r"\1_of(", one)
    return as_planned_once(one) if planned_once else one


def as_planned_once(function: str) -> str:
    """The same function with its plan kept per connection."""
    return function.replace(
        "LANGUAGE sql STABLE AS $$",
        "LANGUAGE plpgsql STABLE ROWS 20 SET plan_cache_mode = force_generic_plan AS $$\n"
        "#variable_conflict use_column\nBEGIN RETURN QUERY",
    ).replace("\n$$;", ";\nEND $$;")


OF_ONE_PERSON = "".join(
    of_one_person(function, planned_once=planned_once)
    for function, planned_once in ((PLACED, False), (REQUIRED, False), (STATE, True), (ALLOWED, False), (CLEARED, True))
)

# Settling writes what lists, counts and notices read. Lock the people, then count, in two statements: a count that
# waited for a lock would count with its old snapshot. The planner can't know how many rows the functions give, nor a
# generic plan how many members there are: 5,000 people joined one by one take 40 s, hashed 0.5 s, so it is told to hash.
SETTLE = f"""
CREATE FUNCTION checklists_settle(of_organization uuid, members bigint[], moment timestamptz)
RETURNS void LANGUAGE plpgsql VOLATILE SET enable_nestloop = off SET enable_mergejoin = off
SET work_mem = '64MB' SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    PERFORM FROM accounts_membership WHERE organization_id = of_organization AND id = ANY (members)
        ORDER BY id FOR NO KEY UPDATE;

    WITH state AS MATERIALIZED (
        SELECT * FROM checklists_state(of_organization, members, moment)
    ), allowed AS MATERIALIZED (
        SELECT * FROM checklists_allowed(of_organization, members, moment)
    ), per_list AS MATERIALIZED (
        SELECT membership_id, team_id, job_role_id, checklist_id, count(*) AS items,
               count(*) FILTER (WHERE NOT is_current) AS open_items,
               CASE WHEN bool_and(is_current) THEN min(due_on) ELSE min(due_on) FILTER (WHERE NOT is_current) END AS due_on,
               CASE WHEN bool_or(reason = 'reopened') THEN 'reopened' WHEN bool_or(reason = 'newly_covered') THEN 'newly_covered'
                    WHEN bool_or(reason = 'lapsed') THEN 'lapsed' ELSE '' END AS reason
        FROM state GROUP BY membership_id, team_id, job_role_id, checklist_id
    ), per_route AS MATERIALIZED ({PER_ROUTE}), ended AS (
        UPDATE checklists_assignment assignment
        SET status = 'ended', open_count = 0, reason = '', due_on = NULL, settled_at = moment
        WHERE assignment.organization_id = of_organization AND assignment.membership_id = ANY (members)
          AND assignment.status <> 'ended' AND NOT EXISTS (
              SELECT FROM per_list WHERE per_list.membership_id = assignment.membership_id
                                     AND per_list.checklist_id = assignment.checklist_id)
    ), gone AS (
        DELETE FROM checklists_clearance clearance
        WHERE clearance.organization_id = of_organization AND clearance.membership_id = ANY (members)
          AND NOT EXISTS (SELECT FROM per_route WHERE per_route.membership_id = clearance.membership_id
                                                  AND per_route.route_id = clearance.route_id)
        RETURNING clearance.*
    ), lost AS (
        INSERT INTO checklists_clearancelost (organization_id, membership_id, route_id, lost_at)
        SELECT organization_id, membership_id, route_id, CASE WHEN is_cleared THEN moment ELSE lost_at END
        FROM gone WHERE is_cleared OR lost_at IS NOT NULL
        ON CONFLICT (organization_id, route_id, membership_id) DO UPDATE SET lost_at = excluded.lost_at
    ), listed AS (
        INSERT INTO checklists_assignment (organization_id, membership_id, checklist_id, team_id, job_role_id, status,
                                           item_count, open_count, reason, due_on, asked_on, settled_at)
        SELECT of_organization, membership_id, checklist_id, team_id, job_role_id,
               CASE WHEN open_items = 0 THEN 'complete' ELSE 'open' END, items, open_items, reason, due_on, today.day, moment
        FROM per_list CROSS JOIN (
            SELECT (moment AT TIME ZONE timezone)::date AS day FROM accounts_organization WHERE id = of_organization
        ) today
        ON CONFLICT (organization_id, membership_id, checklist_id) DO UPDATE
        SET team_id = excluded.team_id, job_role_id = excluded.job_role_id, status = excluded.status,
            item_count = excluded.item_count, open_count = excluded.open_count, reason = excluded.reason,
            due_on = excluded.due_on, settled_at = excluded.settled_at,
            asked_on = CASE WHEN checklists_assignment.status = 'open' AND excluded.reason IN ('', checklists_assignment.reason)
                            THEN checklists_assignment.asked_on ELSE excluded.asked_on END
        WHERE (checklists_assignment.team_id, checklists_assignment.job_role_id, checklists_assignment.status,
               checklists_assignment.item_count, checklists_assignment.open_count, checklists_assignment.reason,
               checklists_assignment.due_on)
            IS DISTINCT FROM (excluded.team_id, excluded.job_role_id, excluded.status, excluded.item_count,
                              excluded.open_count, excluded.reason, excluded.due_on)
    )
    INSERT INTO checklists_clearance (organization_id, membership_id, route_id, team_id, job_role_id, is_cleared, settled_at)
    SELECT of_organization, membership_id, route_id, team_id, job_role_id, required > 0 AND open = 0, moment
    FROM per_route
    ON CONFLICT (organization_id, route_id, membership_id) DO UPDATE
    SET team_id = excluded.team_id, job_role_id = excluded.job_role_id, is_cleared = excluded.is_cleared,
        settled_at = excluded.settled_at,
        lost_at = CASE WHEN excluded.is_cleared THEN NULL WHEN checklists_clearance.is_cleared THEN excluded.settled_at
                       ELSE checklists_clearance.lost_at END
    WHERE (checklists_clearance.team_id, checklists_clearance.job_role_id, checklists_clearance.is_cleared)
        IS DISTINCT FROM (excluded.team_id, excluded.job_role_id, excluded.is_cleared);

    -- Nobody is reminded of what is no longer open: answered, its rule ended, its reopening undone. What says
    -- that an answer runs out soon has the day of what is complete, and stays. The digest locks the same people.
    UPDATE notifications_notice notice SET withdrawn_at = moment
    FROM checklists_assignment assignment
    WHERE notice.recipient_id = ANY (members) AND notice.mail_id IS NULL AND notice.withdrawn_at IS NULL
      AND notice.subject_key = 'assignment:' || assignment.id
      AND assignment.organization_id = of_organization AND assignment.membership_id = notice.recipient_id
      AND assignment.membership_id = ANY (members) AND assignment.status <> 'open'
      AND notice.due_on IS DISTINCT FROM assignment.due_on;
END $$;
ALTER TABLE checklists_assignment SET (fillfactor = 45);
ALTER TABLE checklists_clearance SET (fillfactor = 45);
"""

# Whatever moves what is required asks for settling in its own transaction: the lower apps know nothing of it.
PEOPLE_MOVED = """
CREATE FUNCTION checklists_people_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM (SELECT FROM changed LIMIT 1001) AS first_ones) > 1000 THEN
        INSERT INTO checklists_settlerequest (organization_id, requested_at)
        SELECT DISTINCT organization_id, statement_timestamp() FROM changed;
    ELSE
        INSERT INTO checklists_settlerequest (organization_id, membership_id, requested_at)
        SELECT DISTINCT organization_id, membership_id, statement_timestamp() FROM changed;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION checklists_asker_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checklists_settlerequest (organization_id, membership_id, requested_at)
    VALUES (NEW.organization_id, NEW.asked_by_id, statement_timestamp());
    RETURN NULL;
END $$;
CREATE TRIGGER checklists_asker_answered AFTER UPDATE ON governance_question
    FOR EACH ROW EXECUTE FUNCTION checklists_asker_answered();
CREATE FUNCTION checklists_everybody_concerned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checklists_settlerequest (organization_id, requested_at)
    SELECT DISTINCT organization_id, statement_timestamp() FROM changed;
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER checklists_asks_{event.lower()} AFTER {event} ON {table} REFERENCING NEW TABLE AS changed"
    f" FOR EACH STATEMENT EXECUTE FUNCTION {function}();\n"
    for table, function in (
        ("accounts_accessperiod", "checklists_people_moved"),
        ("accounts_placement", "checklists_people_moved"),
        ("governance_forceperiod", "checklists_everybody_concerned"),
        ("checklists_assignmentrule", "checklists_everybody_concerned"),
        ("checklists_checklistversion", "checklists_everybody_concerned"),
        ("checklists_checklist", "checklists_everybody_concerned"),
        ("audit_reopening", "checklists_everybody_concerned"),
    )
    for event in ("INSERT", "UPDATE")
)

# Exact counts: statement triggers append grouped deltas, without a lock; a sweep folds them into the cells. Of a route also in
# all: what is asked on the pages of whoever looks after a thousand teams is one row, not a sum over them.
COUNTS = """
CREATE FUNCTION checklists_count_assignments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO checklists_readinessdelta (organization_id, subject, team_id, job_role_id, due_on, status, n)
        SELECT organization_id, 'checklist:' || checklist_id, coalesce(team_id, 0), coalesce(job_role_id, 0),
               coalesce(due_on, '0001-01-01'), status, -count(*) FROM before GROUP BY 1, 2, 3, 4, 5, 6;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO checklists_readinessdelta (organization_id, subject, team_id, job_role_id, due_on, status, n)
        SELECT organization_id, 'checklist:' || checklist_id, coalesce(team_id, 0), coalesce(job_role_id, 0),
               coalesce(due_on, '0001-01-01'), status, count(*) FROM after GROUP BY 1, 2, 3, 4, 5, 6;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION checklists_count_clearances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO checklists_readinessdelta (organization_id, subject, team_id, job_role_id, due_on, status, n)
        SELECT organization_id, 'route:' || route_id, coalesce(team_id, 0), coalesce(job_role_id, 0), '0001-01-01'::date,
               CASE WHEN is_cleared THEN 'cleared' ELSE 'open' END, -count(*) FROM before GROUP BY 1, 2, 3, 4, 5, 6
        UNION ALL
        SELECT organization_id, 'cleared:' || route_id, 0, 0, '0001-01-01'::date,
               CASE WHEN is_cleared THEN 'cleared' ELSE 'open' END, -count(*) FROM before GROUP BY 1, 2, 3, 4, 5, 6;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO checklists_readinessdelta (organization_id, subject, team_id, job_role_id, due_on, status, n)
        SELECT organization_id, 'route:' || route_id, coalesce(team_id, 0), coalesce(job_role_id, 0), '0001-01-01'::date,
               CASE WHEN is_cleared THEN 'cleared' ELSE 'open' END, count(*) FROM after GROUP BY 1, 2, 3, 4, 5, 6
        UNION ALL
        SELECT organization_id, 'cleared:' || route_id, 0, 0, '0001-01-01'::date,
               CASE WHEN is_cleared THEN 'cleared' ELSE 'open' END, count(*) FROM after GROUP BY 1, 2, 3, 4, 5, 6;
    END IF;
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_counted_{event.lower()} AFTER {event} ON {table} REFERENCING {tables}"
    f" FOR EACH STATEMENT EXECUTE FUNCTION {function}();\n"
    for table, function in (
        ("checklists_assignment", "checklists_count_assignments"),
        ("checklists_clearance", "checklists_count_clearances"),
    )
    for event, tables in (
        ("INSERT", "NEW TABLE AS after"),
        ("UPDATE", "OLD TABLE AS before NEW TABLE AS after"),
        ("DELETE", "OLD TABLE AS before"),
    )
)

# A published version lists what it listed; a published revision says what it said.
PUBLISHED = """
CREATE FUNCTION checklists_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.status, NEW.status) NOT IN (
        ('draft', 'draft'), ('draft', 'published'), ('draft', 'discarded'), ('published', 'superseded'), ('published', 'retired'))
       OR (OLD.status <> 'draft' AND to_jsonb(OLD) - '{status,ended_at}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{status,ended_at}'::text[]) THEN
        RAISE EXCEPTION 'a published version stays as it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status = 'draft' AND NEW.status = 'published' AND EXISTS (
            SELECT FROM checklists_listeditem WHERE version_id = NEW.id AND asked_since IS NULL) THEN
        RAISE EXCEPTION 'a published version says since when it asks' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER checklists_guard_version BEFORE UPDATE OR DELETE ON checklists_checklistversion
    FOR EACH ROW EXECUTE FUNCTION checklists_guard_version();
CREATE FUNCTION checklists_guard_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM checklists_checklistversion WHERE status <> 'draft'
               AND id = CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END)
       OR (TG_OP = 'UPDATE' AND OLD.version_id <> NEW.version_id) THEN
        RAISE EXCEPTION 'a published version lists what it listed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER checklists_guard_listed BEFORE INSERT OR UPDATE OR DELETE ON checklists_listeditem
    FOR EACH ROW EXECUTE FUNCTION checklists_guard_listed();
CREATE FUNCTION checklists_guard_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published item says what it said' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER checklists_guard_revision BEFORE UPDATE OR DELETE ON checklists_itemrevision
    FOR EACH ROW EXECUTE FUNCTION checklists_guard_revision();
"""

FUNCTIONS = (
    "checklists_settle(uuid, bigint[], timestamptz)",
    "checklists_cleared_of(uuid, bigint, timestamptz)",
    "checklists_allowed_of(uuid, bigint, timestamptz)",
    "checklists_state_of(uuid, bigint, timestamptz)",
    "checklists_required_of(uuid, bigint, timestamptz)",
    "checklists_placed_of(uuid, bigint, timestamptz)",
    "checklists_cleared(uuid, bigint[], timestamptz)",
    "checklists_allowed(uuid, bigint[], timestamptz)",
    "checklists_shared_state(uuid, timestamptz)",
    *DROPPED,
    "checklists_state(uuid, bigint[], timestamptz)",
    "checklists_question_waits(uuid, bigint, bigint, timestamptz)",
    "audit_withdrawn(uuid, timestamptz)",
    "checklists_required(uuid, bigint[], timestamptz)",
    "checklists_placed(uuid, bigint[], timestamptz)",
    "checklists_people_moved() CASCADE",
    "checklists_asker_answered() CASCADE",
    "checklists_everybody_concerned() CASCADE",
    "checklists_count_assignments() CASCADE",
    "checklists_count_clearances() CASCADE",
    "checklists_guard_version() CASCADE",
    "checklists_guard_listed() CASCADE",
    "checklists_guard_revision() CASCADE",
)


class Migration(migrations.Migration):
    dependencies = [
        ("checklists", "0001_initial"),
        ("governance", "0002_reach_and_guards"),
    ]
    operations = [
        tenant_foreign_keys(
            ("checklists_checklist", "keeper_id", "accounts_membership"),
            ("checklists_checklistversion", "checklist_id", "checklists_checklist"),
            ("checklists_itemrevision", "item_id", "checklists_item"),
            ("checklists_listeditem", "version_id", "checklists_checklistversion"),
            ("checklists_listeditem", "item_id", "checklists_item"),
            ("checklists_listeditem", "revision_id", "checklists_itemrevision"),
            ("checklists_assignmentrule", "checklist_id", "checklists_checklist"),
            ("checklists_assignmentrule", "team_id", "accounts_team"),
            ("checklists_assignmentrule", "job_role_id", "accounts_jobrole"),
            ("checklists_assignment", "membership_id", "accounts_membership"),
            ("checklists_assignment", "checklist_id", "checklists_checklist"),
            ("checklists_clearance", "membership_id", "accounts_membership"),
            ("checklists_answer", "membership_id", "accounts_membership"),
            ("checklists_answer", "team_id", "accounts_team"),
            ("checklists_answer", "item_id", "checklists_item"),
            ("checklists_answer", "revision_id", "checklists_itemrevision"),
            ("checklists_answer", "snapshot_id", "audit_snapshot"),
            ("checklists_answer", "text_id", "audit_freetext"),
            ("checklists_answerdraft", "membership_id", "accounts_membership"),
            ("checklists_answerdraft", "item_id", "checklists_item"),
            ("checklists_evidence", "answer_id", "checklists_answer"),
            ("checklists_lapse", "membership_id", "accounts_membership"),
        ),
        ours_or_shipped(("checklists_assignmentrule", "route_id", "catalog_accessroute")),
        append_only("checklists_answer", "checklists_evidence"),
        not_truncated("checklists_checklistversion", "checklists_listeditem", "checklists_itemrevision"),
        only_closes("checklists_assignmentrule", "ended_at", "ended_by_id"),
        migrations.RunSQL(
            PLACED
            + REQUIRED
            + WITHDRAWN
            + WAITS
            + STATE
            + ANSWERS_ITSELF
            + as_planned_once(SHARED_STATE)
            + ALLOWED
            + CLEARED
            + OF_ONE_PERSON
            + SETTLE
            + PEOPLE_MOVED
            + COUNTS
            + PUBLISHED,
            "\n".join(f"DROP FUNCTION {function};" for function in FUNCTIONS),
        ),
    ]
