"""What is answered once, for the organization or for a team."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.next_page import page_to_go_back_to
from accounts.rights import Right
from checklists import actions, queries
from checklists.actions.answers import render_shared
from checklists.queries.differences import since_answered
from checklists.queries.rendering import ShownItem
from checklists.views.since_opened import since_opened
from checklists.views.uploads import Brought
from operations import clock
from operations.errors import ActionRefused
from operations.uploads import bounded_uploads


@require_safe
@require(Right.CHECKLIST_VIEW)
def shared_list(request: OrganizationRequest) -> HttpResponse:
    """Every shared question, once for each who answers it, where the first list has it."""
    at = clock.now()
    today = clock.day_of(at, request.organization.timezone)
    questions = queries.shared_questions(request.organization, at=at)
    proofs = queries.proofs_of(request.organization, at=at) if any(one.answers_itself for one in questions) else {}
    groups: dict[tuple[int, int | None], dict[str, Any]] = {}
    for one in questions:
        group = groups.setdefault((one.checklist_id, one.team_id), {"list": one, "rows": [], "elsewhere": 0})
        group["elsewhere"] += 1
    for one in queries.each_once(questions):
        group = groups[one.checklist_id, one.team_id]
        status = "overdue" if one.is_overdue(today) else one.status
        group["rows"].append({"asked": one, "status": status, "proof": proofs.get(one.answers_itself)})
        group["elsewhere"] -= 1
    context = {"groups": list(groups.values()), "can_answer": Right.SHARED_ANSWER in request.rights}
    return render(request, "checklists/shared_list.html", context)


@bounded_uploads
@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.SHARED_ANSWER)
def shared_answer(request: OrganizationRequest, item: int, team: int | None = None) -> HttpResponse:
    """One shared question and its answer; ``?next=`` is the page of ours that sent here and is gone back to."""
    at = clock.now()
    for_team = get_object_or_404(request.organization.teams, pk=team) if team else None
    try:
        shown = render_shared(request.membership, team=for_team, item_id=item, at=at)
    except ActionRefused as refused:
        raise Http404 from refused
    if proof := _proof(request, shown, at):
        return render(request, "checklists/shared_proof.html", {"shown": shown, "proof": proof})
    answer = queries.newest_shared_answer(request.organization, item_id=item, team_id=team)
    brought = Brought(request, shown.revision, team=for_team, is_shared=True, standing=answer, at=at)
    today = clock.day_of(at, request.organization.timezone)
    form = brought.form(request, today=today, typed={"shown": shown.sha256})
    happened: dict[str, Any] = {}
    if form.is_valid():
        try:
            actions.answer_shared(by=request.membership, team=for_team, item_id=item, at=at, **form.given_on_page())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
            happened = since_opened(refused)
            answer = queries.newest_shared_answer(request.organization, item_id=item, team_id=team)
        else:
            messages.success(request, _("Answered."))
            return redirect(
                page_to_go_back_to(request) or reverse("checklists:shared-list", args=[request.organization.slug])
            )
    context = {
        "shown": shown,
        "form": form,
        "team": for_team,
        "contact": queries.shared_contact_for(request.membership, team=for_team, item_id=item, at=at),
        "contacts": _contacts(shown),
        "answer": answer,
        "back": page_to_go_back_to(request),
        "since_answered": since_answered(answer, shown) if answer else [],
    } | happened
    return render(request, "checklists/shared_answer.html", context)


def _proof(request: OrganizationRequest, shown: ShownItem, at: dt.datetime) -> queries.Proof | None:
    """What shows it, where the product itself knows the answer; whoever sends one nevertheless is told so."""
    source = shown.revision.answers_itself
    proof = queries.proofs_of(request.organization, at=at).get(source) if source else None
    if proof and request.method == "POST":
        messages.error(request, actions.answers_itself())
    return proof


def _contacts(shown: ShownItem) -> Iterable[Membership]:
    contacts = shown.content.get("contacts", [])
    return Membership.objects.filter(pk__in=contacts).select_related("user") if contacts else []
