"""Opening and closing reviews, judging changes, and running an adoption review."""

from reviews.actions.adoption import begin_adoption, change_adoption, end_adoption
from reviews.actions.assessments import judge, open_assessments_for_changed_facts, record_change
from reviews.actions.board import comment, keep_item, move_item_day
from reviews.actions.facts import add_own_fact
from reviews.actions.papers import bring_forward
from reviews.actions.policies import assess_policies
from reviews.actions.policy_verdicts import FactWord, judge_clauses, judged_meanwhile, note_green
from reviews.actions.reviews import close, close_ended, find_change, open_due, schedule_new
from reviews.actions.verdicts import propose_verdict, refuse_verdict, sign_verdict, withdraw_verdict

__all__ = [
    "FactWord",
    "add_own_fact",
    "assess_policies",
    "begin_adoption",
    "bring_forward",
    "change_adoption",
    "close",
    "close_ended",
    "comment",
    "end_adoption",
    "find_change",
    "judge",
    "judge_clauses",
    "judged_meanwhile",
    "keep_item",
    "move_item_day",
    "note_green",
    "open_assessments_for_changed_facts",
    "open_due",
    "propose_verdict",
    "record_change",
    "refuse_verdict",
    "schedule_new",
    "sign_verdict",
    "withdraw_verdict",
]
