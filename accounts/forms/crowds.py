"""What is to change for several people."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from accounts.queries.crowds import NewPlace

PLACE, LEAVE = "place", "leave"
KEEP, NONE = "", "none"


class ChangeManyForm(forms.Form):
    """Move them, or let them leave."""

    what = forms.ChoiceField(
        label=_("What changes"),
        choices=[(PLACE, _("Where they work, or what their job is")), (LEAVE, _("They leave the organization"))],
        initial=PLACE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._teams = organization.teams.filter(archived_at__isnull=True)
        self._job_roles = organization.job_roles.filter(archived_at__isnull=True)
        self.fields["team"] = _choice(self._teams, label=_("Team"), none=_("No team"))
        self.fields["job_role"] = _choice(self._job_roles, label=_("Job role"), none=_("No job role"))

    def clean(self) -> dict[str, Any]:
        """A move changes something."""
        cleaned = super().clean() or {}
        if cleaned.get("what") == PLACE and not (cleaned.get("team") or cleaned.get("job_role")):
            self.add_error("team", _("Choose a team, a job role, or both."))
        return cleaned

    @property
    def place(self) -> NewPlace:
        """Where they are to work."""
        team, job_role = self.cleaned_data["team"], self.cleaned_data["job_role"]
        return NewPlace(
            team=None if team in {KEEP, NONE} else self._teams.get(pk=team),
            job_role=None if job_role in {KEEP, NONE} else self._job_roles.get(pk=job_role),
            changes_team=team != KEEP,
            changes_job_role=job_role != KEEP,
        )


def _choice(things: QuerySet[Any], *, none: Promise, **kwargs: Any) -> forms.ChoiceField:
    """One of the things, none of them, or what each person has."""
    named = [(str(thing.pk), str(thing)) for thing in things]
    return forms.ChoiceField(choices=[(KEEP, _("Leave as it is")), (NONE, none), *named], required=False, **kwargs)


class SeenForm(forms.Form):
    """Carries whom the page named."""

    seen = forms.CharField(widget=forms.HiddenInput)
