"""One person's list: the union of everything asked of them, each question once, live from the one predicate."""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.queries import Standing
from checklists.models import ItemRevision
from checklists.queries.minutes import AskedOnce, minutes_left
from checklists.queries.rendering import ShownItem, render_items
from checklists.queries.revisions import because_now
from checklists.queries.state import ItemState, state_of_one
from governance.models import RouteDecision
from governance.queries.decisions import covering_decisions

# Texts, where put together by the ORM they took longer than they ran.
_DIALOG = """
SELECT draft.data, question.id, question.asked, question.replied, question.contact, coalesce(question.is_closed, false),
       EXISTS (SELECT FROM checklists_evidence shown WHERE shown.answer_id = %(answer)s),
       EXISTS (SELECT FROM checklists_upload brought WHERE brought.membership_id = %(member)s AND brought.item_id = %(item)s
               AND brought.team_id IS NULL AND brought.gone_at IS NULL AND brought.discarded_at IS NULL),
       EXISTS (SELECT FROM checklists_answer answer JOIN checklists_evidence given ON given.answer_id = answer.id
               WHERE answer.membership_id = %(member)s)
FROM (SELECT) AS one
LEFT JOIN checklists_answerdraft draft ON draft.membership_id = %(member)s AND draft.item_id = %(item)s
LEFT JOIN LATERAL (
    SELECT question.id, asked.body AS asked, replied.body AS replied,
           question.answered_at IS NOT NULL AND question.answer_id IS NULL AS is_closed,
           coalesce(answerer.name, accounts_keeper_name(question.organization_id, question.contact_id)) AS contact
    FROM governance_question question
    LEFT JOIN audit_freetext asked ON asked.id = question.text_id
    LEFT JOIN audit_freetext replied ON replied.id = question.answer_id
    LEFT JOIN accounts_user answerer ON answerer.id = question.answered_by_id
    WHERE question.asked_by_id = %(member)s AND question.about = %(about)s
    ORDER BY question.id DESC LIMIT 1) question ON true
"""
_REVISIONS = """
SELECT revision.*,
    ARRAY(SELECT json_build_object('checklist', version.checklist_id,
                 'keeper', accounts_keeper(checklist.organization_id, checklist.keeper_id),
                 'minutes', checklist.minutes, 'section_key', listed.section_key,
                 'section_title', listed.section_title, 'position', listed.position)
          FROM checklists_listeditem listed
          JOIN checklists_checklistversion version ON version.id = listed.version_id
           AND version.published_at <= %(at)s AND (version.ended_at IS NULL OR version.ended_at > %(at)s)
          JOIN checklists_checklist checklist ON checklist.id = version.checklist_id
          WHERE listed.item_id = revision.item_id AND checklist.id = ANY(%(checklists)s)) AS listed,
    ARRAY(SELECT older.question FROM checklists_itemrevision older
          WHERE older.item_id = revision.item_id AND older.id < revision.id AND older.published_at IS NOT NULL) AS earlier
FROM checklists_itemrevision revision WHERE revision.id = ANY(%(revisions)s)
"""

# reason of the predicate → key of the status shown
STATUS = {
    "": "completed",
    "unanswered": "to-do",
    "unsure": "to-do",
    "mend": "needs-another-look",
    "waiting": "waiting",
    "unsettled": "to-do",
    "closed": "to-do",
    "reopened": "needs-another-look",
    "lapsed": "needs-another-look",
    "newly_covered": "needs-another-look",
}


# reason of the predicate → why a person is asked again, where no judgement says it in its own words
AGAIN = {
    "lapsed": _("Your answer has run out."),
    "newly_covered": _("A decision covers you that did not when you answered."),
    "mend": _("Your answer says that something is still to be mended."),
}


AT_A_COMPUTER = _("At a computer")


@dataclass(frozen=True)
class Task:
    """One question that is asked of a person, however many checklists list it."""

    item_id: int
    revision: ItemRevision
    status: str
    reason: str
    because: str
    due_on: dt.date | None
    answer_id: int | None
    section_key: str
    section_title: str
    position: tuple[int, int]
    contact_id: int | None

    @property
    def is_open(self) -> bool:
        """Still to be done by the person; what waits for an answer is not."""
        return self.status not in {"completed", "waiting"}

    @property
    def waits_for_computer(self) -> bool:
        """Open, and not to be done on a phone: it stands behind the rest, and holds none of it up."""
        return self.is_open and self.revision.needs_computer

    @property
    def asked_again(self) -> str:
        """Why it is asked again, in a sentence; empty for what was never answered and for what still holds."""
        return str(AGAIN.get(self.reason, self.because))


@dataclass(frozen=True)
class TaskList:
    """A person's tasks by section, with how far they are."""

    tasks: list[Task]
    decisions: list[RouteDecision]
    minutes_left: int = 0
    sections: dict[str, list[Task]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return len(self.tasks)

    @property
    def done(self) -> int:
        return sum(task.status == "completed" for task in self.tasks)

    @property
    def open(self) -> list[Task]:
        return [task for task in self.tasks if task.is_open]

    @property
    def waiting(self) -> list[int]:
        """The items that wait for a contact's answer, and so for nothing this person can do."""
        return [task.item_id for task in self.tasks if task.status == "waiting"]

    @property
    def due_on(self) -> dt.date | None:
        return min((task.due_on for task in self.open if task.due_on), default=None)


def task_list(membership: Membership, standing: Standing, *, at: dt.datetime) -> TaskList:
    """Everything asked of a person now; three queries, however long the list and the organization."""
    states = state_of_one(membership, at=at)
    revisions = _revisions(states, at=at)
    decisions = covering_decisions(
        membership.organization, team_id=standing.team_id, job_role_id=standing.job_role_id, at=at
    )
    closed = _closed(membership) if any(state.reason == "unsure" for state in states) else frozenset[int]()
    tasks: dict[int, Task] = {}
    for state in states:
        task = _task(state, revisions[state.revision_id], is_closed=state.item_id in closed)
        known = tasks.get(state.item_id)
        tasks[state.item_id] = task if known is None else _earlier(known, task)
    sections: dict[str, list[Task]] = {}
    for task in sorted(tasks.values(), key=lambda task: (task.waits_for_computer, task.position)):
        title = str(AT_A_COMPUTER) if task.waits_for_computer else task.section_title
        sections.setdefault(title, []).append(task)
    return TaskList(
        tasks=[task for group in sections.values() for task in group],
        decisions=list(decisions),
        minutes_left=_minutes(states, revisions),
        sections=sections,
    )


def render_task(membership: Membership, tasks: TaskList, item_id: int) -> ShownItem:
    """One of a person's items as they see it."""
    task = next(task for task in tasks.tasks if task.item_id == item_id)
    return render_items(membership.organization, [task.revision], tasks.decisions)[item_id]


def next_task(tasks: TaskList, *, after: int | None = None) -> Task | None:
    """The next open task behind the item ``after``, else the first open one, else none; what needs a computer comes last."""
    ids = [task.item_id for task in tasks.tasks]
    start = ids.index(after) + 1 if after in ids else 0
    around = [task for task in tasks.tasks[start:] + tasks.tasks[:start] if task.is_open and task.item_id != after]
    return min(around, key=lambda task: task.waits_for_computer, default=None)


@dataclass(frozen=True)
class Dialog:
    """What a person and the contact have said about one item so far, and what there is to say it with.

    :ivar has_evidence: whether anything was handed in with the answer.
    :ivar has_uploads: whether anything was brought that is not handed in yet.
    :ivar has_given: whether the person has handed in anything anywhere, which may be used again.
    """

    draft: dict[str, str]
    question_id: int | None
    question: str
    reply: str
    contact: str
    is_closed: bool
    has_evidence: bool
    has_uploads: bool
    has_given: bool


def dialog_about(membership: Membership, task: Task) -> Dialog:
    """The draft and the newest question of a person about one of their items; one query."""
    about = f"item:{task.item_id}"
    with connection.cursor() as cursor:
        cursor.execute(
            _DIALOG, {"member": membership.pk, "item": task.item_id, "about": about, "answer": task.answer_id}
        )
        draft, question_id, question, reply, contact, *of_both = cursor.fetchone()
    return Dialog(json.loads(draft or "{}"), question_id, question or "", reply or "", contact or "", *of_both)


def _revisions(states: list[ItemState], *, at: dt.datetime) -> dict[int, ItemRevision]:
    """The revisions shown, each with where the checklists list its item at that moment (``listed``) and with the questions in
    which it was published ``earlier``; one query."""
    if not states:
        return {}
    about = {
        "at": at,
        "checklists": [one.checklist_id for one in states],
        "revisions": [one.revision_id for one in states],
    }
    return {revision.pk: revision for revision in ItemRevision.objects.raw(_REVISIONS, about)}


def _line(state: ItemState, revision: ItemRevision) -> dict[str, Any]:
    lines: list[dict[str, Any]] = vars(revision)["listed"]
    return next(line for line in lines if line["checklist"] == state.checklist_id)


def _closed(membership: Membership) -> frozenset[int]:
    """The items about which the newest question of a person was closed without an answer; one query."""
    newest = membership.questions_asked.order_by("about", "-pk").distinct("about")
    rows = newest.filter(about__startswith="item:").values_list("about", "answered_at", "answer")
    return frozenset(int(about.removeprefix("item:")) for about, at, answer in rows if at and not answer)


def _task(state: ItemState, revision: ItemRevision, *, is_closed: bool) -> Task:
    line = _line(state, revision)
    return Task(
        item_id=state.item_id,
        revision=revision,
        status=STATUS[state.reason],
        reason="closed" if is_closed and state.reason == "unsure" else state.reason,
        because=because_now(state.because, revision.question, vars(revision)["earlier"]),
        due_on=state.due_on,
        answer_id=state.answer_id,
        section_key=line["section_key"],
        section_title=line["section_title"],
        position=(state.checklist_id, line["position"]),
        contact_id=line["keeper"],
    )


def _earlier(one: Task, other: Task) -> Task:
    """The same question in two lists is one task, where the first list has it, due when the first of them is."""
    first, second = sorted((one, other), key=lambda task: task.position)
    days = [day for day in (first.due_on, second.due_on) if day]
    return Task(**{**first.__dict__, "due_on": min(days, default=None)})


def _minutes(states: list[ItemState], revisions: dict[int, ItemRevision]) -> int:
    return minutes_left(
        AskedOnce(
            state.checklist_id,
            _line(state, revisions[state.revision_id])["minutes"],
            state.item_id,
            is_open=STATUS[state.reason] not in {"completed", "waiting"},
        )
        for state in states
    )
