"""Founding an organization: by the one-time link, or from the demo company."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.decorators import require
from accounts.entering import enter as sign_in
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.rights import Right
from home import actions
from home.forms import SetUpForm
from home.models import SetUpLink
from home.queries.set_up_links import is_usable, link_of
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the one-time link. Public: nobody can sign in before there is an organization."""
    at = clock.now()
    link = link_of(token)
    if not is_usable(link, at=at):
        return render(request, "home/set_up_gone.html", {"is_ours": link is not None}, status=410)
    return _found(request, template="home/set_up.html", link=link, at=at, token=token)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
@require(Right.DECISION_PROPOSE)
def organization_start(request: OrganizationRequest) -> HttpResponse:
    """From the demo company to one's own, for whoever runs the demo; a real organization has nothing to start."""
    if not request.organization.is_demo:
        return redirect(request.organization)
    return _found(request, template="home/organization_start.html", link=None, at=clock.now())


def _found(
    request: HttpRequest, *, template: str, link: SetUpLink | None, at: dt.datetime, token: str = ""
) -> HttpResponse:
    form = SetUpForm(request.POST or None)
    if form.is_valid():
        try:
            owner = actions.set_up(link=link, at=at, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return enter(request, owner, at=at)
    return render(request, template, {"form": form, "token": token})


def enter(request: HttpRequest, owner: Membership, *, at: dt.datetime) -> HttpResponse:
    """Sign in whoever a one-time link let in, and lead to their organization."""
    sign_in(request, owner.user, means="set-up", at=at)
    return redirect(owner.organization)
