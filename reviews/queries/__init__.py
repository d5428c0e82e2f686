"""Which reviews and assessments wait, and for whom; how an adoption review stands."""

from reviews.queries.policies import open_policy_assessments
from reviews.queries.reviews import (
    Affected,
    affected_by,
    affected_by_change,
    affected_by_replacing,
    closed_reviews,
    described,
    is_asked,
    is_over,
    judged_assessments,
    judged_with,
    newest_seen,
    open_assessments,
    open_reviews,
    outcome_of_change,
    periods_due,
    shown_with,
    with_change,
)

__all__ = [
    "Affected",
    "affected_by",
    "affected_by_change",
    "affected_by_replacing",
    "closed_reviews",
    "described",
    "is_asked",
    "is_over",
    "judged_assessments",
    "judged_with",
    "newest_seen",
    "open_assessments",
    "open_policy_assessments",
    "open_reviews",
    "outcome_of_change",
    "periods_due",
    "shown_with",
    "with_change",
]
