"""What is answered once, with its words, its list and who looks after it; a question that two lists ask is one question."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db import connection

from accounts.models import Organization
from checklists.queries.revisions import because_now
from checklists.queries.tasks import STATUS

_QUESTIONS = """
SELECT state.checklist_id, checklist.name, coalesce(accounts_keeper_name(checklist.organization_id, checklist.keeper_id), ''), state.team_id, coalesce(team.name, ''),
       state.item_id, revision.question, state.reason, state.because, state.due_on, state.answers_itself,
       ARRAY(SELECT older.question FROM checklists_itemrevision older
             WHERE older.item_id = state.item_id AND older.id < state.revision_id AND older.published_at IS NOT NULL)
FROM checklists_shared_state(%s, %s) state
JOIN checklists_checklist checklist ON checklist.id = state.checklist_id
JOIN checklists_itemrevision revision ON revision.id = state.revision_id
JOIN checklists_checklistversion version ON version.checklist_id = checklist.id AND version.status = 'published'
JOIN checklists_listeditem listed ON listed.version_id = version.id AND listed.item_id = state.item_id
LEFT JOIN accounts_team team ON team.id = state.team_id
ORDER BY checklist.id, team.name NULLS FIRST, state.team_id, listed.position
"""


@dataclass(frozen=True)
class SharedQuestion:
    """One question of one shared checklist, for a team or (no team) for the organization.

    :ivar reason: of the predicate; empty when the answer is current.
    :ivar answers_itself: where from the product knows it; empty where people say it.
    :ivar also: the other lists that ask the same answerer the same.
    """

    checklist_id: int
    checklist: str
    keeper: str
    team_id: int | None
    team: str
    item_id: int
    question: str
    reason: str
    because: str
    due_on: dt.date | None
    answers_itself: str = ""
    also: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """As lists of tasks show it, without the day."""
        return STATUS[self.reason]

    def is_overdue(self, today: dt.date) -> bool:
        """Whether it is open and its day has passed."""
        return bool(self.reason and self.due_on and self.due_on < today)


def shared_questions(organization: Organization, *, at: dt.datetime) -> list[SharedQuestion]:
    """Every question of every shared checklist, list by list; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_QUESTIONS, [organization.pk, at])
        rows = [(SharedQuestion(*row), earlier) for *row, earlier in cursor.fetchall()]
    return [replace(one, because=because_now(one.because, one.question, earlier)) for one, earlier in rows]


def each_once(questions: Iterable[SharedQuestion]) -> list[SharedQuestion]:
    """Each question once per answerer: where the first list has it, due when the first of them is."""
    once: dict[tuple[int | None, int], SharedQuestion] = {}
    for one in questions:
        known = once.setdefault((one.team_id, one.item_id), one)
        if known is not one:
            due_on = min((day for day in (known.due_on, one.due_on) if day), default=None)
            once[one.team_id, one.item_id] = replace(known, due_on=due_on, also=(*known.also, one.checklist))
    return list(once.values())


def overdue_once(
    organization: Organization, *, at: dt.datetime, today: dt.date, team_ids: Collection[int] | None
) -> list[SharedQuestion]:
    """What is answered once and is late, oldest first.

    :param team_ids: only what these teams answer; None for everything.
    """
    late = [one for one in each_once(shared_questions(organization, at=at)) if one.is_overdue(today)]
    return sorted(
        (one for one in late if team_ids is None or one.team_id in team_ids), key=lambda one: one.due_on or today
    )
