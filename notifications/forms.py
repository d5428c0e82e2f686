"""Filters of the mail pages, and what a person wants to be told."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.models import OutgoingMail


class OutboxFilterForm(forms.Form):
    """By address."""

    address = forms.CharField(label=_("Whole address"), required=False, max_length=320)

    def criteria(self) -> dict[str, str]:
        """What is filtered by; what was not understood filters nothing."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


class MailFilterForm(OutboxFilterForm):
    """By state, kind and address."""

    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Every state")), *OutgoingMail.Status.choices]
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Every kind")), *OutgoingMail.Kind.choices]
    )
    field_order = ("status", "kind", "address")


class PreferenceForm(forms.Form):
    """Everything, or only what presses."""

    only_pressing = forms.TypedChoiceField(
        label=_("What do you want to be told by mail?"),
        choices=[
            (False, _("Everything: what is due soon, due today, asked anew, waits for my word")),
            (True, _("Only what is overdue, and what I have to stop using now")),
        ],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
    )
