"""What a person wants to be told by mail: said on their own page, or by the link in their mail without signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Membership
from accounts.queries import active_membership
from accounts.rights import Right
from notifications import actions, queries
from notifications.forms import PreferenceForm
from notifications.links import read_token
from operations import clock
from operations.limits import is_within

MOST_A_MINUTE = 20


@require_http_methods(["GET", "POST"])
@require(Right.HOME_VIEW)
def preferences(request: OrganizationRequest) -> HttpResponse:
    """Everything, or only what presses."""
    membership = request.membership
    if "try_again" in request.POST:
        actions.try_again(membership=membership, by=membership, at=clock.now())
        messages.success(request, _("Mail to you is tried again: what waited comes with your next one."))
        return redirect("notifications:preferences", organization=request.organization.slug)
    initial = {"only_pressing": queries.hears_only_pressing(membership)}
    form = PreferenceForm(request.POST or None, initial=initial)
    if form.is_valid():
        actions.choose(membership=membership, by=membership, at=clock.now(), **form.cleaned_data)
        messages.success(request, _("Saved. It holds from the next mail on."))
        return redirect("notifications:preferences", organization=request.organization.slug)
    return render(request, "notifications/preferences.html", {"form": form, "bounce": queries.bounce_of(membership)})


# Mail programs post here by themselves, without a cookie or a page of ours before (RFC 8058); a redirect they don't follow.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One button that turns reminders off, and one that turns them on again; opening the page changes nothing."""
    membership = _membership(token)
    if request.method == "POST":
        if not is_within("unsubscribe", token, most=MOST_A_MINUTE, seconds=60):
            return HttpResponse(_("Too many tries. Wait a minute, then try again."), status=429)
        actions.choose(membership=membership, only_pressing="undo" not in request.POST, by=None, at=clock.now())
    context = {"membership": membership, "hears_only_pressing": queries.hears_only_pressing(membership)}
    return render(request, "notifications/unsubscribe.html", context)


def _membership(token: str) -> Membership:
    pk = read_token(token)
    membership = active_membership(pk) if pk is not None else None
    if membership is None:
        raise Http404
    return membership
