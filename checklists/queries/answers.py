"""What was said last."""

from collections.abc import Collection

from django.db.models import Q

from accounts.models import Membership, Organization
from checklists.models import Answer


def newest_answers(membership: Membership, item_ids: Collection[int] | None = None) -> dict[int, Answer]:
    """The newest answer of a person to each of these items, or (None) to whatever they have ever been asked."""
    answers = membership.answers.order_by("item_id", "-pk").distinct("item_id")
    if item_ids is not None:
        answers = answers.filter(item_id__in=item_ids)
    return {
        answer.item_id: answer
        for answer in answers.select_related("text", "by", "revision").prefetch_related("evidence")
    }


def newest_shared_answer(organization: Organization, *, item_id: int, team_id: int | None) -> Answer | None:
    """The newest answer given for a team, or with no team for the organization."""
    answers = organization.answers.filter(membership=None, item_id=item_id).filter(Q(("team_id", team_id)))
    return answers.select_related("text", "by", "revision").prefetch_related("evidence").order_by("-pk").first()
