"""Stopping: saying that one has, and who has not yet."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import AccessPeriod
from accounts.rights import Right
from governance import actions
from governance.queries.stops import last_suspension, must_stop, stopped_by_team
from operations import clock
from operations.errors import ActionRefused
from operations.paging import keyset_page, total_text

EVERYONE = {AccessPeriod.Level.OWNER, AccessPeriod.Level.MANAGER, AccessPeriod.Level.AUDITOR}


@require_POST
@require(Right.HOME_VIEW)
def decision_stopped(request: OrganizationRequest, pk: int) -> HttpResponse:
    """I have stopped."""
    decision = get_object_or_404(request.organization.decisions, pk=pk)
    try:
        actions.say_stopped(decision=decision, by=request.membership, at=clock.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Thank you. Your home says so when you may use it again."))
    return redirect(request.organization)


@require_safe
@require(Right.TEAM_PROGRESS_VIEW)
def decision_stops(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Who says that they have stopped, and who has not yet: a lead's teams, or everybody."""
    decision = get_object_or_404(request.organization.decisions.select_related("organization", "route"), pk=pk)
    suspension = last_suspension(decision)
    if suspension is None:
        raise Http404
    team_ids = None if request.standing.level in EVERYONE else request.standing.leads
    waits = request.GET.get("status") != "all"
    people = must_stop(decision, since=suspension.at, team_ids=team_ids, waits=waits)
    context = {
        "decision": decision,
        "suspension": suspension,
        "teams": stopped_by_team(decision, since=suspension.at, team_ids=team_ids),
        "page": keyset_page(people, request),
        "total": total_text(people),
        "waits": waits,
    }
    return render(request, "governance/decision_stops.html", context)
