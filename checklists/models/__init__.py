"""What people must do, and what they said."""

from checklists.models.answers import Answer, AnswerDraft, Evidence, Upload
from checklists.models.assignments import (
    Assignment,
    AssignmentRule,
    Clearance,
    ClearanceLost,
    Lapse,
    Reminder,
    SettleJob,
    SettleRequest,
)
from checklists.models.checklists import Checklist, ChecklistVersion, Item, ItemRevision, ListedItem
from checklists.models.readiness import ReadinessCell, ReadinessDelta
from checklists.models.usage import UsageCell, UsageGroup, UsageInquiry, UsageReminder, UsageReport, UsedTool

__all__ = [
    "Answer",
    "AnswerDraft",
    "Assignment",
    "AssignmentRule",
    "Checklist",
    "ChecklistVersion",
    "Clearance",
    "ClearanceLost",
    "Evidence",
    "Item",
    "ItemRevision",
    "Lapse",
    "ListedItem",
    "ReadinessCell",
    "ReadinessDelta",
    "Reminder",
    "SettleJob",
    "SettleRequest",
    "Upload",
    "UsageCell",
    "UsageGroup",
    "UsageInquiry",
    "UsageReminder",
    "UsageReport",
    "UsedTool",
]
