"""What we decided: scopes, decisions, sign-offs, and what somebody asked."""

from governance.models.comments import SignOffComment
from governance.models.conditions import CarriedCondition, SignatureCondition
from governance.models.decisions import DecisionEditor, DecisionMove, ForcePeriod, RouteDecision
from governance.models.papers import Agreement, OwnWord, Paper
from governance.models.questions import Question
from governance.models.scopes import (
    DataClass,
    ScopeLine,
    ScopeLineDataClass,
    ScopeLineJobRole,
    ScopeLineTeam,
    ScopeLineUse,
    Use,
)
from governance.models.sign_offs import Signature, SignOff, SignOffParty, SignOffStage
from governance.models.stops import StopSeen

__all__ = [
    "Agreement",
    "CarriedCondition",
    "DataClass",
    "DecisionEditor",
    "DecisionMove",
    "ForcePeriod",
    "OwnWord",
    "Paper",
    "Question",
    "RouteDecision",
    "ScopeLine",
    "ScopeLineDataClass",
    "ScopeLineJobRole",
    "ScopeLineTeam",
    "ScopeLineUse",
    "SignOff",
    "SignOffComment",
    "SignOffParty",
    "SignOffStage",
    "Signature",
    "SignatureCondition",
    "StopSeen",
    "Use",
]
