"""Which questions wait for somebody's answer, and what belongs together."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from accounts.models import Membership
from governance.models import Question


def questions_for(membership: Membership) -> RawSQL:
    """The ids of those asked of this person, or of somebody for whom they stand in (``governance_questions_for``)."""
    return RawSQL("SELECT governance_questions_for(%s, %s)", [membership.organization_id, membership.pk])


def thread_of(question: Question) -> QuerySet[Question]:
    """What was asked and answered with this question, from the first on."""
    first = question.follows_id or question.pk
    rows = Question.objects.filter(Q(pk=first) | Q(follows=first), organization=question.organization_id)
    return rows.select_related("text", "draft", "answer", "answered_by", "asked_by__user").order_by("pk")


def newest_of_threads(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Of each thread what was asked last."""
    later = Question.objects.filter(follows=OuterRef("first"), pk__gt=OuterRef("pk"))
    return questions.annotate(first=Coalesce("follows_id", "pk")).exclude(Exists(later))
