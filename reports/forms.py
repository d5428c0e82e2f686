"""Filters of reports."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.queries import NOUNS


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
        error_messages={"invalid": _("Write a subject as the log does, such as decision:12.")},
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["action"]).choices = [
            ("", _("Everything")),
            *((f"{noun}.", noun) for noun in NOUNS),
        ]

    def named(self) -> list[tuple[str, object]]:
        """The filters that are set, by their labels."""
        return [(str(self.fields[name].label), value) for name, value in self.cleaned_data.items() if value]
