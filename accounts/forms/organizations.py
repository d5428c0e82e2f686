"""An organization's settings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import TimeZoneField
from accounts.forms.identity import ConfirmIdentityMixin
from accounts.models import Organization
from operations.forms import NameField


class OrganizationForm(forms.Form):
    """What the organization is called, and where its days begin."""

    name = NameField(label=_("Name"), max_length=200)
    timezone = TimeZoneField(help_text=_("Due dates are days here."))


class SecondFactorForm(ConfirmIdentityMixin):
    """Of whom a second factor is required, and proof that it is an owner who says so."""

    of_whom = forms.ChoiceField(
        label=_("Who needs a second factor"), choices=Organization.SecondFactor, widget=forms.RadioSelect
    )


class RetentionForm(forms.Form):
    """How long whoever has left is kept with name, address, words and files."""

    keep_people_for_years = forms.IntegerField(
        label=_("People"), min_value=1, max_value=50, help_text=_("Years after they have left.")
    )
    keep_signers_for_years = forms.IntegerField(
        label=_("Those who could sign"),
        min_value=1,
        max_value=50,
        help_text=_("Years after they have left; not fewer, because what they signed may be asked about for longer."),
    )

    def clean(self) -> dict[str, int]:
        years: dict[str, int] = super().clean() or self.cleaned_data
        people, signers = years.get("keep_people_for_years"), years.get("keep_signers_for_years")
        if people and signers and signers < people:
            self.add_error("keep_signers_for_years", _("Whoever could sign is kept at least as long as the others."))
        return years


class JobRoleForm(forms.Form):
    """A job role of the organization's own."""

    name = NameField(label=_("New job role"), max_length=200)


class SignOffGroupForm(forms.Form):
    """A further group that signs."""

    name = NameField(
        label=_("New sign-off group"),
        max_length=200,
        help_text=_("It signs after the groups there are; as long as nobody belongs to it, it signs nothing."),
    )


class RenameForm(forms.Form):
    """What a job role or a sign-off group is called from now on."""

    name = NameField(label=_("Name"), max_length=200)
