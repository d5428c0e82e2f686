"""Finding routes, and adding an organization's own."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from catalog.models import AccessRoute, Tool
from operations.forms import NameField, TextField, choice_field

REPLIES = ("trains", "reaches_vendor", "zero_retention", "audit_log")


class RouteFilter(forms.Form):
    """Which routes the list shows."""

    text = forms.CharField(label=_("Search"), required=False, max_length=100)
    vendor = forms.ChoiceField(label=_("Vendor"), required=False)
    tier = forms.ChoiceField(label=_("Tier"), required=False, choices=[("", _("All")), *AccessRoute.Tier.choices])
    trains = forms.ChoiceField(label=_("Trains by default?"), required=False)
    reaches_vendor = forms.ChoiceField(label=_("Reaches the vendor?"), required=False)
    zero_retention = forms.ChoiceField(label=_("Zero retention possible?"), required=False)
    audit_log = forms.ChoiceField(label=_("Audit log?"), required=False)

    def __init__(self, *args: Any, vendors: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["vendor"]).choices = [("", _("All")), *((name, name) for name in vendors)]
        for name in REPLIES:
            cast(forms.ChoiceField, self.fields[name]).choices = [("", _("All")), *AccessRoute.Reply.choices]


class RouteForm(forms.ModelForm):
    """A route of the organization's own."""

    class Meta:
        model = AccessRoute
        fields = ("name", "tool", "short_code", "tier", "surface", "base", "suited_for", "warning", *REPLIES)
        field_classes = {"name": NameField, "short_code": NameField, "suited_for": NameField, "warning": TextField}
        help_texts = {
            "short_code": _("Up to four letters or digits; it identifies the route wherever it appears."),
            "base": _("The route underneath, whose contract and retention apply."),
            "warning": _("What people could take it for, if anything."),
        }
        widgets = {"warning": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tools = Tool.objects.visible_to(organization).filter(retired_at=None).order_by("vendor", "name")
        bases = AccessRoute.objects.visible_to(organization).filter(retired_at=None).order_by("name")
        choice_field(self, "tool").queryset = tools
        choice_field(self, "base").queryset = bases
        choice_field(self, "tool").empty_label = gettext("Choose a tool")
        choice_field(self, "base").empty_label = gettext("None")
        for name, choices in (("tier", AccessRoute.Tier.choices), ("surface", AccessRoute.Surface.choices)):
            cast(forms.ChoiceField, self.fields[name]).choices = [("", gettext("Choose one")), *choices]
