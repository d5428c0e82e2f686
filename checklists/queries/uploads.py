"""Files that wait for an answer, files that are held back, and files that were given before."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from accounts.models import Membership, Organization, Team
from checklists.models import Answer, Evidence, Upload

OFFERED = 20


def waiting_uploads(membership: Membership, *, item_id: int, team: Team | None) -> QuerySet[Upload]:
    """What a person has brought for an answer they have not given yet, oldest first."""
    uploads = Upload.objects.filter(membership=membership, item_id=item_id, gone_at=None, discarded_at=None)
    return uploads.filter(Q(("team", team))).order_by("pk")


def held_back(organization: Organization) -> QuerySet[Upload]:
    """What is not what it says it is and whose bytes are still there."""
    rows = organization.uploads.filter(released_at=None, discarded_at=None).exclude(trouble="")
    return rows.select_related("membership__user", "item", "team")


def given_before(membership: Membership, *, is_shared: bool, standing: Answer | None) -> Sequence[Evidence]:
    """Files and links that may be part of the next answer without being brought again: those of the answer that stands, then
    the newest of a person's own answers, or of what is answered once. Each file once; one query."""
    answers = Q(answer__membership=None) if is_shared else Q(answer__membership=membership)
    rows = Evidence.objects.filter(answers, organization=membership.organization_id)
    rows = rows.select_related("answer__revision").order_by("-pk")
    known: dict[str, Evidence] = {}
    for one in rows[: OFFERED * 3]:
        newer = known.setdefault(one.sha256, one)
        if standing and one.answer_id == standing.pk and newer.answer_id != standing.pk:
            known[one.sha256] = one
    ranked = sorted(known.values(), key=lambda one: (standing is None or one.answer_id != standing.pk, -one.pk))
    return ranked[:OFFERED]
