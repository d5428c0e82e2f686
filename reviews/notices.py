"""What to tell whom about reviews and assessments."""

import datetime as dt

from notifications import actions as notifications
from reviews.models import ChangeAssessment, Review


def withdraw_review(review: Review, *, at: dt.datetime) -> None:
    """Nobody is reminded of a review that is closed."""
    notifications.withdraw(organization=review.organization, subject_key=f"review:{review.pk}", at=at)


def withdraw_assessment(assessment: ChangeAssessment, *, at: dt.datetime) -> None:
    """Nobody is reminded of a change that was judged."""
    notifications.withdraw(organization=assessment.organization, subject_key=f"assessment:{assessment.pk}", at=at)
