"""Our own word on a fact, and accepting several at once."""

import datetime as dt
from typing import Any, cast

from dateutil.relativedelta import relativedelta
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from catalog.models import Fact
from governance.actions.papers import NEEDS_TEXT
from governance.models import OwnWord
from operations.errors import ActionRefused
from operations.files import KINDS, allowed_words, check_file
from operations.forms import HAS_PASSED, DayField, NameField, TextField

Kind = OwnWord.Kind
# How long a word counts where nobody says how long; a fact that was checked as long as one of its topic is taken.
MONTHS = {Kind.IN_WRITING: 12, Kind.ACCEPTED: 6}


class UploadField(forms.FileField):
    """A file of a kind that is kept."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(KINDS)}))
        super().__init__(required=False, help_text=lazy(allowed_words, str)(), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        file = super().clean(data, initial)
        try:
            if file:
                check_file(file)
        except ActionRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return file


class OwnWordForm(forms.Form):
    """What the organization says of one fact."""

    kind = forms.ChoiceField(
        label=_("What we say"),
        choices=[(kind.value, kind.label) for kind in Kind if kind != Kind.CHECKED],
        widget=forms.RadioSelect,
    )
    text = TextField(
        label=_("In words"),
        required=False,
        rows=2,
        max_length=2000,
        help_text=_(
            "The clause or what the letter says; what was asked; or why it is acceptable. It is part of what is signed."
        ),
    )
    asked_of = NameField(
        label=_("Whom did you ask?"),
        required=False,
        max_length=200,
        help_text=_("Only for “asked”: the vendor’s desk or mailbox, not a person’s name."),
    )
    link = forms.URLField(label=_("Link to the paper"), required=False, max_length=500, assume_scheme="https")
    upload = UploadField(label=_("Or the paper itself"))
    expires_on = DayField(
        label=_("It counts until"),
        required=False,
        help_text=_(
            "Of what was asked: when the answer is due. Left empty: a year for a paper, half a year for what is accepted."
        ),
    )

    def __init__(self, *args: Any, fact: Fact, today: dt.date, **kwargs: Any) -> None:
        kwargs["prefix"] = f"fact-{fact.pk}"
        super().__init__(*args, **kwargs)
        self.fact, self.today = fact, today

    def clean_expires_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["expires_on"]
        if day and day < self.today:
            raise forms.ValidationError(HAS_PASSED)
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if kind in NEEDS_TEXT and not data.get("text", "").strip() and "text" not in self.errors:
            self.add_error("text", NEEDS_TEXT[Kind(kind)])
        if kind == Kind.ASKED and not data.get("asked_of") and "asked_of" not in self.errors:
            self.add_error("asked_of", _("Say whom you asked."))
        if kind == Kind.ASKED and not data.get("expires_on") and "expires_on" not in self.errors:
            self.add_error("expires_on", _("Say when the answer is due."))
        if kind in MONTHS and not data.get("expires_on"):
            data["expires_on"] = self.today + relativedelta(months=MONTHS[Kind(kind)])
        return data


class AcceptForm(forms.Form):
    """Several facts, accepted with one reason."""

    chosen = forms.MultipleChoiceField(label=_("What you accept"), widget=forms.CheckboxSelectMultiple)
    why = TextField(
        label=_("Why"),
        rows=3,
        max_length=2000,
        help_text=_("One reason for all that is ticked. It is part of what is signed."),
    )
    expires_on = DayField(label=_("It counts until"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], today: dt.date, **kwargs: Any) -> None:
        """:param choices: the keys of what may be accepted, each in words."""
        kwargs.setdefault(
            "initial",
            {
                "chosen": [key for key, _words in choices],
                "expires_on": today + relativedelta(months=MONTHS[Kind.ACCEPTED]),
            },
        )
        super().__init__(*args, **kwargs)
        self.today = today
        cast(forms.MultipleChoiceField, self.fields["chosen"]).choices = choices

    def clean_expires_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["expires_on"]
        if day < self.today:
            raise forms.ValidationError(HAS_PASSED)
        return day
