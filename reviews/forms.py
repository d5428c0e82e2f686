"""What a keeper says when a review or a change waits for them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import ChangeAssessment, Review


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
    because = forms.CharField(
        label=_("Why? One sentence"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown to the auditor with your name."),
    )


class JudgeForm(forms.Form):
    """Editorial or material, why, and until when people have to answer again."""

    verdict = forms.ChoiceField(label=_("This change is"), choices=ChangeAssessment.Verdict, widget=forms.RadioSelect)
    because = forms.CharField(
        label=_("Why? One sentence"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown to the auditor with your name."),
    )
    due_on = forms.DateField(
        label=_("Answer again by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Needed when the change is material."),
    )

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("verdict") == ChangeAssessment.Verdict.MATERIAL and not data.get("due_on"):
            self.add_error("due_on", _("Choose the day until which people have to answer again."))
        return data
