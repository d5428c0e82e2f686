"""Every write about people, organizations and what they hold."""

from accounts.actions.invitations import accept, invite, refuse_unusable, resend, withdraw
from accounts.actions.job_roles import add_job_role, archive_job_role, rename_job_role
from accounts.actions.organizations import become_company, change_organization, found_organization
from accounts.actions.people import (
    change_access_level,
    change_profile,
    end_membership,
    join_group,
    leave_group,
    place,
)
from accounts.actions.provider_sign_ins import (
    enter,
    place_claimed,
    record_provider_refusal,
    refuse_unvouched,
)
from accounts.actions.sign_ins import prove_address, record_at_door, record_refusal
from accounts.actions.sign_off_groups import add_sign_off_group, archive_sign_off_group, rename_sign_off_group
from accounts.actions.single_sign_on import (
    Way,
    add_claim_rule,
    add_email_domain,
    configure_sign_on,
    forget_identity,
    record_sign_on_tested,
    remove_claim_rule,
    remove_email_domain,
    set_way_in,
    turn_off_by_operator,
    verify_email_domain,
)
from accounts.actions.teams import add_team, appoint_lead, archive_team, rename_team

__all__ = [
    "Way",
    "accept",
    "add_claim_rule",
    "add_email_domain",
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
    "configure_sign_on",
    "end_membership",
    "enter",
    "forget_identity",
    "found_organization",
    "invite",
    "join_group",
    "leave_group",
    "place",
    "place_claimed",
    "prove_address",
    "record_at_door",
    "record_provider_refusal",
    "record_refusal",
    "record_sign_on_tested",
    "refuse_unusable",
    "refuse_unvouched",
    "remove_claim_rule",
    "remove_email_domain",
    "rename_job_role",
    "rename_sign_off_group",
    "rename_team",
    "resend",
    "set_way_in",
    "turn_off_by_operator",
    "verify_email_domain",
    "withdraw",
]
