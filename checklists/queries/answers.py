"""What was said last."""

from django.db.models import Q

from accounts.models import Membership, Organization
from checklists.models import Answer


def answer_given(membership: Membership, answer_id: int) -> Answer:
    """One of a person's answers, with its words and what it was given to."""
    return membership.answers.select_related("text", "revision", "snapshot").get(pk=answer_id)


def answers_of(membership: Membership) -> dict[int, list[Answer]]:
    """Everything a person has ever said, by item, the newest first; three queries.

    Each has what was ``asked`` with it, where they were not sure.
    """
    questions = membership.questions_asked.select_related("answer", "answered_by")
    asked = {(question.about, question.asked_at): question for question in questions}
    answers = membership.answers.select_related("text", "by", "revision").prefetch_related("evidence")
    said: dict[int, list[Answer]] = {}
    for answer in answers.order_by("-pk"):
        vars(answer)["asked"] = asked.get((f"item:{answer.item_id}", answer.at))
        said.setdefault(answer.item_id, []).append(answer)
    return said


def newest_answer(membership: Membership, *, item_id: int) -> Answer | None:
    """The newest answer of a person to one item, with all that it says."""
    answers = membership.answers.filter(item_id=item_id).select_related("text", "by", "revision", "snapshot")
    return answers.prefetch_related("evidence").order_by("-pk").first()


def newest_shared_answer(organization: Organization, *, item_id: int, team_id: int | None) -> Answer | None:
    """The newest answer given for a team, or with no team for the organization."""
    answers = organization.answers.filter(membership=None, item_id=item_id).filter(Q(("team_id", team_id)))
    answers = answers.select_related("text", "by", "revision", "snapshot")
    return answers.prefetch_related("evidence").order_by("-pk").first()
