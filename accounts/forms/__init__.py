"""Forms about people: they validate, they never save."""

from accounts.forms.identity import ConfirmIdentityForm, ConfirmIdentityMixin
from accounts.forms.invitations import AcceptForm, InvitationForm
from accounts.forms.organizations import JobRoleForm, OrganizationForm, RenameForm, RetentionForm, SignOffGroupForm
from accounts.forms.people import GroupsForm, LevelForm, PeopleFilterForm, PlacementForm, ProfileForm
from accounts.forms.teams import LeadForm, TeamForm

__all__ = [
    "AcceptForm",
    "ConfirmIdentityForm",
    "ConfirmIdentityMixin",
    "GroupsForm",
    "InvitationForm",
    "JobRoleForm",
    "LeadForm",
    "LevelForm",
    "OrganizationForm",
    "PeopleFilterForm",
    "PlacementForm",
    "ProfileForm",
    "RenameForm",
    "RetentionForm",
    "SignOffGroupForm",
    "TeamForm",
]
