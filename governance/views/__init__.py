"""Pages of routes, decisions and sign-offs."""

from governance.views.agreements import agreement_list, agreement_note, paper_open
from governance.views.comments import sign_off_comment
from governance.views.conditions import condition_meet
from governance.views.decisions import (
    decision_detail,
    decision_edit,
    decision_list,
    decision_propose,
    decision_submit,
    decision_withdraw,
)
from governance.views.force import decision_resume, decision_retire, decision_suspend
from governance.views.own_words import facts_accept, facts_check
from governance.views.routes import route_add, route_archive, route_detail, route_list, route_restore
from governance.views.sign_offs import sign_off_list, sign_off_sign
from governance.views.signatures import signature_detail
from governance.views.stops import decision_stopped, decision_stops

__all__ = [
    "agreement_list",
    "agreement_note",
    "condition_meet",
    "decision_detail",
    "decision_edit",
    "decision_list",
    "decision_propose",
    "decision_resume",
    "decision_retire",
    "decision_stopped",
    "decision_stops",
    "decision_submit",
    "decision_suspend",
    "decision_withdraw",
    "facts_accept",
    "facts_check",
    "paper_open",
    "route_add",
    "route_archive",
    "route_detail",
    "route_list",
    "route_restore",
    "sign_off_comment",
    "sign_off_list",
    "sign_off_sign",
    "signature_detail",
]
