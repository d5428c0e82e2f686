"""The board of an adoption review: each question of its shared checklists once, as it stood at a moment."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from accounts.models import Organization
from checklists.queries.revisions import because_now
from checklists.queries.tasks import STATUS
from operations import clock
from reviews import plan

# Who looks after a question: whoever was chosen last, else the group that usually does, else whoever keeps the review.
_BOARD = """
WITH terms AS MATERIALIZED (
    SELECT * FROM reviews_adoptionterms WHERE review_id = %(review)s AND at <= %(at)s ORDER BY id DESC LIMIT 1
), state AS MATERIALIZED (
    SELECT DISTINCT ON (state.item_id) state.*
    FROM checklists_shared_state(%(organization)s, %(at)s) state
    JOIN reviews_adoptionchecklist part ON part.review_id = %(review)s AND part.checklist_id = state.checklist_id
         AND part.at <= %(at)s
    WHERE state.team_id IS NULL ORDER BY state.item_id, part.id
), itself AS MATERIALIZED (
    SELECT source, since FROM checklists_answers_itself(%(organization)s, %(at)s)
    WHERE EXISTS (SELECT FROM state WHERE answers_itself <> '')
)
SELECT state.item_id, state.revision_id, revision.question, listed.section_key, listed.section_title, part.id, listed.position,
       state.reason, state.because, state.answers_itself, state.answer_id, coalesce(answer.at, itself.since), answer.valid_until,
       coalesce(signs.name, accounts_keeper_name(%(organization)s, coalesce(kept.member_id, terms.keeper_id)), ''),
       accounts_keeper(%(organization)s, coalesce(kept.member_id, terms.keeper_id)), signs.id, moved.due_on,
       (SELECT count(*) FROM reviews_boardcomment said
        WHERE said.review_id = %(review)s AND said.item_id = state.item_id AND said.at <= %(at)s),
       (SELECT count(*) FROM checklists_evidence shows WHERE shows.answer_id = state.answer_id),
       ARRAY(SELECT older.question FROM checklists_itemrevision older
             WHERE older.item_id = state.item_id AND older.id < state.revision_id AND older.published_at IS NOT NULL)
FROM state
CROSS JOIN terms
JOIN reviews_adoptionchecklist part ON part.review_id = %(review)s AND part.checklist_id = state.checklist_id
JOIN checklists_item item ON item.id = state.item_id
JOIN checklists_itemrevision revision ON revision.id = state.revision_id
JOIN checklists_checklistversion version ON version.checklist_id = state.checklist_id AND version.published_at <= %(at)s
     AND (version.ended_at IS NULL OR version.ended_at > %(at)s)
JOIN checklists_listeditem listed ON listed.version_id = version.id AND listed.item_id = state.item_id
LEFT JOIN checklists_answer answer ON answer.id = state.answer_id
LEFT JOIN itself ON itself.source = state.answers_itself
LEFT JOIN unnest(%(keys)s::text[], %(hints)s::text[]) AS hint (key, keeper) ON hint.key = item.key
LEFT JOIN LATERAL (
    SELECT * FROM reviews_boardkeeper newest
    WHERE newest.review_id = %(review)s AND newest.item_id = state.item_id AND newest.at <= %(at)s ORDER BY newest.id DESC LIMIT 1
) kept ON true
LEFT JOIN LATERAL (
    SELECT * FROM reviews_boardday newest
    WHERE newest.review_id = %(review)s AND newest.item_id = state.item_id AND newest.at <= %(at)s ORDER BY newest.id DESC LIMIT 1
) moved ON true
LEFT JOIN accounts_signoffgroup signs ON signs.organization_id = %(organization)s
     AND CASE WHEN kept.id IS NULL THEN signs.key = hint.keeper AND signs.archived_at IS NULL ELSE signs.id = kept.group_id END
"""


@dataclass(frozen=True)
class Row:
    """One question of the board.

    :ivar reason: of the predicate; empty when it is settled. ``since``: when it was answered, or became so.
    :ivar answers_itself: where from the product knows it; empty where people say it.
    :ivar keeper: who looks after it, by name: ``member_id``, or the group ``group_id``.
    :ivar planned_on: where the plan has it; ``due_on`` is that, or where it was moved by hand.
    """

    item_id: int
    revision_id: int
    question: str
    section_key: str
    section_title: str
    position: tuple[Any, ...]
    reason: str
    because: str
    answers_itself: str
    answer_id: int | None
    since: dt.datetime | None
    valid_until: dt.date | None
    keeper: str
    member_id: int | None
    group_id: int | None
    due_on: dt.date
    planned_on: dt.date
    is_moved: bool
    comments: int
    evidence: int

    @property
    def is_settled(self) -> bool:
        return not self.reason

    def is_late(self, today: dt.date) -> bool:
        """Whether it is open and its day has passed."""
        return not self.is_settled and self.due_on < today

    def status(self, today: dt.date) -> str:
        """As lists of tasks show it."""
        return "overdue" if self.is_late(today) else STATUS[self.reason]


@dataclass(frozen=True)
class Awaited:
    """Somebody, or a group, for whom questions wait: how many, how many of them late, and the one due first."""

    keeper: str
    member_id: int | None
    open: int
    late: int
    first: Row


@dataclass(frozen=True)
class Board:
    """The questions in the order in which they are settled, and how far they are."""

    rows: tuple[Row, ...]
    today: dt.date

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def settled(self) -> int:
        return sum(row.is_settled for row in self.rows)

    @cached_property
    def open(self) -> list[Row]:
        """What is not settled, the one due first on top."""
        return sorted((row for row in self.rows if not row.is_settled), key=lambda row: (row.due_on, row.position))

    @property
    def late(self) -> list[Row]:
        return [row for row in self.open if row.is_late(self.today)]

    @property
    def sections(self) -> dict[str, list[Row]]:
        """By title, in the order of the plan."""
        sections: dict[str, list[Row]] = {}
        for row in self.rows:
            sections.setdefault(row.section_title, []).append(row)
        return sections

    @property
    def waiting_for(self) -> list[Awaited]:
        """For whom open questions wait, who is latest first."""
        by_keeper: dict[tuple[int | None, str], list[Row]] = {}
        for row in self.open:
            by_keeper.setdefault((row.group_id, row.keeper), []).append(row)
        return [
            Awaited(
                keeper=keeper,
                member_id=None if group else rows[0].member_id,
                open=len(rows),
                late=sum(row.is_late(self.today) for row in rows),
                first=rows[0],
            )
            for (group, keeper), rows in by_keeper.items()
        ]


def board_of(
    organization: Organization, review_id: int, *, begun_at: dt.datetime, target_on: dt.date, at: dt.datetime
) -> Board:
    """The board as it stood at a moment; one query.

    :param target_on: the day the review aimed at then; what nobody moved is planned back from it.
    """
    keys, hints = plan.keeper_hints()
    who: dict[str, Any] = {"organization": organization.pk, "review": review_id, "at": at, "keys": keys, "hints": hints}
    with connection.cursor() as cursor:
        cursor.execute(_BOARD, who)
        found = cursor.fetchall()
    begun_on = clock.day_of(begun_at, organization.timezone)
    rows = [_row(*row, begun_on=begun_on, target_on=target_on) for row in found]
    return Board(tuple(sorted(rows, key=lambda row: row.position)), clock.day_of(at, organization.timezone))


def _row(
    item_id: int,
    revision_id: int,
    question: str,
    section_key: str,
    section_title: str,
    part_id: int,
    position: int,
    reason: str,
    because: str,
    answers_itself: str,
    answer_id: int | None,
    since: dt.datetime | None,
    valid_until: dt.date | None,
    keeper: str,
    member_id: int | None,
    group_id: int | None,
    moved_to: dt.date | None,
    comments: int,
    evidence: int,
    earlier: Iterable[str],
    *,
    begun_on: dt.date,
    target_on: dt.date,
) -> Row:
    planned_on = plan.planned_day(section_key, begun_on=begun_on, target_on=target_on)
    return Row(
        item_id=item_id,
        revision_id=revision_id,
        question=question,
        section_key=section_key,
        section_title=section_title,
        position=(plan.place_of(section_key), part_id, position),
        reason=reason,
        because=because_now(because, question, earlier),
        answers_itself=answers_itself,
        answer_id=answer_id,
        since=since,
        valid_until=valid_until,
        keeper=keeper,
        member_id=member_id,
        group_id=group_id,
        due_on=moved_to or planned_on,
        planned_on=planned_on,
        is_moved=moved_to is not None,
        comments=comments,
        evidence=evidence,
    )
