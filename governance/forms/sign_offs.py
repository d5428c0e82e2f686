"""A signer's word."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import ConfirmIdentityMixin
from governance.models import Signature


class WordForm(ConfirmIdentityMixin):
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

    def clean(self) -> dict[str, object]:
        said = self.cleaned_data
        if said.get("word") != Signature.Word.SIGNED and not said.get("comment", "").strip():
            self.add_error("comment", _("Say what has to change, or why not."))
        return super().clean()
