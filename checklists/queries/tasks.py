"""One person's list: the union of everything asked of them, each question once, live from the one predicate."""

import datetime as dt
import math
from dataclasses import dataclass, field

from accounts.models import Membership
from accounts.queries import Standing
from audit.models import Reopening
from checklists.models import Checklist, ItemRevision, ListedItem
from checklists.queries.rendering import ShownItem, render_items
from checklists.queries.state import ItemState, state_of
from governance.models import RouteDecision
from governance.queries.decisions import covering_decisions

# reason of the predicate → key of the status shown
STATUS = {
    "": "completed",
    "unanswered": "to-do",
    "unsure": "to-do",
    "mend": "needs-another-look",
    "waiting": "waiting",
    "reopened": "needs-another-look",
    "lapsed": "needs-another-look",
    "newly_covered": "needs-another-look",
}


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


@dataclass(frozen=True)
class TaskList:
    """A person's tasks by section, with how far they are."""

    tasks: list[Task]
    checklists: list[Checklist]
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
    def due_on(self) -> dt.date | None:
        return min((task.due_on for task in self.open if task.due_on), default=None)


def task_list(membership: Membership, standing: Standing, *, at: dt.datetime) -> TaskList:
    """Everything asked of a person now; seven queries, however long the list and the organization."""
    states = state_of(membership.organization_id, [membership.pk], at=at)
    revisions = ItemRevision.objects.in_bulk({state.revision_id for state in states})
    checklists = Checklist.objects.in_bulk({state.checklist_id for state in states})
    reopenings = Reopening.objects.in_bulk({state.reopening_id for state in states if state.reopening_id})
    listed = _listed(states)
    decisions = covering_decisions(
        membership.organization, team_id=standing.team_id, job_role_id=standing.job_role_id, at=at
    )
    tasks: dict[int, Task] = {}
    for state in states:
        task = _task(state, revisions[state.revision_id], listed, reopenings, checklists)
        known = tasks.get(state.item_id)
        tasks[state.item_id] = task if known is None else _earlier(known, task)
    ordered = sorted(tasks.values(), key=lambda task: task.position)
    sections: dict[str, list[Task]] = {}
    for task in ordered:
        sections.setdefault(task.section_title, []).append(task)
    return TaskList(
        tasks=[task for group in sections.values() for task in group],
        checklists=list(checklists.values()),
        decisions=list(decisions),
        minutes_left=_minutes(states, checklists),
        sections=sections,
    )


def render_task(membership: Membership, tasks: TaskList, item_id: int) -> ShownItem:
    """One of a person's items as they see it."""
    task = next(task for task in tasks.tasks if task.item_id == item_id)
    return render_items(membership.organization, [task.revision], tasks.decisions)[item_id]


def next_task(tasks: TaskList, *, after: int | None = None) -> Task | None:
    """The next open task behind the item ``after``, else the first open one, else none."""
    ids = [task.item_id for task in tasks.tasks]
    start = ids.index(after) + 1 if after in ids else 0
    around = tasks.tasks[start:] + tasks.tasks[:start]
    return next((task for task in around if task.is_open and task.item_id != after), None)


def _listed(states: list[ItemState]) -> dict[tuple[int, int], ListedItem]:
    rows = ListedItem.objects.filter(
        version__checklist__in={state.checklist_id for state in states}, version__status="published"
    ).select_related("version")
    return {(row.version.checklist_id, row.item_id): row for row in rows}


def _task(
    state: ItemState,
    revision: ItemRevision,
    listed: dict[tuple[int, int], ListedItem],
    reopenings: dict[int, Reopening],
    checklists: dict[int, Checklist],
) -> Task:
    line = listed[(state.checklist_id, state.item_id)]
    reopening = reopenings.get(state.reopening_id) if state.reopening_id else None
    return Task(
        item_id=state.item_id,
        revision=revision,
        status=STATUS[state.reason],
        reason=state.reason,
        because=reopening.because if reopening else "",
        due_on=state.due_on,
        answer_id=state.answer_id,
        section_key=line.section_key,
        section_title=line.section_title,
        position=(state.checklist_id, line.position),
        contact_id=checklists[state.checklist_id].keeper_id,
    )


def _earlier(one: Task, other: Task) -> Task:
    """The same question in two lists is one task, where the first list has it, due when the first of them is."""
    first, second = sorted((one, other), key=lambda task: task.position)
    days = [day for day in (first.due_on, second.due_on) if day]
    return Task(**{**first.__dict__, "due_on": min(days, default=None)})


def _minutes(states: list[ItemState], checklists: dict[int, Checklist]) -> int:
    """Each list's minutes, for the share of it that is open."""
    left = 0.0
    for checklist in checklists.values():
        mine = [state for state in states if state.checklist_id == checklist.pk]
        left += checklist.minutes * sum(not state.is_current for state in mine) / len(mine)
    return math.ceil(left)
