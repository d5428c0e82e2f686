"""A checklist's own words, and whom it is for."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import JobRole, Organization
from accounts.queries import keeper_now, may_keep
from catalog.queries import routes
from checklists.models import AssignmentRule, Checklist
from operations.forms import HAS_PASSED, NameField, TextField, choice_field


class DetailsForm(forms.ModelForm):
    """A checklist's name, purpose, minutes, review interval and keeper: the one who keeps it now stands there, also where
    the one who was named has left."""

    class Meta:
        model = Checklist
        fields: tuple[str, ...] = ("name", "purpose", "minutes", "review_months", "keeper")
        field_classes = {"name": NameField, "purpose": NameField}
        labels = {"keeper": _("Keeper")}
        help_texts = {"keeper": _("Who is asked by whoever is not sure, and when it is time to look again.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keeper = choice_field(self, "keeper")
        keeper.queryset, keeper.empty_label, keeper.required = may_keep(self.instance.organization), None, True
        # Choosing is how somebody takes over from whoever left.
        self.initial["keeper"] = keeper_now(self.instance.organization, self.instance.keeper_id)


class NewChecklistForm(DetailsForm):
    """A checklist of one's own; empty, or with the questions of another one."""

    like = forms.ModelChoiceField(
        Checklist.objects.none(),
        label=_("Begin with"),
        required=False,
        empty_label=_("No questions yet"),
        help_text=_("The same questions, each answered once for both lists."),
    )

    class Meta(DetailsForm.Meta):
        fields = ("name", "purpose", "kind", "minutes", "review_months", "keeper")
        labels = {**DetailsForm.Meta.labels, "kind": _("Kind")}
        help_texts = {
            **DetailsForm.Meta.help_texts,
            "kind": _("A personal list is answered by everyone it reaches, a shared one once for all or for a team."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = self.instance.organization.checklists.filter(archived_at=None, versions__published_at__isnull=False)
        choice_field(self, "like").queryset = mine.distinct()


class AskPeopleForm(forms.ModelForm):
    """Until when people picked by name answer, and why they are asked; of one person, also which checklist."""

    checklist = forms.ModelChoiceField(label=_("Checklist"), queryset=Checklist.objects.none(), empty_label=None)
    reason = TextField(label=_("Why do you ask them?"), max_length=1000, help_text=_("They read it on their list."))
    find = forms.CharField(label=_("Find people by name or address"), required=False, max_length=100)

    class Meta:
        model = AssignmentRule
        fields = ("due_days", "due_on")
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"})}

    field_order = ("checklist", "find", "reason", "due_days", "due_on")

    def __init__(self, *args: Any, lists: QuerySet[Checklist] | None, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if lists is None:
            del self.fields["checklist"]
        else:
            del self.fields["find"]
            choice_field(self, "checklist").queryset = lists

    def clean_due_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["due_on"]
        if day and day < self.today:
            raise forms.ValidationError(HAS_PASSED)
        return day


class AssignForm(forms.ModelForm):
    """Whom a checklist is for; all three empty is everyone."""

    class Meta:
        model = AssignmentRule
        fields = ("team", "job_role", "route", "due_days", "due_on")
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args: Any, organization: Organization, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "team").queryset = organization.teams.filter(archived_at=None)
        choice_field(self, "team").empty_label = _("All teams")
        if checklist.kind == Checklist.Kind.SHARED:
            del self.fields["job_role"], self.fields["route"]
            choice_field(self, "team").empty_label = _("The organization as one")
            return
        choice_field(self, "job_role").queryset = JobRole.objects.filter(organization=organization, archived_at=None)
        choice_field(self, "job_role").empty_label = _("All job roles")
        choice_field(self, "route").queryset = routes(organization)
        choice_field(self, "route").empty_label = _("Whatever routes they have")
