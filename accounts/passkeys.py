"""Passkeys: added to an account, and asked for right before something that counts.

Loaded where one is used (``operations.late``): a web worker that never sees a passkey is spared 11 MB of cryptography.
"""

import datetime as dt
import struct
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from accounts.http import PersonRequest
from accounts.one_time_codes import TOO_MANY

# In the session of whoever was asked: which form it was for, and until when its answer is taken.
SESSION_KEY = "accounts_passkey"
MINUTES = 5
# What allauth trips over where a part of what a browser sent is missing, or of another kind.
NOT_WHOLE = (AttributeError, LookupError, TypeError, ValueError, struct.error)


class _CredentialField(forms.JSONField):
    """What a browser sent, as JSON; brackets within brackets without end are none."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(AddWebAuthnForm):
    """What a new passkey is called; every one of ours signs in without a password, so that is not asked."""

    passwordless = None
    credential = _CredentialField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("What you call it")
        self.fields["name"].help_text = gettext_lazy("By it you know it again, should you lose the device.")
        self.fields["name"].max_length = 100

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except NOT_WHOLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class _AnswerForm(AuthenticateWebAuthnForm):
    """What a browser signed. What isn't whole is no answer; of a wrong one allauth says nothing, as it does of codes."""

    reauthenticates = False
    credential = _CredentialField()

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except NOT_WHOLE as error:
            self._tell_refused()
            raise get_adapter().validation_error("incorrect_code") from error
        except ValidationError:
            self._tell_refused()
            raise

    def _tell_refused(self) -> None:
        authentication_failed.send(
            sender=Authenticator,
            request=context.request,
            user=self.user,
            authenticator=None,
            reauthentication=self.reauthenticates,
        )


class SecondStepForm(_AnswerForm):
    """At the second step of signing in."""


class SignInForm(_AnswerForm, LoginWebAuthnForm):
    """To sign in with a passkey alone."""


class AgainForm(_AnswerForm):
    """To confirm something: what is refused here is no failed sign-in."""

    reauthenticates = True


def challenge(request: PersonRequest, *, path: str, at: dt.datetime) -> dict[str, Any]:
    """What the browser is asked to sign, once, for the form at ``path``; an earlier challenge is void."""
    options = auth.begin_authentication(request.user)
    until = at + dt.timedelta(minutes=MINUTES)
    request.session[SESSION_KEY] = {"path": path, "until": until.isoformat()}
    return options


def is_answered(request: PersonRequest, assertion: str, *, at: dt.datetime) -> bool:
    """Whether a passkey of this person has signed the challenge made last, in this session, for this very form; once.

    :raises ValidationError: too many attempts.
    """
    kept = request.session.pop(SESSION_KEY, None)
    if kept is None or kept["path"] != request.path or dt.datetime.fromisoformat(kept["until"]) <= at:
        return False
    form = AgainForm({"credential": assertion}, user=request.user)
    if not form.is_valid():
        auth.clear_state()
        for error in form.errors.as_data().get("credential", []):
            if error.code == TOO_MANY:
                raise ValidationError(error.messages)
        return False
    form.cleaned_data["credential"].record_usage()
    return True
