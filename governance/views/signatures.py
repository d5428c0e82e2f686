"""One signature: who gave their word as what, when, under which conditions, and on exactly what."""

import json
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from accounts.decorators import refuse, require
from accounts.http import OrganizationRequest
from accounts.models import AccessPeriod, Placement
from accounts.rights import Right
from governance.models import RouteDecision, Signature, SignOff, SignOffStage
from governance.queries.agreements import without_whereabouts
from governance.queries.conditions import conditions_shown
from governance.queries.decisions import readable_statuses
from governance.queries.sign_offs import is_party, stages_of
from operations import clock


@require_safe
@require(Right.HOME_VIEW)
def signature_detail(request: OrganizationRequest, pk: int) -> HttpResponse:
    """For whoever gave it or was asked beside them, who reads sign-offs, and, of a decision that was in force, everybody who reads that."""
    rows = request.organization.signatures.select_related(
        "user", "membership", "stage", "comment", "snapshot", "onward_snapshot", "sign_off__decision"
    )
    signature = get_object_or_404(rows, pk=pk)
    decision = getattr(signature.sign_off, "decision", None)
    stages = stages_of(signature.sign_off)
    if not _may_read(request, signature, decision, stages):
        refuse(request)
    content = json.loads(signature.snapshot.content)
    may_read_all = Right.PROPOSAL_VIEW in request.rights or is_party(request.membership, stages)
    reads_decision = decision is not None and Right.DECISION_VIEW in request.rights
    today = clock.today(request.organization.timezone)
    signature.sign_off.organization = request.organization
    context = {
        "signature": signature,
        "subject_url": (decision if decision and reads_decision else signature.sign_off).get_absolute_url(),
        "as_what": _as_what(signature),
        **_shown(signature.sign_off, content if may_read_all else without_whereabouts(content)),
        "may_read_all": may_read_all,
        "may_open": Right.DECISION_VIEW in request.rights,
        "laid": conditions_shown(_laid_by_then(signature, content, stages), today=today),
    }
    return render(request, "governance/signature_detail.html", context)


def _laid_by_then(signature: Signature, content: dict[str, Any], stages: list[SignOffStage]) -> list[SignOffStage]:
    """The stages whose conditions the signer read in what was frozen, and their own."""
    read = {one["stage"] for one in content.get("signed_with", ())}
    return [one for one in stages if one.position in read or one.pk == signature.stage_id]


def _shown(sign_off: SignOff, content: dict[str, Any]) -> dict[str, Any]:
    """What was signed, in words, and the part that shows it: the app of its kind knows both."""
    if sign_off.kind not in settings.SIGN_OFF_CONTENT:
        return {}
    in_words, part = settings.SIGN_OFF_CONTENT[sign_off.kind]
    return {"shown": import_string(in_words)(sign_off, content), "part": part}


def _may_read(
    request: OrganizationRequest, signature: Signature, decision: RouteDecision | None, stages: list[SignOffStage]
) -> bool:
    if signature.membership_id == request.membership.pk or Right.SIGN_OFF_VIEW in request.rights:
        return True
    if Right.SIGN_OFF_SIGN in request.rights and is_party(request.membership, stages):
        return True
    is_readable = decision is not None and decision.status in readable_statuses(request.rights)
    return Right.DECISION_VIEW in request.rights and is_readable


def _as_what(signature: Signature) -> list[str]:
    """Access level, job role and team of the signer at that moment, in words; one query."""
    place = Placement.objects.at(signature.at).filter(membership=OuterRef("membership"))
    held = AccessPeriod.objects.at(signature.at).filter(membership=signature.membership_id)
    rows = held.annotate(
        role=Subquery(place.values("job_role__name")[:1]), team=Subquery(place.values("team__name")[:1])
    )
    return [said for row in rows[:1] for said in (row.get_level_display(), row.role, row.team) if said]
