"""Teams and their leads."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from operations.forms import NameField


class TeamForm(forms.Form):
    """What a team is called."""

    name = NameField(label=_("Name of the team"), max_length=200)


class LeadForm(forms.Form):
    """Who leads a team: somebody found by their address, so that no list of everybody is loaded."""

    email = forms.EmailField(
        label=_("E-mail address of the lead"),
        required=False,
        help_text=_("Leave it empty when nobody leads the team."),
    )

    def __init__(self, *args: Any, people: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people

    def clean_email(self) -> str:
        """Keeps the person as ``membership`` beside the address.

        :raises ValidationError: nobody here has the address.
        """
        email = self.cleaned_data["email"].lower()
        self.cleaned_data["membership"] = self.people.filter(user__email=email).first() if email else None
        if email and self.cleaned_data["membership"] is None:
            raise forms.ValidationError(_("Nobody here has this address."))
        return email
