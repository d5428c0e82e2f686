"""What is typed when an adoption review begins or changes, and about one question of its board."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, SignOffGroup
from accounts.queries import may_keep
from catalog.models import AccessRoute
from checklists.models import UsageInquiry
from checklists.queries.usage import how_many_are_asked
from operations.forms import HAS_PASSED, DayField, NameField, TextField, choice_field
from reviews.queries.adoption import routes_to_choose


class AdoptionForm(forms.Form):
    """What an adoption review is about."""

    name = NameField(label=_("Name"), max_length=200, help_text=_("Such as “Claude Code for Engineering”."))
    scope = NameField(
        label=_("Scope, in one sentence"), max_length=500, help_text=_("Who is to use what, for which work.")
    )
    target_on = DayField(
        label=_("Target date"),
        help_text=_("Everything is planned back from this day; you can move it, and any question."),
    )
    keeper = forms.ModelChoiceField(
        label=_("Keeper"), queryset=Membership.objects.none(), help_text=_("Runs it, and is asked about it.")
    )
    routes = forms.ModelMultipleChoiceField(
        label=_("Routes it is about"),
        queryset=AccessRoute.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each has to be decided, allowed or not. You can choose them later."),
    )

    def __init__(self, *args: Any, organization: Organization, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        choice_field(self, "keeper").queryset = may_keep(organization)
        choice_field(self, "routes").queryset = routes_to_choose(organization)

    def clean_target_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["target_on"]
        if day <= self.today and day != self.initial.get("target_on"):
            raise forms.ValidationError(HAS_PASSED)
        return day


class BeginAdoptionForm(AdoptionForm):
    """The same on its first day; what is in use today is asked first."""

    asks_use = forms.BooleanField(
        label=_("Ask everybody what they use today"),
        required=False,
        initial=True,
        help_text=_("Two taps per tool. Only the keeper sees names, everybody else counts of five or more."),
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, organization=organization, **kwargs)
        if UsageInquiry.objects.filter(organization=organization, closed_at=None).exists():
            del self.fields["asks_use"]
            return
        asks_use = self.fields["asks_use"]
        asks_use.help_text = f"{how_many_are_asked(organization)} {asks_use.help_text}"


class ChangeAdoptionForm(AdoptionForm):
    """The same of one that runs, and why it changes."""

    because = TextField(
        label=_("Why does it change?"), rows=2, max_length=2000, help_text=_("Shown on the board with your name.")
    )


class EndAdoptionForm(forms.Form):
    """Why it ends without a decision."""

    because = TextField(label=_("Why does it end?"), max_length=2000, help_text=_("Shown with your name."))


class CommentForm(forms.Form):
    """What somebody has to say about a question."""

    text = TextField(
        label=_("Comment"), max_length=4000, help_text=_("Added for everybody who reads the board; it stays.")
    )


class DayForm(forms.Form):
    """Another day for a question, and why."""

    due_on = DayField(label=_("Due"), required=False, help_text=_("Leave it empty to go back to the planned day."))
    because = TextField(label=_("Why?"), rows=2, max_length=2000)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_due_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["due_on"]
        if day and day < self.today:
            raise forms.ValidationError(HAS_PASSED)
        return day


class KeeperForm(forms.Form):
    """Who looks after a question: somebody who manages, or a sign-off group."""

    whom = forms.ChoiceField(label=_("Who looks after it?"))

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {f"member:{one.pk}": one for one in may_keep(organization)}
        groups = SignOffGroup.objects.filter(organization=organization, archived_at=None)
        self.groups = {f"group:{one.pk}": one for one in groups}
        named = {**self.groups, **self.members}
        self.fields["whom"].choices = [(key, str(one)) for key, one in named.items()]  # type: ignore[attr-defined]  # a ChoiceField

    def keeper(self) -> dict[str, Any]:
        """As ``actions.keep_item`` takes it."""
        whom = self.cleaned_data["whom"]
        return {"member": self.members.get(whom), "group": self.groups.get(whom)}
