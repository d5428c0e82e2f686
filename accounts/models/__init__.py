"""Who: people, organizations, and every period of who held what."""

from accounts.models.imports import ImportLine, PeopleImport
from accounts.models.invitations import Invitation
from accounts.models.organizations import GROUPS_THAT_MUST_SIGN, JobRole, Organization, SignOffGroup, Team
from accounts.models.people import Membership, User
from accounts.models.periods import AccessPeriod, GroupPeriod, LeadPeriod, Period, Placement
from accounts.models.single_sign_on import ClaimRule, EmailDomain, ProviderIdentity, SingleSignOn

__all__ = [
    "GROUPS_THAT_MUST_SIGN",
    "AccessPeriod",
    "ClaimRule",
    "EmailDomain",
    "GroupPeriod",
    "ImportLine",
    "Invitation",
    "JobRole",
    "LeadPeriod",
    "Membership",
    "Organization",
    "PeopleImport",
    "Period",
    "Placement",
    "ProviderIdentity",
    "SignOffGroup",
    "SingleSignOn",
    "Team",
    "User",
]
