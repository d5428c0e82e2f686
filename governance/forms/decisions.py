"""Writing, submitting, interrupting and finding decisions."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.queries import may_keep
from audit.actions import DAYS_TO_LOOK_AGAIN
from governance.actions.scopes import EDITABLE
from governance.models import RouteDecision
from governance.queries.permission_modes import acts, permission_modes
from operations.forms import HAS_PASSED, DayField, TextField, choice_field


class DecisionForm(forms.Form):
    """The words of a draft. A draft may be incomplete; submitting is not."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=RouteDecision.Outcome, widget=forms.RadioSelect)
    until = DayField(label=_("Allowed until"), required=False, help_text=_("Only for “allowed until”: the last day."))
    conditions = TextField(
        label=_("Conditions"),
        required=False,
        rows=4,
        help_text=_("What people have to keep to. Everybody whom this covers reads these words."),
    )
    permission_modes = forms.MultipleChoiceField(
        label=_("How far it may act alone"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked is not allowed. Nothing ticked: nothing is said about it."),
    )
    why = TextField(
        label=_("Why"),
        required=False,
        rows=4,
        help_text=_("What speaks for it, in words that still make sense in a year. It is part of what is signed."),
    )
    review_months = forms.IntegerField(
        label=_("Look at it again every … months"), min_value=1, max_value=24, help_text=_("Usually six.")
    )
    keeper = forms.ModelChoiceField(
        label=_("Keeper"),
        queryset=Membership.objects.none(),
        empty_label=None,
        help_text=_("Who looks after it and is asked when it is time to look again."),
    )
    is_material = forms.BooleanField(
        label=_("People who have already answered must look again"),
        required=False,
        help_text=_("Take the tick away only if nothing changes for them, such as better words for the same."),
    )

    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, decision: RouteDecision, replaces: bool, stamp: str, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"shown": stamp, **{name: getattr(decision, name) for name in EDITABLE}})
        super().__init__(*args, **kwargs)
        self._offer_keepers(decision)
        self._offer_modes(decision)
        if not replaces:
            del self.fields["is_material"]

    def _offer_modes(self, decision: RouteDecision) -> None:
        if not acts(decision.route) and not decision.permission_modes:
            del self.fields["permission_modes"]
            return
        modes = cast(forms.MultipleChoiceField, self.fields["permission_modes"])
        modes.choices = [(mode.key, f"{mode.name}: {mode.means}") for mode in permission_modes()]

    def _offer_keepers(self, decision: RouteDecision) -> None:
        keeper = choice_field(self, "keeper")
        keeper.queryset = may_keep(decision.organization)
        keeper.choices = [(person.pk, str(person)) for person in keeper.queryset]

    def show(self, stamp: str) -> None:
        """Carry the stamp of the draft as it stands, because what it says is shown beside what was typed."""
        self.data = cast(QueryDict, self.data).copy()
        self.data["shown"] = stamp

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_until = cleaned.get("outcome") == RouteDecision.Outcome.ALLOWED_UNTIL
        if is_until and not cleaned.get("until") and "until" not in self.errors:
            self.add_error("until", _("Say until when."))
        if not is_until and cleaned.get("until"):
            cleaned["until"] = None
        return cleaned


class SubmitForm(forms.Form):
    """Carries the hash of what the page showed."""

    shown_sha256 = forms.CharField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why a decision is suspended or ended, and whether people must look again."""

    reason = TextField(label=_("Why"), help_text=_("Everybody whom the decision covers can read this."))
    is_material = forms.BooleanField(
        label=_("People who have already answered must look again"), required=False, initial=True
    )
    due_on = DayField(label=_("They have until"), required=False)

    def __init__(self, *args: Any, today: dt.date, asked: int, is_final: bool, **kwargs: Any) -> None:
        """
        :param asked: how many people would be asked again, at most.
        :param is_final: whether it ends for good; what is only suspended is asked about only where somebody wants it so.
        """
        kwargs.setdefault("initial", {"is_material": is_final, "due_on": today + dt.timedelta(days=DAYS_TO_LOOK_AGAIN)})
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["is_material"].help_text = _asked(asked)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_material") and not cleaned.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Say by when people look again."))
        if cleaned.get("is_material") and (cleaned.get("due_on") or self.today) < self.today:
            self.add_error("due_on", HAS_PASSED)
        return cleaned


def _asked(people: int) -> str:
    if not people:
        return gettext("It concerns nobody who has answered anything yet.")
    return ngettext(
        "Up to %(people)d person: of those it covers, whoever has answered a question that shows our decisions, also "
        "where another route was shown beside this one.",
        "Up to %(people)d people: of those it covers, whoever has answered a question that shows our decisions, also "
        "where another route was shown beside this one.",
        people,
    ) % {"people": people}


class ResumeForm(forms.Form):
    """Why a decision is taken up again, or a proposal taken back."""

    reason = TextField(label=_("Why"))


class DiscardForm(ResumeForm):
    """Why a draft is discarded; nobody waits for it, so nobody has to be told why."""

    reason = TextField(label=_("Why, if you like"), required=False)


class DecisionFilter(forms.Form):
    """Which decisions the list shows: of one status, or those that rest on something that was judged to have changed."""

    IN_DOUBT = "needs-another-look"

    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, statuses: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(status, RouteDecision.Status(status).label) for status in statuses]
        doubt = (self.IN_DOUBT, _("Needs another look"))
        cast(forms.ChoiceField, self.fields["status"]).choices = [("", _("All")), *choices, doubt]
