"""One signature: who gave their word as what, when, under which conditions, and on exactly what."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.decorators import refuse, require
from accounts.http import OrganizationRequest
from accounts.models import AccessPeriod, Placement
from accounts.rights import Right
from governance.models import RouteDecision, Signature, SignOffStage
from governance.queries.conditions import conditions_shown
from governance.queries.decisions import readable_statuses
from governance.queries.showing import showing
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
    reads_decision = decision is not None and Right.DECISION_VIEW in request.rights
    today = clock.today(request.organization.timezone)
    signature.sign_off.organization = request.organization
    context = {
        "signature": signature,
        "subject_url": (decision if decision and reads_decision else signature.sign_off).get_absolute_url(),
        "as_what": _as_what(signature),
        "shown": showing(content, organization_id=request.organization.pk) if decision else None,
        "laid": conditions_shown([one for one in stages if one.pk == signature.stage_id], today=today),
    }
    return render(request, "governance/signature_detail.html", context)


def _may_read(
    request: OrganizationRequest, signature: Signature, decision: RouteDecision | None, stages: list[SignOffStage]
) -> bool:
    if signature.membership_id == request.membership.pk or Right.SIGN_OFF_VIEW in request.rights:
        return True
    if Right.SIGN_OFF_SIGN in request.rights and is_party(request.membership, stages):
        return True
    is_readable = decision is not None and decision.status in readable_statuses(request.rights)
    return Right.DECISION_VIEW in request.rights and is_readable


def _as_what(signature: Signature) -> dict[str, Any]:
    """Access level, team and job role of the signer at that moment."""
    level = AccessPeriod.objects.at(signature.at).filter(membership=signature.membership_id).first()
    place = Placement.objects.at(signature.at).filter(membership=signature.membership_id)
    return {
        "level": level.get_level_display() if level else "",
        "place": place.select_related("team", "job_role").first(),
    }
