"""Where everybody starts."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.decorators import operator_required, require
from accounts.http import OrganizationRequest, PersonRequest
from accounts.rights import Right
from home.context_processors import frame_for
from home.queries.frame import organizations_of
from home.queries.inbox import inbox_of
from home.queries.mine import work_of
from home.queries.navigation import links_of
from home.queries.person import home_of
from home.views.solo import solo_home
from operations import clock


@require_safe
def start(request: PersonRequest) -> HttpResponse:
    """Send a signed-in person to their organization; one who belongs to several chooses, one to none is told so."""
    organizations = organizations_of(request.user.pk)
    if len(organizations) == 1:
        return redirect(organizations[0].url)
    return render(request, "home/start.html", {"mine": organizations})


@require_safe
@operator_required
def operate(request: PersonRequest) -> HttpResponse:
    """What an operator looks after; the start of one who belongs to an organization leads past it."""
    return render(request, "home/start.html", {"mine": organizations_of(request.user.pk)})


@require_safe
@require(Right.HOME_VIEW)
def organization_home(request: OrganizationRequest) -> HttpResponse:
    """The home of one person in one organization."""
    if request.organization.is_solo:
        return solo_home(request)
    at = clock.now()
    today = clock.day_of(at, request.organization.timezone)
    work = work_of(request.membership, at=at, today=today)
    request.items_left = work.left
    home = home_of(
        request.membership,
        request.standing,
        work=work,
        frame=frame_for(request),
        links=links_of(request.organization, rights=request.rights),
        at=at,
        today=today,
    )
    return render(request, "home/organization_home.html", {"home": home})


@require_safe
@require(Right.HOME_VIEW)
def inbox(request: OrganizationRequest) -> HttpResponse:
    """Everything that waits for this person, to be worked through with the keyboard."""
    waiting = inbox_of(request.membership, at=clock.now(), runs_it=Right.ADOPTION_RUN in request.rights)
    return render(request, "home/inbox.html", {"inbox": waiting})
