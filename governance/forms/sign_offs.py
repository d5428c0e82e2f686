"""A signer's word."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import ConfirmIdentityMixin
from governance.models import Signature
from operations.forms import TextField


class WordForm(ConfirmIdentityMixin):
    """Sign, ask for changes or reject: with the hash of what was shown, and proof that it is really you."""

    shown_sha256 = forms.CharField(widget=forms.HiddenInput)
    stage = forms.IntegerField(widget=forms.HiddenInput)
    word = forms.ChoiceField(choices=Signature.Word, widget=forms.HiddenInput)
    comment = TextField(
        label=_("Your comment"),
        required=False,
        help_text=_("Needed when you ask for changes or reject; the proposer reads it."),
    )

    def clean(self) -> dict[str, object]:
        said = self.cleaned_data
        if said.get("word") != Signature.Word.SIGNED and not said.get("comment", "").strip():
            self.add_error("comment", _("Say what has to change, or why not."))
        return super().clean()
