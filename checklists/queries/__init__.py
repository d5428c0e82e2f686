"""What is asked of whom, what is current, and how far everybody is."""

from checklists.queries.answers import answer_given, answers_of, newest_shared_answer
from checklists.queries.progress import (
    Counts,
    assignments,
    clearances,
    readiness,
    unsettled_since,
    with_status,
)
from checklists.queries.proofs import Proof, proofs_of
from checklists.queries.publishing import people_to_look_again, what_changes
from checklists.queries.recount import Difference, differing_cells
from checklists.queries.rendering import ShownItem, render_items
from checklists.queries.shared import SharedQuestion, each_once, overdue_once, shared_questions
from checklists.queries.state import ItemState, SharedState, current_items, shared_state, state_of
from checklists.queries.tasks import Dialog, Task, TaskList, dialog_about, next_task, render_task, task_list
from checklists.queries.waiting import contact_for, nothing_left_in_words, shared_contact_for, waiting_in_words

__all__ = [
    "Counts",
    "Dialog",
    "Difference",
    "ItemState",
    "Proof",
    "SharedQuestion",
    "SharedState",
    "ShownItem",
    "Task",
    "TaskList",
    "answer_given",
    "answers_of",
    "assignments",
    "clearances",
    "contact_for",
    "current_items",
    "dialog_about",
    "differing_cells",
    "each_once",
    "newest_shared_answer",
    "next_task",
    "nothing_left_in_words",
    "overdue_once",
    "people_to_look_again",
    "proofs_of",
    "readiness",
    "render_items",
    "render_task",
    "shared_contact_for",
    "shared_questions",
    "shared_state",
    "state_of",
    "task_list",
    "unsettled_since",
    "waiting_in_words",
    "what_changes",
    "with_status",
]
