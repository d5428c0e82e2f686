"""What a keeper says when a review or a change waits for them, and what the organization says itself."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.actions import DAYS_TO_LOOK_AGAIN
from catalog.models import Fact, PolicySource, Topic
from operations.forms import HAS_PASSED, DayField, NameField, TextField
from reviews.models import ChangeAssessment, Review

LIES_AHEAD = _("This day lies ahead: say since when it has been so.")


class CloseReviewForm(forms.Form):
    """One sentence, and whether the thing still holds."""

    outcome = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[
            (Review.Outcome.HOLDS, _("It still holds")),
            (Review.Outcome.EDITORIAL, _("It needs new words; nobody has to look again")),
            (Review.Outcome.MATERIAL, _("It has to change in a way that matters; people have to look again")),
        ],
        widget=forms.RadioSelect,
    )
    because = TextField(
        label=_("Why? One sentence"),
        max_length=2000,
        help_text=_("Shown to the auditor with your name."),
    )


class JudgeForm(forms.Form):
    """Editorial or material, why, and until when people have to answer again."""

    verdict = forms.ChoiceField(label=_("This change is"), choices=ChangeAssessment.Verdict, widget=forms.RadioSelect)
    because = TextField(
        label=_("Why? One sentence"),
        max_length=2000,
        help_text=_("Shown to the auditor with your name."),
    )
    due_on = DayField(
        label=_("Answer again by"),
        required=False,
        help_text=_("Needed when the change is material."),
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"due_on": today + dt.timedelta(days=DAYS_TO_LOOK_AGAIN)})
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_material = data.get("verdict") == ChangeAssessment.Verdict.MATERIAL
        if is_material and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Choose the day until which people have to answer again."))
        if is_material and (data.get("due_on") or self.today) < self.today:
            self.add_error("due_on", HAS_PASSED)
        return data


class FactForm(forms.Form):
    """Something the organization itself says about a route, alone or over what stands there."""

    topic = forms.ModelChoiceField(
        label=_("About"), queryset=Topic.objects.order_by("position"), empty_label=_("Choose a topic")
    )
    statement = TextField(label=_("What is so"))
    state = forms.ChoiceField(label=_("Is it known?"), choices=Fact.State, initial=Fact.State.KNOWN)
    promise = forms.ChoiceField(label=_("Kind of promise"), choices=Fact.Promise, initial=Fact.Promise.OWN)
    as_of = DayField(label=_("As of"), required=False, help_text=_("The day on which it was so."))
    source_title = NameField(
        label=_("Where it says so"),
        required=False,
        max_length=300,
        help_text=_("The paper, page or person; it is shown as the source."),
    )
    source_url = forms.URLField(
        label=_("Its address"), required=False, max_length=500, assume_scheme="https", help_text=_("If it has one.")
    )
    uncertain_why = TextField(label=_("What is uncertain"), required=False, rows=2)

    def __init__(self, *args: Any, over: Fact | None, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.over, self.today = over, today
        if over:
            del self.fields["topic"]
            self.initial = {"statement": over.statement, "state": over.state, **self.initial}

    def clean_as_of(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["as_of"]
        if day and day > self.today:
            raise forms.ValidationError(LIES_AHEAD)
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("state") != Fact.State.UNKNOWN and not data.get("source_title"):
            self.add_error("source_title", _("Name the paper, page or person that says so."))
        return data

    def words(self) -> dict[str, Any]:
        """What ``actions.add_own_fact`` takes."""
        words = dict(self.cleaned_data)
        words["topic"] = self.over.topic_id if self.over else words["topic"].pk
        precision = PolicySource.Precision.DAY if words["as_of"] else PolicySource.Precision.UNKNOWN
        return {**words, "as_of_precision": precision}
