"""Forms about people: they validate, they never save."""

from accounts.forms.crowds import (
    ChangeManyForm,
    SeenForm,
)
from accounts.forms.identity import (
    ConfirmIdentityForm,
    ConfirmIdentityMixin,
)
from accounts.forms.imports import (
    ColumnsForm,
    ImportForm,
    StartForm,
)
from accounts.forms.invitations import (
    AcceptForm,
    InvitationForm,
)
from accounts.forms.organizations import (
    JobRoleForm,
    OrganizationForm,
    RenameForm,
    RetentionForm,
    SecondFactorForm,
    SignOffGroupForm,
)
from accounts.forms.people import (
    GroupsForm,
    LevelForm,
    PeopleFilterForm,
    PlacementForm,
    ProfileForm,
)
from accounts.forms.single_sign_on import (
    ClaimRuleForm,
    EmailDomainForm,
    ProviderForm,
    SubjectForm,
    WayForm,
    what_failed,
)
from accounts.forms.teams import (
    LeadForm,
    TeamForm,
)

__all__ = [
    "AcceptForm",
    "ChangeManyForm",
    "ClaimRuleForm",
    "ColumnsForm",
    "ConfirmIdentityForm",
    "ConfirmIdentityMixin",
    "EmailDomainForm",
    "GroupsForm",
    "ImportForm",
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
    "RetentionForm",
    "SecondFactorForm",
    "SeenForm",
    "SignOffGroupForm",
    "StartForm",
    "SubjectForm",
    "TeamForm",
    "WayForm",
    "what_failed",
]
