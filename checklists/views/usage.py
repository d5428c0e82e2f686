"""*What do you use today?*: saying it, what everybody may see of it, asking it and closing it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Organization
from accounts.rights import Right
from checklists import actions
from checklists.forms import AskUsageForm, UsageForm
from checklists.models import UsageInquiry
from checklists.queries import usage
from checklists.views.progress import EVERYONE
from operations import clock
from operations.errors import ActionRefused

DAYS_TO_SAY = 7


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.LIST_ANSWER)
def usage_tell(request: OrganizationRequest) -> HttpResponse:
    """What I use today; what I said last is ticked, and may be changed until it is closed."""
    inquiry = usage.newest_inquiry(request.organization)
    if inquiry is None or inquiry.closed_at:
        return render(request, "checklists/usage_tell.html", {"inquiry": inquiry})
    said = usage.newest_report(inquiry, request.membership)
    form = UsageForm(
        request.POST if request.method == "POST" else None,
        tools=list(usage.tools_to_choose(request.organization)),
        purposes=usage.purposes_of(request.organization, job_role_id=request.standing.job_role_id),
        said=said,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.say_what_is_used(membership=request.membership, used=form.used(), at=clock.now())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Thank you. You can change what you said until it is closed."))
            return redirect("checklists:task-list", organization=request.organization.slug)
    return render(request, "checklists/usage_tell.html", {"inquiry": inquiry, "said": said, "form": form})


@require_safe
@require(Right.TEAM_PROGRESS_VIEW)
def usage_list(request: OrganizationRequest) -> HttpResponse:
    """What is used, in numbers that may be shown: a lead's teams, or the organization and every team."""
    inquiry = usage.newest_inquiry(request.organization)
    team_ids = None if request.standing.level in EVERYONE else request.standing.leads
    context: dict[str, Any] = {"inquiry": inquiry, "may_ask": Right.CHECKLIST_ASSIGN in request.rights}
    if inquiry:
        context |= {
            "groups": usage.shown(inquiry, team_ids=team_ids),
            "undecided": _undecided(request.organization) if team_ids is None else [],
            "sees_everyone": team_ids is None,
            "sees_names": inquiry.keeper_id == request.membership.pk,
        }
    return render(request, "checklists/usage_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.CHECKLIST_ASSIGN)
def usage_ask(request: OrganizationRequest) -> HttpResponse:
    """Ask everybody: how many people it is, and who will see names, before the button."""
    at = clock.now()
    today = clock.day_of(at, request.organization.timezone)
    runs_it = usage.keeper_of_roll_out(request.organization)
    initial = {"keeper": runs_it or request.membership, "due_on": today + dt.timedelta(days=DAYS_TO_SAY)}
    form = AskUsageForm(
        request.POST or None, organization=request.organization, today=today, runs_it=runs_it, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_what_is_used(by=request.membership, at=at, **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Everybody is being asked."))
            return redirect("checklists:usage-list", organization=request.organization.slug)
    people = usage.how_many_are_asked(request.organization)
    return render(request, "checklists/usage_ask.html", {"form": form, "people": people, "consequences": _of_asking()})


@require_http_methods(["GET", "POST"])
@require(Right.CHECKLIST_ASSIGN)
def usage_close(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Stop asking."""
    inquiry = get_object_or_404(
        UsageInquiry.objects.select_related("keeper__user"), pk=pk, organization=request.organization
    )
    if request.method == "POST":
        try:
            actions.close_inquiry(inquiry=inquiry, by=request.membership, at=clock.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Closed. Nobody is asked any more."))
        return redirect("checklists:usage-list", organization=request.organization.slug)
    consequences = [
        _("Nobody is asked or reminded any more, and nobody can change what they said."),
        _("The counts stay as they are. %(person)s still sees names.") % {"person": inquiry.keeper},
    ]
    return render(request, "checklists/usage_close.html", {"inquiry": inquiry, "consequences": consequences})


def _undecided(organization: Organization) -> list[dict[str, object]]:
    return [{"used": one, "url": one.leads_to(organization.slug)} for one in usage.used_undecided(organization)]


def _of_asking() -> list[str]:
    return [
        _("Everybody finds the question first on their home, and in a mail where that is set up; whoever joins, too."),
        _("The one person you name sees who uses what. Nobody stands in for that, and each look is logged."),
        _("You, leads, auditors and owners see counts of five or more, in steps of five."),
    ]
