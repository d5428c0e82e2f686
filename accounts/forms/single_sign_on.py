"""How an organization's people sign in."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import Way
from accounts.forms.fields import job_role_field, team_field
from accounts.forms.identity import ConfirmIdentityMixin
from accounts.models import Membership, Organization, SingleSignOn
from accounts.openid.failures import ProviderFailed
from accounts.openid.provider import Provider
from operations.forms import NameField
from operations.secrets import encrypt

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


class ProviderForm(ConfirmIdentityMixin):
    """Which provider, who we are to it, and what its word is good for. The provider is asked whether it is one."""

    issuer = forms.URLField(
        label=_("Issuer"),
        max_length=500,
        assume_scheme="https",
        help_text=_("The address of the provider, as it calls itself: https://login.example.com"),
    )
    client_id = forms.CharField(label=_("Client id"), max_length=255)
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted, and never shown again."),
    )
    makes_people = forms.BooleanField(
        label=_("Whoever signs in with it becomes a member"),
        required=False,
        help_text=_(
            "Otherwise only those who belong or are invited come in. Somebody who has left comes back by invitation only."
        ),
    )
    is_second_factor = forms.BooleanField(
        label=_("Its word counts as a second factor"),
        required=False,
        help_text=_("Say so if the provider itself asks for one."),
    )
    team_claim = forms.CharField(
        label=_("Claim that names the team"),
        max_length=100,
        required=False,
        help_text=_("Such as groups or department. Empty: the provider places nobody."),
    )
    job_role_claim = forms.CharField(label=_("Claim that names the job role"), max_length=100, required=False)

    def __init__(self, *args: Any, sign_on: SingleSignOn | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sign_on is not None:
            self.fields["client_secret"].required = False
            self.fields["client_secret"].help_text = _("Kept encrypted. Empty: the one there is stays.")

    def clean_issuer(self) -> str:
        """The issuer as the provider writes it.

        :raises ValidationError: nobody answers there as a provider.
        """
        try:
            return Provider.discovered(self.cleaned_data["issuer"]).issuer
        except ProviderFailed as failed:
            raise forms.ValidationError(what_failed(failed)) from failed

    @property
    def choices(self) -> dict[str, Any]:
        """What was typed, with the secret encrypted."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "client_secret"}
        secret = self.cleaned_data["client_secret"]
        return {**said, "secret_kept": encrypt(secret) if secret else ""}


class WayForm(ConfirmIdentityMixin):
    """How far single sign-on is turned on."""

    way = forms.ChoiceField(
        label=_("People whose address is of a verified domain sign in …"),
        choices=[
            (Way.OFF.value, _("With a code or a password: single sign-on is off")),
            (Way.BESIDE.value, _("With the provider, a code or a password, as they like")),
            (Way.ONLY.value, _("With the provider only")),
        ],
        widget=forms.RadioSelect,
    )


class EmailDomainForm(forms.Form):
    """What stands behind the @ in the organization's addresses."""

    domain = forms.CharField(
        label=_("Domain"), max_length=253, help_text=_("What stands behind the @ in your addresses: example.com")
    )

    def clean_domain(self) -> str:
        """In lower case, as name servers know it.

        :raises ValidationError: it is none.
        """
        try:
            domain = self.cleaned_data["domain"].strip().rstrip(".").lower().encode("idna").decode()
        except UnicodeError:
            domain = ""
        if not _DOMAIN.fullmatch(domain):
            raise forms.ValidationError(_("This is not a domain: type what stands behind the @."))
        return domain


class ClaimRuleForm(forms.Form):
    """Where a value of a claim leads."""

    value = NameField(label=_("When the claim says"), max_length=200, help_text=_("As the provider writes it."))

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = team_field(organization, empty_label=gettext("No team"))
        self.fields["job_role"] = job_role_field(organization, empty_label=gettext("No job role"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("team")) == bool(cleaned.get("job_role")):
            self.add_error(None, _("Choose either a team or a job role; for both, add two."))
        return cleaned


class SubjectForm(ConfirmIdentityMixin):
    """Whose account at the provider is another one from now on."""

    email = forms.EmailField(label=_("Their e-mail address here"))

    def __init__(self, *args: Any, people: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people

    def clean_email(self) -> str:
        """Keeps the person as ``membership`` beside the address.

        :raises ValidationError: nobody here has the address.
        """
        email: str = self.cleaned_data["email"].lower()
        self.cleaned_data["membership"] = self.people.filter(user__email=email).first()
        if self.cleaned_data["membership"] is None:
            raise forms.ValidationError(_("Nobody here has this address."))
        return email


def what_failed(failed: ProviderFailed) -> str:
    """In words for whoever configures it."""
    words = {
        "unavailable": gettext("The provider can’t be reached: %(detail)s."),
        "document": gettext("What answers there doesn’t describe itself as an OpenID provider (%(detail)s)."),
        "issuer": gettext("The provider that answers there calls itself by another address: type its issuer."),
        "client": gettext("The provider doesn’t know this client, or its secret is wrong."),
        "code": gettext(
            "The provider didn’t accept the sign-in it had just confirmed. Compare the redirect address there with ours."
        ),
        "token": gettext(
            "The provider’s word can’t be believed: its signature, its time or its addressee is wrong (%(detail)s)."
        ),
    }
    return words[failed.code] % {"detail": failed.detail}
