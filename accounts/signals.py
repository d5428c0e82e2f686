"""Signing in, in the log. The one use of signals: these things happen inside django-allauth, where no action of ours is.

An event of a person belongs to the chain of every organization they are in, else to the installation's. Never an address.
"""

from typing import Any

from allauth.account import signals as allauth_signals
from django.contrib import messages
from django.contrib.auth import signals as django_signals
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.actions import prove_address, record_at_door
from accounts.adapter import CODE_LEFT
from accounts.models import User
from operations import clock


@receiver(allauth_signals.user_logged_in)
def signed_in(request: HttpRequest, user: User, means: str = "", **kwargs: Any) -> None:
    """Somebody has signed in."""
    said = {"means": means} if means else {}
    record_at_door("sign-in.succeeded", user=user, by=user.pk, at=clock.now(), **said)


@receiver(allauth_signals.authentication_step_completed)
def code_came_back(request: HttpRequest, user: User, method: str, **kwargs: Any) -> None:
    """A code that was sent to the address was typed; the sign-in goes on with ``user`` as this leaves it."""
    has_left = request.session.get(CODE_LEFT, False)
    if method == "code" and has_left and prove_address(user=user, means="code", at=clock.now()):
        messages.info(request, _("Your address is confirmed. The password set before has ended: choose a new one."))


@receiver(django_signals.user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Somebody has signed out."""
    if user is not None:
        record_at_door("sign-in.ended", user=user, by=user.pk, at=clock.now())


@receiver(django_signals.user_login_failed)
def refused(credentials: dict[str, Any], **kwargs: Any) -> None:
    """A password was wrong, or the address is nobody's."""
    address = str(credentials.get("email") or credentials.get("username") or "").lower()
    record_at_door(
        "sign-in.refused", user=User.objects.filter(email=address).first(), by=None, at=clock.now(), means="password"
    )


@receiver(allauth_signals.login_code_rejected)
def code_refused(user: User, last_attempt: bool, **kwargs: Any) -> None:
    """A code was wrong."""
    record_at_door("sign-in.refused", user=user, by=None, at=clock.now(), means="code", is_last_attempt=last_attempt)


@receiver(allauth_signals.password_set)
@receiver(allauth_signals.password_changed)
def password_changed(user: User, **kwargs: Any) -> None:
    """Somebody has set or changed their own password."""
    record_at_door("person.password_changed", user=user, by=user.pk, at=clock.now())


@receiver(allauth_signals.password_reset)
def password_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A password was replaced by somebody who can read the person's mail."""
    if request.session.get(CODE_LEFT, False):
        prove_address(user=user, means="password-reset", at=clock.now(), ends_password=False)
    record_at_door("person.password_reset", user=user, by=None, at=clock.now())
