"""A paper or a word of ours that runs out, or is taken back, brings the review of what rests on it forward."""

from django.db import connection

# Of each decision in force that allows something: the first day on which something that it was signed with gives way, unless
# its keeper has looked at it since. Papers run out; one that we had is said to be asked for, missing, or another company's;
# our own word on a statement that still stands runs out, or is said to be a question to the vendor now. What runs out does so
# on a day; what is taken back, at a moment: later on the day on which its keeper looked, it counts from the next.
_GIVES_WAY = """
UPDATE reviews_reviewschedule schedule SET next_on = gives_way.first_on
FROM (
    SELECT decision.id AS decision_id, min(greatest(gone.on_day, looked.closed_on + 1)) AS first_on
    FROM governance_routedecision decision
    JOIN governance_signoff sign_off ON sign_off.id = decision.sign_off_id
    JOIN accounts_organization organization ON organization.id = decision.organization_id
    CROSS JOIN LATERAL (
        SELECT (sign_off.submitted_at AT TIME ZONE organization.timezone)::date AS submitted_on,
               max(closed_at) AS closed_at, (max(closed_at) AT TIME ZONE organization.timezone)::date AS closed_on
        FROM reviews_review WHERE decision_id = decision.id
    ) looked
    CROSS JOIN LATERAL (
        SELECT paper.expires_on AS on_day, NULL::timestamptz AS said_at FROM (
            SELECT DISTINCT ON (kind, title) state, expires_on FROM governance_agreement
            WHERE organization_id = decision.organization_id AND route_id = decision.route_id
            ORDER BY kind, title, id DESC
        ) paper WHERE paper.state = 'have'
        UNION ALL
        SELECT (newest.said_at AT TIME ZONE organization.timezone)::date, newest.said_at
        FROM audit_basis basis
        JOIN governance_agreement signed ON signed.id = basis.revision
        CROSS JOIN LATERAL (
            SELECT id, state, parties, said_at FROM governance_agreement
            WHERE organization_id = signed.organization_id AND route_id = signed.route_id
              AND kind = signed.kind AND title = signed.title
            ORDER BY id DESC LIMIT 1
        ) newest
        WHERE basis.snapshot_id = sign_off.snapshot_id AND basis.key LIKE 'agreement:%%'
          AND (newest.state IN ('asked', 'missing') AND signed.state IN ('have', 'not_needed')
               OR newest.state = signed.state AND newest.parties <> signed.parties)
        UNION ALL
        SELECT coalesce((taken_back.said_at AT TIME ZONE organization.timezone)::date, newest.expires_on),
               taken_back.said_at
        FROM audit_basis basis
        JOIN governance_ownword signed ON signed.id = basis.revision
        CROSS JOIN LATERAL (
            SELECT kind, said_at, expires_on, fact_id FROM governance_ownword
            WHERE organization_id = signed.organization_id AND fact_key = signed.fact_key
            ORDER BY id DESC LIMIT 1
        ) newest
        CROSS JOIN LATERAL (
            SELECT CASE WHEN newest.kind = 'asked' AND signed.kind <> 'asked' THEN newest.said_at END AS said_at
        ) taken_back
        JOIN catalog_fact fact ON fact.id = newest.fact_id AND fact.superseded_at IS NULL
        WHERE basis.snapshot_id = sign_off.snapshot_id AND basis.key LIKE 'own-word:%%'
    ) gone
    WHERE decision.status = 'approved' AND decision.outcome <> 'not_allowed'
      AND gone.on_day >= looked.submitted_on
      AND coalesce(gone.said_at > looked.closed_at, gone.on_day > looked.closed_on, true)
    GROUP BY decision.id
) gives_way
WHERE schedule.decision_id = gives_way.decision_id AND gives_way.first_on < schedule.next_on
"""


def bring_forward() -> int:
    """Let each decision be looked at on the day on which something that it rests on gives way, if that comes first.

    Also what gave way before the last signature, or while it was suspended. Safe to run twice: what was looked at after it
    gave way is not brought forward for it again.

    :returns: how many schedules moved.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GIVES_WAY, [])
        return cursor.rowcount
