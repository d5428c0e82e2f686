"""The page on which a job role is taken out of use, after saying what depends on it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Placement
from accounts.rights import Right
from checklists import actions
from checklists.queries.job_roles import decisions_naming, rules_for
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.SETTINGS_EDIT)
def job_role_archive(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say who has the job role, what is asked of it and what names it; then archive it."""
    role = get_object_or_404(request.organization.job_roles.filter(archived_at=None), pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            actions.archive_job_role(job_role=role, by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("%(role)s is archived.") % {"role": role})
            return redirect("accounts:settings-edit", organization=request.organization.slug)
    consequences = [
        _("%(role)s is offered nowhere any more. Who had it, and when, stays on record.") % {"role": role},
        _("Whoever is invited with it joins without a job role."),
        *(
            _("The decision on %(route)s still names it, and covers nobody by it.") % {"route": one.route}
            for one in decisions_naming(role)
        ),
    ]
    context = {
        "job_role": role,
        "people": Placement.objects.open().filter(organization=request.organization, job_role=role).count(),
        "rules": list(rules_for(role)),
        "consequences": consequences,
        "refused": refused,
    }
    return render(request, "checklists/job_role_archive.html", context)
