"""Is it still true?"""

from reviews.models.assessments import ChangeAssessment
from reviews.models.reviews import Review, ReviewFinding, ReviewSchedule

__all__ = ["ChangeAssessment", "Review", "ReviewFinding", "ReviewSchedule"]
