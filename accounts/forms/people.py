"""The people list and what can be changed about a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import TimeZoneField, group_field, job_role_field, level_field, team_field
from accounts.models import AccessPeriod, Organization
from accounts.queries import Standing
from accounts.rights import Right
from operations.forms import NameField

ACTIVE, LEFT = "active", "left"


class PeopleFilterForm(forms.Form):
    """Search and filters of the people list; every field may be empty."""

    search = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        help_text=_("The beginning of any part of the name, or of the address."),
    )
    level = forms.ChoiceField(
        label=_("Access level"), required=False, choices=[("", _("Any")), *AccessPeriod.Level.choices]
    )
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Active")), (LEFT, _("Left"))])

    field_order = ("search", "team", "job_role", "level", "status")

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = team_field(organization, empty_label=gettext("Any"))
        self.fields["job_role"] = job_role_field(organization, empty_label=gettext("Any"))
        self.order_fields(self.field_order)


class PlacementForm(forms.Form):
    """Where a person works and what their job is."""

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = team_field(organization, empty_label=gettext("No team"))
        self.fields["job_role"] = job_role_field(organization, empty_label=gettext("No job role"))


class LevelForm(forms.Form):
    """The access level of a person."""

    def __init__(self, *args: Any, held: frozenset[Right], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"] = level_field(held=held)


class GroupsForm(forms.Form):
    """A group that a person is to sign for, of those they don't sign for yet."""

    def __init__(
        self, *args: Any, organization: Organization, held: frozenset[Right], standing: Standing, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        group = group_field(organization, held=held, but=standing.groups, empty_label=gettext("Choose a group"))
        group.required = True
        self.fields["group"] = group


class ProfileForm(forms.Form):
    """What a person says of themselves."""

    name = NameField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    timezone = TimeZoneField(
        required=False,
        help_text=_("Reminders reach you in the morning of this time zone."),
    )
