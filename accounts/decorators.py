"""Every view declares its right with :func:`require`, or stands in the list of public views with its reason."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.actions import record_refusal
from accounts.http import PersonRequest
from accounts.reauthentication import means_of
from accounts.rights import Right
from accounts.vouched import came_in_within
from operations import clock

View = Callable[..., HttpResponseBase]
# In the session: when they confirmed last who they are; and for how long that opens what changes the account.
CONFIRMED_AT = "accounts_confirmed_at"
CONFIRMED_FOR = dt.timedelta(minutes=10)


def require(*rights: Right) -> Callable[[View], View]:
    """Let the view through to a membership that holds at least one of ``rights`` in the page's organization."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.rights.intersection(rights):
                refuse(request)
            return view(request, *args, **kwargs)

        guarded.required_rights = rights  # type: ignore[attr-defined]  # read by the test that walks every address
        return guarded

    return decorate


def refuse(request: Any) -> NoReturn:
    """Say no to somebody without the right to it, and log an attempt to change something; a GET never writes.

    :raises PermissionDenied: always.
    """
    if request.method == "POST":
        record_refusal(view=request.resolver_match.view_name, by=request.membership, at=clock.now())
    raise PermissionDenied


def operator_required(view: View) -> View:
    """Let the view through to the operator (``is_staff``), who has no right in any organization."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.operator_only = True  # type: ignore[attr-defined]  # read by the test that walks every address
    return guarded


def confirmed_lately(view: View, *, or_just_in: bool = False) -> View:
    """Let the view through to somebody who has confirmed within minutes who they are; else they do so first.

    :param or_just_in: having signed in within these minutes, otherwise than by a provider, is enough; as it always is for whoever
        has nothing else to confirm with.
    """

    @wraps(view)
    def guarded(request: PersonRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        confirmed_at = request.session.get(CONFIRMED_AT)
        # As little ahead as behind: with the clock set back, minutes would be hours; between two machines it differs a little.
        has_confirmed = (
            confirmed_at is not None and abs(clock.now() - dt.datetime.fromisoformat(confirmed_at)) < CONFIRMED_FOR
        )
        if has_confirmed or (came_in_within(request, CONFIRMED_FOR) and (or_just_in or not means_of(request))):
            return view(request, *args, **kwargs)
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")

    return guarded
