"""Filters of reports."""

from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from operations.forms import DayField
from reports.words import ACTIONS, FAMILIES


class AuditFilterForm(forms.Form):
    """By person, action, subject and time; every field may be empty."""

    person = forms.CharField(
        label=_("Person"), required=False, max_length=200, help_text=_("The beginning of a name, or an address.")
    )
    action = forms.ChoiceField(label=_("Action"), required=False)
    subject = forms.RegexField(
        label=_("Subject"),
        regex=r"^[a-z-]*(:[0-9a-f-]*)?$",
        required=False,
        max_length=120,
        help_text=_("As a line names it, such as decision:12; decision alone finds all of them."),
        error_messages={"invalid": _("Write a subject as the log does, such as decision:12.")},
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["action"]).choices = [
            ("", _("Everything")),
            *((label, _of_family(family)) for family, label in FAMILIES.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """A last day before the first would find nothing and say so as if nothing had happened."""
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("This day lies before the first one."))
        return data

    def named(self) -> list[tuple[str, object]]:
        """The filters that are set, by their labels."""
        return [(str(self.fields[name].label), value) for name, value in self.cleaned_data.items() if value]


def _of_family(family: str) -> list[tuple[str, str | Promise]]:
    """All of a family, then each of its actions."""
    everything = _("%(family)s: everything") % {"family": FAMILIES[family]}
    return [(f"{family}.", everything), *((a, label) for a, label in ACTIONS.items() if a.startswith(f"{family}."))]


class ClearedForm(forms.Form):
    """Who may have access to a route, or who no longer does since a day."""

    which = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("", _("Cleared")), ("no-longer", _("No longer cleared"))]
    )
    since = DayField(label=_("No longer since"), required=False)
