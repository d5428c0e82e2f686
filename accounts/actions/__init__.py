"""Every write about people, organizations and what they hold."""

from accounts.actions.crowds import (
    end_memberships,
    place_many,
)
from accounts.actions.factors import (
    remove_factor,
    remove_factors,
    reset_factors_of,
    reset_second_factor,
)
from accounts.actions.invitations import (
    accept,
    invite,
    refuse_unusable,
    resend,
    resend_all,
    withdraw,
)
from accounts.actions.job_roles import (
    add_job_role,
    archive_job_role,
    rename_job_role,
)
from accounts.actions.organizations import (
    become_company,
    change_organization,
    found_organization,
    require_second_factor,
)
from accounts.actions.people import (
    change_access_level,
    change_profile,
    end_membership,
    join_group,
    leave_group,
    place,
)
from accounts.actions.sessions import (
    clear_sessions,
    end_session,
    end_sessions,
    forget_session,
)
from accounts.actions.sign_ins import (
    prove_address,
    record_at_door,
    record_refusal,
)
from accounts.actions.sign_off_groups import (
    add_sign_off_group,
    archive_sign_off_group,
    rename_sign_off_group,
)
from accounts.actions.teams import (
    add_team,
    appoint_lead,
    archive_team,
    rename_team,
)

__all__ = [
    "accept",
    "add_job_role",
    "add_sign_off_group",
    "add_team",
    "appoint_lead",
    "archive_job_role",
    "archive_sign_off_group",
    "archive_team",
    "become_company",
    "change_access_level",
    "change_organization",
    "change_profile",
    "clear_sessions",
    "end_membership",
    "end_memberships",
    "end_session",
    "end_sessions",
    "forget_session",
    "found_organization",
    "invite",
    "join_group",
    "leave_group",
    "place",
    "place_many",
    "prove_address",
    "record_at_door",
    "record_refusal",
    "refuse_unusable",
    "remove_factor",
    "remove_factors",
    "rename_job_role",
    "rename_sign_off_group",
    "rename_team",
    "require_second_factor",
    "resend",
    "resend_all",
    "reset_factors_of",
    "reset_second_factor",
    "withdraw",
]
