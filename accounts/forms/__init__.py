"""Forms about people: they validate, they never save."""

from accounts.forms.identity import ConfirmIdentityForm, ConfirmIdentityMixin
from accounts.forms.invitations import AcceptForm, InvitationForm
from accounts.forms.organizations import JobRoleForm, OrganizationForm, RenameForm, SignOffGroupForm
from accounts.forms.people import GroupsForm, LevelForm, PeopleFilterForm, PlacementForm, ProfileForm
from accounts.forms.single_sign_on import (
    ClaimRuleForm,
    EmailDomainForm,
    ProviderForm,
    SubjectForm,
    WayForm,
    what_failed,
)
from accounts.forms.teams import LeadForm, TeamForm

__all__ = [
    "AcceptForm",
    "ClaimRuleForm",
    "ConfirmIdentityForm",
    "ConfirmIdentityMixin",
    "EmailDomainForm",
    "GroupsForm",
    "InvitationForm",
    "JobRoleForm",
    "LeadForm",
    "LevelForm",
    "OrganizationForm",
    "PeopleFilterForm",
    "PlacementForm",
    "ProfileForm",
    "ProviderForm",
    "RenameForm",
    "SignOffGroupForm",
    "SubjectForm",
    "TeamForm",
    "WayForm",
    "what_failed",
]
