"""Erasing somebody who has left, and keeping them for a reason."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.identity import ConfirmIdentityMixin
from operations.forms import TextField


class EraseForm(ConfirmIdentityMixin):
    """It can't be taken back: whoever does it says who they are, and that they have read what goes."""

    is_read = forms.BooleanField(label=_("I have read what goes. It can't be taken back."))


class KeepForm(forms.Form):
    """Why somebody is not erased for now."""

    because = TextField(
        label=_("Why they are kept"),
        max_length=2000,
        rows=3,
        help_text=_("Such as a dispute in which what they did may be asked about. Owners read it."),
    )
