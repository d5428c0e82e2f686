"""Whom a list shows."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import JobRole, Organization, Team
from catalog.models import AccessRoute
from checklists.models import Assignment, Checklist, ChecklistVersion
from governance.models import ForcePeriod
from operations.forms import choice_field


class QuestionSearchForm(forms.Form):
    """Questions by their words."""

    search = forms.CharField(label=_("Words of the question"), required=False, max_length=200)


class AudienceForm(forms.Form):
    """As whom to look at a checklist."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("No team"))
    job_role = forms.ModelChoiceField(
        JobRole.objects.none(), label=_("Job role"), required=False, empty_label=_("No job role")
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "team").queryset = organization.teams.filter(archived_at=None)
        choice_field(self, "job_role").queryset = organization.job_roles.filter(archived_at=None)


class VersionsForm(forms.Form):
    """Which two versions to compare."""

    def __init__(self, *args: Any, versions: Iterable[ChecklistVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.number, f"{one.number} · {one.get_status_display()}") for one in versions]
        self.fields["before"] = forms.TypedChoiceField(label=_("From version"), choices=choices, coerce=int)
        self.fields["after"] = forms.TypedChoiceField(label=_("To version"), choices=choices, coerce=int)


class TeamFilterForm(forms.Form):
    """Whom to list: of which team.

    :param teams: those the reader sees, read already; whoever sees everyone may ask for people without a team, too.
    """

    NO_TEAM = "none"

    team = forms.ChoiceField(label=_("Team"), required=False)

    def __init__(self, *args: Any, teams: Iterable[Team], sees_everyone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["team"]).choices = [
            ("", _("All teams")),
            *((team.pk, str(team)) for team in teams),
            *([(self.NO_TEAM, _("No team"))] if sees_everyone else []),
        ]


class ClearanceFilterForm(TeamFilterForm):
    """Whom to list, and for which route."""

    route = forms.ModelChoiceField(
        label=_("Route"), queryset=AccessRoute.objects.none(), required=False, empty_label=_("All routes")
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Any")), ("cleared", _("Cleared")), ("not-cleared", _("Not cleared"))],
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decided = ForcePeriod.objects.filter(organization=organization, ended_at=None, line__isnull=False)
        choice_field(self, "route").queryset = AccessRoute.objects.filter(pk__in=decided.values("route_id"))


class ProgressFilterForm(TeamFilterForm):
    """Whom to list, and for which checklist."""

    checklist = forms.ModelChoiceField(
        label=_("Checklist"), queryset=Checklist.objects.none(), required=False, empty_label=_("All checklists")
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Any")),
            (Assignment.Status.OPEN, _("To do")),
            ("overdue", _("Overdue")),
            (Assignment.Status.COMPLETE, _("Completed")),
        ],
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "checklist").queryset = organization.checklists.filter(
            archived_at=None, kind=Checklist.Kind.PERSONAL
        )
