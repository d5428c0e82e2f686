"""Which shared checklists are late, and who keeps each: asked of the few rules that assign them, never of people."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

# A column, so that home asks for it together with everything else about the roll-out.
_LATE = """(
SELECT coalesce(jsonb_agg(to_jsonb(late) ORDER BY late.due_on, late.name), '[]') FROM (
    SELECT checklist.name, coalesce(nullif(keeper.name, ''), keeper.email, '') AS keeper, count(*) AS questions,
           min(state.due_on) AS due_on, coalesce(string_agg(DISTINCT team.name, ', ' ORDER BY team.name), '') AS teams
    FROM checklists_shared_state(%s, %s) state
    JOIN checklists_checklist checklist ON checklist.id = state.checklist_id
    LEFT JOIN accounts_membership membership ON membership.id = checklist.keeper_id
    LEFT JOIN accounts_user keeper ON keeper.id = membership.user_id
    LEFT JOIN accounts_team team ON team.id = state.team_id
    WHERE NOT state.is_current AND state.due_on < %s
    GROUP BY checklist.id, keeper.id
) late)"""


@dataclass(frozen=True)
class LateShared:
    """A shared checklist with questions whose day has passed.

    :ivar teams: the teams that are late with it; empty where the organization answers.
    """

    name: str
    keeper: str
    questions: int
    due_on: dt.date
    teams: str

    @classmethod
    def of(cls, row: dict) -> "LateShared":
        """From one object of the column."""
        return cls(**{**row, "due_on": dt.date.fromisoformat(row["due_on"])})


def late_shared(organization_id: UUID, *, at: dt.datetime, today: dt.date) -> RawSQL:
    """What should have been answered once, for the organization or a team, and was not; longest late first."""
    return RawSQL(_LATE, [organization_id, at, today], output_field=JSONField())  # noqa: S611 -- a constant, values apart
