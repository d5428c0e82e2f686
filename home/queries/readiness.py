"""How the organization stands, from exact counts: cells and the deltas not folded in yet, never a walk over people."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

_BY_TEAM = """
SELECT count.team_id, coalesce(team.name, ''),
       coalesce(sum(n) FILTER (WHERE is_route AND status = 'cleared'), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE is_route), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE NOT is_route AND status = 'complete'), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE NOT is_route AND status = 'open'), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE NOT is_route AND status = 'open' AND due_on < %(today)s
                               AND due_on > '0001-01-01'), 0)::bigint
FROM (
    SELECT team_id, subject LIKE 'route:%%' AS is_route, status, due_on, n FROM checklists_readinesscell
    WHERE organization_id = %(organization)s AND subject NOT LIKE 'cleared:%%'
    UNION ALL
    SELECT team_id, subject LIKE 'route:%%', status, due_on, n FROM checklists_readinessdelta
    WHERE organization_id = %(organization)s AND subject NOT LIKE 'cleared:%%'
) AS count
LEFT JOIN accounts_team team ON team.id = count.team_id
WHERE %(all)s OR count.team_id = ANY (%(teams)s)
GROUP BY count.team_id, team.name
HAVING sum(n) > 0
ORDER BY team.name NULLS LAST
"""


@dataclass(frozen=True)
class TeamReadiness:
    """How one team stands. Clearances count a person once for each route they may use; lists once for each they have."""

    team_id: int
    name: str
    cleared: int
    clearances: int
    complete: int
    open: int
    overdue: int


@dataclass(frozen=True)
class Readiness:
    """The teams, and their sum."""

    teams: tuple[TeamReadiness, ...]

    @property
    def cleared(self) -> int:
        return sum(team.cleared for team in self.teams)

    @property
    def clearances(self) -> int:
        return sum(team.clearances for team in self.teams)

    @property
    def complete(self) -> int:
        return sum(team.complete for team in self.teams)

    @property
    def open(self) -> int:
        return sum(team.open for team in self.teams)

    @property
    def overdue(self) -> int:
        return sum(team.overdue for team in self.teams)

    @property
    def is_answered(self) -> bool:
        """Whether nothing that was asked is open."""
        return self.complete > 0 and not self.open

    @property
    def is_cleared(self) -> bool:
        """Whether everybody is, for each route that is allowed for them."""
        return 0 < self.clearances == self.cleared

    def of(self, team_ids: frozenset[int]) -> "Readiness":
        """The same for some of the teams."""
        return Readiness(tuple(team for team in self.teams if team.team_id in team_ids))


def readiness_of(organization_id: UUID, *, today: dt.date, teams: frozenset[int] | None = None) -> Readiness:
    """How every team stands, or those of ``teams``; people without a team are one row without a name."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_TEAM,
            {"organization": organization_id, "today": today, "all": teams is None, "teams": sorted(teams or ())},
        )
        return Readiness(tuple(TeamReadiness(*row) for row in cursor.fetchall()))
