"""Counting anew what is otherwise only kept up to date: a difference means that something wrote past it."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

# One statement, so one snapshot: people may answer and sweeps may fold meanwhile.
DIFFERENCES = """
WITH kept AS (
    SELECT organization_id, subject, team_id, job_role_id, due_on, status, sum(n) AS n FROM (
        SELECT organization_id, subject, team_id, job_role_id, due_on, status, n FROM checklists_readinesscell
        UNION ALL
        SELECT organization_id, subject, team_id, job_role_id, due_on, status, n FROM checklists_readinessdelta
    ) AS both_of_them GROUP BY 1, 2, 3, 4, 5, 6
), counted AS (
    SELECT organization_id, 'checklist:' || checklist_id AS subject, coalesce(team_id, 0) AS team_id,
           coalesce(job_role_id, 0) AS job_role_id, coalesce(due_on, '0001-01-01') AS due_on, status, count(*) AS n
    FROM checklists_assignment GROUP BY 1, 2, 3, 4, 5, 6
    UNION ALL
    SELECT organization_id, 'route:' || route_id, coalesce(team_id, 0), coalesce(job_role_id, 0), '0001-01-01'::date,
           CASE WHEN is_cleared THEN 'cleared' ELSE 'open' END, count(*)
    FROM checklists_clearance GROUP BY 1, 2, 3, 4, 5, 6
    UNION ALL
    SELECT organization_id, 'cleared:' || route_id, 0, 0, '0001-01-01'::date,
           CASE WHEN is_cleared THEN 'cleared' ELSE 'open' END, count(*)
    FROM checklists_clearance GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT organization_id, subject, team_id, job_role_id, status, coalesce(kept.n, 0), coalesce(counted.n, 0)
FROM kept FULL JOIN counted USING (organization_id, subject, team_id, job_role_id, due_on, status)
WHERE coalesce(kept.n, 0) <> coalesce(counted.n, 0)
ORDER BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class Difference:
    """One cell that does not say what a recount says.

    :ivar kept: what pages show: the cell and its deltas.
    :ivar counted: how many people there are.
    """

    organization_id: UUID
    subject: str
    team_id: int
    job_role_id: int
    status: str
    kept: int
    counted: int


def differing_cells() -> list[Difference]:
    """Every cell of every organization that differs from a recount, at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        return [
            Difference(organization_id, subject, team_id, job_role_id, status, int(kept), int(counted))
            for organization_id, subject, team_id, job_role_id, status, kept, counted in cursor.fetchall()
        ]
