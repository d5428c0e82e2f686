"""Teams and who leads them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.decorators import require
from accounts.forms import LeadForm, TeamForm
from accounts.http import OrganizationRequest
from accounts.queries import active_memberships, teams_of
from accounts.rights import Right
from operations import clock
from operations.errors import ActionRefused


@require_safe
@require(Right.PEOPLE_MANAGE, Right.AUDIT_VIEW)
def team_list(request: OrganizationRequest) -> HttpResponse:
    """The teams, how many work in each, and who leads it."""
    context = {"teams": teams_of(request.organization), "may_manage": Right.PEOPLE_MANAGE in request.rights}
    return render(request, "accounts/team_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def team_add(request: OrganizationRequest) -> HttpResponse:
    """A new team."""
    form = TeamForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_team(name=form.cleaned_data["name"], by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(team)s has been added.") % {"team": form.cleaned_data["name"]})
            return _to_list(request)
    return render(request, "accounts/team_add.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def team_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Rename a team."""
    team = _team(request, pk)
    form = TeamForm(request.POST or None, initial={"name": team.name})
    if form.is_valid():
        try:
            actions.rename_team(team=team, name=form.cleaned_data["name"], by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The team is called %(team)s now.") % {"team": form.cleaned_data["name"]})
            return _to_list(request)
    return render(request, "accounts/team_edit.html", {"team": team, "form": form})


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def team_lead(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Appoint the lead of a team."""
    team = _team(request, pk)
    form = LeadForm(
        request.POST or None, people=active_memberships(request.organization), initial={"email": team.lead_email}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.appoint_lead(
                team=team, membership=form.cleaned_data["membership"], by=request.membership, at=clock.now()
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved who leads %(team)s.") % {"team": team.name})
            return _to_list(request)
    return render(request, "accounts/team_lead.html", {"team": team, "form": form})


@require_http_methods(["GET", "POST"])
@require(Right.PEOPLE_MANAGE)
def team_archive(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Say what happens when a team is archived, then do it."""
    team = _team(request, pk)
    refused = ""
    if request.method == "POST":
        try:
            actions.archive_team(team=team, by=request.membership, at=clock.now())
        except ActionRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("%(team)s is archived.") % {"team": team.name})
            return _to_list(request)
    consequences = [
        _("Nobody can be moved to %(team)s any more, and its name stays taken.") % {"team": team.name},
        _("Whoever leads it stops leading it; when that was stays on record."),
    ]
    return render(
        request, "accounts/team_archive.html", {"team": team, "consequences": consequences, "refused": refused}
    )


def _team(request: OrganizationRequest, pk: int) -> Any:
    return get_object_or_404(teams_of(request.organization), pk=pk)


def _to_list(request: OrganizationRequest) -> HttpResponse:
    return redirect("accounts:team-list", organization=request.organization.slug)
