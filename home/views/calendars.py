"""A person's calendar link: the page on which it is made and ended, and what a calendar reads there."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from home import actions
from home.queries.calendars import calendar_of, feed_by, open_feed
from operations import clock
from operations.limits import is_within

MOST_AN_HOUR = 60


@require_safe
@require(Right.HOME_VIEW)
def calendar(request: OrganizationRequest) -> HttpResponse:
    """Whether there is a link, and since when; the link itself is shown once, when it is made."""
    return render(request, "home/calendar.html", {"feed": open_feed(request.membership)})


@require_POST
@never_cache
@require(Right.HOME_VIEW)
def calendar_make(request: OrganizationRequest) -> HttpResponse:
    """Make the link anew and show it, this once."""
    token = actions.make_feed(membership=request.membership, at=clock.now())
    link = settings.PUBLIC_URL + reverse("home:calendar-feed", args=[token])
    return render(request, "home/calendar.html", {"feed": open_feed(request.membership), "link": link})


@require_POST
@require(Right.HOME_VIEW)
def calendar_end(request: OrganizationRequest) -> HttpResponse:
    """End the link."""
    actions.end_feed(membership=request.membership, at=clock.now())
    messages.success(request, _("The link has ended: nothing is found there any more."))
    return redirect("home:calendar", organization=request.organization.slug)


@require_safe
@login_not_required
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The days on which something is due, for whoever holds the link; nothing where it has ended or they have left."""
    feed = feed_by(token)
    if feed is None:
        raise Http404
    if not is_within("calendar", token, most=MOST_AN_HOUR, seconds=3600):
        return HttpResponse(status=429, headers={"Retry-After": "3600"})
    body = calendar_of(feed, at=clock.now())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = f'"{hashlib.sha256(body).hexdigest()}"'
    patch_cache_control(response, private=True, no_cache=True)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
