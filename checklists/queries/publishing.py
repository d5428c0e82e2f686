"""What publishing a draft changes, and for how many."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Organization
from checklists.models import ChecklistVersion, ItemRevision
from checklists.queries.revisions import changed_items, newest_published
from operations import clock

# Who stands by an answer: a member, a team, or (neither) the organization. An item is asked by the lists that are
# published, and by the draft that is about to be.
_LOOK_AGAIN = """
WITH listed AS (
    SELECT DISTINCT listed.item_id, version.checklist_id
    FROM checklists_listeditem listed
    JOIN checklists_checklistversion version ON version.id = listed.version_id
    WHERE listed.organization_id = %(organization)s AND listed.item_id = ANY (%(items)s)
      AND (version.status = 'published' OR listed.revision_id = ANY (%(revisions)s))
), asked AS (
    SELECT assignment.membership_id AS member, 0 AS team, listed.item_id
    FROM listed
    JOIN checklists_assignment assignment USING (checklist_id)
    JOIN accounts_accessperiod access ON access.membership_id = assignment.membership_id AND access.ended_at IS NULL
    WHERE assignment.organization_id = %(organization)s AND assignment.status <> 'ended'
    UNION
    SELECT 0, coalesce(rule.team_id, 0), listed.item_id
    FROM listed
    JOIN checklists_checklist checklist ON checklist.id = listed.checklist_id AND checklist.kind = 'shared'
    JOIN checklists_assignmentrule rule ON rule.checklist_id = checklist.id AND rule.ended_at IS NULL
), newest AS (
    SELECT DISTINCT ON (membership_id, team_id, item_id)
           coalesce(membership_id, 0) AS member, coalesce(team_id, 0) AS team, item_id, completes, valid_until, snapshot_id
    FROM checklists_answer
    WHERE organization_id = %(organization)s AND item_id = ANY (%(items)s)
    ORDER BY membership_id, team_id, item_id, id DESC
)
SELECT item_id, count(*) FROM newest JOIN asked USING (member, team, item_id)
WHERE completes AND valid_until >= %(today)s
  AND snapshot_id NOT IN (SELECT snapshot_id FROM audit_withdrawn(%(organization)s, %(at)s))
GROUP BY item_id
"""


@dataclass(frozen=True)
class ChangedItem:
    """An item that a draft says in other words than people know it in.

    :ivar known: the words that people are shown today.
    :ivar is_known_since: whether another list has brought those since the draft was written.
    :ivar people: how many have a current answer to it, and would be asked again.
    """

    revision: ItemRevision
    known: ItemRevision
    people: int

    @property
    def is_known_since(self) -> bool:
        return self.known.pk > self.revision.pk


def what_changes(draft: ChecklistVersion, *, at: dt.datetime) -> list[ChangedItem]:
    """Every item that publishing a draft says in other words; at most four queries."""
    changed = changed_items(draft)
    known = newest_published(one.item_id for one in changed)
    people = people_to_look_again(draft.organization, changed, at=at) if changed else {}
    return [ChangedItem(one, known[one.item_id], people.get(one.item_id, 0)) for one in changed]


def people_to_look_again(
    organization: Organization, revisions: list[ItemRevision], *, at: dt.datetime
) -> dict[int, int]:
    """For each item that is about to change: how many would be asked again if it is material. Not counted is who has
    left, who is asked no longer, and whose answer has run out or was withdrawn before; of a shared list, each answerer
    counts once. As settled; one query.
    """
    about: dict[str, Any] = {
        "organization": organization.pk,
        "items": [revision.item_id for revision in revisions],
        "revisions": [revision.pk for revision in revisions],
        "today": clock.day_of(at, organization.timezone),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_AGAIN, about)
        return dict(cursor.fetchall())
