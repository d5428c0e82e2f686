"""Addresses of checklists and of each person's own list."""

from django.urls import path

from checklists.views import (
    checklists,
    drafts,
    evidence,
    job_roles,
    progress,
    questions,
    retiring,
    said,
    shared,
    tasks,
    usage,
)

app_name = "checklists"
urlpatterns = [
    path("my-list/", tasks.task_list, name="task-list"),
    path("my-list/summary/", tasks.task_summary, name="task-summary"),
    path("my-list/usage/", usage.usage_tell, name="usage-tell"),
    path("my-list/<int:item>/", tasks.task_answer, name="task-answer"),
    path("people/<int:pk>/said/", tasks.person_summary, name="person-summary"),
    path("answers/<int:pk>/", said.answer_shown, name="answer-shown"),
    path("evidence/<int:pk>/", evidence.evidence_open, name="evidence-open"),
    path("questions/", questions.question_list, name="question-list"),
    path("questions/<int:pk>/", questions.question_answer, name="question-answer"),
    path("progress/", progress.progress_list, name="progress-list"),
    path("progress/cleared/", progress.clearance_list, name="clearance-list"),
    path("progress/usage/", usage.usage_list, name="usage-list"),
    path("progress/usage/ask/", usage.usage_ask, name="usage-ask"),
    path("progress/usage/<int:pk>/close/", usage.usage_close, name="usage-close"),
    path("checklists/", checklists.checklist_list, name="checklist-list"),
    path("checklists/starters/", checklists.starter_list, name="starter-list"),
    path("checklists/shared/", shared.shared_list, name="shared-list"),
    path("checklists/shared/<int:item>/", shared.shared_answer, name="shared-answer"),
    path("checklists/shared/<int:item>/team/<int:team>/", shared.shared_answer, name="shared-answer-team"),
    path("checklists/<int:pk>/", checklists.checklist_detail, name="checklist-detail"),
    path("checklists/<int:pk>/edit/", checklists.checklist_edit, name="checklist-edit"),
    path("checklists/<int:pk>/publish/", checklists.checklist_publish, name="checklist-publish"),
    path("checklists/<int:pk>/assign/", checklists.checklist_assign, name="checklist-assign"),
    path("checklists/<int:pk>/assign/<int:rule>/end/", checklists.rule_end, name="rule-end"),
    path("checklists/<int:pk>/archive/", retiring.checklist_archive, name="checklist-archive"),
    path("checklists/<int:pk>/restore/", retiring.checklist_restore, name="checklist-restore"),
    path("checklists/<int:pk>/draft/", drafts.draft_edit, name="draft-edit"),
    path("checklists/<int:pk>/draft/discard/", retiring.draft_discard, name="draft-discard"),
    path("checklists/<int:pk>/draft/add/", drafts.draft_item_add, name="draft-item-add"),
    path("checklists/<int:pk>/draft/<int:listed>/", drafts.draft_item_edit, name="draft-item-edit"),
    path("checklists/<int:pk>/draft/<int:listed>/move/", drafts.draft_item_move, name="draft-item-move"),
    path("checklists/<int:pk>/draft/<int:listed>/remove/", drafts.draft_item_remove, name="draft-item-remove"),
    path("settings/job-roles/<int:pk>/archive/", job_roles.job_role_archive, name="job-role-archive"),
]
