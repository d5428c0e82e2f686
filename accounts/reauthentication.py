"""Being asked once more who one is, right before something that counts: by password, else by a fresh code."""

import datetime as dt

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.actions import prove_address, record_at_door
from accounts.http import PersonRequest
from accounts.queries import reaches
from operations import clock
from operations.errors import ActionRefused

SESSION_KEY = "accounts_identity_code"
MINUTES = 10
ATTEMPTS = 3


def asks_again(request: PersonRequest) -> bool:
    """Whether it has to be confirmed at all; whoever works alone has nobody to prove it to."""
    organization = getattr(request, "organization", None)
    return organization is None or not organization.is_solo


def asks_for_password(request: PersonRequest) -> bool:
    """Whether this person confirms who they are with a password; else with a code."""
    return bool(request.user.has_usable_password())


def confirm(request: PersonRequest, secret: str) -> bool:
    """Whether ``secret`` is this person's password, or, for somebody without one, the code sent last.

    A refusal is logged.

    :raises ValidationError: too many attempts.
    """
    if not asks_for_password(request):
        return confirm_by_code(request, secret)
    return _logged(request, is_right=get_adapter().reauthenticate(request.user, secret))


def confirm_by_code(request: PersonRequest, code: str) -> bool:
    """Whether this is the code sent last; it works once, for ten minutes, for three attempts. A refusal is logged.

    The first one that left by mail proves the address: a password set before ends, every session but this one too.
    """
    at = clock.now()
    has_left = request.session.get(SESSION_KEY, {}).get("has_left", False)
    is_right = _is_code(request, code, at=at)
    if is_right and has_left and request.user.address_proved_at is None:
        if prove_address(user=request.user, means="code", at=at):
            messages.info(request, _("The password set before has ended: choose a new one."))
        update_session_auth_hash(request, request.user)
    return _logged(request, is_right=is_right)


def send_code(request: PersonRequest, *, at: dt.datetime) -> None:
    """Mail a fresh code to the person who is signed in; an older one stops working.

    :raises ActionRefused: too many were asked for.
    """
    if not ratelimit.consume(request, action="request_login_code", key=request.user.email):
        raise ActionRefused(_("Too many codes were asked for. Wait a minute, then try again."))
    code = get_adapter().generate_login_code()
    with transaction.atomic():
        request.session[SESSION_KEY] = {
            "digest": _digest(code),
            "until": (at + dt.timedelta(minutes=MINUTES)).isoformat(),
            "attempts": ATTEMPTS,
            "has_left": reaches(request.user),
        }
        EmailMessage(
            subject=_("Your code for Wayleave"),
            body=render_to_string("emails/identity_code.txt", {"code": code, "minutes": MINUTES}),
            to=[request.user.email],
            headers={"X-Wayleave-Kind": "account"},
        ).send()


def _logged(request: PersonRequest, *, is_right: bool) -> bool:
    if not is_right:
        user = request.user
        record_at_door("person.identity_refused", user=user, by=user.pk, at=clock.now())
    return is_right


def _is_code(request: PersonRequest, code: str, *, at: dt.datetime) -> bool:
    kept = request.session.pop(SESSION_KEY, None)
    if kept is None or dt.datetime.fromisoformat(kept["until"]) <= at:
        return False
    if constant_time_compare(kept["digest"], _digest(code)):
        return True
    if kept["attempts"] > 1:
        request.session[SESSION_KEY] = {**kept, "attempts": kept["attempts"] - 1}
    return False


def _digest(code: str) -> str:
    """Dashes and spaces are for reading; letters are typed in either case."""
    plain = "".join(letter for letter in code if letter.isalnum()).lower()
    return salted_hmac("accounts.identity-code", plain, algorithm="sha256").hexdigest()
