"""Whom a lead, or whoever runs the roll-out, may nudge: who has something open, and has not been nudged today."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import AccessPeriod, Membership, Organization
from accounts.queries import Standing
from accounts.rights import Right

RULE = "nudge"

# Not who waits for an answer about all that is left, nor who has gone, nor oneself.
_OPEN = """
FROM checklists_assignment assignment
JOIN checklists_checklist checklist ON checklist.id = assignment.checklist_id
JOIN accounts_membership membership ON membership.id = assignment.membership_id
JOIN accounts_user person ON person.id = membership.user_id AND person.is_active
WHERE assignment.organization_id = %s AND assignment.status = 'open' AND assignment.membership_id <> %s
  AND EXISTS (SELECT FROM accounts_accessperiod access
              WHERE access.membership_id = assignment.membership_id AND access.ended_at IS NULL AND access.level <> 'guest')
  AND assignment.open_count > (
      SELECT count(*) FROM governance_question question
      JOIN checklists_checklistversion version ON version.checklist_id = assignment.checklist_id AND version.status = 'published'
      JOIN checklists_listeditem listed ON listed.version_id = version.id
      WHERE question.organization_id = assignment.organization_id AND question.asked_by_id = assignment.membership_id
        AND question.answered_at IS NULL AND question.about = 'item:' || listed.item_id)
  AND NOT EXISTS (
      SELECT FROM notifications_notice notice
      WHERE notice.organization_id = assignment.organization_id AND notice.subject_key = 'assignment:' || assignment.id
        AND notice.recipient_id = assignment.membership_id AND notice.rule = %s AND notice.slot_date = %s)
"""


@dataclass(frozen=True)
class Whom:
    """Whom a nudge is for.

    :ivar by: who nudges.
    :ivar team_ids: only people of these teams; None: of every team and of none.
    :ivar is_without_team: only people of no team.
    :ivar checklist_id: only about this checklist; ``person_id``: only this person; ``is_overdue``: only what is late.
    """

    by: Membership
    team_ids: frozenset[int] | None = None
    is_without_team: bool = False
    checklist_id: int | None = None
    person_id: int | None = None
    is_overdue: bool = False

    @property
    def organization(self) -> Organization:
        return self.by.organization

    def open_on(self, today: dt.date) -> tuple[str, list[Any]]:
        """``FROM assignment … WHERE …`` with the names ``assignment`` and ``checklist``, and its values."""
        narrowed = {
            " AND assignment.team_id = ANY(%s)": sorted(self.team_ids) if self.team_ids is not None else None,
            " AND (assignment.team_id IS NULL) = %s": self.is_without_team or None,
            " AND assignment.checklist_id = %s": self.checklist_id,
            " AND assignment.membership_id = %s": self.person_id,
            " AND assignment.due_on < %s": today if self.is_overdue else None,
        }
        given = {text: value for text, value in narrowed.items() if value is not None}
        return _OPEN + "".join(given), [self.organization.pk, self.by.pk, RULE, today, *given.values()]


def reach_of_nudges(standing: Standing) -> frozenset[int] | None:
    """The teams whose people this person may nudge; None: everybody."""
    runs_it = standing.level in {AccessPeriod.Level.OWNER, AccessPeriod.Level.MANAGER}
    return None if runs_it else standing.leads if Right.TEAM_NUDGE in standing.rights else frozenset()


MOST_NAMES = 20


def people_to_nudge(whom: Whom, *, on: dt.date) -> tuple[int, list[str]]:
    """How many people would be nudged now, and the names of the first twenty."""
    text, values = whom.open_on(on)
    each = "coalesce(nullif(person.name, ''), person.email) AS name, count(*) OVER ()"
    grouped = f"{text} GROUP BY assignment.membership_id, person.name, person.email ORDER BY name LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {each} {grouped}", [*values, MOST_NAMES])
        rows = cursor.fetchall()
    return (rows[0][1] if rows else 0), [name for name, _ in rows]


def count_to_nudge(whom: Whom, *, on: dt.date) -> int:
    """How many people would be nudged now."""
    text, values = whom.open_on(on)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(DISTINCT assignment.membership_id) {text}", values)
        return cursor.fetchone()[0]
