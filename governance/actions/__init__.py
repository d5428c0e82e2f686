"""Every write of governance: keyword-only verbs, each in one transaction with its audit event."""

from governance.actions.comments import comment
from governance.actions.conditions import Condition, meet_condition, suspend_unmet
from governance.actions.decisions import ask_for_changes, edit, propose, reject, sign, submit, withdraw
from governance.actions.drafts import DraftChanged
from governance.actions.force import approve, confirm_holds, expire, resume, retire, suspend
from governance.actions.papers import accept, note_agreement, say
from governance.actions.routes import archive_route, obstacle_to_archiving, restore_route
from governance.actions.scopes import LineOfScope, set_scope, ship_data_classes, ship_uses
from governance.actions.sign_offs import note_refusal
from governance.actions.stops import say_stopped

__all__ = [
    "Condition",
    "DraftChanged",
    "LineOfScope",
    "accept",
    "approve",
    "archive_route",
    "ask_for_changes",
    "comment",
    "confirm_holds",
    "edit",
    "expire",
    "meet_condition",
    "note_agreement",
    "note_refusal",
    "obstacle_to_archiving",
    "propose",
    "reject",
    "restore_route",
    "resume",
    "retire",
    "say",
    "say_stopped",
    "set_scope",
    "ship_data_classes",
    "ship_uses",
    "sign",
    "submit",
    "suspend",
    "suspend_unmet",
    "withdraw",
]
