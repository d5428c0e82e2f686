"""A signer's word."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from governance.models import Signature


class WordForm(forms.Form):
    """Sign, ask for changes or reject: with the hash of what was shown, and proof that it is really you."""

    shown_sha256 = forms.CharField(widget=forms.HiddenInput)
    stage = forms.IntegerField(widget=forms.HiddenInput)
    word = forms.ChoiceField(choices=Signature.Word, widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Your comment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you ask for changes or reject; the proposer reads it."),
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Asked again, so that nobody signs in your name."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("That is not your password."))
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("word") != Signature.Word.SIGNED and not cleaned.get("comment", "").strip():
            self.add_error("comment", _("Say what has to change, or why not."))
        return cleaned
