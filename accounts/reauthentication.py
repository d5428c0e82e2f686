"""Being asked once more who one is, right before something that counts, by whatever the person has.

Whoever has a second factor is asked for that, and for nothing less: a passkey, else a code of the authenticator app, or
a recovery code. Everybody else is asked for their password, and whoever has none for a code that is mailed.
"""

import datetime as dt
from enum import StrEnum

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.actions import prove_address, record_at_door
from accounts.addresses import why_no_passkeys
from accounts.http import PersonRequest
from accounts.one_time_codes import TOO_MANY, AgainForm
from accounts.queries import factors_held, has_second_factor, reaches
from operations import clock
from operations.errors import ActionRefused
from operations.late import loaded_late

is_answered = loaded_late("accounts.passkeys.is_answered")
SESSION_KEY = "accounts_identity_code"
MINUTES = 10
ATTEMPTS = 3


def asks_again(request: PersonRequest) -> bool:
    """Whether it has to be confirmed at all; whoever works alone has nobody to prove it to."""
    organization = getattr(request, "organization", None)
    return organization is None or not organization.is_solo


class Means(StrEnum):
    """By what somebody can confirm who they are; each is the name of the field that takes it."""

    PASSKEY = "passkey"
    ONE_TIME_CODE = "one_time_code"
    PASSWORD = "password"  # noqa: S105 -- the name of a field
    CODE = "code"


def means_of(request: PersonRequest) -> tuple[Means, ...]:
    """What this person may confirm with, what is easiest first; one of them is enough. None for whoever works alone and has no
    second factor: no code reaches them, and they come in anew instead, by a link from their own terminal."""
    if has_second_factor(request):
        has_passkey = Authenticator.Type.WEBAUTHN in factors_held(request) and not why_no_passkeys(request)
        return (Means.PASSKEY, Means.ONE_TIME_CODE) if has_passkey else (Means.ONE_TIME_CODE,)
    if request.user.has_usable_password():
        return (Means.PASSWORD,)
    return (Means.CODE,) if request.user.address else ()


def confirm(request: PersonRequest, means: Means, secret: str) -> bool:
    """Whether ``secret`` is this person's word by ``means``; nothing but a password is taken twice. A refusal is logged.

    :param means: one of :func:`means_of`.
    :param secret: what a browser signed with a passkey (JSON), or what was typed.
    :raises ValidationError: too many attempts.
    """
    if means is Means.CODE:
        return confirm_by_code(request, secret)
    if means is Means.PASSKEY:
        is_right = is_answered(request, secret, at=clock.now())
    elif means is Means.ONE_TIME_CODE:
        is_right = _is_one_time_code(request, secret)
    else:
        is_right = get_adapter().reauthenticate(request.user, secret)
    return _logged(request, is_right=is_right)


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
        before = request.session.session_key
        update_session_auth_hash(request, request.user)
        UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
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


def _is_one_time_code(request: PersonRequest, code: str) -> bool:
    form = AgainForm({"code": code}, user=request.user)
    if form.is_valid():
        form.authenticator.record_usage()
        if form.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            record_at_door("recovery-codes.used", user=request.user, by=request.user.pk, at=clock.now())
        return True
    for error in form.errors.as_data()["code"]:
        if error.code == TOO_MANY:
            raise ValidationError(error.messages)
    return False


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
