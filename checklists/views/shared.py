"""What is answered once, for the organization or for a team."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.rights import Right
from checklists import actions, queries
from checklists.actions.answers import render_shared
from checklists.forms import AnswerForm
from checklists.models import ItemRevision
from checklists.queries.tasks import STATUS
from operations import clock
from operations.errors import ActionRefused


@require_safe
@require(Right.CHECKLIST_VIEW)
def shared_list(request: OrganizationRequest) -> HttpResponse:
    """Every shared question, by checklist and answerer."""
    states = queries.shared_state(request.organization.pk, at=clock.now())
    revisions = ItemRevision.objects.in_bulk({state.revision_id for state in states})
    names = dict(request.organization.checklists.values_list("pk", "name"))
    teams = dict(request.organization.teams.values_list("pk", "name"))
    groups: dict[tuple[int, int | None], dict[str, Any]] = {}
    for state in states:
        group = groups.setdefault(
            (state.checklist_id, state.team_id),
            {
                "title": names[state.checklist_id],
                "team": teams.get(state.team_id or 0, ""),
                "team_id": state.team_id,
                "rows": [],
            },
        )
        group["rows"].append({"state": state, "revision": revisions[state.revision_id], "status": STATUS[state.reason]})
    context = {"groups": list(groups.values()), "can_answer": Right.SHARED_ANSWER in request.rights}
    return render(request, "checklists/shared_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.SHARED_ANSWER)
def shared_answer(request: OrganizationRequest, item: int, team: int | None = None) -> HttpResponse:
    """One shared question and its answer."""
    at = clock.now()
    for_team = get_object_or_404(request.organization.teams, pk=team) if team else None
    try:
        shown = render_shared(request.membership, team=for_team, item_id=item, at=at)
    except ActionRefused as refused:
        raise Http404 from refused
    form = AnswerForm(
        request.POST or None, request.FILES or None, revision=shown.revision, initial={"shown": shown.sha256}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_shared(
                by=request.membership,
                team=for_team,
                item_id=item,
                shown_sha256=form.cleaned_data["shown"],
                given=form.given(),
                at=at,
            )
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Answered."))
            return redirect("checklists:shared-list", organization=request.organization.slug)
    contacts = shown.content.get("contacts", [])
    context = {
        "shown": shown,
        "form": form,
        "team": for_team,
        "contacts": Membership.objects.filter(pk__in=contacts).select_related("user") if contacts else [],
        "answer": queries.newest_shared_answer(request.organization, item_id=item, team_id=team),
    }
    return render(request, "checklists/shared_answer.html", context)
