"""Every write of checklists: keyword-only verbs, each in one transaction with its audit event."""

from checklists.actions.answers import (
    AnsweredMeanwhile,
    ContentChanged,
    answer,
    answer_shared,
    answers_itself,
    save_draft,
)
from checklists.actions.assignments import (
    ask_people,
    assign,
    end_rule,
)
from checklists.actions.choosing import (
    list_known_question,
)
from checklists.actions.editing import (
    EditedMeanwhile,
    add_item,
    begin_draft,
    edit_item,
    move_item,
    order_items,
    remove_item,
    save_details,
)
from checklists.actions.evidence import (
    remove_left_over,
)
from checklists.actions.job_roles import (
    archive_job_role,
)
from checklists.actions.judging import (
    Given,
)
from checklists.actions.mailing import (
    mail_to_oneself,
)
from checklists.actions.nudging import (
    nudge,
)
from checklists.actions.publishing import (
    publish,
)
from checklists.actions.questions import (
    ask_back,
    close,
    reply,
)
from checklists.actions.retiring import (
    archive,
    discard_draft,
    take_up_again,
)
from checklists.actions.settling import (
    fold_counts,
    settle_due,
    settle_people,
    take_lapsed,
)
from checklists.actions.starting import (
    adopt_as_shipped,
    adopt_starters,
    begin_checklist,
    copy_starter,
)
from checklists.actions.uploads import (
    bring,
    discard_old,
    release,
    take_back,
)
from checklists.actions.usage import (
    Used,
    ask_what_is_used,
    close_inquiry,
    count_usage,
    say_what_is_used,
    show_names,
)

__all__ = [
    "AnsweredMeanwhile",
    "ContentChanged",
    "EditedMeanwhile",
    "Given",
    "Used",
    "add_item",
    "adopt_as_shipped",
    "adopt_starters",
    "answer",
    "answer_shared",
    "answers_itself",
    "archive",
    "archive_job_role",
    "ask_back",
    "ask_people",
    "ask_what_is_used",
    "assign",
    "begin_checklist",
    "begin_draft",
    "bring",
    "close",
    "close_inquiry",
    "copy_starter",
    "count_usage",
    "discard_draft",
    "discard_old",
    "edit_item",
    "end_rule",
    "fold_counts",
    "list_known_question",
    "mail_to_oneself",
    "move_item",
    "nudge",
    "order_items",
    "publish",
    "release",
    "remove_item",
    "remove_left_over",
    "reply",
    "save_details",
    "save_draft",
    "say_what_is_used",
    "settle_due",
    "settle_people",
    "show_names",
    "take_back",
    "take_lapsed",
    "take_up_again",
]
