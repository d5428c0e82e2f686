"""What is typed when a go or no-go is proposed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from operations.forms import TextField
from reviews.models import AdoptionVerdict
from reviews.queries.verdicts import Blocker


class VerdictForm(forms.Form):
    """Go or no-go, why, and of a go why each thing that is open is accepted: one by one, or all with one reason."""

    shown_sha256 = forms.CharField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("What do you propose?"), choices=AdoptionVerdict.Outcome, widget=forms.RadioSelect
    )
    because = TextField(label=_("Why?"), max_length=4000, help_text=_("Those who sign read it, with your name."))
    for_all = TextField(
        label=_("For a go: why what is open may stay open"),
        required=False,
        rows=2,
        max_length=2000,
        help_text=_("Holds for everything below that has no reason of its own; part of what is signed."),
    )

    def __init__(self, *args: Any, blockers: Sequence[Blocker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blockers = blockers
        if not blockers:
            del self.fields["for_all"]
        for one in blockers:
            self.fields[one.key] = TextField(label=one.title, required=False, rows=1, max_length=2000)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        missing = [one.key for one in self.blockers if not said.get(one.key)]
        if not missing or said.get("outcome") != AdoptionVerdict.Outcome.GO or said.get("for_all"):
            return said
        if len(missing) == len(self.blockers):
            self.add_error("for_all", _("Say why what is open may stay open: one reason for all, or one by one."))
        else:
            for key in missing:
                self.add_error(key, _("Say why this may stay open, or give one reason for all."))
        return said

    def own_reasons(self) -> list[forms.BoundField]:
        """The fields of what is open, one by one."""
        return [self[one.key] for one in self.blockers]

    def said(self) -> dict[str, Any]:
        """As ``actions.propose_verdict`` takes it."""
        data = self.cleaned_data
        for_all = data.get("for_all", "")
        accepted = {one.key: data[one.key].strip() or for_all for one in self.blockers}
        return {name: data[name] for name in ("outcome", "because", "shown_sha256")} | {"accepted": accepted}


class WithdrawVerdictForm(forms.Form):
    """Why what waits for signatures is taken back."""

    because = TextField(label=_("Why?"), rows=2, max_length=2000, help_text=_("Shown on the board with your name."))
