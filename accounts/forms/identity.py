"""Confirming who one is, inside the form that does what counts."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.http import PersonRequest
from accounts.reauthentication import asks_again, asks_for_password, confirm


class ConfirmIdentityMixin(forms.Form):
    """Adds ``password`` (or ``code``, for somebody without one) to a form; asked only when all else is right, and never of
    whoever works alone.

    Made with ``request=``. For a code the page needs a button to ``accounts:identity-code-send``: see
    ``accounts/_identity_code.html``.
    """

    def __init__(self, *args: Any, request: PersonRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.asks = asks_again(request)
        self.needs_code = self.asks and not asks_for_password(request)
        self.secret = "code" if self.needs_code else "password"
        if self.asks:
            self.fields[self.secret] = code_field() if self.needs_code else _password_field()

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if self.asks and not self.errors and not confirm(self.request, str(cleaned.pop(self.secret))):
            self.add_error(self.secret, wrong_code() if self.needs_code else _("This is not your password."))
        return cleaned


class ConfirmIdentityForm(ConfirmIdentityMixin):
    """Nothing but the confirmation."""


def _password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Confirms that it is you."),
    )


def code_field() -> forms.CharField:
    """The code that was sent to the person's own address."""
    return forms.CharField(
        label=_("Your code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
        help_text=_("Confirms that it is you. Have a code sent to your address first."),
    )


def wrong_code() -> str:
    """What is said of a code that isn't the one."""
    return gettext("This is not the code that was sent last, or it has run out. Have a new one sent.")
