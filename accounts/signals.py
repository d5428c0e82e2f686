"""Signing in, in the log. The one use of signals: these things happen inside django-allauth, where no action of ours is.

An event of a person belongs to the chain of every organization they are in, else to the installation's. Never an address.
"""

from typing import Any

from allauth.account import signals as allauth_signals
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import signals as django_signals
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.actions import end_sessions, forget_session, prove_address, record_at_door
from accounts.adapter import CODE_LEFT
from accounts.devices import device_of
from accounts.models import User
from accounts.notices import tell_new_browser
from accounts.vouched import MEANS, came_in
from operations import clock

NO_ADDRESS = "::"


@receiver(allauth_signals.user_logged_in)
def signed_in(request: HttpRequest, user: User, means: str = "", **kwargs: Any) -> None:
    """Somebody has signed in; while they are signed in elsewhere, and never like this, they are told by mail."""
    at = clock.now()
    if means != MEANS:
        came_in(request, at=at)
    said = {"means": means} if means else {}
    record_at_door("sign-in.succeeded", user=user, by=user.pk, at=at, **said)
    elsewhere = UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key)
    known = set(elsewhere.values_list("user_agent", flat=True))
    device = device_of(request.headers.get("User-Agent", ""))
    if known and device not in known:
        tell_new_browser(user, device=device)


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
        forget_session(user=user, key=request.session.session_key)
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
def password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Somebody has set or changed their own password, which signs them out everywhere else."""
    at = clock.now()
    end_sessions(user=user, by=user.pk, at=at, but=request.session.session_key)
    record_at_door("person.password_changed", user=user, by=user.pk, at=at)


@receiver(allauth_signals.password_reset)
def password_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A password was replaced by somebody who can read the person's mail."""
    if request.session.get(CODE_LEFT, False):
        prove_address(user=user, means="password-reset", at=clock.now(), ends_password=False)
    end_sessions(user=user, by=None, at=clock.now())
    record_at_door("person.password_reset", user=user, by=None, at=clock.now())


@receiver(mfa_signals.authenticator_added)
@receiver(mfa_signals.authenticator_reset)
def factor_added(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """A passkey, an app or recovery codes were added; recovery codes also when they are made anew."""
    is_codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    action = "recovery-codes.made" if is_codes else "factor.added"
    data = {} if is_codes else {"kind": authenticator.type}
    record_at_door(action, user=user, by=user.pk, at=clock.now(), **data)


@receiver(mfa_signals.authenticator_used)
def factor_used(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Somebody has signed in with a second factor: of which a recovery code is worth a line."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record_at_door("recovery-codes.used", user=user, by=user.pk, at=clock.now())


@receiver(mfa_signals.authentication_failed)
def factor_refused(user: User | None, reauthentication: bool, **kwargs: Any) -> None:
    """A passkey or a code was wrong when signing in; what is given to confirm something is logged where that is asked.

    Whose it was is not known of a passkey that was to sign in alone.
    """
    if not reauthentication:
        means = "second-factor" if user else "passkey"
        record_at_door("sign-in.refused", user=user, by=None, at=clock.now(), means=means)


@receiver(pre_save, sender=UserSession)
def kept_of_a_session(instance: UserSession, **kwargs: Any) -> None:
    """Of where somebody signs in only what is shown to them is kept: the browser in words, and nothing of its address."""
    instance.user_agent = device_of(instance.user_agent)
    instance.ip = NO_ADDRESS
