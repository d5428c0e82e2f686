"""Is it still true? And one roll-out being decided."""

from reviews.models.adoption import (
    AcceptedBlocker,
    AdoptionChecklist,
    AdoptionMove,
    AdoptionReview,
    AdoptionRoute,
    AdoptionTerms,
    AdoptionVerdict,
    BoardComment,
    BoardDay,
    BoardKeeper,
    VerdictWithdrawal,
)
from reviews.models.assessments import ChangeAssessment
from reviews.models.policies import ClauseChange, ClauseVerdict, PolicyAssessment, PolicyChange, PolicyVerdict
from reviews.models.reviews import Review, ReviewFinding, ReviewSchedule

__all__ = [
    "AcceptedBlocker",
    "AdoptionChecklist",
    "AdoptionMove",
    "AdoptionReview",
    "AdoptionRoute",
    "AdoptionTerms",
    "AdoptionVerdict",
    "BoardComment",
    "BoardDay",
    "BoardKeeper",
    "ChangeAssessment",
    "ClauseChange",
    "ClauseVerdict",
    "PolicyAssessment",
    "PolicyChange",
    "PolicyVerdict",
    "Review",
    "ReviewFinding",
    "ReviewSchedule",
    "VerdictWithdrawal",
]
