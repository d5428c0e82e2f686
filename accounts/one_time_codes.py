"""Codes of an authenticator app, and recovery codes: typed when signing in, adding the app, confirming who one is."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

TOO_MANY = "too_many_login_attempts"  # what allauth calls it, of codes and passkeys alike
PERIOD = 30  # seconds: an app shows a new code that often


def one_time_code_field() -> forms.CharField:
    """Where a code of the app, or a recovery code, is typed."""
    return forms.CharField(
        label=_("Code of your authenticator app"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=_("Or one of your recovery codes."),
    )


def _spend(user: Any, code: str) -> None:
    """Take a code of the app once, for as long as it would be taken; allauth remembers it for its own time only.

    :raises ValidationError: it was taken before.
    """
    plain = "".join(code.split())
    good_for = PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)
    if not cache.add(f"accounts.one-time-code:{user.pk}:{plain}", True, timeout=good_for):
        raise get_adapter().validation_error("incorrect_code")


class _TakenOnce(AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = one_time_code_field()

    def clean_code(self) -> str:
        code = str(super().clean_code())
        if self.authenticator.type == Authenticator.Type.TOTP:
            _spend(self.user, code)
        return code


class SignInForm(_TakenOnce):
    """The second step of signing in."""


class AgainForm(_TakenOnce, ReauthenticateForm):
    """Being asked once more: what is refused here is no failed sign-in."""


class AppForm(ActivateTOTPForm):
    """The first code of an app shows that it has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = field = one_time_code_field()
        field.label, field.help_text = _("The code it shows now"), _("Six digits, a new code every 30 seconds.")

    def clean_code(self) -> str:
        code = str(super().clean_code())
        _spend(self.user, code)
        return code
