"""Which shared checklists are late, and who keeps each: asked of the few rules that assign them, never of people."""

import datetime as dt
from dataclasses import dataclass

# What should have been answered once, for the organization or a team, and was not. What is on the board of the running
# adoption review stands there, with its own days.
LATE = """
SELECT checklist.name, accounts_keeper_name(checklist.organization_id, checklist.keeper_id) AS keeper, count(*) AS questions,
       min(state.due_on) AS due_on, coalesce(string_agg(DISTINCT team.name, ', ' ORDER BY team.name), '') AS teams
FROM checklists_shared_state(%(organization)s, %(at)s) state
JOIN checklists_checklist checklist ON checklist.id = state.checklist_id
LEFT JOIN accounts_team team ON team.id = state.team_id
WHERE NOT state.is_current AND state.due_on < %(today)s AND (state.team_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM reviews_adoptionchecklist part JOIN reviews_adoptionreview review ON review.id = part.review_id
    WHERE part.checklist_id = state.checklist_id AND review.status = 'running'))
GROUP BY checklist.id
"""


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
        """From a row of ``LATE`` as JSON."""
        return cls(**{**row, "due_on": dt.date.fromisoformat(row["due_on"])})
