"""Inviting and joining."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import group_field, job_role_field, level_field, team_field
from accounts.forms.identity import code_field, wrong_code
from accounts.http import PersonRequest
from accounts.models import Invitation, Organization, User
from accounts.reauthentication import confirm_by_code
from accounts.rights import Right, may_grant_group, needs_password
from operations.forms import NameField


class InvitationForm(forms.Form):
    """Whom to invite, and the place that waits for them."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = NameField(
        label=_("Name"), required=False, max_length=200, help_text=_("They can correct it when they join.")
    )

    def __init__(self, *args: Any, organization: Organization, held: frozenset[Right], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = team_field(organization, empty_label=gettext("No team"))
        self.fields["job_role"] = job_role_field(organization, empty_label=gettext("No job role"))
        self.fields["level"] = level_field(held=held, with_outsiders=may_grant_group(held))
        if may_grant_group(held):
            self.fields["group"] = group_field(organization, held=held, empty_label=gettext("No sign-off group"))


class AcceptForm(forms.Form):
    """What somebody new says of themselves; of somebody who has an account only that its address is theirs.

    :param proves_by_code: the request of whoever has to type a code that was sent to the address; else None.
    """

    def __init__(
        self,
        *args: Any,
        invitation: Invitation,
        is_new: bool,
        proves_by_code: PersonRequest | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.proves_by_code = proves_by_code
        if is_new:
            self._ask_somebody_new()
        if proves_by_code:
            self.fields["code"] = code_field()

    def _ask_somebody_new(self) -> None:
        confirms = needs_password(level=self.invitation.level, is_signer=self.invitation.group_id is not None)
        # Without mail no code would ever reach them.
        gets_no_code = not settings.MAIL_TRANSPORT and not self.invitation.organization.is_demo
        self.fields["name"] = NameField(
            label=_("Your name"),
            max_length=200,
            initial=self.invitation.name,
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            required=confirms or gets_no_code,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=_("At least 12 characters. What you will do here is confirmed with it.")
            if confirms
            else _("At least 12 characters. No mail is set up here, so no code could be sent to you.")
            if gets_no_code
            else _("At least 12 characters. Or leave it empty: then a code is sent to you whenever you sign in."),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.proves_by_code and not self.errors and not confirm_by_code(self.proves_by_code, cleaned.pop("code")):
            self.add_error("code", wrong_code())
        return cleaned

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if password:
            user = User(email=self.invitation.email, name=self.cleaned_data.get("name", ""))
            password_validation.validate_password(password, user)
        return password
