"""Signing somebody in whom a link of ours let in: where no password is asked for, and no factor can be there yet."""

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest

from accounts.actions import record_at_door
from accounts.models import User
from accounts.signals import NO_ADDRESS
from accounts.vouched import came_in

BACKEND = "django.contrib.auth.backends.ModelBackend"


def enter(request: HttpRequest, user: User, *, means: str, at: dt.datetime) -> None:
    """Sign ``user`` in, listed among their sessions like every other; logged.

    :param means: what let them in, such as ``invitation``.
    """
    login(request, user, backend=BACKEND)
    if not request.session.session_key:  # somebody else was signed in here
        request.session.save()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": user, "user_agent": request.headers.get("User-Agent", ""), "ip": NO_ADDRESS},
    )
    came_in(request, at=at)
    record_at_door("sign-in.succeeded", user=user, by=user.pk, at=at, means=means)
