"""What a person says of clauses that a vendor changed, and of the facts that rest on them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.forms import NOWHERE, place_choices
from catalog.models import Fact, PolicySource
from operations.forms import DayField, TextField
from reviews.forms.reviews import LIES_AHEAD, JudgeForm
from reviews.models import PolicyVerdict


class VerdictForm(JudgeForm):
    """Editorial, material, or Legal has to look; why, and until when people have to answer again.

    ``previewed`` is what the page has shown of whom a material verdict asks again: it is confirmed, or shown anew.
    """

    verdict = forms.ChoiceField(label=_("What changed is"), choices=PolicyVerdict.Verdict, widget=forms.RadioSelect)
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("verdict", "because", "due_on")

    def __init__(self, *args: Any, asks_legal: bool, suggested: dict[str, str], **kwargs: Any) -> None:
        """
        :param asks_legal: whether somebody signs for Legal.
        :param suggested: what it begins with.
        """
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, **suggested}
        if not asks_legal:
            field: Any = self.fields["verdict"]
            field.choices = [choice for choice in field.choices if choice[0] != PolicyVerdict.Verdict.LEGAL]


class FactWordForm(forms.Form):
    """One fact that a changed clause concerns: what is so now, if that is otherwise, and where it is said."""

    changes = forms.BooleanField(label=_("This is not so any more"), required=False)
    attaches = forms.BooleanField(label=_("This clause is where it is said"), required=False)
    place = forms.ChoiceField(label=_("Where it is said now"), required=False)
    statement = TextField(label=_("What is so now"), rows=3)
    detail = TextField(label=_("More about it"), required=False, rows=3)
    state = forms.ChoiceField(label=_("Is it known?"), choices=Fact.State)
    as_of = DayField(label=_("As of"))

    def __init__(
        self,
        sent: Any,
        *,
        fact: Fact,
        is_candidate: bool,
        places: Sequence[str],
        place: str,
        as_of: dt.date,
        today: dt.date,
    ) -> None:
        """
        :param sent: what was posted, or None.
        :param is_candidate: it cites the page without saying where.
        :param places: the heading paths of the new text, where that in which it stood is gone; else nothing.
        :param place: the one of them that is likeliest, if any is.
        :param as_of: the day on which the new text was seen.
        :param today: where the organization is.
        """
        self.fact, self.today = fact, today
        initial = {
            "changes": False,
            "statement": fact.statement,
            "detail": fact.detail,
            "state": fact.state,
            "as_of": as_of,
            "place": place or NOWHERE,
        }
        super().__init__(sent, prefix=f"fact-{fact.pk}", initial=initial)
        if not fact.detail:
            del self.fields["detail"]
        if not is_candidate:
            del self.fields["attaches"]
        if places:
            field: Any = self.fields["place"]
            field.choices = place_choices(places)
        else:
            del self.fields["place"]

    def clean_as_of(self) -> dt.date:
        day: dt.date = self.cleaned_data["as_of"]
        if day > self.today:
            raise forms.ValidationError(LIES_AHEAD)
        return day

    def check_words(self) -> None:
        """What is said otherwise has to say something else; looked at where the verdict is material."""
        said = self.cleaned_data
        said_before = {name: getattr(self.fact, name).strip() for name in ("statement", "detail", "state")}
        is_same = all(said.get(name, "") == before for name, before in said_before.items())
        if said.get("changes") and is_same:
            self.add_error(
                "statement", _("This says what it said before: write what is so now, or leave this fact unticked.")
            )

    def words(self) -> dict[str, Any] | None:
        """What ``catalog.add_fact`` takes; None where nothing is said otherwise."""
        said = self.cleaned_data
        if not said["changes"]:
            return None
        return {
            "statement": said["statement"],
            "state": said["state"],
            "promise": self.fact.promise,
            "detail": said.get("detail", ""),
            "uncertain_why": self.fact.uncertain_why,
            "as_of": said["as_of"],
            "as_of_precision": PolicySource.Precision.DAY,
        }
