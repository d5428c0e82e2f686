"""Confirming who one is, inside the form that does what counts."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.http import PersonRequest
from accounts.one_time_codes import one_time_code_field
from accounts.reauthentication import Means, asks_again, confirm, means_of


class ConfirmIdentityMixin(forms.Form):
    """Adds what the person confirms with to a form: a field for each of their means, named after it (``means_of``).

    Asked only when all else is right, and never of whoever works alone. Made with ``request=``. The page draws the fields
    with ``accounts/_confirm_identity.html`` (all its fields: ``accounts/_confirmed_fields.html``), and below the form, for a code that is mailed, ``accounts/_identity_code.html``.
    """

    def __init__(self, *args: Any, request: PersonRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.asks = asks_again(request)
        self.means = means_of(request) if self.asks else ()
        self.needs_code = Means.CODE in self.means
        for means in self.means:
            field = FIELDS[means]()
            field.required = len(self.means) == 1
            self.fields[means.value] = field
        if self.offers_passkey:
            instead = self.fields[Means.ONE_TIME_CODE.value]
            instead.label = _("Or a code")
            instead.help_text = _("Of your authenticator app, or a recovery code, if your passkey is not at hand.")
            instead.widget.attrs["data-passkey-instead"] = True

    @property
    def identity_fields(self) -> list[forms.BoundField]:
        """What was added, as it is drawn: the typed ones; the passkey is the browser's."""
        return [self[means.value] for means in self.means if means is not Means.PASSKEY]

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """What the form itself asks for."""
        return [field for field in self if field.name not in self.means]

    @property
    def offers_passkey(self) -> bool:
        """Whether the browser is asked for a passkey when the form is sent."""
        return Means.PASSKEY in self.means

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        said = {means: str(cleaned.pop(means.value, "") or "") for means in self.means}
        if self.asks and not self.errors:
            self._confirm(said)
        return cleaned

    def _confirm(self, said: dict[Means, str]) -> None:
        """By what was sent; a code that was typed comes before a passkey, which a browser may have sent unasked."""
        means = next((one for one in reversed(self.means) if said[one]), None)
        if not self.means:
            self.add_error(None, _("Sign in anew first, with the link that manage.py setup_link prints."))
        elif means is None:
            self.add_error(self.means[-1].value, _("Use your passkey, or type in a code."))
        elif not confirm(self.request, means, said[means]):
            self.add_error(self.means[-1].value, WRONG[means]())


class ConfirmIdentityForm(ConfirmIdentityMixin):
    """Nothing but the confirmation."""


def _password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Confirms that it is you."),
    )


def _passkey_field() -> forms.CharField:
    """What the browser signs; kept by no page that comes back: the next try is signed anew."""
    return forms.CharField(widget=forms.HiddenInput, max_length=20_000)


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


FIELDS = {
    Means.PASSKEY: _passkey_field,
    Means.ONE_TIME_CODE: one_time_code_field,
    Means.PASSWORD: _password_field,
    Means.CODE: code_field,
}
WRONG = {
    Means.PASSKEY: lambda: gettext("Your passkey was not taken: send the form once more, or type in a code."),
    Means.ONE_TIME_CODE: lambda: gettext(
        "This is not the code, or it has been used already. Wait for the next one, or use a recovery code."
    ),
    Means.PASSWORD: lambda: gettext("This is not your password."),
    Means.CODE: wrong_code,
}
