"""Finding routes, and adding an organization's own routes and facts."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from catalog.models import AccessRoute, Fact, PolicySource, Tool, Topic
from governance.forms.decisions import day_field

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
        cast(forms.ModelChoiceField, self.fields["tool"]).queryset = tools
        cast(forms.ModelChoiceField, self.fields["base"]).queryset = bases


class FactForm(forms.Form):
    """Something the organization itself says about a route, alone or over what stands there."""

    topic = forms.ModelChoiceField(label=_("About"), queryset=Topic.objects.order_by("position"))
    statement = forms.CharField(label=_("What is so"), widget=forms.Textarea(attrs={"rows": 3}))
    state = forms.ChoiceField(label=_("Is it known?"), choices=Fact.State, initial=Fact.State.KNOWN)
    promise = forms.ChoiceField(label=_("Kind of promise"), choices=Fact.Promise, initial=Fact.Promise.OWN)
    as_of = day_field(label=_("As of"), required=False, help_text=_("The day on which it was so."))
    as_of_note = forms.CharField(
        label=_("Where it says so"), required=False, max_length=300, help_text=_("The paper, page or person.")
    )
    uncertain_why = forms.CharField(
        label=_("What is uncertain"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def words(self) -> dict[str, Any]:
        """What ``catalog.actions.add_fact`` takes."""
        words = dict(self.cleaned_data)
        words["topic"] = words["topic"].pk
        precision = PolicySource.Precision.DAY if words["as_of"] else PolicySource.Precision.UNKNOWN
        return {**words, "as_of_precision": precision}
