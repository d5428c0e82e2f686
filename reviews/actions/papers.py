"""A paper that runs out brings the review of what rests on it forward."""

from django.db import connection

# Of each decision in force the first day on which a paper of its route runs out, unless its keeper has looked at it since.
_RUNS_OUT = """
UPDATE reviews_reviewschedule schedule SET next_on = runs_out.first_on
FROM (
    SELECT decision.id AS decision_id, min(paper.expires_on) AS first_on
    FROM governance_routedecision decision
    JOIN accounts_organization organization ON organization.id = decision.organization_id
    JOIN LATERAL (
        SELECT DISTINCT ON (kind, title) state, expires_on FROM governance_agreement
        WHERE organization_id = decision.organization_id AND route_id = decision.route_id
        ORDER BY kind, title, id DESC
    ) paper ON paper.state = 'have'
    CROSS JOIN LATERAL (
        SELECT (greatest((SELECT max(started_at) FROM governance_forceperiod WHERE decision_id = decision.id),
                         (SELECT max(closed_at) FROM reviews_review WHERE decision_id = decision.id))
                AT TIME ZONE organization.timezone)::date AS day
    ) looked
    WHERE decision.status = 'approved' AND paper.expires_on > looked.day
    GROUP BY decision.id
) runs_out
WHERE schedule.decision_id = runs_out.decision_id AND runs_out.first_on < schedule.next_on
"""


def bring_forward() -> int:
    """Let each decision be looked at on the day on which a paper it rests on runs out, if that comes first.

    Safe to run twice: what was looked at after a paper ran out is not brought forward for it again.

    :returns: how many schedules moved.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RUNS_OUT)
        return cursor.rowcount
