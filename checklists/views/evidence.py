"""Files that show an answer: opened only through here."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from checklists.models import Evidence
from operations.files import as_attachment
from operations.previews import as_picture


@require_safe
@require(Right.LIST_ANSWER)
def evidence_open(request: OrganizationRequest, pk: int) -> FileResponse:
    """One file, as an attachment: to the person who gave it, and to those who look after checklists or audit."""
    evidence = _evidence(request, pk)
    if not evidence.file:
        raise Http404
    return as_attachment(evidence)


@require_safe
@require(Right.LIST_ANSWER)
def evidence_preview(request: OrganizationRequest, pk: int) -> FileResponse:
    """The picture of one file, to the same people."""
    evidence = _evidence(request, pk)
    if not evidence.has_preview:
        raise Http404
    try:
        return as_picture(request.organization.pk, evidence.sha256)
    except FileNotFoundError as error:
        raise Http404 from error


def _evidence(request: OrganizationRequest, pk: int) -> Evidence:
    evidence = get_object_or_404(Evidence.objects.select_related("answer"), pk=pk, organization=request.organization)
    is_own = evidence.answer.membership_id == request.membership.pk
    if not is_own and Right.CHECKLIST_VIEW not in request.rights:
        raise PermissionDenied
    return evidence
