"""Just me: four questions, one page, and the day one works alone no more."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import become_company
from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import User
from accounts.rights import Right
from accounts.vouched import came_in
from home import actions
from home.forms import CompanyForm, SoloForm
from home.queries.set_up_links import is_usable, link_of
from home.queries.solo import calendar_of, look_again_on, solo_page
from home.queries.solo_links import opens
from home.views.founding import enter
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "POST"])
def set_up_solo(request: HttpRequest, token: str) -> HttpResponse:
    """The four questions, behind the one-time link. Public: nobody can sign in before there is an organization."""
    at = clock.now()
    link = link_of(token)
    if link is None or not is_usable(link, at=at):
        return render(request, "home/set_up_gone.html", {"is_ours": link is not None}, status=410)
    form = SoloForm(request.POST or None)
    if form.is_valid():
        try:
            me = actions.set_up_solo(link=link, at=at, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return enter(request, me, at=at)
    return render(request, "home/set_up_solo.html", {"form": form, "token": token})


@require_http_methods(["GET", "POST"])
def solo_enter(request: HttpRequest, pk: uuid.UUID, token: str) -> HttpResponse:
    """Signing in again, by a link from one's own terminal. Public: there is no password; opening it uses nothing up."""
    user = User.objects.filter(pk=pk).first()
    if user is None or not opens(token, user):
        return render(request, "home/set_up_gone.html", {"is_ours": user is not None}, status=410)
    if request.method == "POST":
        at = clock.now()
        try:
            return enter(request, actions.enter_alone(user=user, token=token, at=at), at=at)
        except ActionRefused as refusal:
            messages.error(request, str(refusal))
    return render(request, "home/solo_enter.html")


def solo_home(request: OrganizationRequest) -> HttpResponse:
    """The one page: what leaves the computer, the four checks, and the day to look again."""
    page = solo_page(request.membership, request.standing, at=clock.now())
    request.items_left = page.left
    return render(request, "home/solo.html", {"page": page})


@require_POST
@require(Right.DECISION_PROPOSE)
def solo_agree(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Agree to exactly what the page showed."""
    decision = get_object_or_404(request.organization.decisions, pk=pk)
    shown = request.POST.get("shown_sha256", "")
    try:
        actions.agree_alone(decision=decision, shown_sha256=shown, by=request.membership, at=clock.now())
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(request.organization)


@require_safe
@require(Right.HOME_VIEW)
def solo_calendar(request: OrganizationRequest) -> HttpResponse:
    """The day to look again as a calendar file; home where there is none yet, or it is a company."""
    at = clock.now()
    day = look_again_on(request.membership, request.standing, at=at) if request.organization.is_solo else None
    if day is None:
        return redirect(request.organization)
    headers = {"Content-Disposition": 'attachment; filename="look-again.ics"'}
    return HttpResponse(calendar_of(request.organization, day, at=at), content_type="text/calendar", headers=headers)


@require_http_methods(["GET", "POST"])
@require(Right.SETTINGS_EDIT)
def solo_end(request: OrganizationRequest) -> HttpResponse:
    """Make it a company, for good; the next page asks for a password."""
    if not request.organization.is_solo:
        return redirect(request.organization)
    form = CompanyForm(request.POST or None)
    if form.is_valid():
        try:
            become_company(by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            came_in(request, at=clock.now())  # until now there was nobody to show it to, and mail may reach nobody yet
            return redirect(request.organization)
    return render(request, "home/solo_end.html", {"form": form})
