"""The forms of beginning."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import TimeZoneField
from accounts.models import User
from operations.forms import NameField


class SetUpForm(forms.Form):
    """An organization and its owner."""

    organization = NameField(label=_("Name of your organization"), max_length=200)
    timezone = TimeZoneField(
        initial="UTC",
        help_text=_("Due dates are days there."),
        widget=forms.Select(attrs={"data-browser-zone": True}),
    )
    name = NameField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters. You confirm with it what you sign."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )

    def clean_password(self) -> str:
        """As strong as everywhere, and unlike the name and address typed above."""
        password = self.cleaned_data["password"]
        person = User(name=self.cleaned_data.get("name", ""), email=self.cleaned_data.get("email", ""))
        validate_password(password, user=person)
        return password
