"""Saying that a condition of a signature is met."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.queries import with_keepers
from accounts.rights import Right
from governance import actions
from governance.forms import MeetForm
from governance.models import SignatureCondition
from governance.queries.conditions import to_be_met
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "POST"])
@require(Right.DECISION_PROPOSE)
def condition_meet(request: OrganizationRequest, pk: int) -> HttpResponse:
    """What was signed under this condition, until when, and the keeper's word that it is met."""
    rows = with_keepers(SignatureCondition.objects.filter(organization=request.organization)).select_related(
        "signature__user", "signature__stage", "signature__sign_off__decision", "met_by", "met_text", "met_link"
    )
    condition = get_object_or_404(rows, pk=pk)
    condition.signature.sign_off.organization = request.organization
    subject = getattr(condition.signature.sign_off, "decision", None) or condition.signature.sign_off
    form = MeetForm(request.POST or None)
    if form.is_valid():
        try:
            actions.meet_condition(condition=condition, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded: this condition is met."))
            return redirect(subject.get_absolute_url())
    context = {
        "condition": condition,
        "form": form,
        "subject_url": subject.get_absolute_url(),
        "is_mine": condition.keeper_now_id == request.membership.pk,
        "binds": to_be_met(request.organization).filter(pk=pk).exists(),
    }
    return render(request, "governance/condition_meet.html", context)
