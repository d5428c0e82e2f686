"""Authenticator apps of people in tests: the codes they show, of the time step that is still to come, never one that ends."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from accounts.models import User
from accounts.one_time_codes import PERIOD


def with_app(user: User) -> str:
    """Give somebody an app and recovery codes; returns the secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def shown(secret: str) -> str:
    """The code of half a step ahead: taken now whatever the second, because one step to either side is."""
    return format_hotp_value(hotp_value(secret, _step(ahead=PERIOD / 2)))


def wrong(secret: str) -> str:
    """A code that is none of those taken now."""
    taken = {format_hotp_value(hotp_value(secret, _step() + one)) for one in range(-3, 4)}
    return next(code for code in ("000000", *(f"{n:06}" for n in range(1, 20))) if code not in taken)


def recovery_codes(user: User) -> list[str]:
    """Those that are left."""
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def _step(ahead: float = 0) -> int:
    return int(time.time() + ahead) // PERIOD  # noqa: TID251 -- a phone has its own clock, and so has allauth
