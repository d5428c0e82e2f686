"""The forms of beginning."""

from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import TimeZoneField
from accounts.models import User
from home.queries.solo import meanings
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


class SoloForm(forms.Form):
    """The four questions to whoever works alone; the time zone is the computer's."""

    plan = forms.ChoiceField(label=_("Which plan do you pay for?"), widget=forms.RadioSelect)
    code = forms.ChoiceField(label=_("Whose code is it?"), widget=forms.RadioSelect)
    system = forms.ChoiceField(label=_("Which system do you work on?"), widget=forms.RadioSelect)
    place = forms.ChoiceField(label=_("Where do you use Claude Code?"), widget=forms.RadioSelect)
    timezone = TimeZoneField(initial="UTC", widget=forms.Select(attrs={"data-browser-zone": True, "hidden": True}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question, answers in (("plan", "plans"), ("code", "codes"), ("system", "systems"), ("place", "places")):
            choices = [(key, one["label"]) for key, one in meanings()[answers].items()]
            cast(forms.ChoiceField, self.fields[question]).choices = choices

    def clean_code(self) -> str:
        """What belongs to somebody else is not for one person to decide."""
        code = self.cleaned_data["code"]
        if "condition" not in meanings()["codes"][code]:
            raise forms.ValidationError(_("Then you don’t decide alone: set up an organization, with this same link."))
        return str(code)

    def clean(self) -> dict[str, Any]:
        """A plan that is not there in this place is said."""
        said = self.cleaned_data
        if {"plan", "place"} <= said.keys() and said["place"] not in meanings()["plans"][said["plan"]]["routes"]:
            self.add_error("place", _("Not with this plan."))
        return said


class CompanyForm(forms.Form):
    """What somebody who worked alone says when they do so no more."""

    name = NameField(label=_("Name of your organization"), max_length=200)
    person = NameField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("You sign in with it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
